//! A sample as it is shown to a liquid once: which of its inputs have an event in each tick.

use super::encoding::Timing;
use super::events::Frames;
use sim_core::random::Stream;
use std::sync::Arc;

/// A sample that is shown.
#[derive(Clone, Debug)]
pub struct Presentation(Source);

#[derive(Clone, Debug)]
enum Source {
    /// Inputs of an image.
    Image { inputs: Vec<Input>, timing: Timing, key: u64 },
    /// A recording from one of its ticks on.
    Recording { frames: Arc<Frames>, from: u64 },
}

/// An input that may have events.
#[derive(Clone, Copy, Debug)]
pub(super) struct Input {
    pub(super) index: u32,
    /// Of an event in a tick.
    pub(super) chance: f64,
    /// What summed chances start at.
    pub(super) phase: f64,
}

impl Presentation {
    /// Inputs with their chances; the key is of their draws.
    pub(super) fn of_image(inputs: Vec<Input>, timing: Timing, key: u64) -> Self {
        Self(Source::Image { inputs, timing, key })
    }

    /// A recording, its tick `from` being the first that is shown. Nothing of it is drawn.
    pub fn recorded(frames: Arc<Frames>, from: u64) -> Self {
        Self(Source::Recording { frames, from })
    }

    /// The inputs that have an event in a tick, counted from 0, in ascending order.
    pub fn events(&self, tick: u64, mut emit: impl FnMut(u32)) {
        match &self.0 {
            Source::Image { inputs, timing: Timing::Chance, key } => {
                let mut stream = Stream::new(*key, tick);
                for input in inputs {
                    if stream.uniform() < input.chance {
                        emit(input.index);
                    }
                }
            }
            Source::Image { inputs, timing: Timing::Accumulate, .. } => {
                for Input { index, chance, phase } in inputs {
                    let passed = |ticks: u64| (phase + chance * ticks as f64) as u64;
                    if passed(tick + 1) > passed(tick) {
                        emit(*index);
                    }
                }
            }
            Source::Recording { frames, from } => frames.inputs(from + tick).iter().for_each(|input| emit(u32::from(*input))),
        }
    }
}
