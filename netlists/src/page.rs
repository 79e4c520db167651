//! The keys of a section as a table in Markdown, for the page of the language (`netlists/LANGUAGE.md`): from the tables of
//! `language.rs`, as the reader and the schema.

use crate::language::{FORMS, Key, SECTIONS, Shape};

/// The table of the section with this title (`[network]`, `connect`, `{ normal = [mean, sd] }`). Keys that are not built
/// yet are left out.
pub fn keys(title: &str) -> Option<String> {
    let section = SECTIONS.iter().copied().chain(FORMS).find(|section| section.title == title)?;
    let rows = section.keys.iter().filter(|key| is_built(key)).map(|key| {
        let required = if key.required { " (required)" } else { "" };
        format!("| `{}` | {}{required} | {} |\n", key.name, takes(key.takes), key.about)
    });
    Some(format!("| key | takes | what |\n| --- | --- | --- |\n{}", rows.collect::<String>()))
}

/// Titles of all sections and of the tables that stand for a value, those left out that are not built yet.
pub fn titles() -> impl Iterator<Item = &'static str> {
    let sections = SECTIONS.iter().copied().chain(FORMS);
    sections.filter(|section| section.keys.first().is_some_and(is_built)).map(|section| section.title)
}

fn is_built(key: &Key) -> bool {
    !matches!(key.takes, Shape::NotBuilt(_))
}

/// What stands behind a key, in words.
fn takes(shape: Shape) -> String {
    let words = match shape {
        Shape::Version => "1",
        Shape::Text => "text",
        Shape::Word(words) => return words.iter().map(|word| format!("`\"{word}\"`")).collect::<Vec<_>>().join(" or "),
        Shape::Bool => "`true` or `false`",
        Shape::Texts => "a text or a list of texts",
        Shape::Selections => "cells, or a list of such",
        Shape::Scalar => "a number",
        Shape::Whole => "a whole number",
        Shape::Scalars => "a list of numbers",
        Shape::Matrix => "a list of lists of numbers",
        Shape::Data => "a list, or a list of lists, of numbers",
        Shape::Pairs => "a list of pairs of whole numbers",
        Shape::Number => "a number, or many",
        Shape::Count => "a whole number, or many",
        Shape::Any => "any value",
        Shape::Anys => "a list of any values",
        Shape::Expression => "text of an expression",
        Shape::CellNames => "a list of texts, or a column of a file",
        Shape::Card => "a card's name, or a card",
        Shape::CardTable => "a card",
        Shape::Rule => "a rule with its parameters",
        Shape::Changes => "a table of paths and values",
        Shape::Systems => "tables: [[systems]]",
        Shape::Map(_, items) => return format!("a table of names, each with {}", takes(*items)),
        Shape::Table(section) => return format!("a table: {}", section.title),
        Shape::List(section) => return format!("tables: {}", section.title),
        Shape::NotBuilt(why) => why,
    };
    words.to_string()
}
