use super::*;
use crate::math;
use crate::random::Stream;
use crate::time::FS_PER_MS;

/// Steps of 0.1 ms.
fn interval(from_tick: u64, to_tick: u64) -> Interval {
    Interval::new(Grid::new(FS_PER_MS / 10), from_tick, to_tick).expect("a valid interval")
}

/// Populations of the given sizes, one after the other.
fn populations(sizes: &[u32]) -> Vec<Range<u32>> {
    let mut first = 0;
    let next = |size: &u32| {
        first += size;
        first - size..first
    };
    sizes.iter().map(next).collect()
}

fn spikes(trains: &[Vec<u64>]) -> Vec<Spike> {
    let of = |(neuron, train): (usize, &Vec<u64>)| -> Vec<Spike> {
        train.iter().map(|tick| Spike { tick: *tick, neuron: neuron as u32 }).collect()
    };
    let mut all: Vec<Spike> = trains.iter().enumerate().flat_map(of).collect();
    all.sort();
    all
}

fn statistics(populations: &[Range<u32>], interval: Interval, spikes: &[Spike]) -> Vec<PopulationStatistics> {
    let mut statistics = SpikeStatistics::new(populations, interval, 1);
    spikes.iter().for_each(|s| statistics.spike(*s));
    statistics.summary()
}

/// Independent Poisson trains: exponential intervals, rounded up to ticks.
fn poisson(neurons: u64, rate_hz: f64, ticks: u64) -> Vec<Vec<u64>> {
    let train = |neuron| {
        let mut stream = Stream::new(11, neuron);
        let mut at = 0.0;
        let times = std::iter::from_fn(move || {
            at -= math::ln(stream.open_uniform()) * 1e4 / rate_hz;
            Some(at.ceil() as u64)
        });
        times.take_while(|t| *t <= ticks).collect()
    };
    (0..neurons).map(train).collect()
}

fn near(value: f64, expected: f64, what: &str) {
    assert!((value - expected).abs() <= 1e-12 * expected.abs().max(1.0), "{what}: {value}, expected {expected}");
}

#[test]
fn a_regular_train_has_no_irregularity() {
    let mut meter = RateMeter::new(&populations(&[2]), interval(0, 10_000));
    (1..=100).for_each(|k| meter.spike(Spike { tick: 100 * k, neuron: 0 }));
    let [rates] = meter.summary()[..] else { panic!("one population") };
    assert_eq!(rates, PopulationRates { neurons: 2, spikes: 100, rate_hz: 50.0, cv_isi: Some(0.0) }, "100 Hz and silence");
}

#[test]
fn irregularity_by_hand() {
    // Intervals 10, 30, 10, 30: mean 20, sd 10.
    let mut meter = RateMeter::new(&populations(&[1]), interval(0, 100));
    [1, 11, 41, 51, 81].into_iter().for_each(|tick| meter.spike(Spike { tick, neuron: 0 }));
    assert_eq!(meter.summary()[0].cv_isi, Some(0.5), "10 / 20");
    let mut few = RateMeter::new(&populations(&[1]), interval(0, 100));
    [1, 11, 41, 51].into_iter().for_each(|tick| few.spike(Spike { tick, neuron: 0 }));
    assert_eq!(few.summary()[0].cv_isi, None, "four spikes are too few");
}

#[test]
fn the_interval_is_open_below_and_closed_above() {
    let mut meter = RateMeter::new(&[5..7, 0..2], interval(10, 20));
    for tick in [10, 11, 20, 21] {
        (0..9).for_each(|neuron| meter.spike(Spike { tick, neuron }));
    }
    let counted: Vec<u64> = meter.summary().iter().map(|p| p.spikes).collect();
    assert_eq!(counted, [4, 4], "ticks 11 and 20 of two neurons each, others and gaps left out");
    assert_eq!(meter.summary()[0].rate_hz, 2000.0, "two spikes a neuron in 1 ms");
}

#[test]
fn intervals_are_checked() {
    let grid = Grid::new(FS_PER_MS);
    assert_eq!(Interval::new(grid, 5, 5), None, "empty");
    assert_eq!(Interval::new(grid, 0, 10_000_000), None, "beyond the longest time");
    assert_eq!(Interval::new(grid, 0, u64::MAX), None, "beyond i64");
    let third = Interval::new(Grid::new(1_000_000_000_000 / 3), 4, 100).expect("a step that divides no bin");
    assert_eq!((third.bin(7, FS_PER_MS), third.bin(8, FS_PER_MS)), (0, 1), "ticks 5, 6, 7 end within the first millisecond");
}

#[test]
fn quantiles_interpolate() {
    assert_eq!(quantile(&[1.0, 2.0, 4.0], 0.5), 2.0, "the middle");
    assert_eq!(quantile(&[1.0, 2.0, 4.0], 0.75), 3.0, "half way");
    assert_eq!(quantile(&[7.0], 0.05), 7.0, "one value");
    assert_eq!(Spread::of(Vec::new()), None, "none");
}

#[test]
fn poisson_trains_have_their_closed_forms() {
    let trains = poisson(400, 40.0, 200_000);
    let [p] = &statistics(&populations(&[400]), interval(0, 200_000), &spikes(&trains))[..] else { panic!("one population") };
    let rate = p.rate_hz.as_ref().expect("neurons");
    assert!((rate.mean - 40.0).abs() < 4.0 * (40.0 / 20.0 / 400.0_f64).sqrt(), "mean rate {}", rate.mean);
    assert!((rate.sd - (40.0 / 20.0_f64).sqrt()).abs() < 0.2, "the sd of a Poisson count over time: {}", rate.sd);
    let cv = p.cv_isi.as_ref().expect("irregular");
    // With n intervals the estimate is biased by about -1/n and spread by about 1/sqrt(n); here n = 800.
    assert!((cv.mean - 1.0).abs() < 0.01, "CV of a Poisson process {}", cv.mean);
    let correlation = p.correlation.as_ref().expect("active neurons");
    assert_eq!(correlation.count, 199 * 100, "all pairs of 200");
    assert!(correlation.mean.abs() < 0.002, "independent trains: {}", correlation.mean);
    assert!((correlation.sd - 0.01).abs() < 0.001, "1 / sqrt(10,000 bins): {}", correlation.sd);
    let synchrony = p.synchrony.expect("spikes");
    assert!((synchrony - 1.0).abs() < 0.08, "Poisson counts: {synchrony}, sd sqrt(2 / 6,667)");
}

#[test]
fn equal_trains_are_fully_correlated() {
    let train = poisson(1, 50.0, 50_000).remove(0);
    let spikes = spikes(&vec![train; 12]);
    let all = statistics(&populations(&[12]), interval(0, 50_000), &spikes);
    let correlation = all[0].correlation.as_ref().expect("active");
    near(correlation.mean, 1.0, "correlation");
    near(correlation.sd, 0.0, "of every pair");
    let one = statistics(&populations(&[1]), interval(0, 50_000), &spikes)[0].synchrony.expect("spikes");
    near(all[0].synchrony.expect("spikes"), 12.0 * one, "synchrony grows with the number of copies");
    assert_eq!(statistics(&populations(&[9]), interval(0, 50_000), &spikes)[0].correlation, None, "fewer than ten neurons");
}

#[test]
fn the_sample_of_pairs_forgets_no_spike() {
    let trains = poisson(1_000, 5.0, 20_000);
    let mut sample = CorrelationSample::new(interval(0, 20_000), 3);
    let mut seen = vec![false; trains.len()];
    for spike in spikes(&trains) {
        let first = !std::mem::replace(&mut seen[spike.neuron as usize], true);
        sample.spike(spike, first);
    }
    assert_eq!(sample.counted().len(), 200, "the sample is full");
    for (neuron, count) in sample.counted() {
        assert_eq!(count, trains[neuron as usize].len() as u64, "spikes of neuron {neuron}");
    }
}

#[test]
fn nothing_gives_nothing() {
    let [p] = &statistics(&populations(&[3]), interval(0, 100), &[])[..] else { panic!("one population") };
    assert_eq!((p.spikes, &p.cv_isi, &p.correlation, p.synchrony), (0, &None, &None, None), "silence");
    assert_eq!(p.rate_hz.as_ref().expect("neurons").mean, 0.0, "a rate nevertheless");
    assert!(statistics(&[], interval(0, 1), &[]).is_empty(), "no populations");
}

/// 42 trains from a linear congruential generator, every third with common spikes.
fn generated_trains() -> Vec<Vec<u64>> {
    let train = |neuron: u64| {
        let mut state = neuron * 2_654_435_761 + 12_345;
        let mut ticks = Vec::new();
        let mut tick = 0;
        loop {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            tick += 20 + (state >> 33) % (200 + 10 * neuron);
            if tick > 12_000 {
                break;
            }
            ticks.push(tick);
        }
        if neuron.is_multiple_of(3) {
            ticks.extend((500..12_000).step_by(500));
        }
        ticks.sort_unstable();
        ticks.dedup();
        ticks
    };
    (0..42).map(train).collect()
}

/// The expected numbers were computed with NumPy 2.4.6 (bincount, diff, corrcoef, percentile) from the same trains.
#[test]
fn agrees_with_numpy() {
    let all = statistics(&[0..30, 30..42], interval(1_000, 11_000), &spikes(&generated_trains()));
    let (a, b) = (&all[0], &all[1]);
    let spread = |s: &Option<Spread>| s.clone().expect("a spread");
    let rate = spread(&a.rate_hz);
    near(rate.mean, 61.3, "rate");
    near(rate.sd, 16.520_996_741_520_57, "sd of the rates");
    near(rate.quantiles[4], 86.55, "95 % of the rates");
    let cv = spread(&a.cv_isi);
    assert_eq!((cv.count, spread(&b.cv_isi).count), (30, 12), "all neurons fire often enough");
    near(cv.mean, 0.552_546_383_054_123_8, "CV");
    near(cv.sd, 0.077_736_318_716_971_8, "sd of the CVs");
    near(cv.quantiles[0], 0.453_248_543_336_359_35, "5 % of the CVs");
    near(cv.quantiles[2], 0.549_129_833_352_282, "median CV");
    let correlation = spread(&a.correlation);
    near(correlation.mean, 0.022_881_139_884_214_36, "correlation");
    near(correlation.sd, 0.095_099_336_183_678_13, "sd of the correlations");
    near(correlation.quantiles[4], 0.259_972_828_906_166_15, "95 % of the correlations");
    near(a.synchrony.expect("spikes"), 1.517_938_022_812_449_7, "synchrony");
    near(spread(&b.rate_hz).mean, 39.166_666_666_666_664, "rate of b");
    near(spread(&b.cv_isi).mean, 0.569_589_629_642_580_3, "CV of b");
    near(spread(&b.correlation).mean, 0.030_737_388_968_854_73, "correlation of b");
    near(b.synchrony.expect("spikes"), 1.439_622_881_895_779_7, "synchrony of b");
}
