//! A fitted layer, to be kept in a file and used again.

use super::super::features::{Features, Part, scale_row};
use super::super::{Problem, Samples};
use super::kernel::{Layer, Shape, Tile};
use super::{Confusion, Input, judge};
use serde::{Deserialize, Serialize};

/// A linear layer from features to classes, with all that is done to the features before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Stored")]
pub struct Readout {
    classes: usize,
    parts: Vec<Part>,
    input: Input,
    /// Class by class.
    weights: Vec<f32>,
    bias: Vec<f32>,
}

const FINITE: &str = "the numbers of a read-out are finite";

/// A layer as it is read, before anything is known of it.
#[derive(Deserialize)]
struct Stored {
    classes: usize,
    parts: Vec<Part>,
    input: Input,
    weights: Vec<f32>,
    bias: Vec<f32>,
}

impl TryFrom<Stored> for Readout {
    type Error = Problem;

    fn try_from(stored: Stored) -> Result<Self, Problem> {
        let Stored { classes, parts, input, weights, bias } = stored;
        let width = parts.iter().try_fold(0_usize, |sum, part| sum.checked_add(part.width)).unwrap_or(0);
        if width == 0 || !(2..=256).contains(&classes) {
            return Err(Problem::Setting("a read-out has columns, and 2 to 256 classes"));
        }
        let lengths = match &input {
            Input::Standard { mean, factor } => vec![(mean, width), (factor, width)],
            Input::BatchMaximum { batch: 0, .. } => return Err(Problem::Setting("batch is at least 1")),
            Input::BatchMaximum { typical, .. } if !typical.is_finite() => return Err(Problem::Setting(FINITE)),
            Input::BatchMaximum { .. } => Vec::new(),
        };
        for (values, expected) in lengths.into_iter().chain([(&bias, classes), (&weights, width.saturating_mul(classes))]) {
            if values.len() != expected {
                return Err(Problem::Width { expected, found: values.len() });
            }
            if values.iter().any(|value| !value.is_finite()) {
                return Err(Problem::Setting(FINITE));
            }
        }
        Ok(Self { classes, parts, input, weights, bias })
    }
}

impl Readout {
    pub(super) fn new(parts: Vec<Part>, input: Input, layer: &Layer) -> Self {
        let (shape, values) = (layer.shape, &layer.parameters);
        let of_class = |class| (0..shape.width).map(move |feature| values[shape.place(feature, class)]);
        let weights = (0..shape.classes).flat_map(of_class).collect();
        let bias = values[shape.weights()..shape.weights() + shape.classes].to_vec();
        Self { classes: shape.classes, parts, input, weights, bias }
    }

    /// Number of classes.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// Number of features.
    pub fn width(&self) -> usize {
        self.parts.iter().map(|part| part.width).sum()
    }

    /// The weight of each feature for a class.
    pub fn weights(&self, class: usize) -> &[f32] {
        &self.weights[class * self.width()..(class + 1) * self.width()]
    }

    /// What each class has without any feature.
    pub fn bias(&self) -> &[f32] {
        &self.bias
    }

    /// What is done to scaled features before the layer.
    pub fn input(&self) -> &Input {
        &self.input
    }

    /// The class of a row of counts or other numbers, not scaled. For many rows `evaluate` is faster.
    pub fn classify<T: Copy + Into<f32>>(&self, row: &[T]) -> Result<usize, Problem> {
        if row.len() != self.width() {
            return Err(Problem::Width { expected: self.width(), found: row.len() });
        }
        let mut row: Vec<f32> = row.iter().map(|value| (*value).into()).collect();
        if let Some(column) = row.iter().position(|value| !value.is_finite()) {
            return Err(Problem::NotFinite { sample: 0, column });
        }
        scale_row(&self.parts, &mut row);
        let layer = self.layer();
        let (mut tile, mut logits) = (Tile::new(layer.shape), Vec::new());
        tile.single(&row, &self.input);
        layer.logits(&tile, &mut logits);
        Ok(judge::winner(&logits[..self.classes]))
    }

    /// Which classes it takes for which.
    pub fn evaluate(&self, samples: &Samples<'_>) -> Result<Confusion, Problem> {
        samples.check("samples", self.classes)?;
        if samples.features().parts() != self.parts {
            return Err(Problem::Parts);
        }
        Ok(judge::confusion(&self.layer(), samples, &self.input))
    }

    /// The class of each sample, those of a batch processed together as in `evaluate`.
    pub fn classify_all(&self, features: &Features) -> Result<Vec<usize>, Problem> {
        // Nobody asks for the labels.
        let labels = vec![0; features.samples()];
        let samples = Samples::all(features, &labels)?;
        samples.check("samples", self.classes)?;
        if features.parts() != self.parts {
            return Err(Problem::Parts);
        }
        let mut given = Vec::with_capacity(samples.len());
        judge::each_row(&self.layer(), &samples, &self.input, |_, logits| given.push(judge::winner(logits)));
        Ok(given)
    }

    fn layer(&self) -> Layer {
        let shape = Shape { width: self.width(), classes: self.classes };
        let mut layer = Layer::zero(shape);
        for class in 0..self.classes {
            for (feature, weight) in self.weights(class).iter().enumerate() {
                layer.parameters[shape.place(feature, class)] = *weight;
            }
            layer.parameters[shape.weights() + class] = self.bias[class];
        }
        layer
    }
}
