//! Edges: single ones, and those of two groups by a rule with a list of weights.

use super::net::{Group, members};
use super::problem::Wrong;
use super::yaml::{Fields, Node, unknown_name};

/// Most synapses of a network.
const MAX_SYNAPSES: u64 = 1 << 28;

/// Names that may stand beside those of a rule. The synapses and dendrites that are simulated have no delays.
const COMMON: &[&str] = &["weight", "w", "delay", "d", "synapse", "dendrite"];

/// A synapse.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Edge {
    pub(super) source: u32,
    pub(super) target: u32,
    pub(super) weight: f64,
}

/// Two groups that a rule connects.
struct Ends<'a> {
    line: usize,
    source: &'a Group,
    target: &'a Group,
}

/// Adds the edges of one line, "a.0 -> b.1" or "a -> b".
pub(super) fn add(edges: &mut Vec<Edge>, groups: &[Group], line: usize, text: &str, given: &Fields<'_>) -> Result<(), Wrong> {
    let form = || Wrong::at(line, format!("\"{text}\" is no edge; write \"a.0 -> b.1\", or \"a -> b\" with a type"));
    let (source, target) = text.split_once("->").map(|(a, b)| (a.trim(), b.trim())).ok_or_else(form)?;
    let new = match given.get("type") {
        None => vec![single(groups, line, [source, target], given)?],
        Some(rule) => {
            let group = |name: &str| {
                let known = || groups.iter().map(|group| group.name.as_str()).collect::<Vec<_>>();
                groups.iter().find(|group| group.name == name).ok_or_else(|| unknown_name(line, name, &known()))
            };
            let ends = Ends { line, source: group(source)?, target: group(target)? };
            let left = MAX_SYNAPSES - edges.len() as u64;
            match rule.text()? {
                "dense" => dense(&ends, given)?,
                "sparse" => sparse(&ends, given)?,
                "conv2d" => convolution(&ends, given, left)?,
                other => return Err(unknown_name(rule.line, other, &["dense", "sparse", "conv2d"])),
            }
        }
    };
    edges.extend(new);
    if edges.len() as u64 > MAX_SYNAPSES { Err(too_many(line)) } else { Ok(()) }
}

fn too_many(line: usize) -> Wrong {
    Wrong::at(line, format!("the network has more than {MAX_SYNAPSES} synapses"))
}

fn single(groups: &[Group], line: usize, ends: [&str; 2], given: &Fields<'_>) -> Result<Edge, Wrong> {
    only(given, &[])?;
    let mut neurons = [0; 2];
    for (neuron, text) in neurons.iter_mut().zip(ends) {
        let range = members(groups, text, line)?;
        if range.len() != 1 || !text.contains('.') {
            return Err(Wrong::at(line, format!("\"{text}\" is not one neuron; an edge without a type has one at each end")));
        }
        *neuron = range.start;
    }
    Ok(Edge { source: neurons[0], target: neurons[1], weight: weight(given)?.number()? })
}

/// Every pair, the sources' first target first.
fn dense(ends: &Ends<'_>, given: &Fields<'_>) -> Result<Vec<Edge>, Wrong> {
    only(given, &["type"])?;
    let pairs = u64::from(ends.source.size) * u64::from(ends.target.size);
    let weights = weights(given, pairs)?;
    let place = |i: u32| (i / ends.target.size, i % ends.target.size);
    Ok((0..).zip(weights).map(|(i, weight)| ends.edge(place(i), weight)).collect())
}

fn sparse(ends: &Ends<'_>, given: &Fields<'_>) -> Result<Vec<Edge>, Wrong> {
    only(given, &["type", "source_target_pairs"])?;
    let pairs = given.need("source_target_pairs")?.list()?;
    let weights = weights(given, pairs.len() as u64)?;
    let edge = |(pair, weight): (&Node, f64)| {
        let [source, target] = pair.list()? else { return Err(Wrong::at(pair.line, "a pair [source, target] is needed here")) };
        let (source, target) = (number_in(source, ends.source)?, number_in(target, ends.target)?);
        Ok(ends.edge((source, target), weight))
    };
    pairs.iter().zip(weights).map(edge).collect()
}

fn number_in(node: &Node, group: &Group) -> Result<u32, Wrong> {
    let number = node.count()?;
    let missing = || Wrong::at(node.line, format!("{} has {} neurons; there is no {number}", group.name, group.size));
    u32::try_from(number).ok().filter(|number| *number < group.size).ok_or_else(missing)
}

/// A convolution without padding. Neurons are numbered by channel, row, column; weights by kernel row, kernel column, input
/// channel, kernel.
fn convolution(ends: &Ends<'_>, given: &Fields<'_>, left: u64) -> Result<Vec<Edge>, Wrong> {
    const NAMES: [&str; 8] = [
        "input_height",
        "input_width",
        "input_channels",
        "kernel_count",
        "kernel_height",
        "kernel_width",
        "stride_height",
        "stride_width",
    ];
    only(given, &[&NAMES[..], &["type"]].concat())?;
    let mut sizes = [0_u64; 8];
    for (size, name) in sizes.iter_mut().zip(NAMES) {
        let node = given.need(name)?;
        *size = node.count()?;
        if !(1..=u64::from(u32::MAX)).contains(size) {
            return Err(Wrong::at(node.line, format!("{name} = {size} is no size")));
        }
    }
    let [height, width, channels, kernels, rows, columns, down, right] = sizes;
    if rows > height || columns > width {
        return Err(Wrong::at(ends.line, format!("a kernel of {rows} x {columns} does not fit into {height} x {width}")));
    }
    let (out_height, out_width) = ((height - rows) / down + 1, (width - columns) / right + 1);
    ends.sizes([height, width, channels], [out_height, out_width, kernels])?;
    let used = product(&[rows, columns, channels]);
    if product(&[used, u64::from(ends.target.size)]) > left {
        return Err(too_many(ends.line));
    }
    let weights: Vec<f64> = weights(given, product(&[used, kernels]))?;
    let mut edges = Vec::with_capacity((used * u64::from(ends.target.size)) as usize);
    for target in 0..u64::from(ends.target.size) {
        let (kernel, y, x) = (target / (out_height * out_width), target / out_width % out_height, target % out_width);
        for place in 0..used {
            let (row, column, channel) = (place / (columns * channels), place / channels % columns, place % channels);
            let source = (channel * height + y * down + row) * width + x * right + column;
            edges.push(ends.edge((source as u32, target as u32), weights[(place * kernels + kernel) as usize]));
        }
    }
    // The order in which spikes of a source reach their synapses.
    edges.sort_by_key(|edge| edge.source);
    Ok(edges)
}

/// Saturating: what is that large is refused anyway.
fn product(factors: &[u64]) -> u64 {
    factors.iter().fold(1, |product, factor| product.saturating_mul(*factor))
}

impl Ends<'_> {
    fn edge(&self, (source, target): (u32, u32), weight: f64) -> Edge {
        Edge { source: self.source.first + source, target: self.target.first + target, weight }
    }

    /// Both groups have to be as large as the convolution's input and output.
    fn sizes(&self, input: [u64; 3], output: [u64; 3]) -> Result<(), Wrong> {
        for (group, [height, width, depth]) in [(self.source, input), (self.target, output)] {
            if product(&[height, width, depth]) != u64::from(group.size) {
                let message = format!("{} has {} neurons, not {height} x {width} x {depth}", group.name, group.size);
                return Err(Wrong::at(self.line, message));
            }
        }
        Ok(())
    }
}

fn only(given: &Fields<'_>, more: &[&str]) -> Result<(), Wrong> {
    if let Some(unit) = given.get("synapse_hw_name") {
        return Err(Wrong::at(unit.line, "SANA-FE ignores synapse_hw_name at edges; give it to the target neurons"));
    }
    for scope in ["synapse", "dendrite"] {
        if let Some(scope) = given.get(scope) {
            scope.fields()?.only(&["weight", "w", "delay", "d"])?;
        }
    }
    given.only(&[COMMON, more].concat())
}

/// The weight, or the list of them, by either name, under the edge itself or its synapse.
fn weight<'a>(given: &Fields<'a>) -> Result<&'a Node, Wrong> {
    let synapse = given.get("synapse").map(Node::fields).transpose()?;
    let direct = given.get("weight").or_else(|| given.get("w"));
    let scoped = synapse.and_then(|synapse| synapse.get("weight").or_else(|| synapse.get("w")));
    direct.or(scoped).ok_or_else(|| Wrong::at(given.line, "\"weight\" is missing"))
}

/// As many weights as there are synapses, or more: SANA-FE ignores the rest.
fn weights(given: &Fields<'_>, number: u64) -> Result<Vec<f64>, Wrong> {
    let node = weight(given)?;
    if !node.is_list() {
        return Err(Wrong::at(node.line, "a list with a weight for each synapse is needed here"));
    }
    let list = node.list()?;
    if (list.len() as u64) < number {
        return Err(Wrong::at(node.line, format!("{} weights are too few for {number} synapses", list.len())));
    }
    list.iter().take(number as usize).map(Node::number).collect()
}
