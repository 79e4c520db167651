//! One number for all spikes of a run: equal for any thread count and whatever is recorded.

use super::Spike;

/// Time steps in a link of the chain.
const LINK: u64 = 1000;

/// A chain of BLAKE3 over windows of 1,000 time steps: link i is the hash of link i-1 (32 bytes, zeros at first) and of the
/// window's (u64 tick, u32 neuron) pairs, little endian, sorted. A chain, so that a snapshot carries it in 32 bytes and
/// the spikes of one window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpikeHash {
    /// Ticks in a window.
    width: u64,
    link: [u8; 32],
    /// Pairs of the window that is still open.
    open: Vec<u8>,
    window: u64,
}

impl Default for SpikeHash {
    fn default() -> Self {
        Self::with_steps_of(1)
    }
}

impl SpikeHash {
    /// Where a time step has so many ticks.
    pub fn with_steps_of(ticks: u64) -> Self {
        Self { width: LINK * ticks, link: [0; 32], open: Vec::new(), window: 0 }
    }

    /// Of what comes after a tick.
    pub fn from_tick(tick: u64) -> Self {
        Self { window: tick / LINK, ..Self::default() }
    }

    /// The last link, the pairs of the open window, and its number.
    pub(crate) fn parts(&self) -> (&[u8; 32], &[u8], u64) {
        (&self.link, &self.open, self.window)
    }

    /// Goes on from where a chain of such windows had come.
    pub(crate) fn resume(&mut self, link: [u8; 32], open: Vec<u8>, window: u64) {
        *self = Self { link, open, window, width: self.width };
    }

    /// Takes spikes in order of (tick, neuron).
    pub fn spike(&mut self, spike: Spike) {
        self.reach(spike.tick);
        self.open.extend_from_slice(&spike.tick.to_le_bytes());
        self.open.extend_from_slice(&spike.neuron.to_le_bytes());
    }

    /// Closes the windows before a tick (ticks count from 1).
    fn reach(&mut self, tick: u64) {
        let window = tick.saturating_sub(1) / self.width;
        while self.window < window {
            self.close();
        }
    }

    fn close(&mut self) {
        self.link = *blake3::Hasher::new().update(&self.link).update(&self.open).finalize().as_bytes();
        self.open.clear();
        self.window += 1;
    }

    /// The hash of a run of so many ticks, in hexadecimal.
    pub fn finish(&self, ticks: u64) -> String {
        let mut chain = self.clone();
        chain.reach(ticks);
        chain.close();
        chain.link.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
