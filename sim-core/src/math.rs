//! The only place of exp, ln, pow, sin and cos. std's come from the platform's C library and differ between
//! machines; these are the same bits everywhere. `exp` is written in basic operations without branches, so that
//! a loop over a column becomes vector code; the others are `libm`'s (a pure Rust library, within 1 ulp).

use crate::engine::dispatch;

/// ln(sqrt(2)/2)-reduced exponential: x = k ln 2 + r with |r| <= ln(2)/2, a polynomial in r, times 2^k.
/// Within 1 ulp of the true value; 0 below -745.2, infinite above 709.8, NaN for NaN.
#[inline(always)]
pub fn exp(x: f64) -> f64 {
    // Adding and subtracting 1.5 x 2^52 rounds to the nearest whole number without a branch.
    const ROUND: f64 = 6_755_399_441_055_744.0;
    // ln 2 in two parts: k x HIGH is exact for |k| < 2^11.
    const LN2_HIGH: f64 = 6.931_471_803_691_238e-1;
    const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;
    let clamped = x.clamp(-746.0, 710.0);
    let shifted = clamped * std::f64::consts::LOG2_E + ROUND;
    let k = shifted - ROUND;
    let r = (clamped - k * LN2_HIGH) - k * LN2_LOW;
    // 1/2! .. 1/13!: the next term is below 2^-57 for |r| <= ln(2)/2.
    const C: [f64; 12] = [
        1.0 / 2.0,
        1.0 / 6.0,
        1.0 / 24.0,
        1.0 / 120.0,
        1.0 / 720.0,
        1.0 / 5_040.0,
        1.0 / 40_320.0,
        1.0 / 362_880.0,
        1.0 / 3_628_800.0,
        1.0 / 39_916_800.0,
        1.0 / 479_001_600.0,
        1.0 / 6_227_020_800.0,
    ];
    let mut q = C[11];
    let mut i = 11;
    while i > 0 {
        i -= 1;
        q = q * r + C[i];
    }
    let p = 1.0 + (r + (r * r) * q);
    // 2^k as a product of two powers, so that subnormal results are reached.
    let k = (shifted.to_bits() as i64).wrapping_sub(ROUND.to_bits() as i64);
    let half = k >> 1;
    let power = |e: i64| f64::from_bits(((e + 1023) << 52) as u64);
    p * power(half) * power(k - half)
}

/// exp(x) - 1 without cancellation near 0.
pub fn exp_m1(x: f64) -> f64 {
    libm::expm1(x)
}

/// Natural logarithm.
pub fn ln(x: f64) -> f64 {
    libm::log(x)
}

/// ln(1 + x) without cancellation near 0.
pub fn ln_1p(x: f64) -> f64 {
    libm::log1p(x)
}

/// x to the power y.
pub fn pow(x: f64, y: f64) -> f64 {
    libm::pow(x, y)
}

/// x to the power y in 32 bits, for x of at least 0 and y above 0, up to about 1000: within a unit of the last place.
/// Shorter than [`pow`], which has twice the digits.
#[inline(always)]
pub fn pow_f32(x: f32, y: f64) -> f32 {
    // x = m 2^e with m between the roots of 1/2 and 2; log2 m by the series of the area tangent, up to the power 11.
    const ROOT_OF_HALF: u64 = 0x3fe6_a09e_667f_3bcd;
    const LOG: [f64; 5] = [1.0 / 3.0, 1.0 / 5.0, 1.0 / 7.0, 1.0 / 9.0, 1.0 / 11.0];
    // 1/2! .. 1/8!: the next term is below 2^-31 for |r| <= ln(2)/2.
    const EXP: [f64; 7] = [1.0 / 2.0, 1.0 / 6.0, 1.0 / 24.0, 1.0 / 120.0, 1.0 / 720.0, 1.0 / 5_040.0, 1.0 / 40_320.0];
    const ROUND: f64 = 6_755_399_441_055_744.0;
    let bits = f64::from(x).to_bits();
    let e = (bits.wrapping_sub(ROOT_OF_HALF) as i64) >> 52;
    let m = f64::from_bits(bits.wrapping_sub((e << 52) as u64));
    let s = (m - 1.0) / (m + 1.0);
    let z = s * s;
    let series = LOG.iter().rev().fold(0.0, |sum, c| (sum + c) * z) + 1.0;
    let log2 = e as f64 + s * series * (2.0 * std::f64::consts::LOG2_E);
    let exponent = (y * log2).clamp(-1000.0, 1000.0);
    let shifted = exponent + ROUND;
    let r = (exponent - (shifted - ROUND)) * std::f64::consts::LN_2;
    let power = EXP.iter().rev().fold(0.0, |sum, c| (sum + c) * r);
    let near_one = 1.0 + r * (1.0 + power);
    let k = shifted.to_bits().wrapping_sub(ROUND.to_bits());
    let power = f64::from_bits(near_one.to_bits().wrapping_add(k << 52)) as f32;
    // Of 0 and of what is no number. Chosen at the end: a branch would keep a loop from becoming vector code.
    std::hint::select_unpredictable(x > 0.0, power, x * 0.0)
}

/// The same for each of some numbers, by the machine's vector instructions: the same bits.
pub fn pow_f32_each(values: &mut [f32], y: f64) {
    struct Powers<'a>(&'a mut [f32], f64);
    impl dispatch::Loop for Powers<'_> {
        #[inline(always)]
        fn run(self) {
            self.0.iter_mut().for_each(|value| *value = pow_f32(*value, self.1));
        }
    }
    dispatch::run(dispatch::Level::detect(), Powers(values, y));
}

/// Sine.
pub fn sin(x: f64) -> f64 {
    libm::sin(x)
}

/// Cosine.
pub fn cos(x: f64) -> f64 {
    libm::cos(x)
}

/// Complementary error function.
pub fn erfc(x: f64) -> f64 {
    libm::erfc(x)
}

/// Probability that a standard normal variable is below x.
pub fn normal_cdf(x: f64) -> f64 {
    0.5 * erfc(-x * std::f64::consts::FRAC_1_SQRT_2)
}

/// Quantile of the standard normal distribution for 0 < p < 1: Wichura's rational approximations (algorithm
/// AS 241, PPND16; Applied Statistics 37, 1988), relative accuracy about 1e-16.
pub fn normal_quantile(p: f64) -> f64 {
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180_625 - q * q;
        return q * horner(&CENTRE, r) / horner(&CENTRE_BELOW, r);
    }
    let tail = if q < 0.0 { p } else { 1.0 - p };
    let r = (-ln(tail)).sqrt();
    let value = if r <= 5.0 {
        horner(&NEAR, r - 1.6) / horner(&NEAR_BELOW, r - 1.6)
    } else {
        horner(&FAR, r - 5.0) / horner(&FAR_BELOW, r - 5.0)
    };
    if q < 0.0 { -value } else { value }
}

fn horner(c: &[f64; 8], x: f64) -> f64 {
    c.iter().rev().fold(0.0, |sum, c| sum * x + c)
}

const CENTRE: [f64; 8] = [
    3.387_132_872_796_366_5,
    133.141_667_891_784_38,
    1_971.590_950_306_551_3,
    13_731.693_765_509_46,
    45_921.953_931_549_87,
    67_265.770_927_008_7,
    33_430.575_583_588_13,
    2_509.080_928_730_122_7,
];
const CENTRE_BELOW: [f64; 8] = [
    1.0,
    42.313_330_701_600_91,
    687.187_007_492_057_9,
    5_394.196_021_424_751,
    21_213.794_301_586_597,
    39_307.895_800_092_71,
    28_729.085_735_721_943,
    5_226.495_278_852_854,
];
const NEAR: [f64; 8] = [
    1.423_437_110_749_683_5,
    4.630_337_846_156_546,
    5.769_497_221_460_691,
    3.647_848_324_763_204_5,
    1.270_458_252_452_368_4,
    2.417_807_251_774_506e-1,
    2.272_384_498_926_918_4e-2,
    7.745_450_142_783_414e-4,
];
const NEAR_BELOW: [f64; 8] = [
    1.0,
    2.053_191_626_637_759,
    1.676_384_830_183_803_8,
    6.897_673_349_851e-1,
    1.481_039_764_274_800_8e-1,
    1.519_866_656_361_645_7e-2,
    5.475_938_084_995_345e-4,
    1.050_750_071_644_416_9e-9,
];
const FAR: [f64; 8] = [
    6.657_904_643_501_103,
    5.463_784_911_164_114,
    1.784_826_539_917_291_3,
    2.965_605_718_285_048_7e-1,
    2.653_218_952_657_612_4e-2,
    1.242_660_947_388_078_4e-3,
    2.711_555_568_743_487_6e-5,
    2.010_334_399_292_288e-7,
];
const FAR_BELOW: [f64; 8] = [
    1.0,
    5.998_322_065_558_88e-1,
    1.369_298_809_227_358e-1,
    1.487_536_129_085_061_5e-2,
    7.868_691_311_456_133e-4,
    1.846_318_317_510_054_8e-5,
    1.421_511_758_316_446e-7,
    2.044_263_103_389_939_8e-15,
];

#[cfg(test)]
mod tests {
    use super::*;

    fn ulps(a: f64, b: f64) -> u64 {
        a.to_bits().abs_diff(b.to_bits())
    }

    #[test]
    fn exp_is_within_one_ulp() {
        let mut worst = 0;
        for i in -700_000..700_000 {
            let x = f64::from(i) * 0.001_000_37;
            worst = worst.max(ulps(exp(x), libm::exp(x)));
        }
        assert!(worst <= 1, "exp differs from libm's by {worst} ulp");
        assert_eq!(exp(0.0), 1.0, "exact at 0");
        assert_eq!(exp(710.0), f64::INFINITY, "overflow");
        assert_eq!(exp(f64::INFINITY), f64::INFINITY, "overflow of infinity");
        assert_eq!(exp(-800.0), 0.0, "underflow");
        assert!(exp(-740.0) > 0.0, "subnormal results exist");
        assert!(exp(f64::NAN).is_nan(), "NaN stays NaN");
    }

    #[test]
    fn powers_in_32_bits_are_within_one_ulp() {
        let mut worst = 0;
        for (index, y) in [0.4, 0.02, 0.5, 1.0, 2.5, 7.0].into_iter().enumerate() {
            for i in 0..200_000_u32 {
                let x = f32::from_bits(0x3f80_0000 - i * (3000 + index as u32));
                let wanted = libm::pow(f64::from(x), y) as f32;
                worst = worst.max(pow_f32(x, y).to_bits().abs_diff(wanted.to_bits()));
            }
        }
        assert!(worst <= 1, "differs from libm's by {worst} ulp");
        assert_eq!(pow_f32(0.0, 0.4), 0.0, "of nothing");
        assert_eq!(pow_f32(1.0, 0.4), 1.0, "of 1");
        assert_eq!(pow_f32(1e30, 0.5), 1e15, "of large numbers");
        assert_eq!(pow_f32(1e30, 4.0), f32::INFINITY, "overflow");
        assert_eq!(pow_f32(1e-30, 4.0), 0.0, "underflow");
    }

    #[test]
    fn quantile_inverts_the_distribution() {
        for i in 1..100_000 {
            let p = f64::from(i) / 100_000.0;
            let back = normal_cdf(normal_quantile(p));
            assert!((back - p).abs() < 1e-14 * p.max(0.01), "Phi(quantile({p})) = {back}");
        }
        for e in 6..300 {
            let p = libm::pow(10.0, -f64::from(e));
            let back = normal_cdf(normal_quantile(p));
            assert!((back / p - 1.0).abs() < 1e-11, "Phi(quantile(1e-{e})) / 1e-{e} = {}", back / p);
        }
    }
}
