//! In which order parameters and tables are computed: what an expression names comes first. Cycles are found here.

use crate::description::{Description, NetworkDecl, Value, ValueKind};
use crate::diagnostic::{Diagnostic, Span};
use crate::expr::Expr;
use crate::expr::eval::{Reference, references};
use std::collections::BTreeMap;

/// Something with a value that expressions may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Item {
    /// A parameter by index in the description.
    Parameter(usize),
    /// A table by index in the description.
    Table(usize),
    /// `timestep`.
    Timestep,
    /// `duration`.
    Duration,
}

/// Items in an order in which each can be computed, and the items that are part of a cycle, with the problem told of one
/// of them.
pub(crate) struct Order {
    /// Computable items, what they name before them.
    pub(crate) items: Vec<Item>,
    /// One problem for each cycle.
    pub(crate) cycles: Vec<Diagnostic>,
}

/// Orders everything that `description` gives values to.
pub(crate) fn order(description: &Description) -> Order {
    let graph = Graph::new(description);
    let count = graph.items.len();
    let mut search = Search { graph, marks: vec![Mark::New; count], order: Vec::new(), cycles: Vec::new() };
    for start in 0..count {
        search.visit(start);
    }
    let items = search.order.iter().map(|i| search.graph.items[*i]).collect();
    Order { items, cycles: search.cycles }
}

/// Items as nodes; edges lead to what an item names.
struct Graph {
    items: Vec<Item>,
    names: Vec<(String, Span)>,
    edges: Vec<Vec<usize>>,
}

impl Graph {
    fn new(description: &Description) -> Self {
        let mut items = vec![Item::Timestep, Item::Duration];
        items.extend((0..description.parameters.len()).map(Item::Parameter));
        items.extend((0..description.tables.len()).map(Item::Table));
        let mut by_name: BTreeMap<Reference<'_>, usize> = BTreeMap::new();
        let (mut names, mut expressions) = (Vec::new(), Vec::new());
        for (index, item) in items.iter().enumerate() {
            let (reference, span, inside) = describe(description, *item);
            by_name.entry(reference).or_insert(index);
            let (Reference::Name(name) | Reference::Table(name) | Reference::Column(name)) = reference;
            names.push((name.to_string(), span));
            expressions.push(inside);
        }
        let edges = expressions.iter().map(|inside| {
            let mut targets: Vec<usize> =
                inside.iter().flat_map(|e| references(e)).filter_map(|r| by_name.get(&r).copied()).collect();
            targets.sort_unstable();
            targets.dedup();
            targets
        });
        let edges = edges.collect();
        Self { items, names, edges }
    }
}

/// How an item is named, where it stands and the expressions in it.
fn describe(description: &Description, item: Item) -> (Reference<'_>, Span, Vec<&Expr>) {
    let NetworkDecl { timestep, duration, span, .. } = &description.network;
    let inside = |value: &'_ Option<Value>| value.as_ref().map_or(*span, |v| v.span);
    match item {
        Item::Timestep => (Reference::Name("timestep"), inside(timestep), expressions(timestep.iter())),
        Item::Duration => {
            let trials = description.trials.iter().flat_map(|trials| trials.count.iter().chain(&trials.each));
            (Reference::Name("duration"), inside(duration), expressions(duration.iter().chain(trials)))
        }
        Item::Parameter(i) => {
            let parameter = &description.parameters[i];
            (Reference::Name(&parameter.name.value), parameter.name.span, expressions(std::iter::once(&parameter.item)))
        }
        Item::Table(i) => {
            let table = &description.tables[i];
            let inside = table.item.expr.iter().chain(expressions(table.item.data.iter())).collect();
            (Reference::Table(&table.name.value), table.name.span, inside)
        }
    }
}

/// All expressions in values, lists opened.
fn expressions<'a>(values: impl Iterator<Item = &'a Value>) -> Vec<&'a Expr> {
    let (mut found, mut open) = (Vec::new(), values.collect::<Vec<_>>());
    while let Some(value) = open.pop() {
        match &value.kind {
            ValueKind::Expr(expr) => found.push(expr),
            ValueKind::List(inner) => open.extend(inner),
            _ => {}
        }
    }
    found
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    New,
    Open,
    Done,
}

/// Depth-first search with its own stack: a chain of a million parameters is no deep recursion.
struct Search {
    graph: Graph,
    marks: Vec<Mark>,
    order: Vec<usize>,
    cycles: Vec<Diagnostic>,
}

impl Search {
    fn visit(&mut self, start: usize) {
        if self.marks[start] != Mark::New {
            return;
        }
        let mut path = vec![(start, 0)];
        self.marks[start] = Mark::Open;
        while let Some((node, next)) = path.last_mut() {
            let node = *node;
            let Some(target) = self.graph.edges[node].get(*next).copied() else {
                self.marks[node] = Mark::Done;
                self.order.push(node);
                path.pop();
                continue;
            };
            *next += 1;
            match self.marks[target] {
                Mark::New => {
                    self.marks[target] = Mark::Open;
                    path.push((target, 0));
                }
                Mark::Open => self.cycle(&path, target),
                Mark::Done => {}
            }
        }
    }

    fn cycle(&mut self, path: &[(usize, usize)], target: usize) {
        let first = path.iter().position(|(node, _)| *node == target).unwrap_or(0);
        let mut names: Vec<&str> = path[first..].iter().map(|(node, _)| self.graph.names[*node].0.as_str()).collect();
        names.push(&self.graph.names[target].0);
        let message = format!("these are computed from each other: {}", names.join(" -> "));
        self.cycles.push(Diagnostic::error("cycle", self.graph.names[target].1, message));
    }
}
