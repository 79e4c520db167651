//! Opening and closing of the sodium and potassium channels of a hippocampal pyramidal cell after Traub & Miles (1991), in
//! the form of Brette et al. (2007), Journal of Computational Neuroscience 23:349-398.

use sim_core::math;
use sim_core::real::Real;

/// How fast a gate opens and closes, per ms.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rates {
    pub(super) opening: f64,
    pub(super) closing: f64,
}

impl Rates {
    /// Slope of the open fraction.
    #[inline(always)]
    pub(super) fn slope(self, open: f64) -> f64 {
        self.opening - (self.opening + self.closing) * open
    }

    /// The open fraction at rest.
    pub(super) fn equilibrium(self) -> f64 {
        self.opening / (self.opening + self.closing)
    }
}

/// Rates of sodium's activation m and inactivation h and of potassium's activation n, at `u` mV above v_t. All but one of
/// the published exponentials are powers of exp(-u/40).
#[inline(always)]
pub(super) fn rates(u: f64) -> [Rates; 3] {
    let fortieth = math::exp(u * (-1.0 / 40.0));
    let twentieth = fortieth * fortieth;
    let tenth = twentieth * twentieth;
    let fifth = tenth * tenth; // exp(-u/5)
    let quarter = fifth * twentieth; // exp(-u/4)
    let m = Rates {
        opening: 0.32 * 4.0 * linoid((13.0 - u) / 4.0, EXP_13_4 * quarter),
        closing: 0.28 * 5.0 * linoid((u - 40.0) / 5.0, 1.0 / (EXP_8 * fifth)),
    };
    let h = Rates { opening: 0.128 * math::exp((17.0 - u) * (1.0 / 18.0)), closing: 4.0 / (1.0 + EXP_8 * fifth) };
    let n = Rates { opening: 0.032 * 5.0 * linoid((15.0 - u) / 5.0, EXP_3 * fifth), closing: 0.5 * EXP_1_4 * fortieth };
    [m, h, n]
}

const EXP_1_4: f64 = 1.284_025_416_687_741_5;
const EXP_3: f64 = 20.085_536_923_187_668;
const EXP_13_4: f64 = 25.790_339_917_193_062;
const EXP_8: f64 = 2_980.957_987_041_728_3;

/// y / (exp(y) - 1) with `exp_y` = exp(y), by its series where that is 0 / 0.
#[inline(always)]
fn linoid(y: f64, exp_y: f64) -> f64 {
    f64::select(y.abs() < 1e-3, 1.0 - y * (0.5 - y * (1.0 / 12.0)), y / (exp_y - 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rates as published.
    fn published(u: f64) -> [f64; 6] {
        let linear = |x: f64, width: f64| if x == 0.0 { width } else { x / math::exp_m1(x / width) };
        [
            0.32 * linear(13.0 - u, 4.0),
            0.28 * linear(u - 40.0, 5.0),
            0.128 * math::exp((17.0 - u) / 18.0),
            4.0 / (1.0 + math::exp((40.0 - u) / 5.0)),
            0.032 * linear(15.0 - u, 5.0),
            0.5 * math::exp((10.0 - u) / 40.0),
        ]
    }

    #[test]
    fn rates_are_the_published_ones() {
        let wide = (-4000..6000).map(|i| f64::from(i) * 0.05);
        let narrow = [13.0, 15.0, 40.0].into_iter().flat_map(|u| (-300..300).map(move |i| u + f64::from(i) * 1e-4));
        for u in wide.chain(narrow) {
            let got = rates(u).map(|r| [r.opening, r.closing]);
            for (got, want) in got.as_flattened().iter().zip(published(u)) {
                assert!((got / want - 1.0).abs() < 1e-11, "{u} mV above v_t: {got}, published {want}");
            }
        }
    }

    #[test]
    fn rates_are_never_lost() {
        for u in [-1e4, -2000.0, 2000.0, 1e4] {
            for r in rates(u) {
                assert!(r.opening >= 0.0 && r.closing >= 0.0, "{u} mV above v_t: {r:?}");
            }
        }
    }
}
