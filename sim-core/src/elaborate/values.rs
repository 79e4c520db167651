//! Single numbers: their dimension, their range, whole numbers and switches.

use super::place::Place;
use crate::catalog::Range;
use crate::description::{Value, ValueKind};
use crate::diagnostic::{Diagnostic, Outcome, Span, nearest};
use crate::expr::eval::evaluate;
use crate::units::{Dimension, Quantity, QuantityError, UNITS, parse_quantity};

/// What a number must be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted<'a> {
    /// Its key, for messages.
    pub(crate) name: &'a str,
    /// Its dimension.
    pub(crate) dimension: Dimension,
    /// Its range.
    pub(crate) range: Range,
}

impl<'a> Wanted<'a> {
    /// A number under a key.
    pub(crate) fn new(name: &'a str, dimension: Dimension, range: Range) -> Self {
        Self { name, dimension, range }
    }

    /// Refuses an expression of another dimension.
    pub(crate) fn of_dimension(&self, dimension: Dimension, span: Span) -> Outcome<()> {
        match dimension {
            same if same == self.dimension => Ok(()),
            Dimension::NONE => {
                let (name, wanted) = (self.name, self.dimension);
                let message = format!("{name} is {}, this is a bare number", measure_with_unit(wanted));
                Err(Diagnostic::error("dimension", span, message).help(unit_help(wanted)).into())
            }
            dimension => Err(self.other_dimension(Quantity { value: 1.0, dimension }, span).into()),
        }
    }

    /// Takes a quantity of the dimension and in the range.
    pub(crate) fn check(&self, quantity: Quantity, span: Span) -> Outcome<f64> {
        let Quantity { value, dimension } = quantity;
        if dimension != self.dimension {
            return Err(self.other_dimension(quantity, span).into());
        }
        if !self.range.holds(value) {
            let message = format!("{} must be {}, not {}", self.name, self.range.words(), show(quantity));
            return Err(Diagnostic::error("out-of-range", span, message).into());
        }
        Ok(value)
    }

    /// An expression whose parts have no unit: the unit belongs into it.
    fn unit_missing(&self, found: Quantity, span: Span) -> Diagnostic {
        let (name, wanted) = (self.name, self.dimension);
        let message = format!("{name} is {}, this comes to the bare number {}", measure_with_unit(wanted), found.value);
        Diagnostic::error("dimension", span, message).help(unit_help(wanted))
    }

    fn other_dimension(&self, found: Quantity, span: Span) -> Diagnostic {
        let (name, wanted) = (self.name, self.dimension);
        let message = if found.dimension == Dimension::NONE {
            format!("{name} is {}: write \"{} {wanted}\"", measure(wanted), found.value)
        } else {
            format!("{name} is {}, not {}", measure_with_unit(wanted), measure_with_unit(found.dimension))
        };
        Diagnostic::error("dimension", span, message)
    }
}

fn unit_help(wanted: Dimension) -> String {
    format!("give it a unit: multiply by \"1 {wanted}\" in the expression")
}

/// A number as the user would write it, in base units.
pub(crate) fn show(quantity: Quantity) -> String {
    match quantity.dimension {
        Dimension::NONE => quantity.value.to_string(),
        dimension => format!("{} {dimension}", quantity.value),
    }
}

fn measure(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::NONE => "a bare number",
        Dimension::TIME => "a time",
        Dimension::VOLTAGE => "a voltage",
        Dimension::CURRENT => "a current",
        Dimension::CAPACITANCE => "a capacitance",
        Dimension::CONDUCTANCE => "a conductance",
        Dimension::RESISTANCE => "a resistance",
        Dimension::RATE => "a rate",
        Dimension::CONCENTRATION => "a concentration",
        Dimension::LENGTH => "a length",
        _ => "a quantity",
    }
}

fn measure_with_unit(dimension: Dimension) -> String {
    if dimension == Dimension::NONE { measure(dimension).into() } else { format!("{} (in {dimension})", measure(dimension)) }
}

/// A value that must be one number.
pub(crate) fn quantity(value: &Value, place: &Place<'_>) -> Outcome<Quantity> {
    let value = place.now(value)?;
    match &value.kind {
        ValueKind::Quantity(quantity) if quantity.value.is_finite() => Ok(*quantity),
        ValueKind::Quantity(quantity) => {
            Err(Diagnostic::error("wrong-type", value.span, format!("{} is no finite number", quantity.value)).into())
        }
        ValueKind::Expr(expr) => evaluate(expr, place),
        ValueKind::Text(text) => Err(no_quantity(text, value.span, place).into()),
        other => {
            Err(Diagnostic::error("wrong-type", value.span, format!("one number is needed here, not {}", kind(other))).into())
        }
    }
}

/// The problem of a unit that there is not, with the nearest of those there are, or else all of them.
pub fn unknown_unit(unit: &str, span: Span) -> Diagnostic {
    let known: Vec<&str> = UNITS.iter().map(|u| u.name).collect();
    let problem = Diagnostic::error("unknown-unit", span, format!("there is no unit \"{unit}\""));
    match nearest(unit, &known) {
        Some(_) => problem.nearest(unit, known),
        None => problem.help(format!("units are {}", known.join(", "))),
    }
}

fn no_quantity(text: &str, span: Span, place: &Place<'_>) -> Diagnostic {
    let problem = Diagnostic::error("wrong-type", span, format!("\"{text}\" is no number"));
    match parse_quantity(text) {
        Err(QuantityError::UnknownUnit(unit)) => unknown_unit(&unit, span),
        Err(QuantityError::OutOfRange) => Diagnostic::error("wrong-type", span, format!("\"{text}\" is too large a number")),
        _ if place.names.parameter(text).is_some() => problem.help(format!("write {{ expr = \"{text}\" }} to use the parameter")),
        _ => problem,
    }
}

/// A kind of value in words.
pub(crate) fn kind(kind: &ValueKind) -> &'static str {
    match kind {
        ValueKind::Quantity(_) => "a number",
        ValueKind::Text(_) => "a text",
        ValueKind::Bool(_) => "true or false",
        ValueKind::Expr(_) => "an expression",
        ValueKind::List(_) | ValueKind::Each(_) => "a list",
        ValueKind::File(_) => "a file",
        ValueKind::Random(_) => "a distribution",
        ValueKind::Table(_) | ValueKind::Record(_) => "a table",
        ValueKind::Modulator { .. } => "a modulator",
        ValueKind::ByCondition(_) => "a value for each condition",
        ValueKind::ByTrial(_) => "a value for each trial",
        ValueKind::Regular { .. } => "regular times",
    }
}

/// A number of a dimension and a range, in base units.
pub(crate) fn number(value: &Value, wanted: &Wanted<'_>, place: &Place<'_>) -> Outcome<f64> {
    let value = place.now(value)?;
    let found = quantity(value, place)?;
    let computed = matches!(value.kind, ValueKind::Expr(_)) && found.dimension == Dimension::NONE;
    if computed && wanted.dimension != Dimension::NONE {
        return Err(wanted.unit_missing(found, value.span).into());
    }
    wanted.check(found, value.span)
}

/// A bare whole number from `low` to `high`. A computed one may miss it by 1e-9.
pub(crate) fn integer(value: &Value, name: &str, place: &Place<'_>, low: u64, high: u64) -> Outcome<u64> {
    let value = place.now(value)?;
    let x = number(value, &Wanted::new(name, Dimension::NONE, Range::Any), place)?;
    let whole = x.round();
    if (x - whole).abs() > 1e-9 * x.abs().max(1.0) {
        let problem = Diagnostic::error("not-a-whole-number", value.span, format!("{name} is a whole number, not {x}"));
        let computed = matches!(value.kind, ValueKind::Expr(_));
        return Err(if computed { problem.help("use round(), floor() or ceil()") } else { problem }.into());
    }
    // `high` as f64 may be rounded up: the comparison of whole numbers decides.
    if whole < low as f64 || whole > high as f64 || whole as u64 > high {
        let message = format!("{name} must be from {low} to {high}, not {whole}");
        return Err(Diagnostic::error("out-of-range", value.span, message).into());
    }
    Ok(whole as u64)
}

/// `true` or `false`.
pub(crate) fn switch(value: &Value, name: &str) -> Outcome<bool> {
    match value.kind {
        ValueKind::Bool(on) => Ok(on),
        _ => Err(Diagnostic::error("wrong-type", value.span, format!("{name} is true or false")).into()),
    }
}
