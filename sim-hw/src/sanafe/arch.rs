//! The chip's file: tiles on a mesh, cores on tiles, and in each core the units that a spike passes.

use super::problem::Wrong;
use super::yaml::{self, Fields, Node, unknown_name};

/// Most cores of a chip.
const MAX_CORES: u64 = 1 << 22;

/// Energy and time of one use.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Cost {
    /// J.
    pub(super) energy: f64,
    /// s.
    pub(super) time: f64,
}

/// A unit, or several alike whose names carry a number.
#[derive(Debug)]
pub(super) struct Unit<T> {
    name: String,
    /// Numbers of the copies, `None` for a lone unit.
    copies: Option<std::ops::RangeInclusive<u64>>,
    /// Or why it cannot be simulated, which matters only to neurons on it.
    what: Result<T, String>,
}

/// A neuron unit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Soma {
    pub(super) model: SomaModel,
    /// Paid by every mapped neuron in every step.
    pub(super) access: Cost,
    pub(super) update: Cost,
    pub(super) spike: Cost,
}

/// What a neuron unit computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SomaModel {
    Leaky,
    Input,
}

/// A core as described; several may be alike.
#[derive(Debug)]
pub(super) struct Core {
    pub(super) max_neurons: Option<u64>,
    pub(super) message_in: Cost,
    pub(super) message_out: Cost,
    pub(super) synapses: Vec<Unit<Cost>>,
    pub(super) dendrites: Vec<Unit<Cost>>,
    pub(super) somas: Vec<Unit<Soma>>,
}

/// A tile as described; several may be alike.
#[derive(Debug)]
pub(super) struct Tile {
    /// Energy of a step to the east, north, west, south, J.
    pub(super) hops: [f64; 4],
    kinds: Vec<Core>,
    /// Of each core of a tile, its place in `kinds`.
    cores: Vec<usize>,
}

/// How long all cores take to agree that a step is over.
#[derive(Debug)]
enum Sync {
    Fixed(f64),
    /// By number of tiles, rising; the entry at or below counts.
    Table(Vec<(u64, f64)>),
}

/// A chip.
#[derive(Debug)]
pub(super) struct Architecture {
    height: u64,
    sync: Sync,
    kinds: Vec<Tile>,
    /// Of each tile, its place in `kinds`.
    tiles: Vec<usize>,
}

impl Architecture {
    pub(super) fn parse(text: &str) -> Result<Self, Wrong> {
        let root = yaml::parse(text)?;
        let root = root.fields()?;
        root.only(&["architecture"])?;
        let architecture = root.need("architecture")?.fields()?;
        architecture.only(&["name", "attributes", "tile"])?;
        let attributes = architecture.need("attributes")?.fields()?;
        attributes.only(&["topology", "width", "height", "link_buffer_size", "sync_model", "latency_sync"])?;
        if let Some(topology) = attributes.get("topology").filter(|t| t.text().is_ok_and(|t| t != "mesh")) {
            return Err(Wrong::at(topology.line, "the topology has to be a mesh"));
        }
        let (width, height) = (side(&attributes, "width")?, side(&attributes, "height")?);
        let mut chip = Self { height, sync: sync(&attributes)?, kinds: Vec::new(), tiles: Vec::new() };
        let mut cores = 0;
        for node in architecture.need("tile")?.list()? {
            let (copies, tile) = tile(node)?;
            cores += copies * tile.cores.len() as u64;
            if cores.max(chip.tiles.len() as u64 + copies) > MAX_CORES {
                return Err(Wrong::at(node.line, format!("the chip has more than {MAX_CORES} cores or tiles")));
            }
            chip.tiles.extend((0..copies).map(|_| chip.kinds.len()));
            chip.kinds.push(tile);
        }
        if chip.tiles.len() as u64 > width.saturating_mul(height) {
            let (line, tiles) = (architecture.line, chip.tiles.len());
            return Err(Wrong::at(line, format!("{tiles} tiles have no room on a mesh of {width} x {height}")));
        }
        Ok(chip)
    }

    /// Tiles are numbered column by column from the south.
    pub(super) fn place(&self, tile: usize) -> (u64, u64) {
        (tile as u64 / self.height, tile as u64 % self.height)
    }

    pub(super) fn tile(&self, tile: usize) -> Option<&Tile> {
        self.tiles.get(tile).map(|&kind| &self.kinds[kind])
    }

    /// Time of the end of a step with so many tiles in use, s.
    pub(super) fn sync_time(&self, tiles: u64) -> f64 {
        match &self.sync {
            Sync::Fixed(time) => *time,
            Sync::Table(entries) => {
                let at_or_below = entries.iter().rev().find(|(number, _)| *number <= tiles);
                at_or_below.or(entries.first()).map_or(0.0, |(_, time)| *time)
            }
        }
    }
}

impl Tile {
    pub(super) fn core(&self, core: usize) -> Option<&Core> {
        self.cores.get(core).map(|&kind| &self.kinds[kind])
    }
}

fn side(attributes: &Fields<'_>, name: &str) -> Result<u64, Wrong> {
    let node = attributes.need(name)?;
    let side = node.count()?;
    if side == 0 { Err(Wrong::at(node.line, format!("{name} = 0: a mesh has at least one tile"))) } else { Ok(side) }
}

fn sync(attributes: &Fields<'_>) -> Result<Sync, Wrong> {
    let model = attributes.get("sync_model");
    match model.map(Node::text).transpose()? {
        Some("table") => {
            let mut entries = Vec::new();
            let table = attributes.need("latency_sync")?.fields()?;
            for (key, _) in &table.entries {
                entries.push((key.count()?, table.amount(key.text()?)?));
            }
            entries.sort_by_key(|(tiles, _)| *tiles);
            Ok(Sync::Table(entries))
        }
        Some("fixed") | None => {
            let time = attributes.get("latency_sync").map(|_| attributes.amount("latency_sync")).transpose()?;
            Ok(Sync::Fixed(time.unwrap_or(0.0)))
        }
        Some(other) => Err(unknown_name(model.map_or(attributes.line, |node| node.line), other, &["table", "fixed"])),
    }
}

/// A tile and how many there are of it.
fn tile(node: &Node) -> Result<(u64, Tile), Wrong> {
    let fields = node.fields()?;
    fields.only(&["name", "attributes", "core"])?;
    let (_, copies) = named(&fields)?;
    let attributes = fields.need("attributes")?.fields()?;
    let mut hops = [0.0; 4];
    let mut known = Vec::new();
    for (hop, direction) in hops.iter_mut().zip(["east", "north", "west", "south"]) {
        let [energy, latency] = ["energy", "latency"].map(|what| format!("{what}_{direction}_hop"));
        *hop = attributes.amount(&energy)?;
        attributes.amount(&latency)?;
        known.extend([energy, latency]);
    }
    attributes.only(&known.iter().map(String::as_str).collect::<Vec<_>>())?;
    let mut tile = Tile { hops, kinds: Vec::new(), cores: Vec::new() };
    for node in fields.need("core")?.list()? {
        let (copies, core) = core(node)?;
        if tile.cores.len() as u64 + copies > MAX_CORES {
            return Err(Wrong::at(node.line, format!("the tile has more than {MAX_CORES} cores")));
        }
        tile.cores.extend((0..copies).map(|_| tile.kinds.len()));
        tile.kinds.push(core);
    }
    Ok((number_of(&copies), tile))
}

/// A core and how many there are of it.
fn core(node: &Node) -> Result<(u64, Core), Wrong> {
    let fields = node.fields()?;
    fields.only(&["name", "attributes", "axon_in", "synapse", "dendrite", "soma", "axon_out"])?;
    let (_, copies) = named(&fields)?;
    let attributes = fields.need("attributes")?.fields()?;
    attributes.only(&["buffer_position", "buffer_inside_unit", "max_neurons_supported"])?;
    buffer_before_soma(&attributes)?;
    let core = Core {
        max_neurons: attributes.get("max_neurons_supported").map(Node::count).transpose()?,
        message_in: axon(&fields, "axon_in", "message_in")?,
        message_out: axon(&fields, "axon_out", "message_out")?,
        synapses: units(&fields, "synapse", &["current_based"], |unit, _| cost(unit, "process_spike"))?,
        dendrites: units(&fields, "dendrite", &["accumulator"], |unit, _| cost(unit, "update"))?,
        somas: units(&fields, "soma", &["leaky_integrate_fire", "input"], soma)?,
    };
    Ok((number_of(&copies), core))
}

/// Spikes wait between dendrite and soma for the next step: the only order of the pipeline that is followed here.
fn buffer_before_soma(attributes: &Fields<'_>) -> Result<(), Wrong> {
    let position = attributes.need("buffer_position")?;
    if position.text()? != "soma" {
        return Err(Wrong::at(position.line, format!("buffer_position {}: only soma is simulated", position.text()?)));
    }
    match attributes.get("buffer_inside_unit") {
        Some(inside) if inside.truth()? => Err(Wrong::at(inside.line, "buffers inside units are not simulated")),
        _ => Ok(()),
    }
}

/// Attributes of units that change neither energy nor time of the models here.
const WITHOUT_EFFECT: [&str; 3] = ["model", "force_update", "update_every_timestep"];

fn soma(unit: &Fields<'_>, model: usize) -> Result<Soma, Wrong> {
    let model = if model == 0 { SomaModel::Leaky } else { SomaModel::Input };
    let parts = ["access_neuron", "update_neuron", "spike_out"];
    let [access, update, spike] = parts.map(|part| amounts(unit, part));
    let known = parts.map(names_of);
    unit.only(&known.iter().flatten().map(String::as_str).chain(WITHOUT_EFFECT).collect::<Vec<_>>())?;
    Ok(Soma { model, access: access?, update: update?, spike: spike? })
}

/// The one cost of a unit.
fn cost(unit: &Fields<'_>, what: &str) -> Result<Cost, Wrong> {
    unit.only(&names_of(what).iter().map(String::as_str).chain(WITHOUT_EFFECT).collect::<Vec<_>>())?;
    amounts(unit, what)
}

fn amounts(unit: &Fields<'_>, what: &str) -> Result<Cost, Wrong> {
    let [energy, latency] = names_of(what);
    Ok(Cost { energy: unit.amount(&energy)?, time: unit.amount(&latency)? })
}

fn names_of(what: &str) -> [String; 2] {
    ["energy", "latency"].map(|kind| format!("{kind}_{what}"))
}

/// The cost of the first axon unit: SANA-FE lets nobody choose another.
fn axon(core: &Fields<'_>, section: &str, what: &str) -> Result<Cost, Wrong> {
    let node = core.need(section)?;
    let unit = node.list()?.first().ok_or_else(|| Wrong::at(node.line, format!("{section} has no unit")))?;
    cost(&unit.fields()?.need("attributes")?.fields()?, what)
}

/// The units of a section; there is at least one. `read` gets the attributes and the model's place among the simulated ones.
fn units<T>(
    core: &Fields<'_>,
    section: &str,
    simulated: &[&str],
    read: impl Fn(&Fields<'_>, usize) -> Result<T, Wrong>,
) -> Result<Vec<Unit<T>>, Wrong> {
    let node = core.need(section)?;
    let mut units = Vec::new();
    for unit in node.list()? {
        let fields = unit.fields()?;
        fields.only(&["name", "attributes"])?;
        let (name, copies) = named(&fields)?;
        let attributes = fields.need("attributes")?.fields()?;
        let what = match model(&attributes, simulated)? {
            Ok(place) => Ok(read(&attributes, place)?),
            Err(reason) => Err(reason),
        };
        units.push(Unit { name, copies, what });
    }
    if units.is_empty() { Err(Wrong::at(node.line, format!("{section} has no unit"))) } else { Ok(units) }
}

/// Place of a unit's model among those that are simulated, or why there is none.
fn model(attributes: &Fields<'_>, simulated: &[&str]) -> Result<Result<usize, String>, Wrong> {
    if attributes.get("plugin").is_some() {
        return Ok(Err("plug-ins cannot be simulated here".to_string()));
    }
    let name = attributes.need("model")?.text()?;
    let place = simulated.iter().position(|known| *known == name);
    Ok(place.ok_or_else(|| format!("the model {name} is not simulated here; {} is", simulated.join(" or "))))
}

/// A name, and the numbers of its copies where it ends in "[a..b]".
fn named(fields: &Fields<'_>) -> Result<(String, Option<std::ops::RangeInclusive<u64>>), Wrong> {
    let node = fields.need("name")?;
    let text = node.text()?;
    match text.split_once('[').and_then(|(name, rest)| Some((name, rest.strip_suffix(']')?))) {
        Some((name, numbers)) => Ok((name.to_string(), Some(yaml::range(numbers, node.line)?))),
        None => Ok((text.to_string(), None)),
    }
}

fn number_of(copies: &Option<std::ops::RangeInclusive<u64>>) -> u64 {
    copies.as_ref().map_or(1, |copies| copies.end() - copies.start() + 1)
}

/// What a name stands for: the unit's place, the number of its copy, and itself. No name stands for the first unit.
///
/// # Errors
/// There is no such unit, or it cannot be simulated: a sentence.
pub(super) fn find<'a, T>(units: &'a [Unit<T>], section: &str, name: Option<&str>) -> Result<(usize, u64, &'a T), String> {
    let found = match name {
        None => Some((0, 0)),
        Some(name) => units.iter().enumerate().find_map(|(place, unit)| Some((place, unit.copy_named(name)?))),
    };
    let missing = || format!("the core has no {section} unit \"{}\"", name.unwrap_or_default());
    let (place, copy, unit) = found.and_then(|(place, copy)| Some((place, copy, units.get(place)?))).ok_or_else(missing)?;
    Ok((place, copy, unit.what.as_ref().map_err(Clone::clone)?))
}

impl<T> Unit<T> {
    /// The number of the copy of that name, if it is one of this unit's.
    fn copy_named(&self, name: &str) -> Option<u64> {
        let Some(copies) = &self.copies else { return (self.name == name).then_some(0) };
        let number = name.strip_prefix(self.name.as_str())?.strip_prefix('[')?.strip_suffix(']')?.parse().ok()?;
        copies.contains(&number).then_some(number)
    }
}
