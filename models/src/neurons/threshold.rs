//! When a potential reaches its threshold: safe for any course of which the curvature is bounded.
//!
//! From a point below the threshold the potential stays below the parabola that has its slope and the greatest curvature that may
//! still come. Where that parabola reaches the threshold is the next point: nothing can have happened before, so no crossing is missed, and
//! near a transversal crossing the gap is squared by each step.

use sim_core::event::Outlook;

/// A potential at some time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Course {
    pub(super) v: f64,
    /// In mV/ms.
    pub(super) slope: f64,
    /// In mV/ms^2: not exceeded from here on.
    pub(super) bend: f64,
    /// Not exceeded from here on.
    pub(super) ceiling: f64,
}

/// Steps shorter than this end the search: a tenth of a femtosecond.
const SHORTEST_MS: f64 = 1e-13;

/// The first time within so many ms at which a potential that begins below its threshold reaches it.
#[inline(always)]
pub(super) fn first_crossing(v_th: f64, within: f64, course: impl Fn(f64) -> Course) -> Outlook {
    let mut time = 0.0;
    loop {
        let Course { v, slope, bend, ceiling } = course(time);
        let gap = v_th - v;
        if gap <= 0.0 {
            return Outlook::Fires(time);
        }
        if ceiling <= v_th {
            return Outlook::Silent;
        }
        let root = (slope * slope + 2.0 * bend * gap).sqrt();
        // The two forms of the solution of a quadratic equation: the sum must not cancel.
        let step = if slope > 0.0 { 2.0 * gap / (slope + root) } else { (root - slope) / bend };
        time += step;
        // True for a step that is NaN, too: where neither slope nor curvature leads up.
        if !(time <= within) {
            return Outlook::Unknown(within);
        }
        if step < SHORTEST_MS {
            return Outlook::Fires(time);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sim_core::math;

    /// a sin t: the curvature is at most a.
    fn wave(a: f64) -> impl Fn(f64) -> Course {
        move |t| Course { v: a * math::sin(t), slope: a * math::cos(t), bend: a, ceiling: a }
    }

    #[test]
    fn finds_the_first_of_many() {
        let Outlook::Fires(time) = first_crossing(0.5, 100.0, wave(1.0)) else { panic!("a crossing") };
        assert!((time - std::f64::consts::FRAC_PI_6).abs() < 1e-15, "sin(pi/6) is one half: {time}");
    }

    #[test]
    fn grazing_peaks_are_told_apart() {
        for above in [1e-3, 1e-6, 1e-9, 1e-12] {
            let Outlook::Fires(time) = first_crossing(1.0, 100.0, wave(1.0 + above)) else {
                panic!("{above} above is a crossing")
            };
            // The slope there is sqrt(2 above): an ulp of the potential is so many ms.
            let error = (math::sin(time) * (1.0 + above) - 1.0).abs();
            assert!(error < 4.0 * f64::EPSILON, "{above} above: {error}");
            let below = first_crossing(1.0, 3.0, |t| Course { ceiling: 2.0, ..wave(1.0 - above)(t) });
            assert_eq!(below, Outlook::Unknown(3.0), "{above} below is none");
        }
        assert_eq!(first_crossing(1.5, 100.0, wave(1.0)), Outlook::Silent, "what cannot be reached is known at once");
    }
}
