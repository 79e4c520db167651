//! `plot --kind weights` and `--kind matrix`: the realised synapses of a network, streamed from its rules.

use crate::cli::{NetlistArgs, PlotArgs};
use crate::failure::Failure;
use crate::load::{self, Loaded};
use crate::names::{count, decimals, matches_any};
use crate::plot::{Bins, Caption, DistributionGroup, DistributionsData, MatrixData, MatrixSide, Role, Size};
use crate::{folder, manifest};
use sim_core::catalog::Effect;
use sim_core::connect::Generator;
use sim_core::network::{Network, Population, Projection};
use sim_core::units::Dimension;

/// Bins of a histogram of weights.
const WEIGHT_BINS: usize = 121;
/// Most rows and columns of a matrix.
const MOST_POINTS: u32 = 500;

/// The network of a netlist, or of a recording's.
pub(super) fn load(arguments: &PlotArgs) -> Result<Loaded, Failure> {
    let manifest = arguments.recording.join("run.json");
    let own = NetlistArgs { sets: arguments.sets.clone(), ..NetlistArgs::default() };
    if !manifest.is_file() {
        return load::load(&NetlistArgs { netlist: arguments.recording.to_string_lossy().into_owned(), ..own });
    }
    if !arguments.sets.is_empty() {
        let message = "--set changes a netlist: a recording is of the network that it is of";
        return Err(Failure::Usage("usage", message.into()));
    }
    let (text, netlist) = manifest::netlist(&manifest, &folder::read_json(&manifest)?, &own)?;
    load::load_text(text, &netlist)
}

/// Title and facts of a picture of a network.
pub(super) fn caption(network: &Network, title: Option<&str>) -> Caption {
    let facts = vec![format!("seed {}", network.seed), format!("spikeloom {}", env!("CARGO_PKG_VERSION"))];
    Caption { title: title.unwrap_or(&network.name).to_string(), facts }
}

/// Projections of spikes, from and to populations of these names.
fn chosen<'a>(network: &'a Network, patterns: Option<&str>) -> Result<Vec<&'a Projection>, Failure> {
    let takes_part = |p: &Population| p.card().is_some() || p.effect() == Effect::Spikes;
    let is_chosen = |index: usize| {
        let population = &network.populations[index];
        takes_part(population) && patterns.is_none_or(|patterns| matches_any(patterns, &population.name))
    };
    let spikes = |p: &Projection| network.populations[p.source].effect() == Effect::Spikes;
    let wanted = |p: &&Projection| spikes(p) && is_chosen(p.source) && is_chosen(p.target);
    let chosen: Vec<&Projection> = network.projections.iter().filter(wanted).collect();
    if chosen.is_empty() {
        let names: Vec<&str> = network.populations.iter().filter(|p| takes_part(p)).map(|p| p.name.as_str()).collect();
        let message = format!("there are no synapses among populations of these names; there are: {}", names.join(", "));
        return Err(Failure::Usage("no-such-population", message));
    }
    Ok(chosen)
}

fn role(population: &Population) -> Role {
    if population.card().is_none() { Role::Stimulus } else { Role::of_name(&population.name) }
}

/// What is found of the weights of one source.
struct Weights {
    source: usize,
    synapses: u64,
    sum: f64,
    squares: f64,
    counts: Vec<u64>,
}

/// The weights from each population, as the engine sees them.
pub(super) fn weights(network: &Network, arguments: &PlotArgs, size: Size) -> Result<DistributionsData, Failure> {
    let projections = chosen(network, arguments.populations.as_deref())?;
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    let mut unit: Option<Dimension> = None;
    let mut mixed = false;
    for projection in &projections {
        let receptors = network.populations[projection.target].card().map_or(&[][..], |card| card.receptors);
        Generator::new(network, projection).for_targets(0..u32::MAX, |s| {
            (low, high) = (low.min(s.weight), high.max(s.weight));
            let own = receptors.get(s.receptor).map_or(Dimension::NONE, |r| r.dimension);
            mixed |= *unit.get_or_insert(own) != own;
        });
    }
    if mixed {
        let message = "these weights are of different units, which share no axis: choose some with --populations";
        return Err(Failure::Usage("not-drawn", message.into()));
    }
    let Some(unit) = unit else {
        return Err(Failure::Usage("not-drawn", "these populations have no synapses: there are no weights to draw".into()));
    };
    let bins = Bins::around(low, high, WEIGHT_BINS);
    let groups = by_source(network, &projections, &bins);
    let synapses: u64 = groups.iter().map(|g| g.synapses).sum();
    let unit = if unit == Dimension::NONE { String::new() } else { format!(" ({unit})") };
    Ok(DistributionsData {
        caption: caption(network, arguments.title.as_deref()),
        facts: vec![format!("{} synapses, by their source", count(synapses))],
        x_name: format!("weight{unit}"),
        y_name: "synapses".into(),
        heads: ["synapses", "mean ± sd"],
        bins,
        groups: groups.iter().map(|weights| group(network, weights)).collect(),
        size,
    })
}

fn by_source(network: &Network, projections: &[&Projection], bins: &Bins) -> Vec<Weights> {
    let mut found: Vec<Weights> = Vec::new();
    for projection in projections {
        let place = found.iter().position(|f| f.source == projection.source).unwrap_or_else(|| {
            let counts = vec![0; bins.number()];
            found.push(Weights { source: projection.source, synapses: 0, sum: 0.0, squares: 0.0, counts });
            found.len() - 1
        });
        let weights = &mut found[place];
        Generator::new(network, projection).for_targets(0..u32::MAX, |s| {
            weights.synapses += 1;
            weights.sum += s.weight;
            weights.squares += s.weight * s.weight;
            bins.find(s.weight).into_iter().for_each(|bin| weights.counts[bin] += 1);
        });
    }
    found.sort_by_key(|f| f.source);
    found
}

fn group(network: &Network, weights: &Weights) -> DistributionGroup {
    let source = &network.populations[weights.source];
    let n = weights.synapses.max(1) as f64;
    let mean = weights.sum / n;
    let sd = (weights.squares / n - mean * mean).max(0.0).sqrt();
    // Below that it is the rounding of the sums.
    let sd = if sd > 1e-6 * mean.abs() { sd } else { 0.0 };
    let spread = if sd > 0.0 { format!(" ± {}", decimals(sd, 2)) } else { String::new() };
    DistributionGroup {
        name: source.name.clone(),
        role: role(source),
        cells: [count(weights.synapses), format!("{}{spread}", shortest(mean))],
        heights: weights.counts.iter().map(|c| *c as f64).collect(),
    }
}

/// Three significant digits, without zeros at the end.
fn shortest(value: f64) -> String {
    let text = decimals(value, 3);
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    text.replace('-', "−")
}

/// One side of a matrix: its populations, and where the points of each begin.
struct Side {
    populations: Vec<usize>,
    firsts: Vec<usize>,
    points: usize,
}

impl Side {
    /// Populations of a network by index, in its order, in points of so many cells.
    fn new(network: &Network, mut populations: Vec<usize>, cells: u32) -> Self {
        populations.sort_unstable();
        populations.dedup();
        let mut points = 0;
        let mut first = |index: &usize| {
            let begin = points;
            points += network.populations[*index].size.div_ceil(cells) as usize;
            begin
        };
        let firsts = populations.iter().map(&mut first).collect();
        Self { populations, firsts, points }
    }

    fn first(&self, population: usize) -> usize {
        self.populations.binary_search(&population).map_or(0, |place| self.firsts[place])
    }

    /// How many cells each point stands for.
    fn widths(&self, network: &Network, cells: u32) -> Vec<f64> {
        let of = |index: &usize| {
            let size = network.populations[*index].size;
            (0..size).step_by(cells as usize).map(move |begin| f64::from(cells.min(size - begin)))
        };
        self.populations.iter().flat_map(of).collect()
    }

    fn plotted(&self, network: &Network, cells: u32) -> Vec<MatrixSide> {
        let side = |index: &usize| {
            let population = &network.populations[*index];
            MatrixSide { name: population.name.clone(), role: role(population), bins: population.size.div_ceil(cells) as usize }
        };
        self.populations.iter().map(side).collect()
    }
}

/// How many synapses there are from where to where.
pub(super) fn matrix(network: &Network, arguments: &PlotArgs, size: Size) -> Result<MatrixData, Failure> {
    let projections = chosen(network, arguments.populations.as_deref())?;
    let sources: Vec<usize> = projections.iter().map(|p| p.source).collect();
    let targets: Vec<usize> = projections.iter().map(|p| p.target).collect();
    let cells = cells_per_point(network, &[&sources, &targets]);
    let (sources, targets) = (Side::new(network, sources, cells), Side::new(network, targets, cells));
    let mut counts = vec![0_u64; sources.points * targets.points];
    for projection in projections {
        let (column, row) = (sources.first(projection.source), targets.first(projection.target));
        Generator::new(network, projection).for_pairs(0..u32::MAX, |pair| {
            let (x, y) = (column + (pair.source / cells) as usize, row + (pair.target / cells) as usize);
            counts[y * sources.points + x] += 1;
        });
    }
    let (widths, heights) = (sources.widths(network, cells), targets.widths(network, cells));
    let pairs = heights.iter().flat_map(|height| widths.iter().map(move |width| width * height));
    Ok(MatrixData {
        caption: caption(network, arguments.title.as_deref()),
        sources: sources.plotted(network, cells),
        targets: targets.plotted(network, cells),
        densities: counts.iter().zip(pairs).map(|(count, pairs)| *count as f64 / pairs).collect(),
        cells,
        synapses: counts.iter().sum(),
        size,
    })
}

/// The least number of cells a point at which both sides have room.
fn cells_per_point(network: &Network, sides: &[&Vec<usize>]) -> u32 {
    let points = |cells: u32| sides.iter().map(|side| Side::new(network, (*side).clone(), cells).points).max().unwrap_or(0);
    let most =
        MOST_POINTS.max(sides.iter().map(|side| Side::new(network, (*side).clone(), u32::MAX).points as u32).max().unwrap_or(0));
    let (mut low, mut high) = (0, u32::MAX);
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if points(middle) > most as usize { low = middle } else { high = middle }
    }
    high
}
