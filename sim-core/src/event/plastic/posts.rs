//! The targets' spikes: of each target all that some synapse has yet to see, and one more.

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
