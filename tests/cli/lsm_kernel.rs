//! `lsm train --kernel`: ranks of the counts that are kept, found again by exact arithmetic.

use super::lsm::{data, small};
use crate::program::{Desk, spikeloom};
use serde_json::Value;

const SAMPLES: usize = 12;
const NEURONS: usize = 64;

/// The rank by elimination modulo a prime: that over the rationals, unless the prime divides a minor.
fn rank(mut rows: Vec<Vec<u128>>) -> usize {
    const PRIME: u128 = (1 << 61) - 1;
    let inverse = |value: u128| {
        let (mut power, mut result, mut exponent) = (value, 1, PRIME - 2);
        while exponent > 0 {
            if exponent % 2 == 1 {
                result = result * power % PRIME;
            }
            power = power * power % PRIME;
            exponent /= 2;
        }
        result
    };
    let (mut rank, columns) = (0, rows[0].len());
    for column in 0..columns {
        let Some(pivot) = (rank..rows.len()).find(|row| rows[*row][column] != 0) else { continue };
        rows.swap(rank, pivot);
        let first = rows[rank].clone();
        let scale = inverse(first[column]);
        for row in &mut rows[rank + 1..] {
            let factor = row[column] * scale % PRIME;
            row.iter_mut().zip(&first).for_each(|(value, above)| *value = (*value + PRIME - factor * above % PRIME) % PRIME);
        }
        rank += 1;
    }
    rank
}

/// The counts of a kept part, a row for each sample.
fn counts(desk: &Desk, liquid: usize, part: &str) -> Vec<Vec<u128>> {
    let bytes = desk.read(&format!("out/seed=1/liquid-{liquid}.{part}.npy"));
    let values = &bytes[bytes.len() - SAMPLES * NEURONS * 2..];
    let values: Vec<u128> = values.as_chunks::<2>().0.iter().map(|bytes| u16::from_le_bytes(*bytes).into()).collect();
    values.chunks(NEURONS).map(<[u128]>::to_vec).collect()
}

fn train(data: &str, more: &[&str]) -> Value {
    spikeloom(&small(data, &[&["--json", "--frozen", "--liquids", "2"], more].concat())).ends(0).json()
}

/// There are four test images of each of three classes: each draw takes all.
#[test]
fn ranks_are_those_of_the_counts() {
    let desk = Desk::new();
    let (data, out) = (data(&desk), desk.name("out"));
    let report = train(&data, &["--out", &out, "--kernel", "3"]);
    assert_eq!(report["ranks_of"], SAMPLES, "all test images: {report:#}");
    for (key, part) in [("separation_rank", "test"), ("approximation_rank", "noisy")] {
        let ranks = [1, 2].map(|liquid| rank(counts(&desk, liquid, part)));
        assert!(ranks.iter().all(|rank| *rank > 3), "{key}: more than the classes, {ranks:?}");
        let mean = ranks.iter().sum::<usize>() as f64 / 2.0;
        assert_eq!(report[key].as_f64(), Some(mean), "{key}: the mean of {ranks:?}");
    }
    assert!(counts(&desk, 1, "test") != counts(&desk, 1, "noisy"), "noise changes the counts");
    let plain = train(&data, &[]);
    for key in ["counts_hash", "mean_count", "test_accuracy"] {
        assert_eq!(plain[key], report[key], "{key}: as without");
    }
    assert_eq!(plain["separation_rank"], Value::Null, "it was not asked for");
    let again = train(&data, &["--out", &out, "--kernel"]);
    assert_eq!(again["samples_run"], 0, "noisy counts are kept, too");
    assert_eq!(again["approximation_rank"], report["approximation_rank"], "the same");
    let words = spikeloom(&["lsm", "report", &out]).ends(0).results;
    assert!(words.contains("ranks") && words.contains(" / "), "{words}");
}
