//! The network's file: groups of neurons, edges between them, and where each neuron is mapped.

use super::dynamics::{Parameters, Reset};
use super::edges::{self, Edge};
use super::problem::Wrong;
use super::yaml::{self, Fields, Node, unknown_name};

/// Most neurons of a network.
const MAX_NEURONS: u64 = 1 << 20;

/// Attributes of neurons that switch recordings on, or that nothing depends on any more.
const WITHOUT_EFFECT: &[&str] =
    &["log_spikes", "log_potential", "log_u", "log_v", "connections_out", "force_dendrite_update", "force_soma_update"];

/// Attributes that are simulated.
const SIMULATED: &[&str] = &[
    "threshold",
    "reset",
    "reset_mode",
    "reverse_threshold",
    "reverse_reset",
    "reverse_reset_mode",
    "bias",
    "leak_decay",
    "refractory_delay",
    "potential",
    "force_update",
    "force_update_every_timestep",
    "spikes",
    "rate",
    "soma_hw_name",
    "synapse_hw_name",
    "dendrite_hw_name",
    "soma",
    "synapse",
    "dendrite",
];

/// Names of the units that a neuron is processed by, where they are given.
#[derive(Clone, Debug, Default)]
pub(super) struct Units {
    pub(super) soma: Option<String>,
    pub(super) synapse: Option<String>,
    pub(super) dendrite: Option<String>,
}

/// A neuron.
#[derive(Clone, Debug, Default)]
pub(super) struct Neuron {
    pub(super) parameters: Parameters,
    pub(super) units: Units,
}

/// Neurons numbered from `first` on.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) name: String,
    pub(super) line: usize,
    pub(super) first: u32,
    pub(super) size: u32,
}

/// Neurons that are mapped to a core by one line.
#[derive(Debug)]
pub(super) struct Mapping {
    pub(super) line: usize,
    pub(super) neurons: std::ops::Range<u32>,
    pub(super) tile: usize,
    pub(super) core: usize,
    pub(super) units: Units,
}

/// A network with its mapping.
#[derive(Debug)]
pub(super) struct Network {
    pub(super) groups: Vec<Group>,
    /// Of all groups, one after the other.
    pub(super) neurons: Vec<Neuron>,
    pub(super) edges: Vec<Edge>,
    pub(super) mappings: Vec<Mapping>,
}

impl Network {
    pub(super) fn parse(text: &str) -> Result<Self, Wrong> {
        let root = yaml::parse(text)?;
        let root = root.fields()?;
        root.only(&["network", "mappings"])?;
        let network = root.need("network")?.fields()?;
        network.only(&["name", "groups", "edges"])?;
        let mut read = Self { groups: Vec::new(), neurons: Vec::new(), edges: Vec::new(), mappings: Vec::new() };
        for node in network.need("groups")?.list()? {
            read.add_group(node)?;
        }
        for node in network.get("edges").map_or(Ok(&[][..]), Node::list)? {
            let (ends, attributes) = node.only_entry()?;
            edges::add(&mut read.edges, &read.groups, node.line, ends, &attributes.fields()?)?;
        }
        for node in root.need("mappings")?.list()? {
            let mapping = mapping(&read.groups, node)?;
            read.mappings.push(mapping);
        }
        Ok(read)
    }

    fn add_group(&mut self, node: &Node) -> Result<(), Wrong> {
        let fields = node.fields()?;
        fields.only(&["name", "attributes", "neurons"])?;
        let name = fields.need("name")?;
        if self.groups.iter().any(|group| Ok(group.name.as_str()) == name.text().map_err(|_| ())) {
            return Err(Wrong::at(name.line, format!("there are two groups \"{}\"", name.text()?)));
        }
        let mut common = Neuron::default();
        if let Some(attributes) = fields.get("attributes") {
            common.set(&attributes.fields()?)?;
        }
        let first = self.neurons.len() as u32;
        for node in fields.need("neurons")?.list()? {
            self.add_neurons(node, first, &common)?;
        }
        let size = self.neurons.len() as u32 - first;
        self.groups.push(Group { name: name.text()?.to_string(), line: name.line, first, size });
        Ok(())
    }

    /// Neurons of one line: "0", "0..3", or one of these with attributes.
    fn add_neurons(&mut self, node: &Node, first: u32, common: &Neuron) -> Result<(), Wrong> {
        let mut neuron = common.clone();
        let text = if node.is_text() {
            node.text()?
        } else {
            let (text, attributes) = node.only_entry()?;
            neuron.set(&attributes.fields()?)?;
            text
        };
        let numbers = yaml::range(text, node.line)?;
        let next = self.neurons.len() as u64 - u64::from(first);
        if *numbers.start() != next {
            return Err(Wrong::at(node.line, format!("neurons are numbered from 0 without gaps: {next} is next, not {text}")));
        }
        if self.neurons.len() as u64 + (numbers.end() - numbers.start()) >= MAX_NEURONS {
            return Err(Wrong::at(node.line, format!("the network has more than {MAX_NEURONS} neurons")));
        }
        self.neurons.extend(numbers.map(|_| neuron.clone()));
        Ok(())
    }
}

impl Neuron {
    /// Takes attributes over; those of `soma` are the neuron's own.
    fn set(&mut self, attributes: &Fields<'_>) -> Result<(), Wrong> {
        attributes.iter().try_for_each(|(name, value)| self.set_one(name, value))
    }

    fn set_one(&mut self, name: &str, value: &Node) -> Result<(), Wrong> {
        let p = &mut self.parameters;
        match name {
            "threshold" => p.threshold = value.number()?,
            "reset" => p.reset = value.number()?,
            "reset_mode" => p.reset_mode = reset(value)?,
            "reverse_threshold" => p.reverse_threshold = value.number()?,
            "reverse_reset" => p.reverse_reset = value.number()?,
            "reverse_reset_mode" => p.reverse_mode = reset(value)?,
            "bias" => p.bias = value.number()?,
            "leak_decay" => p.decay = value.number()?,
            "refractory_delay" => p.refractory = value.count()?,
            "potential" => p.potential = value.number()?,
            "force_update" | "force_update_every_timestep" => p.always_updates = value.truth()?,
            "spikes" => p.spikes = value.list()?.iter().map(Node::truth).collect::<Result<_, _>>()?,
            "rate" => p.every = steps_between(value)?,
            "soma_hw_name" => self.units.soma = Some(value.text()?.to_string()),
            "synapse_hw_name" => self.units.synapse = Some(value.text()?.to_string()),
            "dendrite_hw_name" => self.units.dendrite = Some(value.text()?.to_string()),
            "soma" => self.set(&value.fields()?)?,
            // The models of synapses and dendrites that are simulated take nothing from a neuron.
            "synapse" | "dendrite" => value.fields()?.only(&["force_update"])?,
            "poisson" => return Err(Wrong::at(value.line, "poisson: random input is not simulated here; list the spikes")),
            known if WITHOUT_EFFECT.contains(&known) => {}
            unknown => return Err(unknown_name(value.line, unknown, SIMULATED)),
        }
        Ok(())
    }
}

fn reset(value: &Node) -> Result<Reset, Wrong> {
    match value.text()? {
        "none" => Ok(Reset::Keep),
        "soft" => Ok(Reset::Subtract),
        "hard" => Ok(Reset::Set),
        "saturate" => Ok(Reset::Clamp),
        other => Err(unknown_name(value.line, other, &["none", "soft", "hard", "saturate"])),
    }
}

/// An input of a rate fires each `floor(1 / rate)` steps; never at rate 0.
fn steps_between(value: &Node) -> Result<u64, Wrong> {
    let rate = value.number()?;
    match rate {
        0.0 => Ok(0),
        rate if rate > 0.0 && rate <= 1.0 => Ok((1.0 / rate).floor() as u64),
        rate => Err(Wrong::at(value.line, format!("rate = {rate} is not from 0 to 1 spike a step"))),
    }
}

/// "group", "group.3" or "group.0..3" on a core "tile.core".
fn mapping(groups: &[Group], node: &Node) -> Result<Mapping, Wrong> {
    let (who, attributes) = node.only_entry()?;
    let fields = attributes.fields()?;
    fields.only(&["core", "soma", "synapse", "dendrite"])?;
    let core = fields.need("core")?;
    let numbers = core.text()?.split_once('.').and_then(|(tile, core)| Some((tile.parse().ok()?, core.parse().ok()?)));
    let (tile, on_tile) = numbers.ok_or_else(|| {
        Wrong::at(core.line, format!("\"{}\" is no core; write tile.core, such as 0.1", core.text().unwrap_or("")))
    })?;
    let unit = |name: &str| fields.get(name).map(|node| node.text().map(str::to_string)).transpose();
    let units = Units { soma: unit("soma")?, synapse: unit("synapse")?, dendrite: unit("dendrite")? };
    Ok(Mapping { line: node.line, neurons: members(groups, who, node.line)?, tile, core: on_tile, units })
}

/// The neurons of "group", "group.3" or "group.0..3".
pub(super) fn members(groups: &[Group], text: &str, line: usize) -> Result<std::ops::Range<u32>, Wrong> {
    let (name, numbers) = text.trim().split_once('.').map_or((text.trim(), None), |(name, numbers)| (name, Some(numbers)));
    let known = || groups.iter().map(|group| group.name.as_str()).collect::<Vec<_>>();
    let group = groups.iter().find(|group| group.name == name).ok_or_else(|| unknown_name(line, name, &known()))?;
    let Some(numbers) = numbers else { return Ok(group.first..group.first + group.size) };
    let range = yaml::range(numbers, line)?;
    if *range.end() >= u64::from(group.size) {
        return Err(Wrong::at(line, format!("{name} has {} neurons; there is no {}", group.size, range.end())));
    }
    Ok(group.first + *range.start() as u32..group.first + *range.end() as u32 + 1)
}
