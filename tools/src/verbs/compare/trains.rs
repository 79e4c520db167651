//! Two recordings side by side: the trains of every neuron that fired in either.

use crate::failure::Failure;
use crate::import::NAMELESS;
use crate::recording::Recording;
use std::collections::BTreeMap;

/// The stretch of time that is compared, in femtoseconds: after `from`, up to and with `to`; all where they are not given.
#[derive(Clone, Copy)]
pub(super) struct Stretch {
    pub(super) from: Option<i64>,
    pub(super) to: Option<i64>,
}

/// What is known of one of the two.
pub(super) struct Side {
    pub(super) name: String,
    /// From when to when it tells, within the stretch, in femtoseconds.
    pub(super) window: (i64, i64),
    pub(super) spikes: u64,
}

/// A population of both.
pub(super) struct Both {
    pub(super) name: String,
    /// The larger of its two sizes.
    pub(super) size: u32,
}

/// Two recordings.
pub(super) struct Pair {
    pub(super) sides: [Side; 2],
    pub(super) populations: Vec<Both>,
    /// By population and cell: ascending times of the spikes in each recording.
    pub(super) trains: BTreeMap<(usize, u32), [Vec<i64>; 2]>,
}

/// Puts two recordings side by side. Populations are paired by name; where one of the two names none, neurons are paired by
/// their place in the network.
pub(super) fn pair(recordings: [Recording; 2], stretch: Stretch) -> Result<Pair, Failure> {
    let nameless = |r: &Recording| !r.whole && r.populations.iter().any(|p| p.name == NAMELESS);
    let flat = recordings.iter().any(nameless);
    let windows = windows(&recordings, stretch);
    let mut pair = Pair { sides: windows.map(Side::unnamed), populations: Vec::new(), trains: BTreeMap::new() };
    for (side, recording) in recordings.into_iter().enumerate() {
        pair.add(side, &recording, flat, windows[side])?;
        pair.sides[side].name = recording.name;
    }
    Ok(pair)
}

impl Side {
    fn unnamed(window: (i64, i64)) -> Self {
        Self { name: String::new(), window, spikes: 0 }
    }
}

impl Pair {
    fn add(&mut self, side: usize, recording: &Recording, flat: bool, (from, to): (i64, i64)) -> Result<(), Failure> {
        let recorded: Vec<_> = recording.populations.iter().filter(|p| p.spikes).collect();
        let all = recording.populations.last().map_or(0, |p| p.first.saturating_add(p.size));
        let places: Vec<usize> = if flat {
            let place = self.population(NAMELESS, all);
            recorded.iter().map(|_| place).collect()
        } else {
            recorded.iter().map(|p| self.population(&p.name, p.size)).collect()
        };
        for spike in recording.spikes()? {
            let time = recording.grid.fs(spike.tick);
            let after = recorded.partition_point(|p| p.first <= spike.neuron);
            let Some(index) = after.checked_sub(1).filter(|_| from < time && time <= to) else { continue };
            let cell = if flat { spike.neuron } else { spike.neuron - recorded[index].first };
            self.trains.entry((places[index], cell)).or_default()[side].push(time);
            self.sides[side].spikes += 1;
        }
        Ok(())
    }

    /// The index of a population, made larger if need be.
    fn population(&mut self, name: &str, size: u32) -> usize {
        let known = self.populations.iter().position(|p| p.name == name);
        let index = known.unwrap_or_else(|| {
            self.populations.push(Both { name: name.to_string(), size });
            self.populations.len() - 1
        });
        let both = &mut self.populations[index];
        both.size = both.size.max(size);
        index
    }
}

/// From when to when each recording tells. A file of spikes does not say: it is taken to tell as long as the other, or else
/// up to the last spike of both.
fn windows(recordings: &[Recording; 2], stretch: Stretch) -> [(i64, i64); 2] {
    let own = |r: &Recording| (r.grid.fs(r.from_tick), r.grid.fs(r.to_tick));
    let [a, b] = [own(&recordings[0]), own(&recordings[1])];
    let both = (a.0.min(b.0), a.1.max(b.1));
    let told = |i: usize| if recordings[i].whole { [a, b][i] } else { both };
    let cut = |(from, to): (i64, i64)| {
        let from = stretch.from.map_or(from, |f| f.max(from));
        (from, stretch.to.map_or(to, |t| t.min(to)).max(from))
    };
    [cut(told(0)), cut(told(1))]
}
