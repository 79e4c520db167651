//! The grammar as a table of texts and trees written out in brackets, and the places of nodes and faults.

use super::*;
use crate::diagnostic::SourceId;
use crate::units::{Dimension, Quantity};

/// Offset of the expression in its pretended source.
const OFFSET: u32 = 10;

fn read(text: &str) -> Result<Expr, Diagnostic> {
    parse(text, Span { source: SourceId(3), start: OFFSET, end: OFFSET + text.len() as u32 }, true)
}

/// The tree fully bracketed: what binds how can be read off.
fn shown(expr: &Expr) -> String {
    let all = |parts: &[Expr]| parts.iter().map(shown).collect::<Vec<_>>().join(", ");
    match &expr.node {
        Node::Quantity(q) if q.dimension == Dimension::NONE => q.value.to_string(),
        Node::Quantity(q) => format!("{} {}", q.value, q.dimension),
        Node::Name(name) => name.clone(),
        Node::Column(name) => format!("row:{name}"),
        Node::Index(table, indices) => {
            format!("{table}[{}]", indices.iter().map(|i| i.0.as_str()).collect::<Vec<_>>().join(", "))
        }
        Node::Negate(inner) => format!("(-{})", shown(inner)),
        Node::Binary(operator, left, right) => {
            let symbol = match operator {
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
            };
            format!("({} {symbol} {})", shown(left), shown(right))
        }
        Node::Call(function, arguments) => {
            let name = FUNCTIONS.iter().find(|f| f.1 == *function).map_or("?", |f| f.0);
            format!("{name}({})", all(arguments))
        }
        Node::Sum { variable, group, body } => format!("sum({variable} in {}, {})", group.0, shown(body)),
    }
}

fn underlined(text: &str, span: Span) -> &str {
    assert_eq!(span.source, SourceId(3), "the source is kept for {text}");
    &text[(span.start - OFFSET) as usize..(span.end - OFFSET) as usize]
}

#[test]
fn precedence_and_association() {
    for (text, tree) in [
        ("1 + 2 * 3", "(1 + (2 * 3))"),
        ("1 - 2 - 3", "((1 - 2) - 3)"),
        ("8 / 4 / 2", "((8 / 4) / 2)"),
        ("2 ^ 3 ^ 2", "(2 ^ (3 ^ 2))"),
        ("-x^2", "(-(x ^ 2))"),
        ("2^-x", "(2 ^ (-x))"),
        ("--x", "(-(-x))"),
        ("a - -b", "(a - (-b))"),
        ("-a * b", "((-a) * b)"),
        ("(1 + 2) * 3", "((1 + 2) * 3)"),
        ("a + 1 < b * 2", "((a + 1) < (b * 2))"),
        ("a <= b", "(a <= b)"),
        ("a != b", "(a != b)"),
        ("if(a == 0, 1, 2)", "if((a == 0), 1, 2)"),
        ("min(1, 2, 3)", "min(1, 2, 3)"),
    ] {
        assert_eq!(shown(&read(text).unwrap()), tree, "{text}");
    }
}

#[test]
fn quantities_names_tables_and_columns() {
    for (text, tree) in [
        ("500 ms + lag", "(500 ms + lag)"),
        ("2 pA", "2 pA"),
        ("0.5mV", "0.5 mV"),
        ("1e3 s", "1000000 ms"),
        ("2 µM", "2 uM"),
        ("5 min - 2", "(300000 ms - 2)"),
        ("3 * s", "(3 * s)"),
        ("3 - s", "(3 - s)"),
        ("v1.psc / 2", "(v1.psc / 2)"),
        ("g * row.weight", "(g * row:weight)"),
        ("n[self]", "n[self]"),
        ("c[target, source] * exp(-(distance / 2)^2)", "(c[target, source] * exp((-((distance / 2) ^ 2))))"),
        ("sum(source in column, j[self, source] * 2)", "sum(source in column, (j[self, source] * 2))"),
        ("sum + 1", "(sum + 1)"),
        ("1/(n[target] * n[source])", "(1 / (n[target] * n[source]))"),
    ] {
        assert_eq!(shown(&read(text).unwrap()), tree, "{text}");
    }
    let eight = read("8 Hz").unwrap();
    assert_eq!(
        eight.node,
        Node::Quantity(Quantity { value: 0.008, dimension: Dimension::RATE }),
        "the nearest double of 0.008 kHz"
    );
}

#[test]
fn faults_name_the_exact_characters() {
    for (text, code, place) in [
        ("", "expression", ""),
        ("   ", "expression", "   "),
        ("1 +", "expression", ""),
        ("1 + * 2", "expression", "*"),
        ("(1 + 2", "expression", ""),
        ("1 + 2)", "expression", ")"),
        ("a b", "expression", "b"),
        ("1 2", "expression", "2"),
        ("a < b < c", "expression", "<"),
        ("a & b", "expression", "&"),
        ("µ § 2", "expression", "§"),
        ("2 * sqr(3)", "unknown-function", "sqr"),
        ("sqrt(1, 2)", "expression", "sqrt(1, 2)"),
        ("if(1, 2)", "expression", "if(1, 2)"),
        ("min()", "expression", "min()"),
        ("500 mss + lag", "unknown-unit", "mss"),
        ("3 scale", "unknown-unit", "scale"),
        ("2 min(1, 2)", "unknown-unit", "min"),
        ("1e999 ms", "number-out-of-range", "1e999 ms"),
        ("n[0]", "expression", "0"),
        ("n[]", "expression", "]"),
        ("2e3e", "unknown-unit", "e"),
        ("sum((a) in column, 2)", "expression", "("),
        ("sum(a of column, 2)", "expression", "of"),
        ("row + 1", "expression", "row"),
        ("a = 2", "expression", "="),
    ] {
        let fault = read(text).map(|e| shown(&e)).expect_err(text);
        assert_eq!((fault.code, underlined(text, fault.span.unwrap())), (code, place), "{text}: {}", fault.message);
    }
    assert_eq!(read("sqr(3)").unwrap_err().help.as_deref(), Some("did you mean \"sqrt\"?"), "the nearest function");
    assert_eq!(read("5 mz").unwrap_err().help.as_deref(), Some("did you mean \"ms\"?"), "the nearest unit");
    assert_eq!(
        read("3 scale").unwrap_err().help.as_deref(),
        Some("to multiply, write 3 * scale"),
        "nothing near: an operator is missing"
    );
}

#[test]
fn nodes_know_their_place() {
    let text = "a * (b + 20 ms)";
    let Node::Binary(_, left, right) = read(text).unwrap().node else { panic!("a product") };
    assert_eq!(underlined(text, left.span), "a", "left factor");
    assert_eq!(underlined(text, right.span), "(b + 20 ms)", "brackets belong to what they hold");
    let Node::Binary(_, _, time) = right.node else { panic!("a sum") };
    assert_eq!(underlined(text, time.span), "20 ms", "number and unit");
    let whole = Span { source: SourceId(1), start: 5, end: 30 };
    let Node::Binary(_, left, _) = parse("a + b", whole, false).unwrap().node else { panic!("a sum") };
    assert_eq!(left.span, whole, "with escapes in the string every node has the whole place");
}

#[test]
fn no_expression_overflows_the_stack() {
    let many = 100_000;
    let faults = [
        format!("1{}", " + 1".repeat(many)),
        format!("1{}", " * 1".repeat(many)),
        format!("{}x", "-".repeat(many)),
        format!("2{}", "^2".repeat(many)),
        format!("{}1{}", "(".repeat(many), ")".repeat(many)),
        format!("{}1{}", "abs(".repeat(many), ")".repeat(many)),
        format!("{}1{}", "sum(a in b, ".repeat(many), ")".repeat(many)),
        format!("{}1", "2^-(".repeat(many)),
    ];
    for text in faults {
        let fault = read(&text).expect_err("too high");
        assert!(fault.message.contains("more than 200 times"), "{}: {}", &text[..20], fault.message);
    }
    assert!(read(&format!("1{}", " + 1".repeat(150))).is_ok(), "a chain of 150 is read");
    assert!(read(&format!("min(1{})", ", 1".repeat(many))).is_ok(), "width is no height");
}
