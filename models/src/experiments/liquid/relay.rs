//! The input's neurons: each event makes one fire in the next tick, at least three ticks after its last spike.

/// Ticks from a spike to the next, at least.
const APART: u64 = 3;

/// Spikes (tick, unit) of `units` neurons within `ticks`, from the events of each tick, counted from 0. They are leaky neurons whose
/// threshold an event exceeds five times and that are refractory for two ticks, in which they integrate on: an event that comes then
/// makes them fire as soon as they may (Ivanov & Michmizos 2021).
pub fn relayed(units: usize, ticks: u64, mut events: impl FnMut(u64, &mut dyn FnMut(u32))) -> Vec<(u64, u32)> {
    let mut spikes = Vec::new();
    // By unit: the next tick in which it may fire. And who waits for that.
    let mut ready = vec![0_u64; units];
    let mut waiting: Vec<u32> = Vec::new();
    for tick in 1..ticks {
        // Those who waited and fire now make room for events of this tick, which comes to the potential after its reset.
        let mut charged = std::mem::take(&mut waiting);
        events(tick - 1, &mut |unit| charged.push(unit));
        charged.sort_unstable();
        charged.dedup();
        for unit in charged {
            if ready[unit as usize] <= tick {
                ready[unit as usize] = tick + APART;
                spikes.push((tick, unit));
            } else {
                waiting.push(unit);
            }
        }
    }
    spikes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spikes_of(events: &[u64]) -> Vec<u64> {
        let spikes = relayed(1, 20, |tick, emit| events.iter().filter(|event| **event == tick).for_each(|_| emit(0)));
        spikes.into_iter().map(|spike| spike.0).collect()
    }

    #[test]
    fn an_event_is_a_spike_in_the_next_tick() {
        assert_eq!(spikes_of(&[0, 5, 10]), [1, 6, 11], "far apart");
    }

    #[test]
    fn events_of_the_refractory_time_are_one_late_spike() {
        assert_eq!(spikes_of(&[0, 1]), [1, 4], "the second waits");
        assert_eq!(spikes_of(&[0, 1, 2]), [1, 4], "two are one");
        let all: Vec<u64> = (0..20).collect();
        assert_eq!(spikes_of(&all), [1, 4, 7, 10, 13, 16, 19], "at most every third tick");
    }
}
