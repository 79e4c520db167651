//! Who there is: populations in order of appearance, and groups of them.

use super::report::Report;
use crate::description::{Description, Named, PopulationDecl};
use crate::diagnostic::{Diagnostic, Outcome, Span, Spanned};
use std::collections::{BTreeMap, BTreeSet};

/// Deepest nesting of groups in groups.
const MAX_DEPTH: usize = 64;

/// A population that a block declares.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry<'a> {
    /// Its name.
    pub(crate) name: &'a str,
    /// The block; several members of a group share one.
    pub(crate) block: &'a PopulationDecl,
}

/// All names of populations and groups.
#[derive(Debug, Default)]
pub(crate) struct Roster<'a> {
    /// Populations in order of appearance.
    pub(crate) populations: Vec<Entry<'a>>,
    indices: BTreeMap<&'a str, usize>,
    groups: BTreeMap<&'a str, Option<Vec<usize>>>,
}

impl<'a> Roster<'a> {
    /// Declares populations and resolves groups. A block named by a group declares all its members.
    pub(crate) fn new(description: &'a Description, report: &Report) -> Self {
        let leaves = expand_groups(description, report);
        let mut roster = Self::default();
        for Named { name, item } in &description.populations {
            match leaves.get(name.value.as_str()) {
                Some(group) => {
                    for member in &group.members {
                        roster.declare(Entry { name: &member.value, block: item }, name.span, report);
                    }
                }
                None => roster.declare(Entry { name: &name.value, block: item }, name.span, report),
            }
        }
        for (name, group) in leaves {
            let members = if group.sound { roster.known_members(&group.members, report) } else { None };
            roster.groups.insert(name, members);
        }
        roster
    }

    fn declare(&mut self, entry: Entry<'a>, block_name: Span, report: &Report) {
        if self.indices.contains_key(entry.name) {
            let message = format!("the population \"{}\" is declared twice", entry.name);
            report.push(Diagnostic::error("duplicate-name", block_name, message));
            return;
        }
        self.indices.insert(entry.name, self.populations.len());
        self.populations.push(entry);
    }

    fn known_members(&self, members: &[&'a Spanned<String>], report: &Report) -> Option<Vec<usize>> {
        members.iter().map(|m| report.accept(self.population(&m.value, m.span))).collect()
    }

    /// Index of a population.
    pub(crate) fn population(&self, name: &str, span: Span) -> Outcome<usize> {
        self.indices.get(name).copied().ok_or_else(|| self.unknown(name, span, false).into())
    }

    /// The populations of a group; `None` if there is no such group.
    pub(crate) fn group(&self, name: &str) -> Option<Outcome<&[usize]>> {
        let group = self.groups.get(name)?;
        Some(group.as_deref().ok_or(crate::diagnostic::Failure::Reported))
    }

    /// The populations of a group that must exist.
    pub(crate) fn members(&self, group: &str, span: Span) -> Outcome<&[usize]> {
        self.group(group).unwrap_or_else(|| {
            let problem = if self.indices.contains_key(group) {
                Diagnostic::error("unknown-group", span, format!("\"{group}\" is a population, not a group"))
            } else {
                Diagnostic::error("unknown-group", span, format!("there is no group \"{group}\""))
                    .nearest(group, self.groups.keys().copied())
            };
            Err(problem.into())
        })
    }

    /// The populations that a name stands for: one, or a group's.
    pub(crate) fn named(&self, name: &str, span: Span) -> Outcome<Vec<usize>> {
        if name.contains('*') {
            return Err(not_yet_pattern(name, span).into());
        }
        match (self.group(name), self.indices.get(name)) {
            (Some(members), _) => members.map(<[usize]>::to_vec),
            (None, Some(index)) => Ok(vec![*index]),
            (None, None) => Err(self.unknown(name, span, true).into()),
        }
    }

    /// Name of a population.
    pub(crate) fn name(&self, index: usize) -> &'a str {
        self.populations.get(index).map_or("", |p| p.name)
    }

    fn unknown(&self, name: &str, span: Span, groups: bool) -> Diagnostic {
        let known = self.indices.keys().copied().chain(self.groups.keys().copied().filter(|_| groups));
        Diagnostic::error("unknown-population", span, format!("there is no population \"{name}\"")).nearest(name, known)
    }
}

fn not_yet_pattern(name: &str, span: Span) -> Diagnostic {
    Diagnostic::error("not-built-yet", span, format!("patterns such as \"{name}\" are not built yet"))
        .help("list the populations by name")
}

/// The population names of a group. Where the group has a problem, which is told, those that could be found: their blocks
/// declare them all the same, so that nothing else is reported of them.
#[derive(Default)]
struct Leaves<'a> {
    members: Vec<&'a Spanned<String>>,
    sound: bool,
}

fn expand_groups<'a>(description: &'a Description, report: &Report) -> BTreeMap<&'a str, Leaves<'a>> {
    let mut groups: BTreeMap<&str, &[Spanned<String>]> = BTreeMap::new();
    for Named { name, item } in &description.groups {
        if groups.insert(&name.value, item).is_some() {
            let message = format!("the group \"{}\" is declared twice", name.value);
            report.push(Diagnostic::error("duplicate-name", name.span, message));
        }
    }
    let expanded = description.groups.iter().map(|Named { name, item }| {
        let mut leaves = Leaves::default();
        let outcome = expand(item, &groups, &mut vec![&name.value], &mut leaves.members);
        let outcome = outcome.and_then(|()| distinct(&name.value, name.span, &leaves.members, item));
        leaves.sound = report.accept(outcome.map_err(Into::into)).is_some();
        let mut seen = BTreeSet::new();
        leaves.members.retain(|member| seen.insert(member.value.as_str()));
        (name.value.as_str(), leaves)
    });
    expanded.collect()
}

fn expand<'a>(
    members: &'a [Spanned<String>],
    groups: &BTreeMap<&'a str, &'a [Spanned<String>]>,
    open: &mut Vec<&'a str>,
    leaves: &mut Vec<&'a Spanned<String>>,
) -> Result<(), Diagnostic> {
    for member in members {
        let name = member.value.as_str();
        if name.contains('*') {
            return Err(not_yet_pattern(name, member.span));
        }
        let Some(inner) = groups.get(name) else {
            leaves.push(member);
            continue;
        };
        if let Some(first) = open.iter().position(|g| *g == name) {
            let cycle = [&open[first..], &[name]].concat().join(" -> ");
            return Err(Diagnostic::error("cycle", member.span, format!("groups contain each other: {cycle}")));
        }
        if open.len() >= MAX_DEPTH {
            return Err(Diagnostic::error("cycle", member.span, "groups are nested too deeply"));
        }
        open.push(name);
        expand(inner, groups, open, leaves)?;
        open.pop();
    }
    Ok(())
}

/// A population stands in a group once: rows and columns of tables count on it.
fn distinct(group: &str, span: Span, leaves: &[&Spanned<String>], members: &[Spanned<String>]) -> Result<(), Diagnostic> {
    if leaves.is_empty() {
        return Err(Diagnostic::error("empty-group", span, format!("the group \"{group}\" has no members")));
    }
    let mut seen = BTreeSet::new();
    for leaf in leaves {
        if !seen.insert(leaf.value.as_str()) {
            let own = members.iter().rfind(|m| m.value == leaf.value).map_or(leaf.span, |m| m.span);
            let message = format!("\"{}\" is twice in the group \"{group}\"", leaf.value);
            return Err(Diagnostic::error("duplicate-name", own, message));
        }
    }
    Ok(())
}
