//! A dense, slow judge of spike trains: it looks at the potential of a neuron at hundreds of moments between any two events, and
//! says whether a train has every crossing of the threshold, and no other. From each spike it goes on as the train has it, so
//! that what it says of one crossing does not depend on the digits of those before.

use super::circuit::Cell;
use sim_core::time::FS_PER_MS;

/// Moments at which the potential is looked at between two events.
const MOMENTS: u32 = 200;

/// Nearer to the threshold than this, in mV, a potential may or may not cross it: this judge, too, has but 64 bits.
const UNDECIDED: f64 = 1e-9;

/// What roundings do to a potential, in mV; over its slope it is what they do to the time of a crossing.
const ROUNDING: f64 = 1e-11;

/// A train that is right.
#[derive(Debug, PartialEq)]
pub(super) struct Verdict {
    pub(super) spikes: usize,
    /// How often the potential was so near to the threshold that the train was believed.
    pub(super) undecided: usize,
}

/// Whether a neuron with its inputs spikes at these times until `end_fs`.
pub(super) fn judge(cell: &Cell, spikes: &[i64], end_fs: i64) -> Result<Verdict, String> {
    let membrane = Membrane::new(cell);
    let mut judge = Judge { v: membrane.e_l, membrane: &membrane, now: 0, free: i64::MIN, spikes, found: 0, undecided: 0 };
    let mut rest = &membrane.arrivals[..];
    while let Some((time, _)) = rest.first().filter(|(time, _)| *time <= end_fs) {
        let (together, later) = rest.split_at(rest.partition_point(|(other, _)| other == time));
        judge.until(*time)?;
        judge.receive(together)?;
        rest = later;
    }
    judge.until(end_fs)?;
    match spikes.get(judge.found) {
        Some(time) => Err(format!("an extra spike at {time} fs")),
        None => Ok(Verdict { spikes: judge.found, undecided: judge.undecided }),
    }
}

/// Parameters and inputs in numbers.
struct Membrane {
    model: Model,
    c_m: f64,
    tau_m: f64,
    e_l: f64,
    /// Where the potential goes without synapses.
    v_end: f64,
    v_th: f64,
    v_reset: f64,
    t_ref_fs: i64,
    /// Of excitation and inhibition.
    tau_syn: [f64; 2],
    /// (fs, weight), in order of time.
    arrivals: Vec<(i64, f64)>,
}

#[derive(Clone, Copy, PartialEq)]
enum Model {
    Delta,
    Exponential,
    Alpha,
}

impl Membrane {
    fn new(cell: &Cell) -> Self {
        let parameter = |name: &str| number(&cell.parameters[name]);
        let (c_m, tau_m, e_l) = (parameter("c_m"), parameter("tau_m"), parameter("e_l"));
        let model = match cell.model.as_str() {
            "lif_psc_delta" => Model::Delta,
            "lif_psc_exp" => Model::Exponential,
            "lif_psc_alpha" => Model::Alpha,
            other => panic!("no closed form of {other}"),
        };
        let tau_syn = if model == Model::Delta { [1.0; 2] } else { ["tau_syn_ex", "tau_syn_in"].map(parameter) };
        let mut arrivals: Vec<(i64, f64)> = Vec::new();
        for train in &cell.trains {
            let weight = number(&train.weight);
            arrivals.extend(train.times_fs.iter().map(|time| (time + train.delay_ms * FS_PER_MS, weight)));
        }
        arrivals.sort_by_key(|(time, _)| *time);
        Self {
            model,
            c_m,
            tau_m,
            e_l,
            v_end: e_l + tau_m / c_m * parameter("i_e"),
            v_th: parameter("v_th"),
            v_reset: parameter("v_reset"),
            t_ref_fs: (parameter("t_ref") * FS_PER_MS as f64).round() as i64,
            tau_syn,
            arrivals,
        }
    }

    /// The potential from a moment on, until something arrives. All that has arrived makes the currents, each input on its own.
    fn stretch(&self, now: i64, v: f64) -> Stretch<'_> {
        let mut currents = [(0.0, 0.0); 2];
        if self.model != Model::Delta {
            for (time, weight) in self.arrivals.iter().take_while(|(time, _)| *time <= now) {
                let receptor = usize::from(*weight < 0.0);
                let (since, tau) = (ms(now - time), self.tau_syn[receptor]);
                let left = weight * (-since / tau).exp();
                let (level, rise) = &mut currents[receptor];
                if self.model == Model::Exponential {
                    *level += left;
                } else {
                    *level += left * std::f64::consts::E * since / tau;
                    *rise += left * std::f64::consts::E / tau;
                }
            }
        }
        Stretch { membrane: self, v, currents }
    }
}

/// The number of a quantity.
fn number(quantity: &str) -> f64 {
    let digits = quantity.split(' ').next().unwrap_or_default();
    digits.parse().unwrap_or_else(|_| panic!("{quantity} begins with a number"))
}

fn ms(fs: i64) -> f64 {
    fs as f64 / FS_PER_MS as f64
}

/// The potential between two events: synaptic currents are (level + rise t) exp(-t / tau_syn).
struct Stretch<'a> {
    membrane: &'a Membrane,
    v: f64,
    currents: [(f64, f64); 2],
}

/// What the first crossing of a stretch is.
enum Crossing {
    None,
    /// So many ms after its start, with this slope in mV/ms.
    At(f64, f64),
    Undecided,
}

impl Stretch<'_> {
    fn potential(&self, t: f64) -> f64 {
        self.at(t).0
    }

    /// Potential and slope.
    fn at(&self, t: f64) -> (f64, f64) {
        let m = self.membrane;
        let (mut charge, mut current) = (0.0, 0.0);
        for ((level, rise), tau_syn) in self.currents.iter().zip(m.tau_syn).filter(|(current, _)| **current != (0.0, 0.0)) {
            let x = (1.0 / tau_syn - 1.0 / m.tau_m) * t;
            charge += t * (level * mean(0, x) + rise * t * mean(1, x));
            current += (level + rise * t) * (-t / tau_syn).exp();
        }
        let v = m.v_end + (self.v - m.v_end + charge / m.c_m) * (-t / m.tau_m).exp();
        (v, (m.v_end - v) / m.tau_m + current / m.c_m)
    }

    /// The first crossing within a time: from moment to moment, and at each peak between two of them. Moments are denser at
    /// the start, where currents change fast.
    fn crossing(&self, span: f64) -> Crossing {
        let moment = |number: u32| span * (f64::from(number) / f64::from(MOMENTS)).powi(2);
        let above = |t: f64| self.potential(t) - self.membrane.v_th;
        let (mut early, mut rises) = (0.0, self.at(0.0).1 > 0.0);
        for number in 1..=MOMENTS {
            let late = moment(number);
            let (v, slope) = self.at(late);
            let peak = rises && slope < 0.0;
            let (top, height) = if peak {
                let top = bisect(early, late, |t| self.at(t).1 < 0.0);
                (top, above(top))
            } else {
                (late, v - self.membrane.v_th)
            };
            if (peak || number == MOMENTS) && height.abs() < UNDECIDED {
                return Crossing::Undecided;
            }
            if height > 0.0 {
                let t = bisect(early, top, |t| above(t) > 0.0);
                return Crossing::At(t, self.at(t).1);
            }
            (early, rises) = (late, slope > 0.0);
        }
        Crossing::None
    }
}

/// The mean of u^power exp(-x u) for u from 0 to 1, for a power of 0 or 1: a series where the formula would cancel.
fn mean(power: u32, x: f64) -> f64 {
    if x.abs() < 0.5 {
        let (mut term, mut sum) = (1.0, 0.0);
        for k in 0..20 {
            sum += term / f64::from(k + 1 + power);
            term *= -x / f64::from(k + 1);
        }
        return sum;
    }
    match power {
        0 => -(-x).exp_m1() / x,
        _ => (1.0 - (-x).exp() * (1.0 + x)) / (x * x),
    }
}

/// Where a condition begins to hold.
fn bisect(mut early: f64, mut late: f64, holds: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..80 {
        let middle = 0.5 * (early + late);
        if holds(middle) {
            late = middle;
        } else {
            early = middle;
        }
    }
    late
}

/// Follows a train through time.
struct Judge<'a> {
    membrane: &'a Membrane,
    now: i64,
    v: f64,
    /// The end of refractoriness.
    free: i64,
    spikes: &'a [i64],
    /// So many of the spikes were right.
    found: usize,
    undecided: usize,
}

impl Judge<'_> {
    /// Goes on to a time at which something arrives.
    fn until(&mut self, time: i64) -> Result<(), String> {
        while self.now < time {
            if self.now < self.free {
                self.now = self.free.min(time);
                continue;
            }
            let stretch = self.membrane.stretch(self.now, self.v);
            let span = ms(time - self.now);
            match stretch.crossing(span) {
                Crossing::At(after, slope) => {
                    let tolerance = 1.0 + (ROUNDING / slope) * FS_PER_MS as f64;
                    self.expect(self.now as f64 + after * FS_PER_MS as f64, tolerance)?;
                }
                Crossing::Undecided if self.next().is_some_and(|spike| spike <= time) => {
                    self.undecided += 1;
                    let spike = self.next().unwrap_or(time);
                    if (stretch.potential(ms(spike - self.now)) - self.membrane.v_th).abs() > UNDECIDED {
                        return Err(format!("a spike at {spike} fs away from a grazing peak"));
                    }
                    self.fire(spike);
                }
                outcome => {
                    self.undecided += usize::from(matches!(outcome, Crossing::Undecided));
                    self.v = stretch.potential(span);
                    self.now = time;
                }
            }
        }
        Ok(())
    }

    /// Takes what arrives now: steps of a delta neuron's potential are lost until the end of refractoriness, that included.
    fn receive(&mut self, arrivals: &[(i64, f64)]) -> Result<(), String> {
        if self.membrane.model != Model::Delta || self.now <= self.free {
            return Ok(());
        }
        self.v += arrivals.iter().map(|(_, weight)| weight).sum::<f64>();
        if self.v >= self.membrane.v_th {
            return self.expect(self.now as f64, 0.0);
        }
        Ok(())
    }

    fn next(&self) -> Option<i64> {
        self.spikes.get(self.found).copied()
    }

    /// The next spike must be at this time.
    fn expect(&mut self, time: f64, tolerance: f64) -> Result<(), String> {
        match self.next() {
            Some(spike) if (spike as f64 - time).abs() <= tolerance => {
                self.fire(spike);
                Ok(())
            }
            other => Err(format!("spike {} is at {time:.0} fs (to {tolerance:.1} fs), not at {other:?}", self.found)),
        }
    }

    fn fire(&mut self, spike: i64) {
        self.found += 1;
        self.now = spike;
        self.v = self.membrane.v_reset;
        self.free = spike + self.membrane.t_ref_fs;
    }
}
