//! How likely a deviation is: p-values of the chi-square and the Kolmogorov-Smirnov test, checked against printed tables.

/// ln of the gamma function for x > 0, by Lanczos's series (g = 7, nine terms); about 15 digits.
fn ln_gamma(x: f64) -> f64 {
    const TERMS: [f64; 8] = [
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_1,
        -176.615_029_162_140_6,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_572e-6,
        1.505_632_735_149_311_6e-7,
    ];
    let x = x - 1.0;
    let sum = (1..).zip(TERMS).fold(0.999_999_999_999_809_9, |sum, (i, term)| sum + term / (x + f64::from(i)));
    let t = x + 7.5;
    0.5 * std::f64::consts::TAU.ln() + (x + 0.5) * t.ln() - t + sum.ln()
}

/// Upper regularised incomplete gamma function Q(a, x): the series of P below a + 1, Legendre's continued fraction above.
fn gamma_q(a: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 1.0;
    }
    let front = (a * x.ln() - x - ln_gamma(a)).exp();
    if x < a + 1.0 {
        let (mut term, mut sum, mut n) = (1.0 / a, 1.0 / a, a);
        while term > sum * 1e-16 {
            n += 1.0;
            term *= x / n;
            sum += term;
        }
        return 1.0 - front * sum;
    }
    // From its tail: the fraction converges long before the 2000th level.
    let tail = (1..2000).rev().map(f64::from).fold(0.0, |rest, i| i * (i - a) / (x + 2.0 * i + 1.0 - a - rest));
    front / (x + 1.0 - a - tail)
}

/// Chance that a chi-square variable exceeds `statistic`.
pub(crate) fn chi_square_p(statistic: f64, freedom: f64) -> f64 {
    gamma_q(freedom / 2.0, statistic / 2.0)
}

/// Distribution function of the standard normal.
pub(crate) fn normal_cdf(z: f64) -> f64 {
    let tail = 0.5 * gamma_q(0.5, z * z / 2.0);
    if z > 0.0 { 1.0 - tail } else { tail }
}

/// Chance that n draws from a continuous law deviate further from it than the sample does (Kolmogorov's series with
/// Stephens's correction for finite n).
pub(crate) fn kolmogorov_p(mut sample: Vec<f64>, cdf: impl Fn(f64) -> f64) -> f64 {
    sample.sort_by(f64::total_cmp);
    let n = sample.len() as f64;
    let gap = |(i, x): (usize, &f64)| (cdf(*x) - i as f64 / n).abs().max((cdf(*x) - (i + 1) as f64 / n).abs());
    let distance = sample.iter().enumerate().map(gap).fold(0.0, f64::max);
    kolmogorov_tail(distance * (n.sqrt() + 0.12 + 0.11 / n.sqrt()))
}

fn kolmogorov_tail(x: f64) -> f64 {
    // Below this the series cancels and the chance is 1 to six digits.
    if x < 0.3 {
        return 1.0;
    }
    (1..100).map(f64::from).map(|k| 2.0 * (-2.0 * k * k * x * x).exp() * if k % 2.0 == 1.0 { 1.0 } else { -1.0 }).sum()
}

/// Chance of a worse fit of counts of the values 0, 1, 2, .. to a law: chi-square over values, neighbours taken together
/// until at least ten are expected.
pub(crate) fn fit_p(counts: &[u64], probability: impl Fn(usize) -> f64) -> f64 {
    let total: u64 = counts.iter().sum();
    let mut cells: Vec<(f64, f64)> = Vec::new();
    let (mut open, mut seen) = ((0.0, 0.0), 0.0);
    for (value, count) in counts.iter().enumerate() {
        let expected = probability(value) * total as f64;
        open = (open.0 + *count as f64, open.1 + expected);
        seen += expected;
        if open.1 >= 10.0 {
            cells.push(std::mem::take(&mut open));
        }
    }
    // The rest, with whatever the law expects beyond the largest value counted, joins the last cell.
    open.1 += total as f64 - seen;
    match cells.last_mut() {
        Some(last) if open.1 < 10.0 => *last = (last.0 + open.0, last.1 + open.1),
        _ => cells.push(open),
    }
    assert!(cells.len() > 2, "{total} counts are too few to tell");
    chi_square_p(cells.iter().map(|(count, e)| (count - e) * (count - e) / e).sum(), cells.len() as f64 - 1.0)
}

/// Binomial probabilities of 0..=n.
pub(crate) fn binomial(n: u32, p: f64) -> Vec<f64> {
    let ln_choose = |k: f64| ln_gamma(f64::from(n) + 1.0) - ln_gamma(k + 1.0) - ln_gamma(f64::from(n) - k + 1.0);
    (0..=n).map(f64::from).map(|k| (ln_choose(k) + k * p.ln() + (f64::from(n) - k) * (-p).ln_1p()).exp()).collect()
}

/// How often each value occurs.
pub(crate) fn histogram(values: impl Iterator<Item = usize>) -> Vec<u64> {
    let mut counts = Vec::new();
    for value in values {
        if value >= counts.len() {
            counts.resize(value + 1, 0);
        }
        counts[value] += 1;
    }
    counts
}

#[test]
fn the_tests_agree_with_printed_tables() {
    // Upper quantiles of chi-square (NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.4).
    for (freedom, statistic, p) in [
        (1.0, 3.841, 0.05),
        (1.0, 6.635, 0.01),
        (10.0, 18.307, 0.05),
        (10.0, 29.588, 0.001),
        (100.0, 124.342, 0.05),
        (100.0, 77.929, 0.95),
    ] {
        let got = chi_square_p(statistic, freedom);
        assert!((got / p - 1.0).abs() < 1e-3, "chi-square {statistic} on {freedom}: {got}, not {p}");
    }
    // The normal distribution (same handbook, 1.3.6.7.1) and Kolmogorov's limit (N. Smirnov 1948).
    for (z, p) in [(0.0, 0.5), (1.0, 0.84134), (1.96, 0.97500), (-1.0, 0.15866), (-3.0, 0.00135)] {
        assert!((normal_cdf(z) - p).abs() < 6e-6, "normal {z}: {}, not {p}", normal_cdf(z));
    }
    for (x, p) in [(1.2238, 0.10), (1.3581, 0.05), (1.6276, 0.01)] {
        assert!((kolmogorov_tail(x) / p - 1.0).abs() < 1e-3, "Kolmogorov {x}: {}, not {p}", kolmogorov_tail(x));
    }
    let law = binomial(4, 0.25);
    let by_hand = [81.0, 108.0, 54.0, 12.0, 1.0].map(|x| x / 256.0);
    assert!(law.iter().zip(by_hand).all(|(a, b)| (a - b).abs() < 1e-12), "binomial(4, 1/4): {law:?}");
}

#[test]
fn the_tests_find_what_is_wrong() {
    let n = 2000;
    let even: Vec<f64> = (0..n).map(|i| (f64::from(i) + 0.5) / f64::from(n)).collect();
    assert!(kolmogorov_p(even.clone(), |x| x) > 0.999, "a regular grid is as uniform as can be");
    let bent: Vec<f64> = even.iter().map(|x| x.powf(1.2)).collect();
    assert!(kolmogorov_p(bent, |x| x) < 0.01, "x^1.2 is not uniform");
    let law = binomial(20, 0.3);
    let counts: Vec<u64> = law.iter().map(|p| (p * 1e5).round() as u64).collect();
    assert!(fit_p(&counts, |k| law[k]) > 0.999, "the law fits itself");
    let near = binomial(20, 0.31);
    assert!(fit_p(&counts, |k| near[k]) < 1e-6, "and none near it");
}
