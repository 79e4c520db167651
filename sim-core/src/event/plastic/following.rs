//! Between spikes: synapses with an eligibility follow a reward.
//!
//! From one change of the reward to the next it goes back to its rest by an exponential, and so does the eligibility: what a weight
//! gains is a closed form, dw/dt = c (reward - b). Where the reward passes b a stretch ends and the next begins: within one a weight
//! moves in one direction, and keeping it within its bounds at the end is keeping it so all the time. Stretches also end at the
//! seconds, so that synapses may be brought to these without a bit being changed.

use super::super::courses::{Courses, Relaxing};
use crate::math;
use crate::plasticity::{Eligibility, Setting, Zones};
use crate::time::FS_PER_MS;

/// Synapses without spikes are brought to these times.
pub(super) const LAP: i64 = 1000 * FS_PER_MS;

/// The reward above b, as a sum of a constant and of what fades.
#[derive(Clone, Copy)]
struct Surplus {
    constant: f64,
    fading: f64,
    tau: f64,
}

/// All stretches of a time without spikes: gain and what is left of the eligibility for each.
pub(super) fn stretches(
    eligibility: &Eligibility,
    (courses, zones, zone): (&Courses, &Zones, usize),
    (from, to): (i64, i64),
    mut each: impl FnMut(f64, f64),
) {
    let Eligibility { reward, b, tau_c_ms, .. } = eligibility;
    let mut from = from;
    while from < to {
        let lap = to.min((from / LAP + 1) * LAP);
        match *reward {
            Setting::Constant(value) => {
                let surplus = Surplus { constant: value - b, fading: 0.0, tau: f64::INFINITY };
                surplus.stretch((lap - from) as f64 / FS_PER_MS as f64, *tau_c_ms, &mut each);
            }
            Setting::Modulated { channel, gain, offset } => {
                let channel = if zones.channels.contains(&channel) { channel + zone } else { channel };
                courses.of(channel).pieces(from, lap, |length, excess, Relaxing { tau, rest }| {
                    let surplus = Surplus { constant: gain * rest + offset - b, fading: gain * excess, tau };
                    surplus.pieces(length, *tau_c_ms, &mut each);
                });
            }
        }
        from = lap;
    }
}

impl Surplus {
    /// A piece between changes: one stretch, or two where it passes 0.
    fn pieces(self, length: f64, tau_c: f64, each: &mut impl FnMut(f64, f64)) {
        let turn = self.tau * math::ln(-self.fading / self.constant);
        if turn > 0.0 && turn < length {
            self.stretch(turn, tau_c, each);
            Self { fading: -self.constant, ..self }.stretch(length - turn, tau_c, each);
        } else {
            self.stretch(length, tau_c, each);
        }
    }

    /// The integral of what an eligibility of 1 at the beginning gains, and what is left of it.
    fn stretch(self, length: f64, tau_c: f64, each: &mut impl FnMut(f64, f64)) {
        let integral = |rate: f64| -math::exp_m1(-rate * length) / rate;
        let gain = self.constant * integral(1.0 / tau_c) + self.fading * integral(1.0 / tau_c + 1.0 / self.tau);
        each(gain, math::exp(-length / tau_c));
    }
}
