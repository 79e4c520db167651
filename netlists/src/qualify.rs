//! Full names: within a netlist that is included as `v1`, the population `exc` is `v1.exc`, in declarations and wherever it
//! is named; and files are relative to the netlist that names them.
//!
//! What stands in an included netlist's tree need not have been written in it: `with` and `--set` put values there. So a
//! declaration has the prefix of the tree, and what is named that of the text in which it is written.

use crate::include::below;
use sim_core::description::{
    CardBase, CardDecl, ConnectDecl, Description, ListDecl, Named, NamesFrom, PopulationDecl, ProjectionDecl, RandomDecl,
    Selection, SpaceDecl, SystemDecl, SystemValueDecl, TableDecl, ThirdDecl, Value, ValueKind,
};
use sim_core::diagnostic::{SourceId, Spanned};
use sim_core::elaborate::RESERVED;
use sim_core::expr::{Expr, Node};
use std::collections::BTreeMap;

/// A netlist's text: what the names that it uses begin with, and where the files are that it names.
#[derive(Clone, Debug)]
pub(crate) struct Home {
    pub(crate) prefix: String,
    pub(crate) folder: String,
}

/// Every text in which something of a netlist may stand; of the others (`--set`), names and files are those of the outermost.
pub(crate) type Homes = BTreeMap<SourceId, Home>;

/// Makes all names of a netlist full.
pub(crate) fn qualify(description: &mut Description, prefix: &str, homes: &Homes) {
    let all = Qualifier { homes, prefix };
    let Description { network, parameters, groups, tables, spaces, cards, populations, projections, records, trials, .. } =
        description;
    [&mut network.timestep, &mut network.duration, &mut network.warmup, &mut network.seed, &mut network.noise_seed]
        .into_iter()
        .chain(trials.iter_mut().flat_map(|trials| [&mut trials.count, &mut trials.each]))
        .flatten()
        .for_each(|value| all.value(value));
    all.declared(parameters, |value| all.value(value));
    all.declared(groups, |members| members.iter_mut().for_each(|member| all.name(member)));
    all.declared(tables, |table| all.table(table));
    all.declared(spaces, |space| all.space(space));
    all.declared(cards, |card| all.card(card));
    all.declared(populations, |block| all.population(block));
    projections.iter_mut().for_each(|projection| all.projection(projection));
    for record in records {
        record.from.iter_mut().for_each(|selection| all.selection(selection));
        [&mut record.start, &mut record.stop, &mut record.every, &mut record.sample]
            .into_iter()
            .flatten()
            .for_each(|value| all.value(value));
    }
    description.systems.iter_mut().for_each(|system| all.system(system));
    description.hardware.iter_mut().for_each(|entry| all.value(&mut entry.item));
    description.absent.iter_mut().for_each(|part| part.insert_str(0, prefix));
}

struct Qualifier<'a> {
    homes: &'a Homes,
    /// Of what the tree declares.
    prefix: &'a str,
}

impl Qualifier<'_> {
    fn declared<T>(&self, items: &mut [Named<T>], mut inside: impl FnMut(&mut T)) {
        for Named { name, item } in items {
            name.value.insert_str(0, self.prefix);
            inside(item);
        }
    }

    fn name(&self, name: &mut Spanned<String>) {
        self.insert(&mut name.value, name.span.source);
    }

    /// Puts the prefix of a text before a name that it uses.
    fn insert(&self, name: &mut String, text: SourceId) {
        if let Some(home) = self.homes.get(&text) {
            name.insert_str(0, &home.prefix);
        }
    }

    fn file(&self, file: &mut Spanned<String>) {
        self.path(&mut file.value, file.span.source);
    }

    fn path(&self, path: &mut String, text: SourceId) {
        if let Some(home) = self.homes.get(&text) {
            *path = below(&home.folder, path);
        }
    }

    fn table(&self, table: &mut TableDecl) {
        [&mut table.of, &mut table.target, &mut table.source].into_iter().flatten().for_each(|group| self.name(group));
        table.data.iter_mut().for_each(|value| self.value(value));
        table.expr.iter_mut().for_each(|expr| self.expression(expr));
    }

    fn space(&self, space: &mut SpaceDecl) {
        [&mut space.grid, &mut space.spacing, &mut space.sides].into_iter().flatten().for_each(|value| self.value(value));
    }

    fn card(&self, card: &mut CardDecl) {
        if let CardBase::Like(name) = &mut card.base {
            self.name(name);
        }
        for Named { name, item } in &mut card.parameters {
            if name.value == "file" { self.paths(item) } else { self.value(item) }
        }
    }

    /// A path, or one for each condition or trial.
    fn paths(&self, value: &mut Value) {
        match &mut value.kind {
            ValueKind::Text(path) => self.path(path, value.span.source),
            ValueKind::ByCondition(values) => values.iter_mut().for_each(|value| self.paths(&mut value.item)),
            ValueKind::ByTrial(values) => values.iter_mut().for_each(|value| self.paths(value)),
            _ => self.value(value),
        }
    }

    fn population(&self, block: &mut PopulationDecl) {
        block.neurons.iter_mut().for_each(|card| self.card(card));
        block.size.iter_mut().for_each(|value| self.value(value));
        block.initial.iter_mut().for_each(|entry| self.value(&mut entry.item));
        self.declared(&mut block.draws, |value| self.value(value));
        if let Some(positions) = &mut block.positions {
            positions.space.iter_mut().for_each(|space| self.name(space));
            positions.coordinates.iter_mut().for_each(|coordinate| self.coordinate(&mut coordinate.item));
        }
        if let Some(NamesFrom::File { file, .. }) = block.names.as_mut().map(|names| &mut names.from) {
            self.file(file);
        }
    }

    fn projection(&self, projection: &mut ProjectionDecl) {
        let ProjectionDecl { name, source, target, connect, weight, delay, plasticity, third, assign, .. } = projection;
        name.iter_mut().for_each(|name| name.value.insert_str(0, self.prefix));
        source.iter_mut().chain(target).for_each(|selection| self.selection(selection));
        [weight, delay, assign].into_iter().flatten().for_each(|value| self.value(value));
        plasticity.iter_mut().flat_map(|rule| &mut rule.parameters).for_each(|parameter| self.value(&mut parameter.item));
        third.iter_mut().for_each(|third| self.third(third));
        let Some(ConnectDecl { arguments, list: ListDecl { file, pairs, .. }, .. }) = connect else { return };
        arguments.iter_mut().for_each(|argument| self.value(&mut argument.item));
        pairs.iter_mut().for_each(|value| self.value(value));
        file.iter_mut().for_each(|file| self.file(file));
    }

    fn third(&self, third: &mut ThirdDecl) {
        let ThirdDecl { population, p, pool, inward, outward, .. } = third;
        population.iter_mut().for_each(|selection| self.selection(selection));
        let ways = [inward, outward].into_iter().flatten().flat_map(|way| [&mut way.weight, &mut way.delay]);
        ways.chain([p, pool]).flatten().for_each(|value| self.value(value));
    }

    fn system(&self, system: &mut SystemDecl) {
        system.name.value.insert_str(0, self.prefix);
        for Named { name, item: SystemValueDecl { value, cells } } in &mut system.parameters {
            if name.value == "script" {
                self.paths(value)
            } else {
                self.value(value)
            }
            cells.iter_mut().flatten().for_each(|selection| self.selection(selection));
        }
    }

    fn selection(&self, selection: &mut Selection) {
        self.insert(&mut selection.name, selection.span.source);
    }

    /// Values nest as deep as the tree does, which is bounded.
    fn value(&self, value: &mut Value) {
        match &mut value.kind {
            ValueKind::Quantity(_) | ValueKind::Text(_) | ValueKind::Bool(_) => {}
            ValueKind::Expr(expr) => self.expression(expr),
            ValueKind::ByCondition(values) | ValueKind::Record(values) => {
                values.iter_mut().for_each(|value| self.value(&mut value.item));
            }
            ValueKind::List(items) | ValueKind::Each(items) | ValueKind::ByTrial(items) => {
                items.iter_mut().for_each(|item| self.value(item))
            }
            ValueKind::File(column) => self.file(&mut column.file),
            ValueKind::Random(RandomDecl { arguments, min, max, .. }) => {
                arguments.iter_mut().for_each(|argument| self.value(argument));
                [min, max].into_iter().flatten().for_each(|bound| self.value(bound));
            }
            ValueKind::Modulator { from, gain, offset } => {
                self.name(from);
                [gain, offset].into_iter().flatten().for_each(|part| self.value(part));
            }
            ValueKind::Table(rows) => rows.iter_mut().flatten().for_each(|item| self.value(item)),
            ValueKind::Regular { first, every, count } => {
                [first, every, count].into_iter().for_each(|part| self.value(part));
            }
        }
    }

    /// `index` and `size` are those of the population's own cells.
    fn coordinate(&self, value: &mut Value) {
        match &mut value.kind {
            ValueKind::Expr(expr) => self.node(expr, &mut vec!["index".to_string(), "size".to_string()]),
            _ => self.value(value),
        }
    }

    fn expression(&self, expr: &mut Expr) {
        self.node(expr, &mut Vec::new());
    }

    /// `loops` are the variables of the sums around a part, and other names of its place. Expressions are no higher than their parser allows.
    fn node(&self, expr: &mut Expr, loops: &mut Vec<String>) {
        let text = expr.span.source;
        let index = |name: &str, loops: &[String]| {
            ["self", "source", "target"].contains(&name) || loops.iter().any(|variable| variable == name)
        };
        match &mut expr.node {
            Node::Quantity(_) | Node::Column(_) => {}
            Node::Name(name) => {
                if !RESERVED.contains(&name.as_str()) && !loops.contains(name) {
                    self.insert(name, text);
                }
            }
            Node::Index(table, indices) => {
                self.insert(table, text);
                for (name, _) in indices.iter_mut().filter(|(name, _)| !index(name, loops)) {
                    self.insert(name, text);
                }
            }
            Node::Negate(inner) => self.node(inner, loops),
            Node::Binary(_, left, right) => {
                self.node(left, loops);
                self.node(right, loops);
            }
            Node::Call(_, arguments) => arguments.iter_mut().for_each(|argument| self.node(argument, loops)),
            Node::Sum { variable, group, body } => {
                self.insert(&mut group.0, text);
                loops.push(variable.clone());
                self.node(body, loops);
                loops.pop();
            }
        }
    }
}
