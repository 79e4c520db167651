//! An image as spike trains: the brighter a pixel, the more spikes.

use super::{START, STOP, Units, number, only, start_before_stop};
use sim_core::catalog::{Effect, ParamSpec, Range, Shape, StimulusCard, StimulusParam};
use sim_core::stimulus::{Drive, Schedule};
use sim_core::units::Dimension;

pub(super) const CARD: StimulusCard = StimulusCard {
    name: "image",
    aliases: &[],
    about: "an image of a file, one cell for each pixel, whose brightness is its rate",
    equations: "poisson: number of spikes in a tick ~ Poisson(rate_max h pixel / 255); bernoulli: a spike in a tick with \
                probability p_max pixel / 255; independent for each tick and cell",
    scheme: "drawn once per tick and cell, shared by its targets, as poisson_source and bernoulli_source are; emitted at \
             start < t <= stop. Cells are pixels row by row from the top left. Files are IDX (magic number 0x00000803), plain \
             or compressed by gzip",
    source: "rate coding; format of the MNIST files: LeCun, Cortes & Burges, The MNIST database of handwritten digits",
    parameters: &[
        of_shape("file", f64::NAN, Shape::Image, "file of images; rows x columns of them is the population's size"),
        of_shape("item", 0.0, Shape::Whole, "which image, from 0"),
        of_shape("encoding", 0.0, Shape::Word(&["poisson", "bernoulli"]), "poisson, with rate_max, or bernoulli, with p_max"),
        number("rate_max", &[], Dimension::RATE, 0.0, Range::NotNegative, "rate of a white pixel (255)"),
        number("p_max", &[], Dimension::NONE, 0.0, Range::Probability, "probability of a spike of a white pixel in a step"),
        START,
        STOP,
    ],
    effect: Effect::Spikes,
    check,
    drive: |size, values, grid| {
        let units = Units { size, values, grid };
        let schedules = |most: usize, factor: f64| {
            units.each(|unit| {
                let (start, stop) = unit.window(START_AT, STOP_AT);
                Schedule::window(unit.brightness(FILE) * unit.number(most) * factor, start, stop)
            })
        };
        if units.first().number(ENCODING) == BERNOULLI {
            Drive::Bernoulli(schedules(P_MAX, 1.0))
        } else {
            Drive::Poisson(schedules(RATE_MAX, grid.step_ms()))
        }
    },
};
const FILE: usize = 0;
const ENCODING: usize = 2;
const RATE_MAX: usize = 3;
const P_MAX: usize = 4;
const START_AT: usize = 5;
const STOP_AT: usize = 6;

/// The number of its word.
const BERNOULLI: f64 = 1.0;

/// A parameter that is no number of a dimension.
const fn of_shape(name: &'static str, default: f64, shape: Shape, about: &'static str) -> StimulusParam {
    let range = Range::Any;
    StimulusParam { spec: ParamSpec { name, aliases: &[], dimension: Dimension::NONE, default, range, about }, shape }
}

fn check(values: &[&[f64]]) -> Result<(), String> {
    let bernoulli = only(values, ENCODING) == BERNOULLI;
    if bernoulli && only(values, RATE_MAX) > 0.0 {
        return Err("rate_max is for the encoding \"poisson\": \"bernoulli\" takes p_max".to_string());
    }
    if !bernoulli && only(values, P_MAX) > 0.0 {
        return Err("p_max is for the encoding \"bernoulli\": \"poisson\" takes rate_max".to_string());
    }
    start_before_stop(values, START_AT, STOP_AT)
}
