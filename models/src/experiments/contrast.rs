//! Local contrast: how much darker or brighter each pixel of an image is than what surrounds it.
//!
//! c = (pixel - mean) / 255, where the mean is over the pixels near it, itself among them, with the weights of a Gaussian of a standard
//! deviation of 2 pixels, as far as 6 rows and 6 columns away. Beyond the image's edges there is nothing: the weights of what is left
//! are made to add up to 1. OFF is max(-c, 0), ON is max(c, 0).

/// exp(-d^2 / 8) of each distance d, in units of 2^-20. Sums of whole numbers are exact: a uniform image has no contrast at all, and
/// an inverted one the same with OFF and ON exchanged. They are below 2^53.
const WEIGHTS: [i64; 7] = [1_048_576, 925_365, 635_993, 340_423, 141_909, 46_071, 11_649];

/// OFF of each pixel, row by row, then ON of each, from 0 to 1.
pub(super) fn contrast(image: &[u8], columns: usize) -> Vec<f64> {
    let columns = columns.max(1);
    let rows = image.len() / columns;
    let pixels = image[..rows * columns].iter().map(|pixel| i64::from(*pixel)).collect::<Vec<_>>();
    let along_rows = |place: usize| {
        let (start, column) = (place - place % columns, place % columns);
        near(column, columns).map(|(other, weight)| weight * pixels[start + other]).sum()
    };
    let sums: Vec<i64> = (0..pixels.len()).map(along_rows).collect();
    let (across, down) = (totals(columns), totals(rows));
    let contrast = |place: usize| {
        let (row, column) = (place / columns, place % columns);
        let sum: i64 = near(row, rows).map(|(other, weight)| weight * sums[other * columns + column]).sum();
        let total = across[column] * down[row];
        (pixels[place] * total - sum) as f64 / (255 * total) as f64
    };
    let all: Vec<f64> = (0..pixels.len()).map(contrast).collect();
    let off = all.iter().map(|contrast| (-contrast).max(0.0));
    off.chain(all.iter().map(|contrast| contrast.max(0.0))).collect()
}

/// The places of a line of this length that count at one of them, with their weights.
fn near(place: usize, length: usize) -> impl Iterator<Item = (usize, i64)> {
    let places = place.saturating_sub(WEIGHTS.len() - 1)..length.min(place + WEIGHTS.len());
    places.map(move |other| (other, WEIGHTS[place.abs_diff(other)]))
}

/// The sum of these weights, at each place.
fn totals(length: usize) -> Vec<i64> {
    (0..length).map(|place| near(place, length).map(|(_, weight)| weight).sum()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sim_core::random::Stream;

    fn random(pixels: usize, key: u64) -> Vec<u8> {
        let mut stream = Stream::new(key, 0);
        (0..pixels).map(|_| stream.below(256) as u8).collect()
    }

    /// The sum over all pixels of the image, as it is defined.
    fn slowly(image: &[u8], columns: usize) -> Vec<f64> {
        let (mut off, mut on) = (Vec::new(), Vec::new());
        for (at, pixel) in image.iter().enumerate() {
            let (mut sum, mut weights) = (0.0, 0.0);
            for (other, value) in image.iter().enumerate() {
                let dy = (at / columns).abs_diff(other / columns) as f64;
                let dx = (at % columns).abs_diff(other % columns) as f64;
                if dx <= 6.0 && dy <= 6.0 {
                    let weight = (-(dx * dx + dy * dy) / (2.0 * 2.0 * 2.0)).exp();
                    sum += weight * f64::from(*value);
                    weights += weight;
                }
            }
            let contrast = (f64::from(*pixel) - sum / weights) / 255.0;
            off.push(if contrast < 0.0 { -contrast } else { 0.0 });
            on.push(if contrast > 0.0 { contrast } else { 0.0 });
        }
        [off, on].concat()
    }

    #[test]
    fn contrast_is_as_defined() {
        // Larger than a window, smaller, one line, one pixel.
        for (rows, columns) in [(28, 28), (15, 20), (5, 9), (1, 30), (30, 1), (1, 1)] {
            let image = random(rows * columns, (rows * columns) as u64);
            let (here, expected) = (contrast(&image, columns), slowly(&image, columns));
            assert_eq!(here.len(), 2 * rows * columns, "OFF and ON of each pixel");
            for (input, (here, expected)) in here.iter().zip(&expected).enumerate() {
                assert!((here - expected).abs() < 1e-6, "{rows} x {columns}, input {input}: {here} instead of {expected}");
            }
        }
    }

    #[test]
    fn a_uniform_image_has_none() {
        for grey in [0, 1, 77, 254, 255] {
            assert!(contrast(&[grey; 28 * 20], 20).iter().all(|contrast| *contrast == 0.0), "all pixels {grey}");
        }
    }

    #[test]
    fn inversion_exchanges_off_and_on() {
        let image = random(28 * 28, 3);
        let inverted: Vec<u8> = image.iter().map(|pixel| 255 - pixel).collect();
        let mut expected = contrast(&image, 28);
        expected.rotate_left(28 * 28);
        assert_eq!(contrast(&inverted, 28), expected, "to the bit");
    }

    #[test]
    fn the_largest_sums_are_exact() {
        let mut image = [255; 28 * 28];
        image[14 * 28 + 14] = 0;
        let here = contrast(&image, 28);
        let inner = totals(28)[14] as f64;
        // All of the weight but the pixel's own is white.
        let expected = 1.0 - (WEIGHTS[0] as f64 / inner) * (WEIGHTS[0] as f64 / inner);
        assert!((here[14 * 28 + 14] - expected).abs() < 1e-15, "{} instead of {expected}", here[14 * 28 + 14]);
        assert_eq!(here[0], 0.0, "far from it all is white");
    }
}
