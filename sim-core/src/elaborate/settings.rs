//! `[network]` and `[numerics]`: times, seeds, how finely weights are rounded, the numbers of neurons' state.

use super::names::{DEFAULT_TIMESTEP_MS, Names};
use super::place::Place;
use super::report::Report;
use super::trials;
use super::values::{Wanted, integer, number};
use crate::catalog::Range;
use crate::description::{Description, NetworkDecl, Value};
use crate::diagnostic::{Diagnostic, Outcome, Span, Spanned};
use crate::network::{Numerics, Weights};
use crate::real::Precision;
use crate::time::{Grid, MAX_MS, decimal_ms, fs_from_ms};
use crate::units::Dimension;

/// Shortest time step, 1 ns: far below any model's use, far above the resolution of time.
const MIN_TIMESTEP_FS: i64 = 1_000_000;

/// Largest seed: whole numbers up to here are read exactly.
const MAX_SEED: u64 = 1 << 53;

/// What `[network]` says, in femtoseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    /// The grid.
    pub(crate) grid: Grid,
    /// Biological time after the warm-up: a multiple of the step.
    pub(crate) duration_fs: i64,
    /// Time before it: a multiple of the step.
    pub(crate) warmup_fs: i64,
    /// Seed of wiring and everything else.
    pub(crate) seed: u64,
    /// Seed of what is drawn while running.
    pub(crate) noise_seed: u64,
    /// How finely weights are rounded.
    pub(crate) weights: Weights,
    /// Numbers that neurons' state is kept in.
    pub(crate) state: Precision,
    /// Whose arithmetic.
    pub(crate) numerics: Numerics,
}

impl Settings {
    /// Reads them; what is wrong is told and replaced, so that the rest of the netlist is checked too.
    pub(crate) fn new(description: &Description, names: &Names<'_>, report: &Report) -> Self {
        let network = &description.network;
        let place = Place::new(names);
        let at = |value: &Option<Value>| value.as_ref().map_or(network.span, |v| v.span);
        let step = names.timestep().and_then(|ms| timestep(ms, at(&network.timestep)));
        let grid = report.accept(step).unwrap_or_else(default_grid);
        for value in &description.included_timesteps {
            report.accept(same_step(value, grid, &place));
        }
        let (duration_fs, span) = match &description.trials {
            Some(trials) => trials::duration(description, trials, names, grid, report),
            None => (duration(network, names, grid, report), at(&network.duration)),
        };
        let seed = |value: &Option<Value>, name, default| {
            value.as_ref().map_or(Some(default), |v| report.accept(integer(v, name, &place, 0, MAX_SEED))).unwrap_or(default)
        };
        let warmup_fs = network.warmup.as_ref().map_or(0, |v| {
            let ms = number(v, &Wanted::new("warmup", Dimension::TIME, Range::NotNegative), &place);
            report.accept(ms.and_then(|ms| on_grid(ms, grid, "warmup", v.span, report))).unwrap_or(0)
        });
        if fs_from_ms(MAX_MS).is_some_and(|most| duration_fs.saturating_add(warmup_fs) > most) {
            report.push(too_long(span));
        }
        let seed_value = seed(&network.seed, "seed", 1);
        let noise_seed = seed(&network.noise_seed, "noise_seed", seed_value);
        let numerics = &description.numerics;
        let weights = report.accept(choice("[numerics] weights", &numerics.weights, &WEIGHTS)).unwrap_or_default();
        let state = report.accept(choice("[numerics] state", &numerics.state, &PRECISIONS)).unwrap_or_default();
        let whose = report.accept(choice("[network] numerics", &network.numerics, &NUMERICS)).unwrap_or_default();
        let (weights, state) = match whose {
            Numerics::Float => (weights, state),
            // Doubles hold the chip's numbers.
            Numerics::Spinnaker => {
                for given in [&numerics.weights, &numerics.state].into_iter().flatten() {
                    report.push(no_choice(given));
                }
                (Weights::F64, Precision::F64)
            }
        };
        Self { grid, duration_fs, warmup_fs, seed: seed_value, noise_seed, weights, state, numerics: whose }
    }
}

/// The duration of a run without trials.
fn duration(network: &NetworkDecl, names: &Names<'_>, grid: Grid, report: &Report) -> i64 {
    if network.duration.is_none() {
        let problem = Diagnostic::error("missing-key", network.span, "[network] needs a duration");
        report.push(problem.help("duration = \"1 s\""));
    }
    let span = network.duration.as_ref().map_or(network.span, |value| value.span);
    let fs = report.accept(names.duration().and_then(|ms| on_grid(ms, grid, "duration", span, report)));
    let fs = fs.unwrap_or(grid.step_fs());
    if fs == 0 {
        report.push(Diagnostic::error("out-of-range", span, "the duration is less than half a time step"));
    }
    fs
}

fn default_grid() -> Grid {
    Grid::new(fs_from_ms(DEFAULT_TIMESTEP_MS).unwrap_or(MIN_TIMESTEP_FS))
}

fn timestep(ms: f64, span: Span) -> Outcome<Grid> {
    match fs_from_ms(ms) {
        Some(fs) if fs >= MIN_TIMESTEP_FS => Ok(Grid::new(fs)),
        Some(_) => Err(Diagnostic::error("out-of-range", span, "a time step is at least \"1 ns\"").into()),
        None => Err(too_long(span).into()),
    }
}

/// Delays and models of an included netlist were written for its own step.
fn same_step(value: &Value, grid: Grid, place: &Place<'_>) -> Outcome<()> {
    let ms = number(value, &Wanted::new("timestep", Dimension::TIME, Range::Positive), place)?;
    if fs_from_ms(ms) == Some(grid.step_fs()) {
        return Ok(());
    }
    let here = decimal_ms(grid.step_fs());
    let message = format!("this netlist has steps of {ms} ms, the one that includes it of {here} ms");
    Err(Diagnostic::error("other-timestep", value.span, message).help("give both the same timestep").into())
}

fn too_long(span: Span) -> Diagnostic {
    Diagnostic::error("out-of-range", span, format!("times end at {} s", MAX_MS / 1000.0))
}

/// A time in femtoseconds, rounded to the grid with a warning.
pub(crate) fn on_grid(ms: f64, grid: Grid, name: &str, span: Span, report: &Report) -> Outcome<i64> {
    let fs = fs_from_ms(ms).ok_or_else(|| too_long(span))?;
    if grid.holds(fs) {
        return Ok(fs);
    }
    let rounded = grid.fs(grid.tick(fs));
    let message = format!("{name} is no multiple of the time step: rounded to {} ms", decimal_ms(rounded));
    report.push(Diagnostic::warning("off-grid", span, message));
    Ok(rounded)
}

const WEIGHTS: [(&str, Weights); 3] = [("f64", Weights::F64), ("f32", Weights::F32), ("i16", Weights::I16)];
const NUMERICS: [(&str, Numerics); 2] = [("float", Numerics::Float), ("spinnaker", Numerics::Spinnaker)];
const PRECISIONS: [(&str, Precision); 2] = [(Precision::F64.name(), Precision::F64), (Precision::F32.name(), Precision::F32)];

fn no_choice(given: &Spanned<String>) -> Diagnostic {
    let message = "under [network] numerics = \"spinnaker\" the chip says how weights and state are kept";
    Diagnostic::error("not-together", given.span, message).help("leave one of the two out")
}

/// What a key says, by its words.
fn choice<T: Copy + Default>(key: &str, given: &Option<Spanned<String>>, words: &[(&str, T)]) -> Outcome<T> {
    let Some(given) = given else { return Ok(T::default()) };
    let word = given.value.as_str();
    match words.iter().find(|(known, _)| *known == word) {
        Some((_, meant)) => Ok(*meant),
        None => Err(Diagnostic::error("unknown-name", given.span, format!("{key} cannot be \"{word}\""))
            .nearest(word, words.iter().map(|(known, _)| *known))
            .into()),
    }
}
