//! Random spike times in continuous time: a train spikes when the integral of its rate has grown by an exponential number.

use crate::math;
use crate::random::mix;
use crate::stimulus::Schedule;

/// No time at all.
pub(crate) const NEVER: u64 = u64::MAX;

/// A rate over time, constant piece by piece.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Hazard {
    /// When a piece begins, and its rate per unit of time; ascending.
    pieces: Vec<(u64, f64)>,
}

impl Hazard {
    /// Of a schedule: its value at tick k holds from k - 1 to k. All is `delay` later.
    pub(crate) fn new(schedule: &Schedule, delay: u64, rate: impl Fn(f64) -> f64) -> Self {
        let piece = |(tick, value): &(u64, f64)| (tick.saturating_sub(1).saturating_add(delay), rate(*value));
        Self { pieces: schedule.0.iter().map(piece).collect() }
    }

    /// The mean interval at a time, and until when that holds.
    pub(crate) fn mean(&self, at: u64) -> (f64, u64) {
        let next = self.pieces.partition_point(|piece| piece.0 <= at);
        let rate = next.checked_sub(1).map_or(0.0, |index| self.pieces[index].1);
        (1.0 / rate, self.pieces.get(next).map_or(NEVER, |piece| piece.0))
    }

    /// The spike of a Poisson train that comes when the integral since `from` reaches `amount`.
    pub(crate) fn spike(&self, from: u64, amount: f64) -> u64 {
        // Casts saturate.
        self.reaches(from, amount).map_or(NEVER, |(now, wait)| now.saturating_add((wait + 0.5) as u64))
    }

    /// The time at which the integral since `from` reaches `amount`, as the whole number below and the rest; none if never.
    fn reaches(&self, from: u64, mut amount: f64) -> Option<(u64, f64)> {
        let current = self.pieces.partition_point(|piece| piece.0 <= from);
        let mut now = from;
        for index in current.saturating_sub(1)..self.pieces.len() {
            let (begin, rate) = self.pieces[index];
            now = now.max(begin);
            let end = self.pieces.get(index + 1).map_or(NEVER, |next| next.0);
            let wait = amount / rate;
            if rate > 0.0 && wait < (end - now) as f64 {
                return Some((now, wait));
            }
            if rate > 0.0 {
                amount -= rate * (end - now) as f64;
            }
            now = end;
        }
        None
    }
}

/// A train of random spikes: how many were drawn, and the key of their numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Draws {
    key: u64,
    drawn: u64,
}

impl Draws {
    pub(crate) fn new(key: u64) -> Self {
        Self { key, drawn: 0 }
    }

    /// How many numbers were drawn.
    pub(crate) fn drawn(&self) -> u64 {
        self.drawn
    }

    /// Goes on after so many.
    pub(crate) fn skip_to(&mut self, drawn: u64) {
        self.drawn = drawn;
    }

    /// An exponential number of mean 1.
    #[inline]
    pub(crate) fn exponential(&mut self) -> f64 {
        let bits = mix(self.key, self.drawn);
        self.drawn += 1;
        -math::ln(((bits >> 12) as f64 + 0.5) * (1.0 / 4_503_599_627_370_496.0))
    }

    /// The next spike of a Poisson train after `from`.
    #[inline]
    pub(crate) fn next(&mut self, hazard: &Hazard, from: u64) -> u64 {
        let amount = self.exponential();
        hazard.spike(from, amount)
    }

    /// The next spike of a train that has at most one in each whole unit of time, after `from`: the hazard is -ln(1 - p).
    pub(crate) fn next_whole(&mut self, hazard: &Hazard, from: u64) -> u64 {
        let amount = self.exponential();
        hazard.reaches(from, amount).map_or(NEVER, |(now, wait)| now.saturating_add((wait.ceil() as u64).max(1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_change_on_the_way() {
        // 0.5 from 10 to 20, nothing to 30, then 2.
        let hazard = Hazard::new(&Schedule(vec![(11, 0.5), (21, 0.0), (31, 2.0)]), 0, |rate| rate);
        assert_eq!(hazard.reaches(0, 2.0), Some((10, 4.0)), "within the first piece");
        assert_eq!(hazard.reaches(0, 7.0), Some((30, 1.0)), "5 in the first, 2 in the last");
        assert_eq!(hazard.reaches(16, 4.0), Some((30, 1.0)), "from within a piece");
        assert_eq!(Hazard::new(&Schedule(vec![(1, 1.0), (3, 0.0)]), 5, |rate| rate).reaches(0, 3.0), None, "it ends before");
    }

    #[test]
    fn intervals_are_exponential() {
        let hazard = Hazard::new(&Schedule(vec![(1, 1e-3)]), 0, |rate| rate);
        let (mut draws, mut last, n) = (Draws::new(5), 0, 100_000);
        let mut longer = 0;
        for _ in 0..n {
            let next = draws.next(&hazard, last);
            longer += u32::from(next - last > 1_000);
            last = next;
        }
        let mean = last as f64 / f64::from(n);
        assert!((mean - 1_000.0).abs() < 4.0 * 1_000.0 / f64::from(n).sqrt(), "mean interval {mean}");
        let share = f64::from(longer) / f64::from(n);
        assert!((share - math::exp(-1.0)).abs() < 0.007, "e^-1 of them are longer than the mean: {share}");
    }

    #[test]
    fn whole_units_have_the_probability_each() {
        let p: f64 = 0.2;
        let hazard = Hazard::new(&Schedule(vec![(1, p)]), 0, |p| -math::ln_1p(-p));
        let (mut draws, mut last, n) = (Draws::new(5), 0, 100_000_u32);
        for _ in 0..n {
            let next = draws.next_whole(&hazard, last);
            assert!(next > last, "one in a unit at most");
            last = next;
        }
        let mean = last as f64 / f64::from(n);
        assert!((mean - 1.0 / p).abs() < 4.0 * (0.8_f64).sqrt() / p / f64::from(n).sqrt(), "mean interval {mean}");
        let always = Hazard::new(&Schedule(vec![(1, 1.0)]), 0, |p| -math::ln_1p(-p));
        assert_eq!(Draws::new(1).next_whole(&always, 7), 8, "a probability of 1 is every unit");
    }
}
