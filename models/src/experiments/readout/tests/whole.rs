//! Whole fits: what they learn, that threads change nothing, what is kept, what is refused.

use super::*;
use serde_json::json;

/// One of each kind, quick.
fn methods() -> [Method; 4] {
    [
        Method::Adam(Adam { epochs: 8, batch: 50, ..Adam::default() }),
        Method::Lbfgs(Lbfgs { penalties: vec![1e-1, 1e-2], iterations: 40, tolerance: 1e-4 }),
        Method::Ridge(Ridge::default()),
        Method::Authors(Authors { rate: 1.0, batch: 50, epochs: 30, ..Authors::default() }),
    ]
}

/// Features for a method: the authors divide by the sum.
fn scale(method: &Method) -> Scale {
    if matches!(method, Method::Authors(_)) { Scale::L1 } else { Scale::Raw }
}

#[test]
fn ten_classes_are_learned() {
    for method in methods() {
        let (features, labels) = liquid(1, 1400, 60, 10, scale(&method));
        let set = |rows: std::ops::Range<usize>| Samples::new(&features, rows.clone(), &labels[rows]).expect("rows");
        let (train, validation, test) = (set(0..1000), set(1000..1200), set(1200..1400));
        let fit = fit(&train, Some(&validation), 10, &method, &mut on).expect("a fit");
        let accuracy = fit.readout.evaluate(&test).expect("the same columns").accuracy();
        assert!(accuracy > 0.85, "{method:?}: {accuracy} of unseen samples, chance is 0.1");
        let chosen = fit.history[fit.chosen];
        assert_eq!(fit.validation.map(|v| v.accuracy()), chosen.validation, "{method:?}: the chosen layer is the one kept");
        let eligible = if scale(&method) == Scale::L1 { &fit.history[..29] } else { &fit.history[..] };
        let first = eligible.iter().position(|trial| eligible.iter().all(|other| other.validation <= trial.validation));
        assert_eq!(Some(fit.chosen), first, "{method:?}: the first of the best, the authors' last epoch left out");
        assert_eq!(fit.train.total(), 1000, "{method:?}: every training sample is judged");
        if !matches!(method, Method::Adam(_) | Method::Authors(_)) {
            assert_eq!(fit.train.accuracy(), chosen.train, "{method:?}: the trial's accuracy");
        }
    }
}

#[test]
fn threads_change_no_bit() {
    for method in methods() {
        let (features, labels) = liquid(2, 1100, 90, 7, scale(&method));
        let set = |rows: std::ops::Range<usize>| Samples::new(&features, rows.clone(), &labels[rows]).expect("rows");
        let (train, validation) = (set(0..1030), set(1030..1100));
        let with = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
            pool.install(|| fit(&train, Some(&validation), 7, &method, &mut on)).expect("a fit")
        };
        let one = with(1);
        for threads in [2, 5] {
            assert_eq!(one, with(threads), "{method:?}: {threads} threads");
        }
    }
}

#[test]
fn a_kept_readout_classifies_alike() {
    for method in methods() {
        let (features, labels) = liquid(3, 300, 30, 4, scale(&method));
        let raw = liquid(3, 300, 30, 4, Scale::Raw).0;
        let samples = Samples::all(&features, &labels).expect("a label each");
        let readout = fit(&samples, Some(&samples), 4, &method, &mut on).expect("a fit").readout;
        let text = serde_json::to_string(&readout).expect("a text");
        let kept: Readout = serde_json::from_str(&text).expect("the same again");
        assert_eq!(kept, readout, "kept as JSON");
        let mut one_by_one = Confusion::new(4);
        for (sample, label) in labels.iter().enumerate() {
            one_by_one.add(usize::from(*label), kept.classify(&raw.row(sample)).expect("a row"));
        }
        let together = readout.evaluate(&samples).expect("the same columns");
        if scale(&method) == Scale::Raw {
            assert_eq!(one_by_one, together, "one by one as all together");
        } else {
            let off = (one_by_one.accuracy() - together.accuracy()).abs();
            assert!(off < 0.03, "a batch's maximum is replaced by their mean: {off}");
        }
    }
}

#[test]
fn standard_inputs_have_mean_0_and_deviation_1_above_the_floor() {
    let columns = [[0_u16, 5, 0, 1], [0, 7, 0, 1], [0, 5, 0, 1], [0, 7, 1, 1]].repeat(100);
    let mut counts = columns.as_flattened().to_vec();
    // The third fires in one sample of 400: its deviation, 0.05, is below the floor.
    counts.iter_mut().skip(2).step_by(4).skip(1).for_each(|count| *count = 0);
    counts[2] = 1;
    let labels = vec![0; 400];
    let input_of = |scale| {
        let features = Features::counts(4, counts.clone(), scale).expect("four columns");
        let samples = Samples::all(&features, &labels).expect("a label each");
        match Input::standard(&samples) {
            Input::Standard { mean, factor } => (mean, factor),
            other => panic!("{other:?}"),
        }
    };
    let (mean, factor) = input_of(Scale::Raw);
    assert_eq!(mean, [0.0, 6.0, 0.0025, 1.0], "means");
    assert_eq!(factor, [10.0, 1.0, 10.0, 10.0], "one over the deviation, at least 0.1");
    let (_, factor) = input_of(Scale::L1);
    let sums = (400.0 * 7.0 + 1.0) / 400.0;
    assert!((f64::from(factor[0]) - 10.0 * sums).abs() < 1e-4, "{}: a tenth of a spike of all", factor[0]);
}

#[test]
fn a_break_ends_a_fit() {
    let (features, labels) = liquid(1, 100, 5, 2, Scale::Raw);
    let samples = Samples::all(&features, &labels).expect("a label each");
    let mut stop = |trial: &Trial| {
        if trial.setting == Setting::Epoch(3) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let fit = fit(&samples, None, 2, &Method::Adam(Adam::default()), &mut stop).expect("a fit");
    assert_eq!((fit.history.len(), fit.chosen), (3, 2), "three epochs, the last is kept");
}

#[test]
fn what_cannot_be_fitted_is_told() {
    let (features, labels) = liquid(1, 20, 3, 2, Scale::Raw);
    let all = Samples::all(&features, &labels).expect("a label each");
    let of = |train: &Samples<'_>, validation: Option<&Samples<'_>>, classes, method: Method| {
        fit(train, validation, classes, &method, &mut on).expect_err("a problem").to_string()
    };
    let adam = |change: fn(&mut Adam)| {
        let mut settings = Adam::default();
        change(&mut settings);
        Method::Adam(settings)
    };
    let usual = || Method::Adam(Adam::default());
    let none = Samples::new(&features, 0..0, &[]).expect("no rows");
    assert_eq!(of(&none, None, 2, usual()), "there are no training samples");
    assert_eq!(of(&all, Some(&none), 2, usual()), "there are no validation samples");
    assert_eq!(of(&all, None, 1, usual()), "2 to 256 classes are possible");
    let wrong: Vec<u8> = labels.iter().enumerate().map(|(s, label)| if s == 7 { 10 } else { *label }).collect();
    let wrong = Samples::all(&features, &wrong).expect("a label each");
    assert_eq!(of(&wrong, None, 10, usual()), "sample 7 has label 10: the 10 classes are counted from 0");
    let other = liquid(1, 20, 3, 2, Scale::Sqrt).0;
    let other = Samples::all(&other, &labels).expect("a label each");
    let parts = "the columns are not those of the training samples: their parts differ in width or scale";
    assert_eq!(of(&all, Some(&other), 2, usual()), parts);
    assert_eq!(Samples::all(&features, &labels[1..]).err(), Some(Problem::Samples { expected: 20, found: 19 }));
    assert_eq!(Samples::new(&features, 1..21, &labels).err(), Some(Problem::Samples { expected: 21, found: 20 }));
    assert_eq!(of(&all, None, 2, adam(|a| a.batch = 0)), "batch and epochs are at least 1");
    assert_eq!(of(&all, None, 2, adam(|a| a.rate = f64::NAN)), "the learning rate is above 0, the decay not below");
    let wild = of(&all, None, 2, adam(|a| a.rate = 1e38));
    assert_eq!(wild, "the read-out's weights are not finite any more in epoch 1");
    let authors = Method::Authors(Authors { rho: 1.0, ..Authors::default() });
    let range = "rate and epsilon are above 0, rho from 0 to below 1, the decay not below 0";
    assert_eq!(of(&all, None, 2, authors), range);
    let ridge = |penalties: &[f64]| Method::Ridge(Ridge { penalties: penalties.to_vec() });
    assert_eq!(of(&all, None, 2, ridge(&[])), "there are no penalties");
    assert_eq!(of(&all, None, 2, ridge(&[-1.0])), "a penalty is a finite number, not below 0");
    let several = "validation samples are needed to choose one of several penalties";
    assert_eq!(of(&all, None, 2, ridge(&[0.1, 1.0])), several);
    let lbfgs = Method::Lbfgs(Lbfgs { iterations: 0, ..Lbfgs::default() });
    assert_eq!(of(&all, None, 2, lbfgs), "there is at least 1 iteration, and the tolerance is above 0");
    let silent = Features::counts(2, vec![0; 40], Scale::Raw).expect("two columns");
    let silent = Samples::all(&silent, &labels).expect("a label each");
    let singular = of(&silent, None, 2, ridge(&[0.0]));
    assert!(singular.ends_with("with the penalty 0: a larger one is needed"), "{singular}");
}

#[test]
fn what_cannot_be_classified_is_told() {
    let (features, labels) = liquid(1, 20, 3, 2, Scale::Raw);
    let samples = Samples::all(&features, &labels).expect("a label each");
    let readout = fitted(&samples, 2, Method::Ridge(Ridge { penalties: vec![0.1] })).readout;
    assert_eq!(readout.classify(&[1_u16, 2]), Err(Problem::Width { expected: 3, found: 2 }));
    assert_eq!(readout.classify(&[1.0, f32::INFINITY, 0.0]), Err(Problem::NotFinite { sample: 0, column: 1 }));
    let (wider, _) = liquid(1, 20, 4, 2, Scale::Raw);
    let wider = Samples::all(&wider, &labels).expect("a label each");
    assert_eq!(readout.evaluate(&wider), Err(Problem::Parts));
}

#[test]
fn broken_readouts_are_not_read() {
    let (features, labels) = liquid(1, 20, 3, 2, Scale::L1);
    let samples = Samples::all(&features, &labels).expect("a label each");
    let kept = |method| serde_json::to_value(fitted(&samples, 2, method).readout).expect("a value");
    let ridge = || kept(Method::Ridge(Ridge { penalties: vec![0.1] }));
    let authors = || kept(Method::Authors(Authors { epochs: 1, ..Authors::default() }));
    let finite = "the numbers of a read-out are finite";
    for (good, path, value, word) in [
        (ridge(), "/parts/0/width", json!(4), "a row has 3 values, 4 are needed"),
        (ridge(), "/parts/0/width", json!(0), "a read-out has columns, and 2 to 256 classes"),
        (ridge(), "/classes", json!(3), "a row has 2 values, 3 are needed"),
        (ridge(), "/classes", json!(1), "a read-out has columns, and 2 to 256 classes"),
        (ridge(), "/bias/0", json!(1e99), finite),
        (ridge(), "/input/standard/mean/2", json!(-1e99), finite),
        (authors(), "/input/batch_maximum/typical", json!(1e99), finite),
        (authors(), "/input/batch_maximum/batch", json!(0), "batch is at least 1"),
    ] {
        assert!(serde_json::from_value::<Readout>(good.clone()).is_ok(), "{path}: good before");
        let mut changed = good;
        *changed.pointer_mut(path).unwrap_or_else(|| panic!("{path} is there")) = value;
        let error = serde_json::from_value::<Readout>(changed).expect_err("a problem").to_string();
        assert!(error.contains(word), "{path}: \"{word}\": {error}");
    }
}
