//! The schema and the reader know the same language: each key of the one is tried on the other.

use super::{Format, examples, parse};
use crate::language::{FORMS, ROOT, SECTIONS, Section, Shape};
use crate::schema;
use serde_json::{Value, json};
use sim_core::catalog::{Catalog, Effect, ParamSpec, Range, Shape as Holds, StimulusCard, StimulusParam};
use sim_core::description::Description;
use sim_core::diagnostic::SourceId;
use sim_core::stimulus::Drive;
use sim_core::system::{SystemCard, SystemParam, SystemShape};
use sim_core::units::Dimension;

const RATE: ParamSpec = ParamSpec {
    name: "rate",
    aliases: &["nu"],
    dimension: Dimension::RATE,
    default: 0.0,
    range: Range::NotNegative,
    about: "rate",
};

const STIMULUS: StimulusCard = StimulusCard {
    name: "poisson",
    aliases: &["poisson_generator"],
    about: "",
    equations: "",
    scheme: "",
    source: "",
    parameters: &[StimulusParam { spec: RATE, shape: Holds::Number }],
    effect: Effect::PrivateSpikes,
    check: |_| Ok(()),
    drive: |_, _, _| Drive::SpikeTimes(sim_core::stimulus::PerUnit::Shared(Vec::new())),
};

const SYSTEM: SystemCard = SystemCard {
    name: "x",
    aliases: &["ex"],
    about: "",
    parts: "",
    source: "",
    parameters: &[SystemParam { spec: ParamSpec { name: "input", ..RATE }, shape: SystemShape::Cells }],
    timestep_ms: None,
    expand: |_| Ok(Description::default()),
};

const CATALOG: Catalog = Catalog { neurons: &[], stimuli: &[STIMULUS], rules: &[], systems: &[SYSTEM] };

/// Whether an instance satisfies a schema: the keywords of draft 2020-12 that ours uses, by their definition.
fn valid(root: &Value, schema: &Value, instance: &Value) -> bool {
    let Value::Object(keywords) = schema else { return schema == &Value::Bool(true) };
    let all = |list: &Value, test: &dyn Fn(&Value) -> bool| list.as_array().unwrap().iter().all(test);
    let count = |list: &Value| list.as_array().unwrap().iter().filter(|s| valid(root, s, instance)).count();
    keywords.iter().all(|(keyword, argument)| match keyword.as_str() {
        "$ref" => valid(
            root,
            root.pointer(argument.as_str().unwrap().trim_start_matches('#')).expect("the reference leads somewhere"),
            instance,
        ),
        "type" => match argument {
            Value::Array(types) => types.iter().any(|t| of_type(t, instance)),
            one => of_type(one, instance),
        },
        "const" => argument == instance,
        "enum" => argument.as_array().unwrap().contains(instance),
        "anyOf" => count(argument) >= 1,
        "oneOf" => count(argument) == 1,
        "allOf" => all(argument, &|s| valid(root, s, instance)),
        "if" => !valid(root, argument, instance) || valid(root, &keywords["then"], instance),
        "minimum" => instance.as_f64().is_none_or(|n| n >= argument.as_f64().unwrap()),
        "minItems" => instance.as_array().is_none_or(|a| a.len() as u64 >= argument.as_u64().unwrap()),
        "maxItems" => instance.as_array().is_none_or(|a| a.len() as u64 <= argument.as_u64().unwrap()),
        "items" => instance.as_array().is_none_or(|a| a.iter().all(|item| valid(root, argument, item))),
        "required" => instance.as_object().is_none_or(|o| all(argument, &|key| o.contains_key(key.as_str().unwrap()))),
        "properties" => {
            instance.as_object().is_none_or(|o| o.iter().all(|(k, v)| argument.get(k).is_none_or(|s| valid(root, s, v))))
        }
        "additionalProperties" => instance.as_object().is_none_or(|o| {
            let known = |k: &String| keywords.get("properties").is_some_and(|p| p.get(k).is_some());
            o.iter().all(|(k, v)| known(k) || valid(root, argument, v))
        }),
        "propertyNames" => instance.as_object().is_none_or(|o| o.keys().all(|k| valid(root, argument, &json!(k)))),
        // The pattern's language is not known here; it only narrows strings that the reader checks too.
        "pattern" | "then" | "$schema" | "$defs" | "title" | "description" => true,
        other => panic!("the keyword {other} is not known to this test"),
    })
}

fn of_type(name: &Value, instance: &Value) -> bool {
    match name.as_str().unwrap() {
        "object" => instance.is_object(),
        "array" => instance.is_array(),
        "string" => instance.is_string(),
        "boolean" => instance.is_boolean(),
        "integer" => instance.as_f64().is_some_and(|n| n == n.trunc()),
        "number" => instance.is_number(),
        other => panic!("there is no type {other}"),
    }
}

/// What the reader says, files that are not there left out: a schema knows nothing of these.
fn refused(netlist: &Value) -> Vec<sim_core::diagnostic::Diagnostic> {
    let mut problems = parse(Format::Json, SourceId(0), &netlist.to_string(), &[]).1;
    problems.retain(|problem| problem.code != "file");
    problems
}

/// A value that a shape takes, and one that it does not.
fn samples(shape: Shape) -> (Value, Value) {
    match shape {
        Shape::Version => (json!(1), json!("1")),
        Shape::Text => (json!("x"), json!(3)),
        Shape::Expression => (json!("1"), json!(3)),
        Shape::Word(words) => (json!(words[0]), json!("no such word")),
        Shape::Bool => (json!(true), json!("true")),
        Shape::Texts | Shape::Selections => (json!(["x", "y"]), json!([3])),
        Shape::Scalar | Shape::Any => (json!({ "expr": "1" }), json!({ "uniform": 3 })),
        Shape::Whole => (json!(3), json!(3.5)),
        Shape::Scalars => (json!([1, "2 ms"]), json!([[1]])),
        Shape::Matrix => (json!([[1]]), json!([1])),
        Shape::Data => (json!([[1], [2]]), json!(3)),
        Shape::Anys => (json!([1, "2 ms"]), json!(3)),
        Shape::Pairs => (json!([[0, 1]]), json!([[0, 1, 2]])),
        Shape::Number => (json!({ "list": [1, 2] }), json!([1, 2])),
        Shape::Count => (json!({ "table": [[1]] }), json!(-1)),
        Shape::CellNames => (json!(["x"]), json!(3)),
        Shape::Card => (json!("x"), json!({ "rate": 1 })),
        Shape::CardTable => (json!({ "model": "poisson", "nu": 1 }), json!("x")),
        Shape::Rule => (json!({ "rule": "stdp", "tau": 1 }), json!("x")),
        Shape::Changes | Shape::Map(..) => (json!({}), json!(3)),
        Shape::Table(section) => (Value::Object(base(section)), json!(3)),
        Shape::List(_) | Shape::Systems => (json!([]), json!({})),
        Shape::NotBuilt(_) => (json!(null), json!(1)),
    }
}

/// A netlist with the given table as the only one of a section.
fn around(section: &Section, table: Value) -> Value {
    let mut netlist = json!({ "spikeloom": 1 });
    let place = |key: &str, value: Value| json!({ "spikeloom": 1, key: value });
    let third = |table: Value| {
        let connect = json!({ "rule": "all_to_all" });
        place("projections", json!([{ "source": "a", "target": "b", "connect": connect, "third": table }]))
    };
    match section.title {
        "the netlist" => {
            let Value::Object(table) = table else { return netlist };
            netlist.as_object_mut().unwrap().extend(table);
            netlist
        }
        "[network]" => place("network", table),
        "[[include]]" => place("include", json!([table])),
        "[trials]" => place("trials", table),
        "[[systems]]" => place("systems", json!([table])),
        "[numerics]" => place("numerics", table),
        "[tables.*]" => place("tables", json!({ "x": table })),
        "[populations.*]" => place("populations", json!({ "x": table })),
        "[spaces.*]" => place("spaces", json!({ "x": table })),
        "positions" => place("populations", json!({ "x": { "neurons": "y", "size": 1, "positions": table } })),
        "names" => place("populations", json!({ "x": { "neurons": "y", "names": table } })),
        "[[projections]]" => place("projections", json!([table])),
        "[[record]]" => place("record", json!([table])),
        "connect" => place("projections", json!([{ "source": "a", "target": "b", "connect": table }])),
        "[projections.third]" => third(table),
        "in" => third(json!({ "population": "c", "in": table })),
        "out" => third(json!({ "population": "c", "in": { "weight": 1, "delay": 1 }, "out": table })),
        form if form.starts_with('{') => place("neurons", json!({ "x": { "model": "poisson", "rate": table } })),
        other => panic!("{other} has a place in a netlist"),
    }
}

/// The keys without which a table of the section is refused, with values.
fn base(section: &Section) -> serde_json::Map<String, Value> {
    let mut table: serde_json::Map<_, _> =
        section.keys.iter().filter(|k| k.required).map(|k| (k.name.to_string(), samples(k.takes).0)).collect();
    let more: &[(&str, Value)] = match section.title {
        "[tables.*]" => &[("of", json!("g")), ("data", json!([1]))],
        "[populations.*]" => &[("size", json!(1))],
        _ => &[],
    };
    table.extend(more.iter().map(|(k, v)| ((*k).to_string(), v.clone())));
    let arguments = if section.title.contains("exponential") { json!([1]) } else { json!([1, 2]) };
    if let Some(lead) = section.keys.first().filter(|k| matches!(k.takes, Shape::Scalars)) {
        table.insert(lead.name.to_string(), arguments);
    }
    if section.title == "[[projections]]" {
        table.insert("connect".into(), json!({ "rule": "all_to_all" }));
    }
    table
}

#[test]
fn reader_and_schema_agree_on_every_key() {
    let mut schema = schema(&CATALOG);
    schema["$defs"]["rule"]["properties"]["rule"] = json!({ "type": "string" });
    let mut tried = 0;
    let built_forms = FORMS.iter().filter(|form| !matches!(form.keys[0].takes, Shape::NotBuilt(_)));
    for section in SECTIONS.iter().copied().chain(built_forms) {
        for key in section.keys {
            let (good, bad) = samples(key.takes);
            let mut table = base(section);
            if table.contains_key("of") && ["target", "source", "expr"].contains(&key.name) {
                table = json!({ "target": "g", "source": "g", "expr": "1" }).as_object().unwrap().clone();
            }
            let with = |value: &Value| {
                let mut table = table.clone();
                if !(key.required && matches!(key.takes, Shape::Scalars | Shape::Table(_)) && value == &good) {
                    table.insert(key.name.to_string(), value.clone());
                }
                around(section, Value::Object(table))
            };
            let (good, bad) = (with(&good), with(&bad));
            let found = refused(&good);
            if let Shape::NotBuilt(_) = key.takes {
                assert_eq!(
                    found.iter().map(|d| d.code).collect::<Vec<_>>(),
                    ["not-built-yet"],
                    "{}: {}",
                    section.title,
                    key.name
                );
                assert!(!valid(&schema, &schema, &good), "{}: {} is not in the schema yet", section.title, key.name);
            } else {
                assert_eq!(found, [], "{}: {} is read: {good}", section.title, key.name);
                assert!(valid(&schema, &schema, &good), "{}: {} is in the schema: {good}", section.title, key.name);
                assert!(!refused(&bad).is_empty(), "{}: {} is refused: {bad}", section.title, key.name);
                assert!(!valid(&schema, &schema, &bad), "{}: {} is not valid: {bad}", section.title, key.name);
            }
            tried += 1;
        }
        // Whether a system has a key is for the elaboration to say, which knows the kinds.
        if section.title == "[[systems]]" {
            continue;
        }
        let mut strange = base(section);
        strange.insert("no_such_key".into(), json!(1));
        let strange = around(section, Value::Object(strange));
        assert!(refused(&strange).iter().any(|d| d.code == "unknown-key"), "{}: unknown keys are refused", section.title);
        assert!(!valid(&schema, &schema, &strange), "{}: unknown keys are not valid", section.title);
    }
    assert!(tried >= SECTIONS.iter().map(|s| s.keys.len()).sum::<usize>() && tried > ROOT.keys.len(), "all were tried: {tried}");
}

#[test]
fn examples_are_valid_if_they_are_read() {
    let schema = schema(&Catalog { neurons: &[], stimuli: &[], rules: &[], systems: &[] });
    let mut without_models = schema.clone();
    without_models["$defs"]["card"]["properties"]["model"] = json!({ "type": "string" });
    without_models["$defs"]["rule"]["properties"]["rule"] = json!({ "type": "string" });
    without_models["$defs"]["system"]["properties"]["kind"] = json!({ "type": "string" });
    for (name, text) in examples() {
        let whole = super::read(&text).1.is_empty();
        let instance: Value = toml::from_str(&text).expect("the example is TOML");
        assert_eq!(valid(&without_models, &without_models, &instance), whole, "{name}: valid if and only if it is read");
    }
}

#[test]
fn models_and_their_parameters_are_in_the_schema() {
    let schema = schema(&CATALOG);
    let card = |card: Value| json!({ "spikeloom": 1, "neurons": { "x": card } });
    for (written, expected) in [
        (json!({ "model": "poisson", "rate": "8 Hz" }), true),
        (json!({ "model": "poisson_generator", "nu": "8 Hz" }), true),
        (json!({ "model": "poisson", "rat": "8 Hz" }), false),
        (json!({ "model": "poison" }), false),
        (json!({ "like": "y", "anything": 1 }), true),
        (json!({ "like": "y", "model": "poisson" }), false),
        (json!({ "rate": 1 }), false),
    ] {
        assert_eq!(valid(&schema, &schema, &card(written.clone())), expected, "{written}");
    }
    let system = |block: Value| json!({ "spikeloom": 1, "systems": [block] });
    for (written, expected) in [
        (json!({ "kind": "x", "as": "s", "input": "y" }), true),
        (json!({ "kind": "ex", "as": "s", "input": ["y", "z[..5]"] }), true),
        (json!({ "kind": "x", "as": "s", "inputs": "y" }), false),
        (json!({ "kind": "z", "as": "s" }), false),
        (json!({ "kind": "x", "input": "y" }), false),
    ] {
        assert_eq!(valid(&schema, &schema, &system(written.clone())), expected, "{written}");
    }
}
