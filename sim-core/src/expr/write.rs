//! An expression as text that is read as the same expression: with all its brackets.

use super::{Expr, FUNCTIONS, Node, Operator};
use crate::units::{Dimension, Quantity, UNITS};

/// The text of an expression.
pub fn text(expr: &Expr) -> String {
    let list = |parts: &[Expr]| parts.iter().map(text).collect::<Vec<_>>().join(", ");
    match &expr.node {
        Node::Quantity(value) => quantity(*value),
        Node::Name(name) => name.clone(),
        Node::Column(column) => format!("row.{column}"),
        Node::Index(table, indices) => {
            format!("{table}[{}]", indices.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", "))
        }
        Node::Negate(inner) => format!("(-{})", text(inner)),
        Node::Binary(operator, left, right) => format!("({} {} {})", text(left), symbol(*operator), text(right)),
        Node::Call(function, arguments) => {
            let name = FUNCTIONS.iter().find(|(_, known)| known == function).map_or("", |(name, _)| *name);
            format!("{name}({})", list(arguments))
        }
        Node::Sum { variable, group, body } => format!("sum({variable} in {}, {})", group.0, text(body)),
    }
}

fn quantity(quantity: Quantity) -> String {
    let Quantity { value, dimension } = quantity;
    let number = if value == 0.0 || (1e-6..1e15).contains(&value.abs()) { value.to_string() } else { format!("{value:e}") };
    let written = match UNITS.iter().find(|unit| unit.dimension == dimension && unit.factor == 1.0) {
        Some(unit) => format!("{number} {}", unit.name),
        None => number + &powers(dimension),
    };
    if value.is_sign_negative() || written.contains('*') { format!("({written})") } else { written }
}

/// Factors that give a number a dimension for which there is no unit.
fn powers(dimension: Dimension) -> String {
    let Dimension { time, voltage, current, concentration, length } = dimension;
    let parts = [(time, "ms"), (voltage, "mV"), (current, "pA"), (concentration, "uM"), (length, "um")];
    parts.iter().filter(|(power, _)| *power != 0).map(|(power, unit)| format!(" * (1 {unit})^{power}")).collect()
}

fn symbol(operator: Operator) -> &'static str {
    match operator {
        Operator::Add => "+",
        Operator::Subtract => "-",
        Operator::Multiply => "*",
        Operator::Divide => "/",
        Operator::Power => "^",
        Operator::Less => "<",
        Operator::LessEqual => "<=",
        Operator::Greater => ">",
        Operator::GreaterEqual => ">=",
        Operator::Equal => "==",
        Operator::NotEqual => "!=",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Span;

    fn read(written: &str) -> Expr {
        super::super::parse(written, Span::default(), false).unwrap_or_else(|e| panic!("{written}: {e:?}"))
    }

    #[test]
    fn what_is_written_is_read_as_the_same() {
        for (given, written) in [
            ("c[target, source] * exp(-(distance / 2)^2)", "(c[target, source] * exp((-((distance / 2) ^ 2))))"),
            ("if(dx >= 1, 2 nA, -0.5 pA)", "if((dx >= 1), 2000 pA, (-0.5 pA))"),
            ("1e-9 + 2e20 - row.w", "((1e-9 + 2e20) - row.w)"),
            ("sum(s in all, min(n[s], 1))", "sum(s in all, min(n[s], 1))"),
        ] {
            assert_eq!(text(&read(given)), written, "{given}");
            assert_eq!(text(&read(written)), written, "{written}: stays as it is");
        }
        let odd = Quantity { value: -3.5, dimension: Dimension { time: 2, length: -1, ..Dimension::NONE } };
        assert_eq!(quantity(odd), "(-3.5 * (1 ms)^2 * (1 um)^-1)", "a dimension without a unit");
    }
}
