//! What an operation costs: synaptic events by formulas, exact. Cost does not rise with what is stored.

use super::memory;
use models::systems::ca3::hardened::{LATENCY, Lines};
use models::systems::ca3::{Action, Operation, Size};
use sim_core::engine::{Plan, State};

/// Synaptic events of each of some actions, one after the other.
fn events(size: Size, actions: &[Action]) -> Vec<u64> {
    let (network, input, _) = memory(size, "");
    let plan = Plan::new(network, 1);
    let mut state = State::new(&plan);
    let event = |action: &Action| {
        let before = state.tally().synaptic_events;
        let operation = Operation { at: 0, action: action.clone() };
        let spikes = Lines(size).spikes(&operation).map(|(step, line)| (step + 1, line)).collect();
        let presentation = plan.presentation(&state, input, spikes);
        state.present(&plan, &presentation, LATENCY + 3, &mut crate::mutations::Nobody);
        state.tally().synaptic_events - before
    };
    actions.iter().map(event).collect()
}

#[test]
fn events_of_operations() {
    for (cues, contents, cue, bits) in [(5, 10, 2, 4), (16, 32, 15, 7), (100, 64, 37, 1), (1, 1, 0, 1)] {
        let content: Vec<u32> = (0..bits).collect();
        let learn = Action::Learn { cue, content: content.clone() };
        let recall = Action::RecallByCue { cue };
        let all = events(
            Size { cues, contents },
            &[learn.clone(), recall.clone(), learn, recall, Action::Forget { cue }, Action::RecallByCue { cue }],
        );
        // Cues that come later in its group, groups that come later, and cues of its group.
        let width = (1..).find(|width| width * width >= cues).expect("a root");
        let group = |number: u32| width.min(cues - number * width);
        let (place, number) = (cue % width, cue / width);
        let order = u64::from(group(number) - 1 - place + cues.div_ceil(width) - 1 - number + group(number));
        let [n, m, b] = [cues, contents, bits].map(u64::from);
        let (learn, recall) = (b * (n + 4) + m + 15 + order, m + b + 11 + order);
        let forget = m + 15 + order;
        assert_eq!(all, [learn, recall, learn, recall, forget, recall - b], "{cues} cues, {contents} bits");
    }
}
