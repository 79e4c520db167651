//! The targets' spikes: of each target all that some synapse has yet to see, and one more.

use crate::snapshot::SnapshotError;
use crate::snapshot::bytes::{Reader, Writer};

/// A spike of a target.
#[derive(Clone, Copy, Debug)]
pub(super) struct Post<const Y: usize> {
    pub(super) at: i64,
    /// What the rule keeps of it.
    pub(super) kept: [f64; Y],
}

/// Spikes by target, each in the order of time.
#[derive(Clone, Debug)]
pub(super) struct Posts<const Y: usize> {
    of: Vec<Vec<Post<Y>>>,
    count: usize,
}

impl<const Y: usize> Posts<Y> {
    pub(super) fn new(targets: usize) -> Self {
        Self { of: vec![Vec::new(); targets], count: 0 }
    }

    /// Those of a target.
    #[inline(always)]
    pub(super) fn of(&self, target: u32) -> &[Post<Y>] {
        &self.of[target as usize]
    }

    /// Enters a spike; `keep` makes what is kept of it from the target's last.
    pub(super) fn push(&mut self, target: u32, at: i64, keep: impl FnOnce(Option<&Post<Y>>) -> [f64; Y]) {
        let spikes = &mut self.of[target as usize];
        debug_assert!(spikes.last().is_none_or(|last| last.at <= at), "a target's spikes come in the order of time");
        let kept = keep(spikes.last());
        spikes.push(Post { at, kept });
        self.count += 1;
    }

    /// Writes those of a target.
    pub(super) fn keep(&self, target: usize, out: &mut Writer) {
        out.put(self.of[target].len() as u32);
        for post in &self.of[target] {
            out.put(post.at);
            out.all(post.kept);
        }
    }

    /// Reads those of a target.
    pub(super) fn restore(&mut self, target: usize, now: i64, bytes: &mut Reader<'_>) -> Result<(), SnapshotError> {
        let (spikes, count) = (&mut self.of[target], bytes.get::<u32>()?);
        self.count -= spikes.drain(..).count();
        for _ in 0..count {
            let mut post = Post { at: bytes.get()?, kept: [0.0; Y] };
            bytes.fill(&mut post.kept)?;
            spikes.push(post);
        }
        self.count += spikes.len();
        let (first, last) = (spikes.first().map_or(0, |post| post.at), spikes.last().map_or(0, |post| post.at));
        let in_order = spikes.is_sorted_by_key(|post| post.at) && first >= 0 && last <= now;
        if in_order { Ok(()) } else { Err(bytes.wrong()) }
    }

    /// How many are remembered.
    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// Forgets spikes up to a time, all of which all synapses have seen, but for each target's last of them.
    pub(super) fn forget(&mut self, until: i64) {
        for spikes in &mut self.of {
            let seen = spikes.partition_point(|spike| spike.at <= until).saturating_sub(1);
            self.count -= spikes.drain(..seen).count();
        }
    }
}
