//! The networks of a liquid: the system of the catalogue with an input of trains, its input wiring perhaps replaced.

use super::patches::Patches;
use crate::catalog;
use crate::experiments::events::Sensor;
use serde::{Deserialize, Serialize};
use sim_core::description::{CardBase, CardDecl, Description, Named, NetworkDecl, PopulationDecl, Selection, Value, ValueKind};
use sim_core::diagnostic::{Diagnostic, Sources, Span, Spanned};
use sim_core::elaborate::{Limits, NoFiles, elaborate};
use sim_core::engine::{Plan, State};
use sim_core::math::{exp, ln};
use sim_core::network::{Draw, Network, Projection, Rule};
use sim_core::plasticity::Reading;
use sim_core::random::{Key, Stream};
use sim_core::system::{Instance, SystemShape, SystemValue};
use sim_core::units::{Dimension, Quantity};

/// What learns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Variant {
    /// Nothing.
    Static,
    /// All synapses, growth and shrinking at one rate.
    Stdp,
    /// The same, balanced by an astrocyte.
    Nalsm,
    /// All synapses, at one rate, while their target's calcium is near a level.
    ApStdp,
}

/// How the input reaches the neurons.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wiring {
    /// This share of all pairs, at random.
    Random(f64),
    /// A patch of the image for each neuron.
    Patches(Patches),
}

/// A liquid's settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// What learns.
    pub variant: Variant,
    /// Sites of the lattice.
    pub grid: [u32; 3],
    /// Cells of the input.
    pub inputs: usize,
    /// Rows and columns of the image, or of the camera.
    pub image: (u32, u32),
    /// Input wiring.
    pub wiring: Wiring,
    /// Magnitude of weights at the start, in mV.
    pub weight: f64,
    /// Weight of spikes onto the astrocyte.
    pub w_astro: f64,
    /// Time constant with which learning fades while a sample runs, in ms; 0: it does not.
    pub fade_ms: f64,
    /// Calcium at which learning turns from shrinking to growth, and how far from it there is learning: of AP-STDP.
    #[serde(default = "published_calcium")]
    pub calcium: (f64, f64),
    /// Seed of wiring.
    pub seed: u64,
}

impl Settings {
    /// A liquid of this lattice for images of so many rows and columns, all else as published.
    pub fn on_lattice(variant: Variant, grid: [u32; 3], image: (u32, u32), seed: u64) -> Self {
        let neurons = grid.iter().map(|sites| f64::from(*sites)).product();
        let inputs = image.0 as usize * image.1 as usize;
        Self { grid, inputs, image, w_astro: published_w_astro(neurons), ..Self::published(variant, seed) }
    }

    /// A liquid of this lattice for recordings of a camera, all else as published: inputs are OFF and ON of each of its pixels.
    pub fn for_recordings(variant: Variant, grid: [u32; 3], sensor: Sensor, seed: u64) -> Self {
        let image = (sensor.rows.into(), sensor.columns.into());
        let on_lattice = Self::on_lattice(variant, grid, image, seed);
        // It has no meaning for the others, whose folders of earlier versions lack it.
        let calcium = if variant == Variant::ApStdp { CALCIUM_OF_RECORDINGS } else { on_lattice.calcium };
        Self { inputs: sensor.inputs(), calcium, ..on_lattice }
    }

    /// The inputs of some pixels: one each, of recordings and of contrast OFF and ON, the latter after all pixels of the image.
    fn of_patch(&self, pixels: &[u32]) -> Vec<u32> {
        let all = (self.image.0 * self.image.1).max(1);
        (0..(self.inputs as u32 / all).max(1)).flat_map(|plane| pixels.iter().map(move |pixel| plane * all + pixel)).collect()
    }

    /// The published liquid of 1000 neurons for images of 28 x 28.
    pub fn published(variant: Variant, seed: u64) -> Self {
        Self {
            variant,
            grid: [10, 10, 10],
            inputs: 784,
            image: (28, 28),
            wiring: Wiring::Random(0.15),
            weight: if matches!(variant, Variant::Static | Variant::ApStdp) { 1.0 } else { 3.0 },
            w_astro: 0.015,
            fade_ms: FADE_MS,
            calcium: published_calcium(),
            seed,
        }
    }
}

/// 0.015 for 1000 neurons and 0.0075 for 8000, as published; in proportion to the cube root of their number, to six places.
fn published_w_astro(neurons: f64) -> f64 {
    let exact = 0.015 * exp(ln(1000.0 / neurons.max(1.0)) / 3.0);
    (exact * 1e6).round() / 1e6
}

/// Of images; published are widths from 19 to 25, each for one network.
fn published_calcium() -> (f64, f64) {
    (37.0, 22.0)
}

/// Published are widths of 2 and 3.
const CALCIUM_OF_RECORDINGS: (f64, f64) = (10.0, 2.5);

/// The published factor is 0.99 per ms.
const FADE_MS: f64 = 99.499_162_473_422_07;

fn quantity(value: f64, dimension: Dimension) -> Value {
    Value { span: Span::default(), kind: ValueKind::Quantity(Quantity { value, dimension }) }
}

fn spanned(text: &str) -> Spanned<String> {
    Spanned { value: text.to_string(), span: Span::default() }
}

/// The network, with learning that fades with this time constant.
pub(super) fn build(settings: &Settings, fade_ms: f64) -> Result<Network, Vec<Diagnostic>> {
    let description = describe(settings, fade_ms).map_err(|problem| vec![problem])?;
    let (network, problems) = elaborate(&description, catalog(), &NoFiles, &mut Sources::default(), &Limits::default());
    let mut network = network.ok_or(problems)?;
    if let Wiring::Patches(patches) = settings.wiring {
        rewire(&mut network, &patches, settings);
    }
    Ok(network)
}

fn describe(settings: &Settings, fade_ms: f64) -> Result<Description, Diagnostic> {
    let system = catalog().system("liquid_state_machine");
    let card = system.ok_or_else(|| Diagnostic::general("internal", "the catalogue lacks the liquid"))?;
    let given = |name: &str| match name {
        "input" => Some(SystemValue::Cells(vec![Selection { span: Span::default(), name: "input".into(), cells: None }])),
        "grid" => Some(SystemValue::Grid(settings.grid.to_vec())),
        "variant" => Some(SystemValue::Number(f64::from(settings.variant as u8))),
        "weight" => Some(SystemValue::Number(settings.weight)),
        "w_astro" => Some(SystemValue::Number(settings.w_astro)),
        "fade" => Some(SystemValue::Number(fade_ms)),
        "calcium" => Some(SystemValue::Number(settings.calcium.0)),
        "calcium_width" => Some(SystemValue::Number(settings.calcium.1)),
        "density" => match settings.wiring {
            Wiring::Random(share) => Some(SystemValue::Number(share)),
            Wiring::Patches(_) => None,
        },
        _ => None,
    };
    let default = |parameter: &sim_core::system::SystemParam| match parameter.shape {
        SystemShape::Number | SystemShape::Word(_) => SystemValue::Number(parameter.spec.default),
        SystemShape::Grid => SystemValue::Grid(Vec::new()),
        SystemShape::Cells => SystemValue::Cells(Vec::new()),
        SystemShape::File | SystemShape::Records => SystemValue::Nothing,
    };
    let values: Vec<(SystemValue, Span)> = card
        .parameters
        .iter()
        .map(|parameter| (given(parameter.spec.name).unwrap_or_else(|| default(parameter)), Span::default()))
        .collect();
    let liquid = (card.expand)(&Instance { card, name: "lsm", span: Span::default(), values: &values })?;
    let input = PopulationDecl {
        span: Span::default(),
        neurons: Some(CardDecl { span: Span::default(), base: CardBase::Model(spanned("spike_train")), parameters: Vec::new() }),
        size: Some(quantity(settings.inputs as f64, Dimension::NONE)),
        names: None,
        initial: Vec::new(),
        draws: Vec::new(),
        positions: None,
    };
    let populations = std::iter::once(Named { name: spanned("input"), item: input }).chain(liquid.populations).collect();
    let network = NetworkDecl {
        name: Some(spanned("liquid")),
        timestep: Some(quantity(1.0, Dimension::TIME)),
        duration: Some(quantity(250.0, Dimension::TIME)),
        seed: Some(quantity(settings.seed as f64, Dimension::NONE)),
        ..NetworkDecl::default()
    };
    Ok(Description { network, populations, ..liquid })
}

/// Replaces the input's wiring by patches. Signs are drawn for each synapse.
fn rewire(network: &mut Network, patches: &Patches, settings: &Settings) {
    let exc = network.population("lsm.exc").map_or(0, |p| p.size);
    for index in 0..network.projections.len() {
        if !network.projections[index].name.ends_with(".input") {
            continue;
        }
        let first = if network.populations[network.projections[index].target].name == "lsm.inh" { exc } else { 0 };
        let projection = &mut network.projections[index];
        let mut signs = Stream::new(Key::new(projection.key).name("sign").finish(), 0);
        let (mut pairs, mut weights) = (Vec::new(), Vec::new());
        for target in projection.target_cells.clone() {
            for input in settings.of_patch(&patches.of(first + target, settings.image, settings.seed)) {
                pairs.push((input, target));
                weights.push(if signs.uniform() < 0.5 { settings.weight } else { -settings.weight });
            }
        }
        list(projection, pairs, weights);
    }
}

/// Makes a projection a list of synapses with their weights, sorted by target.
fn list(projection: &mut Projection, pairs: Vec<(u32, u32)>, weights: Vec<f64>) {
    let rows = (0..pairs.len() as u32).collect();
    projection.rule = Rule::List { pairs, rows };
    projection.weight = Draw::Each(weights);
}

/// The synapses of a projection that learns, with their weights.
type Learned = Vec<((u32, u32), f64)>;

/// What each projection that learns has learned, by source within target.
pub(super) fn learned(plan: &Plan, state: &State) -> Vec<(usize, Learned)> {
    let projections = plan.network().projections.iter().enumerate().filter(|(_, projection)| projection.learning.is_some());
    let read = |(index, _)| {
        let values = state.synapses(plan, index, 0, Reading::Now);
        let mut synapses: Learned = values.sources.into_iter().zip(values.targets).zip(values.values).collect();
        synapses.sort_by_key(|((source, target), _)| (*target, *source));
        (index, synapses)
    };
    projections.map(read).collect()
}

/// The network with these weights.
pub(super) fn with_weights(plan: &Plan, learned: Vec<(usize, Learned)>) -> Network {
    let mut network = Network::clone(plan.network());
    for (index, synapses) in learned {
        let (pairs, weights) = synapses.into_iter().unzip();
        list(&mut network.projections[index], pairs, weights);
    }
    network
}

/// The network with the weights that a state has, none of which learns.
pub(super) fn frozen(plan: &Plan, state: &State) -> Network {
    let mut network = with_weights(plan, learned(plan, state));
    network.projections.iter_mut().for_each(|projection| projection.learning = None);
    network.channels.clear();
    network.projections.retain(|projection| !projection.name.contains("astro"));
    network
}
