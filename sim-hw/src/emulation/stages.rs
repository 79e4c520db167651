//! Stages of delay: a core that holds spikes back sends each once a stage, and every packet finds the synapses of its stage alone.

use crate::mapping::{Kind, Mapping};

/// How the spikes of an application are held back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stages {
    /// Stages after the first: 0 where no core holds its spikes back.
    pub count: u8,
    /// Steps from one to the next: as many as the accumulators of all its targets reach.
    pub steps: u64,
}

impl Stages {
    /// Those of an application.
    pub fn of(mapping: &Mapping, application: u32) -> Self {
        let count = mapping.applications.iter().find_map(|other| match other.kind {
            Kind::Delays { of, stages } if of == application => Some(stages.min(u32::from(u8::MAX)) as u8),
            _ => None,
        });
        let targets = mapping.flows.iter().filter(|flow| flow.source == application);
        let steps = targets.map(|flow| mapping.applications[flow.target as usize].delay_slots).min();
        Self { count: count.unwrap_or(0), steps: steps.unwrap_or(1).max(1) }
    }

    /// The stage that a synapse with a delay belongs to: the first from which accumulators of so many steps reach.
    pub fn holding(self, delay: u64, slots: u64) -> u8 {
        delay.saturating_sub(slots).div_ceil(self.steps).min(u64::from(self.count)) as u8
    }
}
