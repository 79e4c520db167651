//! Recordings in ticks, and liquids that see them: windows of counts, and patches of both polarities.

use super::{event, random};
use models::experiments::encoding::Presentation;
use models::experiments::events::{EventStream, Frames, Sensor};
use models::experiments::liquid::{Liquid, Patches, Settings, Variant, Wiring};
use std::sync::Arc;

const SENSOR: Sensor = Sensor { columns: 6, rows: 5 };

fn frames(stream: &EventStream) -> Arc<Frames> {
    Arc::new(Frames::of(stream).expect("a small sensor"))
}

#[test]
fn ticks_are_milliseconds_and_inputs_polarity_row_column() {
    let events = vec![
        event(0, 0, 0, false),
        event(499, 5, 0, false),
        event(500, 0, 1, false),
        event(1_499, 0, 0, true),
        event(1_000, 0, 0, true),
        event(1_200, 0, 0, false),
        event(3_999, 5, 4, true),
    ];
    let frames = frames(&EventStream::new(SENSOR, events).expect("pixels"));
    let all: Vec<&[u16]> = (0..6).map(|tick| frames.inputs(tick)).collect();
    // OFF: 6 y + x; ON: 30 more. 500 µs is nearest to 0 and 1 ms alike: the later.
    let expected: [&[u16]; 6] = [&[0, 5], &[0, 6, 30], &[], &[], &[59], &[]];
    assert_eq!(all, expected, "round(time / 1 ms), one event of an input in a tick");
    assert_eq!((frames.ticks(), frames.sensor()), (5, SENSOR));
    assert_eq!((frames.inputs(u64::MAX), Sensor::N_MNIST.inputs()), (&[][..], 2312), "beyond the end; N-MNIST's inputs");
    let shown = Presentation::recorded(frames, 1);
    let mut seen = Vec::new();
    (0..5).for_each(|tick| shown.events(tick, |input| seen.push((tick, input))));
    assert_eq!(seen, [(0, 0), (0, 6), (0, 30), (3, 59)], "from tick 1 on");
    let empty = Frames::of(&EventStream::new(SENSOR, Vec::new()).expect("no pixels")).expect("a small sensor");
    assert_eq!((empty.ticks(), empty.inputs(0)), (0, &[][..]), "nothing");
    let large = EventStream::new(Sensor { columns: 240, rows: 180 }, Vec::new()).expect("no pixels");
    assert!(Frames::of(&large).is_err_and(|problem| problem.to_string().contains("at most 32768 pixels")), "told");
}

fn settings(variant: Variant) -> Settings {
    Settings::for_recordings(variant, [4, 4, 4], SENSOR, 3)
}

#[test]
fn windows_add_up_to_all_counts() {
    let samples: Vec<Arc<Frames>> = (0..8).map(|seed| frames(&random(SENSOR, 900, 90_000, seed))).collect();
    let show = |sample: usize| Presentation::recorded(samples[sample].clone(), 0);
    for (variant, ticks) in [(Variant::Nalsm, 90), (Variant::Static, 100)] {
        let liquid = Liquid::new(Settings { weight: 3.0, ..settings(variant) }).expect("a liquid");
        let all = liquid.counts(0..8, ticks, &show, &|_| {});
        for windows in [1, 3, 7] {
            let parts = liquid.counts_by_window(0..8, (ticks, windows), &show, &|_| {}).0;
            assert_eq!(parts.len(), windows * all.len(), "a row has all windows");
            for (sample, row) in parts.chunks(64 * windows).enumerate() {
                let sums: Vec<u16> = (0..64).map(|neuron| (0..windows).map(|w| row[w * 64 + neuron]).sum()).collect();
                assert_eq!(sums, all[sample * 64..][..64], "{variant:?}, sample {sample}");
                // From the spikes themselves.
                let mut counts = vec![0; 64 * windows];
                for spike in liquid.spikes(&show(sample), ticks) {
                    let window = (spike.tick as usize - 1) * windows / ticks as usize;
                    counts[window * 64 + spike.neuron as usize] += 1;
                }
                assert_eq!(row, counts, "{variant:?}, sample {sample}: each spike in its window");
            }
        }
        assert!(all.iter().any(|count| *count > 0), "{variant:?}: it fires");
    }
}

#[test]
fn patches_have_both_polarities() {
    assert_eq!((settings(Variant::Nalsm).inputs, settings(Variant::Nalsm).image), (60, (5, 6)));
    let patches = Patches { least: 2, most: 4, synapses: 0, border: 0 };
    let wiring = Wiring::Patches(patches);
    let liquid = Liquid::new(Settings { wiring, ..settings(Variant::Nalsm) }).expect("a liquid");
    let expected: usize = (0..64).map(|neuron| 2 * patches.of(neuron, (5, 6), 3).len()).sum();
    assert_eq!(liquid.synapses("input"), expected, "each pixel of a patch twice: OFF and ON");
}
