//! The language as a JSON Schema (draft 2020-12), for editors and for programs that write netlists. It is made
//! from the tables of [`crate::language`], which the reader follows too, and from the cards of the models.

use crate::language::{CELL_NAMES, FORMS, Key, Names, ROOT, SYSTEM, Section, Shape, VERSION};
use serde_json::{Map, Value, json};
use sim_core::catalog::Catalog;

/// The schema, with the models of a catalogue: their names, and the parameters that each takes.
pub fn schema(catalog: &Catalog) -> Value {
    let mut schema = section(&ROOT);
    let head = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Spikeloom netlist",
        "description": "A network of spiking neurons: populations, projections, stimuli and records",
    });
    if let (Value::Object(schema), Value::Object(mut head)) = (&mut schema, head) {
        head.append(schema);
        head.insert("required".into(), json!(["spikeloom"]));
        head.insert("$defs".into(), definitions(catalog));
        return Value::Object(head);
    }
    schema
}

fn definitions(catalog: &Catalog) -> Value {
    let quantity = "^\\s*[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?\\s*[a-zA-Zµμ]*\\s*$";
    let of_many = |lead: &str| !["expr", "first", "by_condition", "by_trial", "modulator"].contains(&lead);
    json!({
        "expression": { "type": "string", "description": "+ - * / ^, comparisons, if, ln, exp, sqrt, round, floor, ceil, min, max, abs, sum(x in group, ..)" },
        "quantity": { "type": "string", "pattern": quantity, "description": "a number with its unit: \"20 ms\"" },
        "scalar": { "anyOf": [{ "type": "number" }, { "$ref": "#/$defs/quantity" }, form("expr")] },
        "whole": { "anyOf": [{ "type": "integer", "minimum": 0 }, { "type": "string", "pattern": "^\\s*\\+?[0-9]+\\s*$" }, form("expr")] },
        "scalars": array("scalar"),
        "matrix": array("scalars"),
        "data": { "anyOf": [{ "$ref": "#/$defs/scalars" }, { "type": "array", "items": { "anyOf": [{ "$ref": "#/$defs/scalars" }, { "$ref": "#/$defs/scalar" }] } }] },
        "number": { "anyOf": forms(&[json!({ "$ref": "#/$defs/scalar" })], of_many) },
        "count": { "anyOf": forms(&[json!({ "$ref": "#/$defs/whole" })], of_many) },
        "any": { "anyOf": forms(
            &[json!({ "type": ["number", "string", "boolean"] }), json!({ "type": "array", "items": { "$ref": "#/$defs/any" } })],
            |_| true,
        ) },
        "texts": { "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" }, "minItems": 1 }] },
        "card": card(catalog),
        "rule": rule(catalog),
        "system": system(catalog),
    })
}

fn array(items: &str) -> Value {
    json!({ "type": "array", "items": { "$ref": format!("#/$defs/{items}") } })
}

/// The table for a value that is known by this key.
fn form(lead: &str) -> Value {
    FORMS.iter().find(|form| form.keys.first().is_some_and(|key| key.name == lead)).map_or(Value::Bool(false), section)
}

/// Some schemas, and the tables for values whose first key is wanted and which are built.
fn forms(first: &[Value], wanted: impl Fn(&str) -> bool) -> Vec<Value> {
    let built =
        |form: &&Section| form.keys.first().is_some_and(|lead| !matches!(lead.takes, Shape::NotBuilt(_)) && wanted(lead.name));
    first.iter().cloned().chain(FORMS.iter().filter(built).map(section)).collect()
}

/// A table of fixed keys. Keys that are not built yet are left out: the reader refuses them.
fn section(section: &Section) -> Value {
    let built = || section.keys.iter().filter(|key| !matches!(key.takes, Shape::NotBuilt(_)));
    let properties: Map<String, Value> = built().map(|key| (key.name.to_string(), described(key))).collect();
    let required: Vec<&str> = built().filter(|key| key.required).map(|key| key.name).collect();
    let mut table = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    if let (Value::Object(table), false) = (&mut table, required.is_empty()) {
        table.insert("required".into(), json!(required));
    }
    table
}

fn described(key: &Key) -> Value {
    let mut schema = shape(key.takes);
    if let Value::Object(schema) = &mut schema {
        schema.insert("description".into(), json!(key.about));
    }
    schema
}

fn shape(shape_of: Shape) -> Value {
    let named = |name: &str| json!({ "$ref": format!("#/$defs/{name}") });
    match shape_of {
        Shape::Version => json!({ "const": VERSION }),
        Shape::Text => json!({ "type": "string" }),
        Shape::Word(words) => json!({ "enum": words }),
        Shape::Bool => json!({ "type": "boolean" }),
        Shape::Texts | Shape::Selections => named("texts"),
        Shape::Scalar => named("scalar"),
        Shape::Whole => named("whole"),
        Shape::Scalars => named("scalars"),
        Shape::Matrix => named("matrix"),
        Shape::Data => named("data"),
        Shape::Pairs => {
            let pair = json!({ "type": "array", "items": named("whole"), "minItems": 2, "maxItems": 2 });
            json!({ "type": "array", "items": pair })
        }
        Shape::Number => named("number"),
        Shape::Count => named("count"),
        Shape::Any => named("any"),
        Shape::Anys => array("any"),
        Shape::Expression => named("expression"),
        Shape::CellNames => {
            let list = json!({ "type": "array", "items": { "type": "string" }, "minItems": 1 });
            json!({ "anyOf": [list, section(&CELL_NAMES)] })
        }
        Shape::Card => json!({ "anyOf": [{ "type": "string" }, named("card")] }),
        Shape::CardTable => named("card"),
        Shape::Rule => named("rule"),
        Shape::Changes => json!({ "type": "object" }),
        Shape::Systems => array("system"),
        Shape::Map(names, items) => map(names, *items),
        Shape::Table(table) => section(table),
        Shape::List(table) => json!({ "type": "array", "items": section(table) }),
        Shape::NotBuilt(_) => Value::Bool(false),
    }
}

fn map(names: Names, items: Shape) -> Value {
    // Every validator knows these classes; those of Unicode letters (\p{L}) are unknown to Python's. The reader is stricter.
    const IDENTIFIER: &str = "[A-Za-z_\\u0080-\\uffff][A-Za-z0-9_\\u0080-\\uffff]*";
    const LABEL: &str = "[A-Za-z0-9_\\u0080-\\uffff-]+";
    let dotted = |part: &str| json!({ "pattern": format!("^{part}(\\.{part})*$") });
    let mut table = json!({ "type": "object", "additionalProperties": shape(items) });
    let pattern = match names {
        Names::Identifiers => Some(dotted(IDENTIFIER)),
        Names::Populations => Some(dotted(LABEL)),
        Names::Free => None,
    };
    if let (Value::Object(table), Some(pattern)) = (&mut table, pattern) {
        table.insert("propertyNames".into(), pattern);
    }
    table
}

/// A card: `model` or `like`, and the parameters of the model.
fn card(catalog: &Catalog) -> Value {
    let neurons = catalog.neurons.iter().map(|card| {
        let parameters = card.parameters.iter().flat_map(|p| std::iter::once(p.name).chain(p.aliases.iter().copied())).collect();
        of_kind("model", card.name, card.aliases, parameters)
    });
    let stimuli = catalog.stimuli.iter().map(|card| {
        let parameters =
            card.parameters.iter().flat_map(|p| std::iter::once(p.spec.name).chain(p.spec.aliases.iter().copied())).collect();
        of_kind("model", card.name, card.aliases, parameters)
    });
    let models: Vec<Value> = neurons.chain(stimuli).collect();
    let mut table = json!({
        "type": "object",
        "properties": {
            "model": { "enum": catalog.model_names(), "description": "a neuron model or a stimulus" },
            "like": { "type": "string", "description": "another card, of which this changes parameters" },
        },
        "additionalProperties": { "$ref": "#/$defs/any" },
        "oneOf": [{ "required": ["model"] }, { "required": ["like"] }],
    });
    if let (Value::Object(table), false) = (&mut table, models.is_empty()) {
        table.insert("allOf".into(), Value::Array(models));
    }
    table
}

/// A rule of learning, and its parameters.
fn rule(catalog: &Catalog) -> Value {
    let rules = catalog.rules.iter().map(|card| {
        let parameters =
            card.parameters.iter().flat_map(|p| std::iter::once(p.spec.name).chain(p.spec.aliases.iter().copied())).collect();
        of_kind("rule", card.name, card.aliases, parameters)
    });
    let rules: Vec<Value> = rules.collect();
    let mut table = json!({
        "type": "object",
        "properties": { "rule": { "enum": catalog.rule_names(), "description": "a rule of learning" } },
        "additionalProperties": { "$ref": "#/$defs/any" },
        "required": ["rule"],
    });
    if let (Value::Object(table), false) = (&mut table, rules.is_empty()) {
        table.insert("allOf".into(), Value::Array(rules));
    }
    table
}

/// If a card is of this model (or rule), its keys are the parameters of that.
fn of_kind(kind: &str, name: &str, aliases: &[&str], parameters: Vec<&str>) -> Value {
    let names: Vec<&str> = std::iter::once(name).chain(aliases.iter().copied()).collect();
    let keys: Vec<&str> = std::iter::once(kind).chain(parameters).collect();
    json!({
        "if": { "properties": { kind: { "enum": names } }, "required": [kind] },
        "then": { "propertyNames": { "enum": keys } },
    })
}

fn names(name: &'static str, aliases: &'static [&'static str]) -> impl Iterator<Item = &'static str> {
    std::iter::once(name).chain(aliases.iter().copied())
}

/// A block of a system: the keys that all have, and the parameters of its kind.
fn system(catalog: &Catalog) -> Value {
    let kinds = catalog.systems.iter().map(|card| {
        let parameters = card.parameters.iter().flat_map(|p| names(p.spec.name, p.spec.aliases));
        let keys: Vec<&str> = SYSTEM.keys.iter().map(|key| key.name).chain(parameters).collect();
        json!({
            "if": { "properties": { "kind": { "enum": names(card.name, card.aliases).collect::<Vec<_>>() } }, "required": ["kind"] },
            "then": { "propertyNames": { "enum": keys } },
        })
    });
    let kinds: Vec<Value> = kinds.collect();
    let all: Vec<&str> = catalog.systems.iter().flat_map(|card| names(card.name, card.aliases)).collect();
    let mut block = section(&SYSTEM);
    block["properties"]["kind"]["enum"] = json!(all);
    let record = json!({ "type": "object", "additionalProperties": { "$ref": "#/$defs/any" } });
    block["additionalProperties"] = json!({ "anyOf": [{ "$ref": "#/$defs/any" }, { "type": "array", "items": record }] });
    if !kinds.is_empty() {
        block["allOf"] = Value::Array(kinds);
    }
    block
}
