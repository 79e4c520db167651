//! One step of the embedded Runge-Kutta method of orders 5 and 4 by Dormand & Prince (1980, Journal of
//! Computational and Applied Mathematics 6:19-26), for equations that do not depend on time explicitly.

/// Weights of the slopes at stages 2 to 7; the last row is the solution of order 5.
const STAGES: [[f64; 6]; 6] = [
    [1.0 / 5.0, 0.0, 0.0, 0.0, 0.0, 0.0],
    [3.0 / 40.0, 9.0 / 40.0, 0.0, 0.0, 0.0, 0.0],
    [44.0 / 45.0, -56.0 / 15.0, 32.0 / 9.0, 0.0, 0.0, 0.0],
    [19_372.0 / 6_561.0, -25_360.0 / 2_187.0, 64_448.0 / 6_561.0, -212.0 / 729.0, 0.0, 0.0],
    [9_017.0 / 3_168.0, -355.0 / 33.0, 46_732.0 / 5_247.0, 49.0 / 176.0, -5_103.0 / 18_656.0, 0.0],
    [35.0 / 384.0, 0.0, 500.0 / 1_113.0, 125.0 / 192.0, -2_187.0 / 6_784.0, 11.0 / 84.0],
];

/// Solution of order 5 minus that of order 4.
const ERROR: [f64; 7] =
    [71.0 / 57_600.0, 0.0, -71.0 / 16_695.0, 71.0 / 1_920.0, -17_253.0 / 339_200.0, 22.0 / 525.0, -1.0 / 40.0];

/// What a step gives.
pub(super) struct Step<const N: usize> {
    /// The solution at its end.
    pub(super) end: [f64; N],
    /// The slope there.
    pub(super) slope: [f64; N],
    /// Estimate of the error of each variable.
    pub(super) error: [f64; N],
}

/// A step of `h` from `start`, where the slope is `first`.
#[inline(always)]
pub(super) fn step<const N: usize>(slope: impl Fn(&[f64; N]) -> [f64; N], start: &[f64; N], first: &[f64; N], h: f64) -> Step<N> {
    let mut slopes = [*first; 7];
    let mut end = *start;
    for (stage, weights) in STAGES.iter().enumerate() {
        end = std::array::from_fn(|i| start[i] + h * weighted(&weights[..=stage], &slopes, i));
        slopes[stage + 1] = slope(&end);
    }
    let error = std::array::from_fn(|i| h * weighted(&ERROR, &slopes, i));
    Step { end, slope: slopes[6], error }
}

#[inline(always)]
fn weighted<const N: usize>(weights: &[f64], slopes: &[[f64; N]; 7], i: usize) -> f64 {
    weights.iter().zip(slopes).map(|(weight, slope)| weight * slope[i]).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sim_core::math;

    /// A circle at unit speed.
    fn turn([x, y]: &[f64; 2]) -> [f64; 2] {
        [-y, *x]
    }

    fn errors(steps: i32) -> (f64, f64) {
        let h = 1.0 / f64::from(steps);
        let (mut at, mut estimate) = ([1.0, 0.0], 0.0);
        for _ in 0..steps {
            let taken = step(turn, &at, &turn(&at), h);
            assert_eq!(taken.slope, turn(&taken.end), "the last slope is the slope at the end");
            at = taken.end;
            estimate += taken.error[0].abs() + taken.error[1].abs();
        }
        ((at[0] - math::cos(1.0)).abs() + (at[1] - math::sin(1.0)).abs(), estimate)
    }

    #[test]
    fn solution_is_of_order_five_and_the_estimate_of_order_four() {
        let ((coarse, coarse_estimate), (fine, fine_estimate)) = (errors(8), errors(16));
        let (order, estimate_order) = ((coarse / fine).log2(), (coarse_estimate / fine_estimate).log2());
        assert!((4.8..5.4).contains(&order), "halving the step divides the error by 2^{order}");
        assert!((3.8..4.4).contains(&estimate_order), "and the estimate by 2^{estimate_order}");
        assert!(coarse < coarse_estimate, "the estimate {coarse_estimate} bounds the error {coarse}");
    }
}
