//! Standard normal deviates by inversion, read from a table: what `math::normal_quantile` gives, twenty times faster.
//!
//! A deviate is the quantile of a signed probability x with |x| < 1/2: of x where it is positive, of 1 + x where it is negative.
//! So both tails lie around 0, where floating-point numbers are dense, and the two halves are mirror images bit for bit.
//! Below 1/2 every octave of |x| is cut into equal pieces, each with a cubic through the quantile at its Chebyshev nodes:
//! within 1e-10 of the quantile. What is further out than the table reaches is computed as it always was.

use crate::math;
use std::sync::LazyLock;

/// Octaves of |x| in the table, the last one ends at 1/2.
const OCTAVES: usize = 16;
/// Pieces an octave: the upper bits of the mantissa are the piece.
const PIECE_BITS: u32 = 6;
const SIZE: usize = OCTAVES << PIECE_BITS;
/// Bits of the mantissa that are the place within the piece.
const PLACE_BITS: u32 = 52 - PIECE_BITS;
const PLACE: u64 = (1 << PLACE_BITS) - 1;
const SIGN: u64 = 1 << 63;
const ONE: u64 = 1_f64.to_bits();
/// Half the width of a piece, in an octave of width 1.
const HALF: f64 = 0.5 / (1 << PIECE_BITS) as f64;

/// The table holds |x| from here to 1/2.
const REACH: f64 = 0.5 / (1 << OCTAVES) as f64;
/// Number of the first piece: exponent and upper mantissa of `REACH`.
const FIRST: u64 = REACH.to_bits() >> PLACE_BITS;

/// The table.
#[derive(Debug)]
pub struct Deviates {
    /// Coefficients of 1, t, t^2, t^3, where t is the distance from the middle of the piece.
    pieces: [[f64; 4]; SIZE],
}

/// The table, made at first use. Loops fetch it once.
#[inline]
pub fn deviates() -> &'static Deviates {
    static TABLE: LazyLock<Deviates> = LazyLock::new(|| Deviates { pieces: std::array::from_fn(cubic) });
    &TABLE
}

impl Deviates {
    /// The deviate of a signed probability: 0 < |x| < 1/2.
    #[inline]
    pub fn at(&self, x: f64) -> f64 {
        match self.pieces.get(piece(x)) {
            Some(coefficients) => signed(polynomial(coefficients, place(x)), x),
            None => far(x),
        }
    }

    /// The deviate of 64 random bits: 52 of them as a signed number of cells of 2^-52, and the middle of that cell.
    #[inline]
    pub fn of_bits(&self, bits: u64) -> f64 {
        self.at(((bits as i64 >> 12) as f64 + 0.5) * (1.0 / 4_503_599_627_370_496.0))
    }

    /// Deviates of 32 random bits each, the upper half of 64: right to the place of the cell, 2^-32 wide. Those of which
    /// [`needs_more`] is true come out as any number.
    ///
    /// Pieces are copied one by one, between two loops of vector code: left to itself, the compiler would gather each of their
    /// coefficients, which takes twice as long.
    #[inline(always)]
    pub fn fill<const N: usize>(&self, bits: &[u32; N], out: &mut [f64; N]) {
        let (mut numbers, mut pieces) = ([0; N], [[0.0; 4]; N]);
        for i in 0..N {
            out[i] = (f64::from(bits[i] as i32) + 0.5) * (1.0 / 4_294_967_296.0);
            numbers[i] = piece(out[i]) % SIZE;
        }
        for (piece, number) in pieces.iter_mut().zip(numbers) {
            *piece = self.pieces[number];
        }
        for (z, piece) in out.iter_mut().zip(&pieces) {
            *z = signed(polynomial(piece, place(*z)), *z);
        }
    }
}

/// Whether 32 random bits lie beyond the table's reach, where a cell of 2^-32 is too wide.
#[inline(always)]
pub fn needs_more(bits: u32) -> bool {
    const CELLS: u32 = (REACH * 4_294_967_296.0) as u32;
    bits.wrapping_add(CELLS) < 2 * CELLS
}

/// The piece of |x|; beyond the table for what it does not reach.
#[inline(always)]
fn piece(x: f64) -> usize {
    (x.to_bits() << 1 >> (PLACE_BITS + 1)).wrapping_sub(FIRST) as usize
}

/// The distance from the middle of the piece, in an octave of width 1.
#[inline(always)]
fn place(x: f64) -> f64 {
    f64::from_bits(x.to_bits() & PLACE | ONE) - (1.0 + HALF)
}

#[inline(always)]
fn polynomial(c: &[f64; 4], t: f64) -> f64 {
    ((c[3] * t + c[2]) * t + c[1]) * t + c[0]
}

/// The deviate of x from that of |x|.
#[inline(always)]
fn signed(z: f64, x: f64) -> f64 {
    f64::from_bits(z.to_bits() ^ x.to_bits() & SIGN)
}

#[cold]
fn far(x: f64) -> f64 {
    signed(math::normal_quantile(x.abs()), x)
}

/// The cubic through the quantile at the four Chebyshev nodes of a piece. The nodes are two pairs +-a and +-b, so its even and
/// its odd part are lines in t^2.
fn cubic(piece: usize) -> [f64; 4] {
    let start = f64::from_bits((FIRST + piece as u64) << PLACE_BITS);
    let octave = f64::from_bits(start.to_bits() >> 52 << 52);
    let parts = |t: f64| {
        let quantile = |t: f64| math::normal_quantile(start + octave * (HALF + t));
        let (above, below) = (quantile(t), quantile(-t));
        (0.5 * (above + below), 0.5 * (above - below) / t)
    };
    let [a, b] = [1.0, 3.0].map(|k| HALF * math::cos(k * std::f64::consts::PI / 8.0));
    let ((even_a, odd_a), (even_b, odd_b)) = (parts(a), parts(b));
    let slope = |at_a: f64, at_b: f64| (at_a - at_b) / (a * a - b * b);
    let (c2, c3) = (slope(even_a, even_b), slope(odd_a, odd_b));
    [even_a - c2 * a * a, odd_a - c3 * a * a, c2, c3]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bound that the table promises.
    const WITHIN: f64 = 1e-10;

    fn exact(x: f64) -> f64 {
        if x < 0.0 { -math::normal_quantile(-x) } else { math::normal_quantile(x) }
    }

    /// A million probabilities, the same number in every octave, then everything close to the borders of the pieces.
    fn probabilities() -> Vec<f64> {
        let anywhere = (0..1_000_000_u64).map(|i| {
            let place = f64::from_bits(i.wrapping_mul(0x9e37_79b9_7f4a_7c15) & ((1 << 52) - 1) | ONE);
            place * 0.25 / (1_u64 << (i % 24)) as f64
        });
        let borders = (0..SIZE as u64).map(|piece| f64::from_bits((FIRST + piece) << PLACE_BITS));
        anywhere.chain(borders.flat_map(|border| [border.next_down(), border, border.next_up()])).collect()
    }

    #[test]
    fn deviates_are_quantiles() {
        let table = deviates();
        let mut worst = 0.0;
        for x in probabilities() {
            let error = (table.at(x) - exact(x)).abs();
            assert!(error <= WITHIN, "deviate of {x:e}: off by {error:e}");
            assert!(x >= REACH || error == 0.0, "deviate of {x:e}: exact beyond the table");
            assert_eq!(table.at(-x), -table.at(x), "deviate of {x:e}: the halves are mirror images");
            worst = f64::max(worst, error);
        }
        assert!(worst > 0.1 * WITHIN, "the bound {WITHIN:e} is tight: the worst error is {worst:e}");
    }

    #[test]
    fn deviates_rise_within_and_across_pieces() {
        let table = deviates();
        for piece in 0..SIZE as u64 {
            let [start, end] = [0, 1].map(|k| f64::from_bits((FIRST + piece + k) << PLACE_BITS));
            let at = |i: u32| table.at(start + (end.next_down() - start) * f64::from(i) / 20.0);
            assert!((0..20).all(|i| at(i) < at(i + 1)), "from {start:e} to {end:e} they rise");
            let step = table.at(end.min(0.5_f64.next_down())) - table.at(end.next_down());
            assert!(step.abs() <= 2.0 * WITHIN, "at {end:e} they step by {step:e}");
        }
    }

    #[test]
    fn bits_are_cells() {
        let table = deviates();
        let quantile = |number: f64| math::normal_quantile(number / 4_503_599_627_370_496.0);
        assert_eq!(table.of_bits(0), quantile(0.5), "the first cell");
        assert_eq!(table.of_bits(u64::MAX), -quantile(0.5), "the last one");
        let (below, above) = (table.of_bits(u64::MAX >> 1), table.of_bits(1 << 63));
        assert!(below == -above && above.abs() <= WITHIN, "around the middle: {below:e} and {above:e}");
        for i in 1..10_000_u64 {
            let bits = i.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let error = table.of_bits(bits) - quantile((bits >> 12) as f64 + 0.5);
            assert!(error.abs() <= WITHIN, "bits {bits:#x}: off by {error:e}");
        }
    }

    #[test]
    fn rows_are_single_deviates() {
        let table = deviates();
        let cells = |bits: u32| (f64::from(bits as i32) + 0.5) / 4_294_967_296.0;
        for round in 0..10_000_u32 {
            let bits: [u32; 16] = std::array::from_fn(|i| (round * 16 + i as u32).wrapping_mul(0x9e37_79b9) >> (i % 3 * 6));
            let mut row = [0.0; 16];
            table.fill(&bits, &mut row);
            for (bits, z) in bits.into_iter().zip(row) {
                assert_eq!(needs_more(bits), cells(bits).abs() < REACH, "bits {bits:#x}: whether they decide");
                assert!(needs_more(bits) || z == table.at(cells(bits)), "bits {bits:#x}: the same deviate");
            }
        }
        for border in [1 << 15, (1 << 15) - 1, 0] {
            assert_eq!(needs_more(border), border < 1 << 15, "{border} cells from the middle of the tails");
            assert_eq!(needs_more(!border), border < 1 << 15, "as many on the other side");
        }
    }
}
