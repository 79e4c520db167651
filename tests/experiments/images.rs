//! What is known of MNIST and Fashion-MNIST.

use super::dataset;
use models::experiments::Samples;
use models::experiments::encoding::{Encoding, Intensity, Timing};
use models::experiments::features::{Features, Scale};
use models::experiments::readout::{Adam, Method, fit};
use std::ops::ControlFlow;

/// The number of input events a millisecond of every image, 1 / (the largest share that a pixel has of its image's sum): computed
/// from the same files by an independent program.
const EVENTS: [(&str, &str, usize, f64, f64); 4] = [
    ("mnist", "train", 60_000, 19.945, 5e-4),
    ("mnist", "t10k", 10_000, 22.039, 5e-4),
    ("fashion-mnist", "train", 60_000, 15.20, 5e-3),
    ("fashion-mnist", "t10k", 10_000, 24.259, 5e-4),
];

#[test]
fn the_authors_events_a_millisecond() {
    for (name, part, count, expected, tolerance) in EVENTS {
        let Some(set) = dataset(name, part) else { return };
        assert_eq!((set.len(), set.size()), (count, (28, 28)), "{name} {part}");
        let encoding = Encoding::authors(set.images(), 1).expect("bright images");
        assert!((encoding.gain() - expected).abs() <= tolerance, "{name} {part}: {} instead of {expected}", encoding.gain());
        let events: f64 = set.images().take(100).map(|image| encoding.probabilities(image).iter().sum::<f64>()).sum();
        assert!((events / 100.0 - encoding.gain()).abs() < 1e-9, "{name} {part}: every image has as many");
    }
}

#[test]
fn events_come_as_often_as_asked() {
    let Some(set) = dataset("mnist", "t10k") else { return };
    for timing in [Timing::Chance, Timing::Accumulate] {
        let contrast = Intensity::Contrast { columns: 28 };
        for intensity in [Intensity::Share, Intensity::Brightness, Intensity::Root, contrast] {
            let encoding = Encoding::with_events(intensity, timing, 20.0, set.images(), 1).expect("bright images");
            let mut events = 0;
            for (index, image) in set.images().enumerate().step_by(20) {
                let shown = encoding.present(image, index as u64);
                (0..50).for_each(|tick| shown.events(tick, |_| events += 1));
            }
            let mean = f64::from(events) / (500.0 * 50.0);
            // Every twentieth image stands for all within two parts of a hundred; few probabilities are cut to 1.
            assert!((mean / 20.0 - 1.0).abs() < 0.05, "{timing:?}, {intensity:?}: {mean} events a tick, 20 asked");
        }
    }
}

/// A linear layer on shares of the sum, no liquid: 92.6 to 92.7 % of MNIST's test images in an independent program that learned 50,000.
#[test]
fn pixels_alone_are_read_out_as_known() {
    let (Some(train), Some(test)) = (dataset("mnist", "train"), dataset("mnist", "t10k")) else { return };
    let features = |set: &models::experiments::dataset::Dataset| {
        let pixels = set.images().flatten().map(|pixel| f32::from(*pixel)).collect();
        Features::reals(784, pixels, Scale::L1).expect("whole images")
    };
    let (seen, unseen) = (features(&train), features(&test));
    let set = |rows: std::ops::Range<usize>| Samples::new(&seen, rows.clone(), &train.labels()[rows]).expect("images");
    let adam = Method::Adam(Adam { epochs: 8, ..Adam::default() });
    let fit = fit(&set(0..50_000), Some(&set(50_000..60_000)), 10, &adam, &mut |_| ControlFlow::Continue(())).expect("a fit");
    let accuracy = fit.readout.evaluate(&Samples::all(&unseen, test.labels()).expect("a label each")).expect("pixels").accuracy();
    assert!((accuracy - 0.926).abs() < 0.006, "{accuracy}, on validation {:?}", fit.history[fit.chosen].validation);
}
