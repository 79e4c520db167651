//! Values: numbers, quantities, expressions, distributions and the other tables that stand for numbers.

use super::Reader;
use super::fields::Fields;
use crate::language::{FORMS, Section, Shape};
use crate::tree::{Entry, Kind, Node, Text};
use sim_core::description::{ColumnDecl, Named, RandomDecl, RandomKind, Value, ValueKind};
use sim_core::diagnostic::Diagnostic;
use sim_core::elaborate::unknown_unit;
use sim_core::expr::{self, Expr};
use sim_core::units::{Dimension, Quantity, QuantityError, parse_quantity};

/// Names of the distributions and how many arguments they take.
const DISTRIBUTIONS: &[(&str, RandomKind, std::ops::RangeInclusive<usize>)] = &[
    ("uniform", RandomKind::Uniform, 2..=2),
    ("normal", RandomKind::Normal, 2..=2),
    ("lognormal", RandomKind::Lognormal, 2..=2),
    ("exponential", RandomKind::Exponential, 1..=1),
    ("choice", RandomKind::Choice, 1..=usize::MAX),
];

impl Reader<'_> {
    /// The value under a key.
    pub(super) fn value(&mut self, fields: &Fields<'_>, name: &str) -> Option<Value> {
        let (entry, shape) = fields.shaped(name)?;
        self.read_value(&entry.key, &entry.node, shape)
    }

    /// A table of values under a key.
    pub(super) fn values(&mut self, fields: &Fields<'_>, name: &str) -> Vec<Named<Value>> {
        let Some((_, Shape::Map(_, shape))) = fields.shaped(name) else { return Vec::new() };
        self.named(fields, name, None, |reader, entry| reader.read_value(&entry.key, &entry.node, *shape))
    }

    /// A value of a shape; `None` when it has another, which is reported.
    pub(super) fn read_value(&mut self, key: &str, node: &Node, shape: Shape) -> Option<Value> {
        let kind = match (shape, &node.kind) {
            (Shape::Scalars | Shape::Matrix | Shape::Data | Shape::Pairs, _) => ValueKind::List(self.list(key, node, shape)?),
            (_, Kind::Number(number)) => self.quantity(key, node, shape, Quantity::bare(*number))?,
            (_, Kind::Text(text)) => self.text_value(key, node, text, shape)?,
            (_, Kind::Table(entries)) => self.form(key, node, entries, shape)?,
            (Shape::Any, Kind::Bool(value)) => ValueKind::Bool(*value),
            (Shape::Any, Kind::Array(_)) => ValueKind::List(self.list(key, node, shape)?),
            (Shape::Number | Shape::Count, Kind::Array(_)) => {
                let message = format!("\"{key}\" takes {}, not an array", shape.wanted());
                let help = "one value for each cell or synapse is written { list = [..] }";
                self.report(Diagnostic::error("wrong-type", node.span, message).help(help));
                return None;
            }
            _ => {
                self.wrong_type(key, node, shape.wanted());
                return None;
            }
        };
        Some(Value { span: node.span, kind })
    }

    /// The items of an array, each of the shape that an item of this shape has.
    fn list(&mut self, key: &str, node: &Node, shape: Shape) -> Option<Vec<Value>> {
        let Kind::Array(items) = &node.kind else {
            self.wrong_type(key, node, shape.wanted());
            return None;
        };
        let mut values = Vec::with_capacity(items.len());
        for item in items {
            let item_shape = match (shape, &item.kind) {
                (Shape::Matrix, _) | (Shape::Data, Kind::Array(_)) => Shape::Scalars,
                (Shape::Pairs, Kind::Array(pair)) if pair.len() == 2 => {
                    let pair: Option<Vec<Value>> = pair.iter().map(|cell| self.read_value(key, cell, Shape::Whole)).collect();
                    values.extend(pair.map(|pair| Value { span: item.span, kind: ValueKind::List(pair) }));
                    continue;
                }
                (Shape::Pairs, _) => {
                    self.wrong_type(key, item, "pairs of a source and a target: [[0, 1], [0, 2]]");
                    continue;
                }
                (Shape::Any, _) => Shape::Any,
                _ => Shape::Scalar,
            };
            values.extend(self.read_value(key, item, item_shape));
        }
        (values.len() == items.len()).then_some(values)
    }

    fn quantity(&mut self, key: &str, node: &Node, shape: Shape, quantity: Quantity) -> Option<ValueKind> {
        let value = quantity.value;
        let whole = quantity.dimension == Dimension::NONE && value >= 0.0 && value == value.trunc();
        if matches!(shape, Shape::Whole | Shape::Count) && !whole {
            let message = format!("\"{key}\" takes a whole number of 0 or more");
            self.report(Diagnostic::error("not-a-whole-number", node.span, message));
            return None;
        }
        Some(ValueKind::Quantity(quantity))
    }

    /// A quantity in a string, or a name where one may stand.
    fn text_value(&mut self, key: &str, node: &Node, text: &Text, shape: Shape) -> Option<ValueKind> {
        let written = text.value.trim();
        let fault = match parse_quantity(written) {
            Ok(quantity) => return self.quantity(key, node, shape, quantity),
            Err(QuantityError::NotANumber) if matches!(shape, Shape::Any) => return Some(ValueKind::Text(text.value.clone())),
            Err(QuantityError::OutOfRange) => {
                Diagnostic::error("number-out-of-range", text.inner, format!("{written} is too large a number"))
            }
            Err(QuantityError::UnknownUnit(unit)) if unit.chars().all(char::is_alphanumeric) => {
                let end = text.value.trim_end().len();
                let span = text.part(end - unit.len()..end);
                unknown_unit(&unit, span)
            }
            Err(_) => {
                let message = format!("\"{key}\" takes {}, not the text \"{written}\"", shape.wanted());
                let help = format!("a formula is written {key} = {{ expr = \"{written}\" }}");
                let fault = Diagnostic::error("wrong-type", text.inner, message);
                if expr::parse(written, text.inner, false).is_ok() { fault.help(help) } else { fault }
            }
        };
        self.report(fault);
        None
    }

    /// A table that stands for a value, known by its first key of [`FORMS`].
    fn form(&mut self, key: &str, node: &Node, entries: &[Entry], shape: Shape) -> Option<ValueKind> {
        let of =
            |section: &&'static Section| section.keys.first().is_some_and(|first| entries.iter().any(|e| e.key == first.name));
        let Some(section) = FORMS.iter().find(of) else {
            self.no_form(key, node, entries);
            return None;
        };
        let lead = section.keys.first()?.name;
        if !shape.allows(lead) {
            let message = format!("\"{key}\" takes {}, not {}", shape.wanted(), section.title);
            let fault = Diagnostic::error("wrong-type", node.span, message);
            let of_trials = matches!(lead, "by_condition" | "by_trial");
            self.report(if of_trials { fault.help("only parameters of stimuli differ between trials") } else { fault });
            return None;
        }
        let fields = self.fields(key, node, section, None)?;
        match lead {
            "expr" => self.expression(&fields, "expr").map(ValueKind::Expr),
            "list" => self.items(&fields, "list").map(ValueKind::Each),
            "file" => self.column(&fields).map(ValueKind::File),
            "modulator" => {
                let (gain, offset) = (self.value(&fields, "gain"), self.value(&fields, "offset"));
                let from = self.text(&fields, "modulator")?;
                Some(ValueKind::Modulator { from, gain: gain.map(Box::new), offset: offset.map(Box::new) })
            }
            "table" => self.items(&fields, "table").map(|rows| ValueKind::Table(rows.into_iter().map(row).collect())),
            "first" => {
                let (first, every) = (self.value(&fields, "first"), self.value(&fields, "every"));
                let count = self.value(&fields, "count");
                Some(ValueKind::Regular { first: Box::new(first?), every: Box::new(every?), count: Box::new(count?) })
            }
            "by_condition" => self.by_condition(&fields),
            "by_trial" => self.by_trial(&fields),
            distribution => self.distribution(distribution, &fields),
        }
    }

    fn column(&mut self, fields: &Fields<'_>) -> Option<ColumnDecl> {
        let conditions = self.named(fields, "where", None, |reader, entry| Some(reader.texts(entry)));
        let (file, column, cell) = (self.text(fields, "file"), self.text(fields, "column"), self.text(fields, "cell"));
        Some(ColumnDecl { file: file?, column: column?, cell, conditions })
    }

    fn no_form(&mut self, key: &str, node: &Node, entries: &[Entry]) {
        let built = FORMS.iter().filter_map(|form| form.keys.first()).filter(|lead| !matches!(lead.takes, Shape::NotBuilt(_)));
        let leads: Vec<&str> = built.map(|lead| lead.name).collect();
        let (span, message) = match entries.first() {
            Some(entry) => (entry.key_span, format!("\"{key}\" cannot be read: there is no value {{ {} = .. }}", entry.key)),
            None => (node.span, format!("\"{key}\" cannot be read: the table is empty")),
        };
        let near = entries.iter().find_map(|e| sim_core::diagnostic::nearest(&e.key, &leads));
        let help = match near {
            Some(lead) => format!("did you mean \"{lead}\"?"),
            None => format!("a table that stands for a value has one of the keys {}", leads.join(", ")),
        };
        self.report(Diagnostic::error("unknown-value", span, message).help(help));
    }

    fn distribution(&mut self, name: &str, fields: &Fields<'_>) -> Option<ValueKind> {
        let (_, kind, count) = DISTRIBUTIONS.iter().find(|(known, ..)| *known == name)?;
        let arguments = self.items(fields, name);
        let (min, max) = (self.value(fields, "min"), self.value(fields, "max"));
        let redraw = self.word(fields, "on_clip").is_none_or(|word| word.value == "redraw");
        let keep_sign = self.switch(fields, "keep_sign").unwrap_or(false);
        let arguments = arguments?;
        if !count.contains(&arguments.len()) {
            let wanted =
                if *count.end() == usize::MAX { "one value or more".to_string() } else { format!("{} values", count.start()) };
            let message = format!("\"{name}\" takes {}, not {}", wanted.replace("1 values", "1 value"), arguments.len());
            let span = fields.get(name).map_or(fields.span, |entry| entry.node.span);
            self.report(Diagnostic::error("wrong-number-of-values", span, message));
            return None;
        }
        let [min, max] = [min, max].map(|bound| bound.map(Box::new));
        Some(ValueKind::Random(RandomDecl { kind: *kind, arguments, min, max, redraw, keep_sign }))
    }

    /// The items of the array under a key.
    fn items(&mut self, fields: &Fields<'_>, name: &str) -> Option<Vec<Value>> {
        match self.value(fields, name)?.kind {
            ValueKind::List(items) => Some(items),
            _ => None,
        }
    }

    /// The expression whose text is under a key.
    pub(super) fn expression(&mut self, fields: &Fields<'_>, name: &str) -> Option<Expr> {
        let entry = fields.get(name)?;
        let Kind::Text(text) = &entry.node.kind else {
            self.wrong_type(name, &entry.node, "the text of an expression, in quotes");
            return None;
        };
        expr::parse(&text.value, text.inner, text.exact).map_err(|fault| self.report(fault)).ok()
    }
}

/// A row of a matrix.
fn row(value: Value) -> Vec<Value> {
    match value.kind {
        ValueKind::List(items) => items,
        _ => Vec::new(),
    }
}

impl Shape {
    /// Whether a table with this first key may stand here.
    fn allows(self, lead: &str) -> bool {
        match self {
            Shape::Any => true,
            Shape::Number | Shape::Count => !matches!(lead, "first" | "by_condition" | "by_trial" | "modulator"),
            _ => lead == "expr",
        }
    }

    /// What a value of this shape is, for messages.
    fn wanted(self) -> &'static str {
        match self {
            Shape::Scalar => "a number, a quantity such as \"20 ms\" or { expr = \"..\" }",
            Shape::Whole => "a whole number or { expr = \"..\" }",
            Shape::Number | Shape::Count => "a number, a quantity such as \"20 ms\" or a table such as { normal = [mean, sd] }",
            Shape::Scalars => "an array of numbers",
            Shape::Matrix => "an array of rows, each an array of numbers",
            Shape::Data => "an array of numbers or an array of rows",
            Shape::Pairs => "an array of pairs: [[0, 1], [0, 2]]",
            _ => "a value",
        }
    }
}
