//! State that others read: what modulators are for rules of learning, and slow inward currents for the cells that they flow into.
//! The owner of a cell tells its value of every tick, once a window; all keep it for the longest delay.

use std::collections::VecDeque;
use std::ops::RangeInclusive;

/// Values of some cells' state, a channel each, tick by tick, as far back as something is under way.
#[derive(Clone, Debug, Default)]
pub struct Bus {
    channels: usize,
    /// First tick that is held.
    first: i64,
    values: VecDeque<f64>,
}

impl Bus {
    pub(crate) fn new(channels: usize) -> Self {
        Self { channels, first: 1, ..Self::default() }
    }

    /// Takes the values of some channels in a window, tick by tick; windows come in order.
    pub(crate) fn take(&mut self, channels: &[usize], values: &[f64], window: &RangeInclusive<u64>) {
        for (values, tick) in values.chunks(channels.len().max(1)).zip(window.clone()) {
            let from = (tick as i64 - self.first) as usize * self.channels;
            self.values.resize(self.values.len().max(from + self.channels), 0.0);
            channels.iter().zip(values).for_each(|(channel, value)| self.values[from + channel] = *value);
        }
    }

    /// Forgets what was before a tick.
    pub(crate) fn forget(&mut self, before: u64) {
        while self.first < before as i64 && self.values.len() >= self.channels && self.channels > 0 {
            self.values.drain(..self.channels);
            self.first += 1;
        }
    }

    /// The values at the end of a tick; zeros before the first.
    #[inline]
    pub(crate) fn at<'a>(&'a self, tick: i32, room: &'a mut Vec<f64>) -> &'a [f64] {
        room.clear();
        room.extend((0..self.channels).map(|channel| self.value(i64::from(tick), channel)));
        room
    }

    /// A channel's value at the end of a tick; 0 before the first.
    #[inline]
    pub(crate) fn value(&self, tick: i64, channel: usize) -> f64 {
        let row = usize::try_from(tick - self.first).ok();
        row.and_then(|row| self.values.get(row * self.channels + channel)).copied().unwrap_or(0.0)
    }

    /// The first tick that is held, and all values from there on, tick by tick.
    pub(crate) fn held(&self) -> (i64, impl ExactSizeIterator<Item = f64>) {
        (self.first, self.values.iter().copied())
    }

    /// Takes over what another held; whether it can be that of as many channels, up to a tick.
    pub(crate) fn hold(&mut self, first: i64, values: Vec<f64>, to: u64) -> bool {
        let ticks = values.len().checked_div(self.channels).unwrap_or(0);
        let up_to = first.checked_add(ticks as i64 - 1).and_then(|last| u64::try_from(last).ok());
        let whole = ticks * self.channels == values.len() && (self.channels == 0 || up_to == Some(to));
        (self.first, self.values) = (first, values.into());
        whole
    }

    /// What was, so many ticks later (earlier where negative).
    pub(crate) fn shift(&mut self, ticks: i64) {
        self.first += ticks;
    }
}
