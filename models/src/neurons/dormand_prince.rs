//! One step of the embedded Runge-Kutta method of orders 5 and 4 by Dormand & Prince (1980, Journal of
//! Computational and Applied Mathematics 6:19-26), for equations that do not depend on time explicitly.

/// What a step gives.
pub(crate) struct Step<const N: usize> {
    /// The solution at its end.
    pub(crate) end: [f64; N],
    /// The slope there.
    pub(crate) slope: [f64; N],
    /// Estimate of the error of each variable.
    pub(crate) error: [f64; N],
    /// What the solution within the step has beyond a cubic: see [`Step::within`].
    bow: [f64; N],
}

impl<const N: usize> Step<N> {
    /// A variable within the step of `h` from `start`, where its slope is `k1`: at a part `at` of it, to order 4 (Hairer, Norsett &
    /// Wanner 1993, Solving Ordinary Differential Equations I, section II.6).
    pub(crate) fn within(&self, variable: usize, start: &[f64; N], k1: &[f64; N], h: f64, at: f64) -> f64 {
        let [from, to] = [start, &self.end].map(|y| y[variable]);
        let change = to - from;
        let first = h * k1[variable] - change;
        let second = change - h * self.slope[variable] - first;
        let left = 1.0 - at;
        from + at * (change + left * (first + at * (second + left * self.bow[variable])))
    }
}

/// A step of `h` from `start`, where the slope is `k1`. The method's tableau is written out stage by stage.
#[inline(always)]
pub(crate) fn step<const N: usize>(slope: impl Fn(&[f64; N]) -> [f64; N], start: &[f64; N], k1: &[f64; N], h: f64) -> Step<N> {
    let k1 = *k1;
    let k2 = slope(&moved(start, h, [1.0 / 5.0], [k1]));
    let k3 = slope(&moved(start, h, [3.0 / 40.0, 9.0 / 40.0], [k1, k2]));
    let k4 = slope(&moved(start, h, [44.0 / 45.0, -56.0 / 15.0, 32.0 / 9.0], [k1, k2, k3]));
    let weights = [19_372.0 / 6_561.0, -25_360.0 / 2_187.0, 64_448.0 / 6_561.0, -212.0 / 729.0];
    let k5 = slope(&moved(start, h, weights, [k1, k2, k3, k4]));
    let weights = [9_017.0 / 3_168.0, -355.0 / 33.0, 46_732.0 / 5_247.0, 49.0 / 176.0, -5_103.0 / 18_656.0];
    let k6 = slope(&moved(start, h, weights, [k1, k2, k3, k4, k5]));
    let weights = [35.0 / 384.0, 500.0 / 1_113.0, 125.0 / 192.0, -2_187.0 / 6_784.0, 11.0 / 84.0];
    let end = moved(start, h, weights, [k1, k3, k4, k5, k6]);
    let k7 = slope(&end);
    // The solution of order 5 minus that of order 4.
    let weights = [71.0 / 57_600.0, -71.0 / 16_695.0, 71.0 / 1_920.0, -17_253.0 / 339_200.0, 22.0 / 525.0, -1.0 / 40.0];
    let error = moved(&[0.0; N], h, weights, [k1, k3, k4, k5, k6, k7]);
    let weights = [
        -12_715_105_075.0 / 11_282_082_432.0,
        87_487_479_700.0 / 32_700_410_799.0,
        -10_690_763_975.0 / 1_880_347_072.0,
        701_980_252_875.0 / 199_316_789_632.0,
        -1_453_857_185.0 / 822_651_844.0,
        69_997_945.0 / 29_380_423.0,
    ];
    let bow = moved(&[0.0; N], h, weights, [k1, k3, k4, k5, k6, k7]);
    Step { end, slope: k7, error, bow }
}

/// start + h times the weighted sum of the slopes.
#[inline(always)]
fn moved<const N: usize, const M: usize>(start: &[f64; N], h: f64, weights: [f64; M], slopes: [[f64; N]; M]) -> [f64; N] {
    let mut sum = [0.0; N];
    for (weight, slope) in weights.into_iter().zip(slopes) {
        for (sum, slope) in sum.iter_mut().zip(slope) {
            *sum += weight * slope;
        }
    }
    std::array::from_fn(|i| start[i] + h * sum[i])
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
    fn between_its_ends_a_step_is_of_order_four() {
        let worst = |h: f64| {
            // Not from an end of the cosine: the even terms of its errors alone would show.
            let start = [math::cos(1.0), math::sin(1.0)];
            let k1 = turn(&start);
            let taken = step(turn, &start, &k1, h);
            let off = |part: u8| {
                let at = f64::from(part) / 16.0;
                (taken.within(0, &start, &k1, h, at) - math::cos(1.0 + at * h)).abs()
            };
            assert!(
                off(0) < 1e-15 && (taken.within(0, &start, &k1, h, 1.0) - taken.end[0]).abs() < 1e-15,
                "its ends are its own"
            );
            (0..=16).map(off).fold(0.0, f64::max)
        };
        let fall = worst(0.4) / worst(0.2);
        assert!((24.0..48.0).contains(&fall), "half the step divides the error in one by 2^5 = 32: {fall}");
    }

    #[test]
    fn solution_is_of_order_five_and_the_estimate_of_order_four() {
        let ((coarse, coarse_estimate), (fine, fine_estimate)) = (errors(8), errors(16));
        let (fall, estimate_fall) = (coarse / fine, coarse_estimate / fine_estimate);
        assert!((28.0..42.0).contains(&fall), "half the step divides the error by 2^5 = 32: {fall}");
        // Each of twice as many steps has an error 2^5 smaller.
        assert!((14.0..21.0).contains(&estimate_fall), "and the sum of the estimates by 2^4 = 16: {estimate_fall}");
        assert!(coarse < coarse_estimate, "the estimate {coarse_estimate} bounds the error {coarse}");
    }
}
