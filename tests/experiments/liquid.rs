//! Liquids: what they learned can be kept, and more than is known of their making.

use models::experiments::encoding::Encoding;
use models::experiments::liquid::{Liquid, Load, Patches, Settings, Variant, Wiring, relayed};
use std::ops::ControlFlow;

/// A bar that moves down with its number, on 8 x 8 pixels.
fn bar(number: usize) -> Vec<u8> {
    (0..64).map(|pixel| if pixel / 8 == number % 8 { 200 } else { 5 }).collect()
}

fn images() -> Vec<Vec<u8>> {
    (0..24).map(bar).collect()
}

fn settings(variant: Variant, wiring: Wiring) -> Settings {
    Settings { wiring, ..Settings::on_lattice(variant, [4, 4, 4], (8, 8), 3) }
}

fn encoding() -> Encoding {
    Encoding::authors(images().iter().map(Vec::as_slice), 5).expect("bright images")
}

fn taught(settings: Settings) -> Liquid {
    let (images, encoding) = (images(), encoding());
    let mut liquid = Liquid::new(settings).expect("a liquid");
    let shown = (0..24).map(|i| encoding.present(&images[i], 1000 + i as u64));
    liquid.initialise(shown, 20, &mut |_| ControlFlow::Continue(()));
    liquid
}

fn counts(liquid: &Liquid) -> Vec<u16> {
    let (images, encoding) = (images(), encoding());
    liquid.counts(0..24, 80, &|i| encoding.present(&images[i], i as u64), &|_| {})
}

#[test]
fn what_was_learned_can_be_kept() {
    let patches = Wiring::Patches(Patches { least: 2, most: 5, synapses: 9, border: 0 });
    for (variant, wiring) in [
        (Variant::Nalsm, Wiring::Random(0.15)),
        (Variant::Stdp, Wiring::Random(0.15)),
        (Variant::ApStdp, Wiring::Random(0.15)),
        (Variant::Nalsm, patches),
        (Variant::Static, Wiring::Random(0.15)),
    ] {
        let settings = settings(variant, wiring);
        let liquid = taught(settings.clone());
        let (learned, expected) = (liquid.learned(), counts(&liquid));
        let synapses: usize = ["excitation", "inhibition", "input"].iter().map(|name| liquid.synapses(name)).sum();
        let learning = if variant == Variant::Static { 0 } else { synapses };
        assert_eq!(learned.len(), learning, "{variant:?}: each synapse that learns has a weight");
        assert!(expected.iter().any(|count| *count > 0), "{variant:?}: it fires");
        let restored = || Liquid::new(settings.clone()).expect("a liquid").with_learned(&learned).expect("as many weights");
        assert_eq!(counts(&restored()), expected, "{variant:?}, {wiring:?}: the counts of the liquid that learned");
        assert_eq!(restored().learned(), learned, "{variant:?}: its weights");
        assert_eq!(restored().recurrent(), liquid.recurrent(), "{variant:?}: its wiring");
        assert_eq!(counts(&restored().frozen()), counts(&liquid.frozen()), "{variant:?}: frozen");
    }
}

/// Events of single synapses, counted again from spikes and the list of synapses. Each input has a synapse with each neuron here.
#[test]
fn what_samples_take() {
    let settings = settings(Variant::Nalsm, Wiring::Random(1.0));
    let liquid = Liquid::new(settings.clone()).expect("a liquid");
    let (image, encoding, ticks) = (bar(2), encoding(), 80);
    let shown = encoding.present(&image, 0);
    let mut inputs = relayed(64, ticks, |tick, emit| shown.events(tick, emit));
    inputs.retain(|(tick, _)| *tick < ticks);
    let spikes = liquid.spikes(&shown, ticks);
    let recurrent = liquid.recurrent();
    let (mut out, mut both) = ([0; 64], [0; 64]);
    for (source, target) in recurrent {
        out[source as usize] += 1;
        both[source as usize] += 1;
        both[target as usize] += 1;
    }
    let sum = |of: &dyn Fn(usize) -> u64| spikes.iter().map(|spike| of(spike.neuron as usize)).sum::<u64>();
    let from_input = inputs.len() as u64 * 64;
    let plastic_events = from_input + sum(&|neuron| 64 + both[neuron]);
    // Each spike goes to the astrocyte, too; those of the last tick, which count for nothing else, set out as well.
    let sent = liquid.spikes(&shown, ticks + 1);
    let synaptic_events = from_input + inputs.len() as u64 + sent.iter().map(|spike| out[spike.neuron as usize] + 1).sum::<u64>();
    let load = |liquid: &Liquid| {
        let mut learning = Load::default();
        let taken = liquid.counts_by_window(0..1, (ticks, 1), &|_| encoding.present(&image, 0), &|_| {}).1;
        let mut own = Liquid::new(settings.clone()).expect("a liquid");
        let shown = std::iter::once(encoding.present(&image, 0));
        own.initialise(shown, ticks, &mut |load| {
            learning = load;
            ControlFlow::Continue(())
        });
        (taken, learning)
    };
    let (taken, learning) = load(&liquid);
    assert!(taken.spikes > 100 && inputs.len() > 100, "it is alive: {taken:?}");
    assert_eq!(taken, Load { spikes: spikes.len() as u64, synaptic_events, plastic_events }, "while a sample is shown");
    assert!(learning.plastic_events > learning.synaptic_events && learning.spikes > 100, "while it learns: {learning:?}");
    let frozen = Liquid::new(settings.clone()).expect("a liquid").frozen();
    assert_eq!(load(&frozen).0.plastic_events, 0, "nothing learns");
}

#[test]
fn weights_that_do_not_fit_are_told() {
    let liquid = || Liquid::new(settings(Variant::Nalsm, Wiring::Random(0.15))).expect("a liquid");
    let mut weights = liquid().learned();
    weights[7] = f64::NAN;
    let told = |weights: &[f64]| liquid().with_learned(weights).err().map(|problem| problem.to_string());
    assert_eq!(told(&weights).as_deref(), Some("a weight is a finite number"));
    let expected = format!("a row has 1 values, {} are needed", weights.len());
    assert_eq!(told(&weights[..1]), Some(expected), "too few");
}

/// 0.015 for 1000 neurons and 0.0075 for 8000 are the published values, and stand for N^(-1/3).
#[test]
fn the_astrocyte_of_other_lattices() {
    let weight = |side| Settings::on_lattice(Variant::Nalsm, [side; 3], (28, 28), 1).w_astro;
    assert_eq!((weight(10), weight(20)), (0.015, 0.0075), "as published");
    assert_eq!(weight(15), 0.01, "between them");
    let published = Settings::published(Variant::Nalsm, 1);
    assert_eq!(Settings::on_lattice(Variant::Nalsm, [10; 3], (28, 28), 1), published, "all else is as published");
}

#[test]
fn excitatory_neurons_come_first() {
    let liquid = Liquid::new(settings(Variant::Nalsm, Wiring::Random(0.15))).expect("a liquid");
    assert_eq!((liquid.neurons(), liquid.excitatory()), (64, 51), "four of five");
    // floor(0.15 x 64 x 64) pairs of a pixel and a neuron, exc and inh by their shares.
    let input = liquid.synapses("input");
    assert!((613..=614).contains(&input), "{input} synapses of the input");
    let recurrent = liquid.synapses("excitation") + liquid.synapses("inhibition");
    assert_eq!(liquid.recurrent().len(), recurrent, "its own synapses");
    assert!(liquid.recurrent().iter().all(|(source, target)| *source < 64 && *target < 64), "are among its neurons");
}
