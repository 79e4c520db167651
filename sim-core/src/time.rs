//! Time. Outside the engines it is an integer number of femtoseconds, inside the grid engine a tick.
//!
//! An `i64` of femtoseconds reaches 9223 s (about 2.5 h); it makes "0.1 ms" exact, so that a delay, a
//! spike time and a time step compare without rounding. Only this file converts.

/// Femtoseconds in a millisecond.
pub const FS_PER_MS: i64 = 1_000_000_000_000;

/// Longest representable time, in milliseconds: just below `i64::MAX` femtoseconds.
pub const MAX_MS: f64 = 9.0e6;

/// Milliseconds to femtoseconds, rounded to the nearest. `None` when out of range or not finite.
pub fn fs_from_ms(ms: f64) -> Option<i64> {
    (ms.is_finite() && ms.abs() <= MAX_MS).then(|| (ms * FS_PER_MS as f64).round() as i64)
}

/// Femtoseconds to milliseconds.
pub fn ms_from_fs(fs: i64) -> f64 {
    fs as f64 / FS_PER_MS as f64
}

/// The grid engine's time: tick `k` covers `((k-1) h, k h]` and is stamped `k h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    step_fs: i64,
}

impl Grid {
    /// A grid of the given step.
    ///
    /// # Panics
    /// If the step is not positive (elaboration refuses such a netlist).
    pub fn new(step_fs: i64) -> Self {
        assert!(step_fs > 0, "a time step is positive, not {step_fs} fs");
        Self { step_fs }
    }

    /// The step in femtoseconds.
    pub fn step_fs(self) -> i64 {
        self.step_fs
    }

    /// The step h in milliseconds.
    pub fn step_ms(self) -> f64 {
        ms_from_fs(self.step_fs)
    }

    /// Nearest tick of a time; halves go up. Negative times are tick 0.
    pub fn tick(self, fs: i64) -> u64 {
        let fs = fs.max(0);
        let (whole, rest) = (fs / self.step_fs, fs % self.step_fs);
        (whole + i64::from(rest >= self.step_fs - rest)) as u64
    }

    /// Nearest number of ticks of a delay, at least one; halves go up.
    pub fn delay(self, fs: i64) -> u32 {
        self.tick(fs).clamp(1, u64::from(u32::MAX)) as u32
    }

    /// Whether the time lies on the grid.
    pub fn holds(self, fs: i64) -> bool {
        fs % self.step_fs == 0
    }

    /// The time of a tick in femtoseconds.
    pub fn fs(self, tick: u64) -> i64 {
        tick as i64 * self.step_fs
    }

    /// The time of a tick in milliseconds.
    pub fn ms(self, tick: u64) -> f64 {
        ms_from_fs(self.fs(tick))
    }

    /// The time of a tick as an exact decimal number of milliseconds: "0.3", never "0.30000000000000004".
    pub fn decimal_ms(self, tick: u64) -> String {
        decimal_ms(self.fs(tick))
    }
}

/// A time as an exact decimal number of milliseconds, without trailing zeros ("1.5", "100").
pub fn decimal_ms(fs: i64) -> String {
    let sign = if fs < 0 { "-" } else { "" };
    let (whole, part) = (fs.unsigned_abs() / FS_PER_MS as u64, fs.unsigned_abs() % FS_PER_MS as u64);
    if part == 0 {
        return format!("{sign}{whole}");
    }
    let digits = format!("{part:012}");
    format!("{sign}{whole}.{}", digits.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact() {
        let grid = Grid::new(fs_from_ms(0.1).unwrap());
        assert_eq!(grid.decimal_ms(3), "0.3", "no binary dust");
        assert_eq!(grid.decimal_ms(1000), "100", "no trailing zeros");
        assert_eq!(decimal_ms(-1_500_000_000_000), "-1.5", "negative times keep their sign");
        assert_eq!(Grid::new(1).decimal_ms(1), "0.000000000001", "one femtosecond");
    }

    #[test]
    fn halves_go_up_and_delays_are_at_least_one() {
        let grid = Grid::new(FS_PER_MS);
        assert_eq!(grid.tick(FS_PER_MS / 2), 1, "half a step rounds up");
        assert_eq!(grid.tick(FS_PER_MS / 2 - 1), 0, "less rounds down");
        assert_eq!(grid.delay(1), 1, "no delay is below one tick");
        assert_eq!(fs_from_ms(f64::NAN), None, "not a time");
        assert_eq!(fs_from_ms(1e7), None, "beyond 2.5 h");
    }
}
