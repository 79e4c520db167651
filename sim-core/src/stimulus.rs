//! What stimuli do, as data on the grid: schedules of rates, currents and spike times. The cards that
//! make them are in `models`.

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
}

/// A piecewise constant function of the tick: (first tick, value from there on), ascending; 0 before the
/// first. The value at tick k is what the source emits during ((k-1)h, k h].
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Schedule(pub Vec<(u64, f64)>);

impl Schedule {
    /// A constant between two ticks: emitted in ticks start+1 ..= stop, where `start` and `stop` are grid times.
    pub fn window(value: f64, start: u64, stop: u64) -> Self {
        if stop <= start { Self::default() } else { Self(vec![(start.saturating_add(1), value), (stop.saturating_add(1), 0.0)]) }
    }

    /// The value at a tick.
    pub fn at(&self, tick: u64) -> f64 {
        let after = self.0.partition_point(|(first, _)| *first <= tick);
        if after == 0 { 0.0 } else { self.0[after - 1].1 }
    }

    /// Greatest value.
    pub fn max(&self) -> f64 {
        self.0.iter().map(|p| p.1).fold(0.0, f64::max)
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
    /// A Poisson train of its own for every connection; the schedule is the mean number per tick.
    PrivatePoisson(PerUnit<Schedule>),
    /// Current injected into the targets.
    Current(PerUnit<Schedule>),
    /// Gaussian current of its own for every connection.
    PrivateNoise(PerUnit<Noise>),
}
