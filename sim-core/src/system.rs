//! Whole systems: what a generator is called and takes, and what it makes of that: the part of a description that a
//! `[[systems]]` block stands for.

use crate::catalog::{ParamSpec, find};
use crate::description::{Description, Selection};
use crate::diagnostic::{Diagnostic, SourceId, Span, Spanned};
use crate::units::Quantity;

/// A system.
#[derive(Clone, Copy, Debug)]
pub struct SystemCard {
    /// Name in netlists.
    pub name: &'static str,
    /// Other names.
    pub aliases: &'static [&'static str],
    /// One line.
    pub about: &'static str,
    /// What it is replaced by, as text.
    pub parts: &'static str,
    /// Paper or manual, with section.
    pub source: &'static str,
    /// Parameters.
    pub parameters: &'static [SystemParam],
    /// The time step that it is made for, in ms; `None`: any.
    pub timestep_ms: Option<f64>,
    /// What it is replaced by. All names that it declares begin with the instance's name and a dot; everything in it has the
    /// place of the value from which it follows, or of the block.
    pub expand: fn(&Instance<'_>) -> Result<Description, Diagnostic>,
}

impl SystemCard {
    /// Index of a parameter by name or alias.
    pub fn parameter(&self, name: &str) -> Option<usize> {
        find(self.parameters.iter().map(|p| (p.spec.name, p.spec.aliases)), name)
    }
}

/// A parameter of a system.
#[derive(Clone, Copy, Debug)]
pub struct SystemParam {
    /// Name, unit, range. What has NaN for a default must be given.
    pub spec: ParamSpec,
    /// What it holds.
    pub shape: SystemShape,
}

/// What a parameter of a system holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SystemShape {
    /// One number.
    Number,
    /// One of these words; the default is a number among them.
    Word(&'static [&'static str]),
    /// How many sites along each of one to three axes.
    Grid,
    /// Populations of the netlist, or some of their cells.
    Cells,
    /// The path of a file of text; the default is none.
    File,
    /// A list of tables of numbers and lists of numbers; the default is none.
    Records,
}

impl SystemShape {
    /// In words: what stands behind the key.
    pub fn words(self) -> String {
        match self {
            SystemShape::Number => "a number".into(),
            SystemShape::Word(words) => words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(" or "),
            SystemShape::Grid => "sites along x, y and z".into(),
            SystemShape::Cells => "cells, or a list of such".into(),
            SystemShape::File => "the path of a file".into(),
            SystemShape::Records => "a list of tables".into(),
        }
    }
}

/// A system as a netlist has it, its values checked by the card.
#[derive(Clone, Debug)]
pub struct Instance<'a> {
    /// Its card.
    pub card: &'a SystemCard,
    /// Its full name.
    pub name: &'a str,
    /// Place of that name.
    pub span: Span,
    /// A value and its place for each parameter of the card, in the card's order.
    pub values: &'a [(SystemValue, Span)],
}

impl Instance<'_> {
    /// A parameter's value with its place, and what the card says of it.
    pub fn parameter(&self, name: &str) -> Option<(&SystemValue, Span, &'static SystemParam)> {
        let index = self.card.parameter(name)?;
        let (value, span) = self.values.get(index)?;
        Some((value, *span, self.card.parameters.get(index)?))
    }
}

/// The value of a parameter.
#[derive(Clone, Debug, PartialEq)]
pub enum SystemValue {
    /// In base units; of a word, its number among those that there are.
    Number(f64),
    /// Sites along each axis.
    Grid(Vec<u32>),
    /// Cells.
    Cells(Vec<Selection>),
    /// What stands in a file.
    Text(SideText),
    /// Tables.
    Records(Vec<SystemRecord>),
    /// Neither a file nor tables were given.
    Nothing,
}

/// A file's text, with its place among the texts that diagnostics point into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SideText {
    /// Its number.
    pub source: SourceId,
    /// The text.
    pub text: String,
}

/// A table of numbers and lists of such, as `{ at = "10 ms", learn = 0, content = [0, 1] }`.
#[derive(Clone, Debug, PartialEq)]
pub struct SystemRecord {
    /// Place of the table.
    pub span: Span,
    /// Its entries, in their order.
    pub entries: Vec<(Spanned<String>, SystemEntry)>,
}

/// A number of a table, or a list of them.
#[derive(Clone, Debug, PartialEq)]
pub struct SystemEntry {
    /// Place of the value.
    pub span: Span,
    /// The numbers in base units.
    pub numbers: Vec<Spanned<Quantity>>,
    /// Whether it was written as a list.
    pub is_list: bool,
}
