//! The pieces that descriptions are made of, each at the place of the value from which it follows.

use sim_core::description::{
    CardBase, CardDecl, ConnectDecl, ListDecl, Named, PopulationDecl, PositionsDecl, ProjectionDecl, RandomDecl, RandomKind,
    Selection, SpaceDecl, TableDecl, Value, ValueKind,
};
use sim_core::diagnostic::{Diagnostic, Span, Spanned};
use sim_core::expr;
use sim_core::system::{Instance, SystemValue};
use sim_core::units::{Dimension, Quantity};

/// Makes the pieces of one system.
pub(super) struct Parts<'a>(pub(super) &'a Instance<'a>);

impl Parts<'_> {
    /// Place of what follows from the block as a whole.
    pub(super) fn span(&self) -> Span {
        self.0.span
    }

    /// What the system is called in the catalogue.
    pub(super) fn card_name(&self) -> &'static str {
        self.0.card.name
    }

    /// The number of a parameter; NaN where it is none.
    pub(super) fn number(&self, parameter: &str) -> f64 {
        match self.0.parameter(parameter) {
            Some((SystemValue::Number(number), ..)) => *number,
            _ => f64::NAN,
        }
    }

    /// Place of a parameter's value.
    pub(super) fn place(&self, parameter: &str) -> Span {
        self.0.parameter(parameter).map_or(self.0.span, |(_, span, _)| span)
    }

    /// The number of a parameter times a factor, as a value.
    pub(super) fn value(&self, parameter: &str, factor: f64) -> Value {
        let dimension = self.0.parameter(parameter).map_or(Dimension::NONE, |(.., param)| param.spec.dimension);
        quantity(self.number(parameter) * factor, dimension, self.place(parameter))
    }

    /// The sites of a parameter along each axis.
    pub(super) fn grid(&self, parameter: &str) -> &[u32] {
        match self.0.parameter(parameter) {
            Some((SystemValue::Grid(sides), ..)) => sides,
            _ => &[],
        }
    }

    /// What a parameter was set to.
    pub(super) fn setting(&self, parameter: &str) -> &SystemValue {
        self.0.parameter(parameter).map_or(&SystemValue::Nothing, |(value, ..)| value)
    }

    /// The cells of a parameter.
    pub(super) fn cells(&self, parameter: &str) -> &[Selection] {
        match self.0.parameter(parameter) {
            Some((SystemValue::Cells(cells), ..)) => cells,
            _ => &[],
        }
    }

    /// The full name of a part.
    pub(super) fn name(&self, part: &str) -> String {
        format!("{}.{part}", self.0.name)
    }

    /// The full name of a part with its place.
    pub(super) fn spanned(&self, part: &str) -> Spanned<String> {
        Spanned { value: self.name(part), span: self.0.span }
    }

    /// A part under its full name.
    pub(super) fn named<T>(&self, part: &str, item: T) -> Named<T> {
        Named { name: self.spanned(part), item }
    }

    /// A population or group of the system as an end of projections.
    pub(super) fn whole(&self, part: &str) -> Selection {
        Selection { span: self.0.span, name: self.name(part), cells: None }
    }

    /// An expression, at the place of a parameter's value.
    pub(super) fn expression(&self, text: &str, parameter: &str) -> Result<Value, Diagnostic> {
        let span = self.place(parameter);
        Ok(Value { span, kind: ValueKind::Expr(expr::parse(text, span, false)?) })
    }

    /// A card of a model with some parameters.
    pub(super) fn card(&self, model: &str, parameters: &[(&str, Value)]) -> CardDecl {
        let span = self.0.span;
        let named = |(name, value): &(&str, Value)| self.key(name, value.clone());
        CardDecl {
            span,
            base: CardBase::Model(Spanned { value: model.to_string(), span }),
            parameters: parameters.iter().map(named).collect(),
        }
    }

    /// The lattice of a parameter's sites.
    pub(super) fn lattice(&self, parameter: &str) -> SpaceDecl {
        let span = self.place(parameter);
        let sides = self.grid(parameter).iter().map(|side| quantity(f64::from(*side), Dimension::NONE, span)).collect();
        SpaceDecl { span, grid: Some(Value { span, kind: ValueKind::List(sides) }), ..SpaceDecl::default() }
    }

    /// A population of a card of the system, on sites drawn from a lattice of it.
    pub(super) fn population(&self, card: &str, size: Value, lattice: &str) -> PopulationDecl {
        let span = self.0.span;
        PopulationDecl {
            span,
            neurons: Some(CardDecl { span, base: CardBase::Like(self.spanned(card)), parameters: Vec::new() }),
            size: Some(size),
            names: None,
            initial: Vec::new(),
            draws: Vec::new(),
            positions: Some(PositionsDecl { span, space: Some(self.spanned(lattice)), ..PositionsDecl::default() }),
        }
    }

    /// A table over a group of the system: a vector.
    pub(super) fn vector(&self, of: &str, data: Vec<Value>) -> TableDecl {
        TableDecl { of: Some(self.spanned(of)), ..self.table(data) }
    }

    /// A table over a group of the system: a matrix with a row for each target.
    pub(super) fn matrix(&self, group: &str, rows: Vec<Vec<Value>>) -> TableDecl {
        let row = |items| Value { span: self.0.span, kind: ValueKind::List(items) };
        let ends = Some(self.spanned(group));
        TableDecl { target: ends.clone(), source: ends, ..self.table(rows.into_iter().map(row).collect()) }
    }

    fn table(&self, data: Vec<Value>) -> TableDecl {
        let span = self.0.span;
        let data = Some(Value { span, kind: ValueKind::List(data) });
        TableDecl { span, of: None, target: None, source: None, data, expr: None }
    }

    /// A connection rule.
    pub(super) fn connect(&self, rule: &str, arguments: Vec<(&str, Value)>) -> ConnectDecl {
        let span = self.0.span;
        ConnectDecl {
            span,
            rule: Some(Spanned { value: rule.to_string(), span }),
            arguments: arguments.into_iter().map(|(name, value)| self.key(name, value)).collect(),
            list: ListDecl::default(),
        }
    }

    /// A switch.
    pub(super) fn switch(&self, on: bool) -> Value {
        Value { span: self.0.span, kind: ValueKind::Bool(on) }
    }

    /// A projection.
    pub(super) fn projection(&self, name: &str, ends: Ends, connect: ConnectDecl, weight: Value, delay: Value) -> ProjectionDecl {
        ProjectionDecl {
            span: self.0.span,
            name: Some(self.spanned(name)),
            source: ends.source,
            target: ends.target,
            connect: Some(connect),
            weight: Some(weight),
            delay: Some(delay),
            receptor: None,
            plasticity: None,
            third: None,
            assign: None,
        }
    }

    /// A population of one cell of a card.
    pub(super) fn alone(&self, card: CardDecl) -> PopulationDecl {
        PopulationDecl {
            span: self.0.span,
            neurons: Some(card),
            size: Some(quantity(1.0, Dimension::NONE, self.0.span)),
            names: None,
            initial: Vec::new(),
            draws: Vec::new(),
            positions: None,
        }
    }

    /// What is read while running from a state variable of a part: "astro.value".
    pub(super) fn modulated(&self, from: &str, gain: Value) -> Value {
        let span = gain.span;
        Value { span, kind: ValueKind::Modulator { from: self.spanned(from), gain: Some(Box::new(gain)), offset: None } }
    }

    /// A word.
    pub(super) fn text(&self, word: &str) -> Value {
        Value { span: self.0.span, kind: ValueKind::Text(word.to_string()) }
    }

    /// A name of the catalogue.
    pub(super) fn word(&self, name: &str) -> Spanned<String> {
        Spanned { value: name.to_string(), span: self.0.span }
    }

    pub(super) fn key(&self, name: &str, item: Value) -> Named<Value> {
        Named { name: Spanned { value: name.to_string(), span: item.span }, item }
    }
}

/// The ends of a projection.
pub(super) struct Ends {
    pub(super) source: Vec<Selection>,
    pub(super) target: Vec<Selection>,
}

/// A number of a dimension, in base units.
pub(super) fn quantity(value: f64, dimension: Dimension, span: Span) -> Value {
    Value { span, kind: ValueKind::Quantity(Quantity { value, dimension }) }
}

/// One of two values with equal chances.
pub(super) fn either(one: Value, other: Value) -> Value {
    let (span, arguments) = (one.span, vec![one, other]);
    let drawn = RandomDecl { kind: RandomKind::Choice, arguments, min: None, max: None, redraw: true, keep_sign: false };
    Value { span, kind: ValueKind::Random(drawn) }
}
