//! What stimuli do, as data on the grid: schedules of rates, currents and spike times. The cards that
//! make them are in `models`.

use crate::math;
use crate::normal::deviates;
use crate::random::mix;
use crate::time::{self, Grid};

/// One value for all units of a population, or one for each.
#[derive(Clone, Debug, PartialEq)]
pub enum PerUnit<T> {
    /// The same for all.
    Shared(T),
    /// One each.
    Each(Vec<T>),
}

impl<T> PerUnit<T> {
    /// The value of a unit.
    pub fn get(&self, unit: usize) -> &T {
        match self {
            PerUnit::Shared(value) => value,
            PerUnit::Each(values) => &values[unit],
        }
    }

    /// What becomes of each.
    pub(crate) fn map<U>(&self, call: impl Fn(&T) -> U) -> PerUnit<U> {
        match self {
            Self::Shared(value) => PerUnit::Shared(call(value)),
            Self::Each(values) => PerUnit::Each(values.iter().map(call).collect()),
        }
    }

    /// What becomes of the values of each of so many units here and there.
    pub(crate) fn zip<U>(&self, other: &Self, units: u32, call: impl Fn(&T, &T) -> U) -> PerUnit<U> {
        match (self, other) {
            (Self::Shared(a), Self::Shared(b)) => PerUnit::Shared(call(a, b)),
            _ => PerUnit::Each((0..units as usize).map(|unit| call(self.get(unit), other.get(unit))).collect()),
        }
    }
}

/// A piecewise constant function of the tick: (first tick, value from there on), ascending; 0 before the
/// first. The value at tick k is what the source emits during ((k-1)h, k h].
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Schedule(pub Vec<(u64, f64)>);

impl Schedule {
    /// A constant between two ticks: emitted in ticks start+1 ..= stop, where `start` and `stop` are grid times.
    pub fn window(value: f64, start: u64, stop: u64) -> Self {
        if stop <= start || value == 0.0 {
            Self::default()
        } else {
            Self(vec![(start.saturating_add(1), value), (stop.saturating_add(1), 0.0)])
        }
    }

    /// The value at a tick.
    pub fn at(&self, tick: u64) -> f64 {
        let after = self.0.partition_point(|(first, _)| *first <= tick);
        if after == 0 { 0.0 } else { self.0[after - 1].1 }
    }

    /// This from tick `from` on, and from tick `to` on the other instead, each by a clock of its own.
    pub(crate) fn then(&self, from: u64, other: &Self, to: u64) -> Self {
        let mut joined: Vec<(u64, f64)> = self.0.iter().map(|(tick, value)| (tick.saturating_add(from), *value)).collect();
        joined.retain(|(tick, _)| *tick <= to);
        if joined.last().map_or(0.0, |last| last.1) != other.at(1) {
            joined.push((to + 1, other.at(1)));
        }
        let later = other.0.iter().filter(|(tick, _)| *tick > 1);
        joined.extend(later.map(|(tick, value)| (tick.saturating_add(to), *value)));
        Self(joined)
    }

    /// Greatest value.
    pub fn max(&self) -> f64 {
        self.0.iter().map(|p| p.1).fold(0.0, f64::max)
    }
}

/// A current over time.
#[derive(Clone, Debug, PartialEq)]
pub enum Wave {
    /// Steps.
    Steps(Schedule),
    /// A sine.
    Sine(Sine),
}

impl Wave {
    /// The current at a tick.
    pub fn at(&self, tick: u64) -> f64 {
        match self {
            Self::Steps(schedule) => schedule.at(tick),
            Self::Sine(sine) => sine.at(tick),
        }
    }

    /// The ticks at which it may change, as ranges from first to last.
    pub fn changes(&self) -> Vec<(u64, u64)> {
        match self {
            Self::Steps(schedule) => schedule.0.iter().map(|(first, _)| (*first, *first)).collect(),
            Self::Sine(sine) => vec![(sine.first, sine.last.saturating_add(1))],
        }
    }
}

/// offset + amplitude sin(2 pi (cycles (k - 1) + phase)) in tick k, the value at its beginning; 0 outside of its ticks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sine {
    /// Its mean.
    pub offset: f64,
    /// Its amplitude.
    pub amplitude: f64,
    /// Cycles in a tick.
    pub cycles: f64,
    /// Cycles at time 0.
    pub phase: f64,
    /// First tick emitted, 1 or later.
    pub first: u64,
    /// Last tick emitted.
    pub last: u64,
}

impl Sine {
    fn at(&self, tick: u64) -> f64 {
        if !(self.first..=self.last).contains(&tick) {
            return 0.0;
        }
        // Whole cycles are dropped first: a sine of a large number would lose digits.
        let cycles = self.cycles * (tick - 1) as f64 + self.phase;
        self.offset + self.amplitude * math::sin(std::f64::consts::TAU * (cycles - cycles.floor()))
    }
}

/// Packets of spikes, normally distributed around given times.
#[derive(Clone, Debug, PartialEq)]
pub struct Packets {
    /// Centres in ms.
    pub centres: Vec<f64>,
    /// Spikes in a packet.
    pub count: u32,
    /// Standard deviation in ms.
    pub sd: f64,
    /// Last silent tick before spikes may be emitted.
    pub start: u64,
    /// Last tick at which they may be.
    pub stop: u64,
}

impl Packets {
    /// The spikes of a unit, ascending. `key` is the population's; spikes outside of the window are lost.
    pub fn ticks(&self, key: u64, unit: u32, grid: Grid) -> Vec<u64> {
        let own = mix(key, u64::from(unit));
        let spike = |(packet, centre): (u64, &f64), spike: u32| {
            let z = deviates().of_bits(mix(mix(own, packet), u64::from(spike)));
            let ms = centre + self.sd * z;
            // Times that no tick can have are in no window.
            let fs = time::fs_from_ms(ms.clamp(0.0, time::MAX_MS)).unwrap_or(0);
            Some(grid.tick(fs)).filter(|tick| ms > 0.0 && *tick > self.start && *tick <= self.stop)
        };
        let packets = (0..).zip(&self.centres);
        let mut ticks: Vec<u64> = packets.flat_map(|packet| (0..self.count).filter_map(move |i| spike(packet, i))).collect();
        ticks.sort_unstable();
        ticks
    }
}

/// Greatest mean number of spikes that a Poisson train may have in a tick: elaboration refuses more. Ten million in a
/// tick of 0.1 ms are 100 GHz, far above anything alive; a table of the counts still has less than a megabyte.
pub const MOST_SPIKES_PER_TICK: f64 = 1e7;

/// More spikes than a Poisson train of mean `lambda` per tick ever emits in one: twelve standard deviations and thirty
/// above the mean, a chance below 1e-30. Elaboration counts on it for exact sums, so generators never exceed it.
pub fn poisson_bound(lambda: f64) -> f64 {
    (lambda + 12.0 * lambda.sqrt() + 30.0).ceil()
}

/// Gaussian current, redrawn every `every` ticks, independent for each connection.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Noise {
    /// Mean in pA (or bare, for Izhikevich's).
    pub mean: f64,
    /// Standard deviation.
    pub sd: f64,
    /// Ticks between draws.
    pub every: u64,
    /// First tick emitted.
    pub first: u64,
    /// Last tick emitted.
    pub last: u64,
}

/// What a stimulus population does.
#[derive(Clone, Debug, PartialEq)]
pub enum Drive {
    /// Each unit emits at these ticks (sorted; repeats are several spikes).
    SpikeTimes(PerUnit<Vec<u64>>),
    /// Each unit emits a Poisson train shared by its targets; the schedule is the mean number per tick.
    Poisson(PerUnit<Schedule>),
    /// Each unit emits at most one spike a tick, shared by its targets; the schedule is its probability.
    Bernoulli(PerUnit<Schedule>),
    /// Each unit emits packets of spikes, its own draws, shared by its targets.
    Packets(PerUnit<Packets>),
    /// A Poisson train of its own for every connection; the schedule is the mean number per tick.
    PrivatePoisson(PerUnit<Schedule>),
    /// Current injected into the targets.
    Current(PerUnit<Wave>),
    /// Gaussian current of its own for every connection.
    PrivateNoise(PerUnit<Noise>),
}

impl Drive {
    /// The same kind of stimulus, doing nothing.
    pub fn silent(&self) -> Self {
        let silence = || PerUnit::Shared(Schedule::default());
        match self {
            Self::SpikeTimes(_) => Self::SpikeTimes(PerUnit::Shared(Vec::new())),
            Self::Poisson(_) => Self::Poisson(silence()),
            Self::Bernoulli(_) => Self::Bernoulli(silence()),
            Self::Packets(_) => {
                Self::Packets(PerUnit::Shared(Packets { centres: Vec::new(), count: 0, sd: 0.0, start: 0, stop: 0 }))
            }
            Self::PrivatePoisson(_) => Self::PrivatePoisson(silence()),
            Self::Current(_) => Self::Current(PerUnit::Shared(Wave::Steps(Schedule::default()))),
            Self::PrivateNoise(_) => {
                Self::PrivateNoise(PerUnit::Shared(Noise { mean: 0.0, sd: 0.0, every: 1, first: 1, last: 0 }))
            }
        }
    }
}
