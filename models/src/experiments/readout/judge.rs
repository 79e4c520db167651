//! What a layer makes of many samples.

use super::super::Samples;
use super::kernel::{Layer, Tile};
use super::{Confusion, Input};

/// Hands the logits of each sample to `each`, with the sample's label, in order.
pub(super) fn each_row(layer: &Layer, samples: &Samples<'_>, input: &Input, mut each: impl FnMut(usize, &[f32])) {
    let shape = layer.shape;
    let (mut tile, mut logits) = (Tile::new(shape), Vec::new());
    let all: Vec<u32> = (0..samples.len() as u32).collect();
    for batch in all.chunks(input.batch()) {
        tile.load(samples, batch, input);
        layer.logits(&tile, &mut logits);
        for (sample, logits) in batch.iter().zip(logits.chunks_exact(shape.padded())) {
            each(usize::from(samples.labels()[*sample as usize]), &logits[..shape.classes]);
        }
    }
}

/// Which classes a layer takes for which.
pub(super) fn confusion(layer: &Layer, samples: &Samples<'_>, input: &Input) -> Confusion {
    let mut confusion = Confusion::new(layer.shape.classes);
    each_row(layer, samples, input, |label, logits| confusion.add(label, winner(logits)));
    confusion
}

/// The class with the largest logit, the first of equals.
pub(super) fn winner(logits: &[f32]) -> usize {
    (1..logits.len()).fold(0, |best, class| if logits[class] > logits[best] { class } else { best })
}
