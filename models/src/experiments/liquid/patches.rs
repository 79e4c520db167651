//! Input wiring by patches: each neuron sees a square of the image.

use serde::{Deserialize, Serialize};
use sim_core::random::{Key, Stream};

/// Squares of random size and place, one for each neuron.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patches {
    /// Smallest side in pixels.
    pub least: u32,
    /// Largest side.
    pub most: u32,
    /// Synapses of a neuron at most: so many pixels of its patch, drawn; 0: all.
    pub synapses: u32,
    /// Pixels at the image's edges that no patch covers.
    pub border: u32,
}

impl Patches {
    /// Pixels (row by row) that a neuron sees in an image of so many rows and columns, ascending.
    pub fn of(&self, neuron: u32, (rows, columns): (u32, u32), seed: u64) -> Vec<u32> {
        let mut stream = Stream::new(Key::new(seed).name("patch").finish(), u64::from(neuron));
        let (height, width) = (rows.saturating_sub(2 * self.border).max(1), columns.saturating_sub(2 * self.border).max(1));
        let side = (self.least + stream.below(self.most.max(self.least) - self.least + 1)).clamp(1, height.min(width));
        let (top, left) = (self.border + stream.below(height - side + 1), self.border + stream.below(width - side + 1));
        let mut pixels: Vec<u32> = (0..side * side).map(|i| (top + i / side) * columns + left + i % side).collect();
        if self.synapses > 0 && (self.synapses as usize) < pixels.len() {
            // The first places of a shuffle.
            for i in 0..self.synapses {
                let other = i + stream.below(pixels.len() as u32 - i);
                pixels.swap(i as usize, other as usize);
            }
            pixels.truncate(self.synapses as usize);
            pixels.sort_unstable();
        }
        pixels
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patches_are_squares_within_the_image() {
        let patches = Patches { least: 4, most: 9, synapses: 0, border: 2 };
        let mut sides = [0; 10];
        for neuron in 0..2000 {
            let pixels = patches.of(neuron, (28, 28), 5);
            let side = (4..10).find(|side| side * side == pixels.len()).expect("a square");
            sides[side] += 1;
            let (x, y) = (|p: &u32| p % 28, |p: &u32| p / 28);
            let span = |f: &dyn Fn(&u32) -> u32| pixels.iter().map(f).max().unwrap() - pixels.iter().map(f).min().unwrap() + 1;
            assert_eq!((span(&x), span(&y)), (side as u32, side as u32), "as wide as high");
            assert!(pixels.iter().all(|p| (2..26).contains(&x(p)) && (2..26).contains(&y(p))), "within the border");
        }
        assert!((4..10).all(|side| (280..390).contains(&sides[side])), "all sides are as likely: {sides:?}");
    }

    #[test]
    fn synapses_are_drawn_from_the_patch() {
        let all = Patches { least: 9, most: 9, synapses: 0, border: 0 };
        let some = Patches { synapses: 50, ..all };
        for neuron in 0..50 {
            let (of_all, of_some) = (all.of(neuron, (28, 28), 1), some.of(neuron, (28, 28), 1));
            assert_eq!(of_some.len(), 50, "as many as asked for");
            assert!(of_some.windows(2).all(|w| w[0] < w[1]) && of_some.iter().all(|p| of_all.contains(p)), "different ones");
        }
    }
}
