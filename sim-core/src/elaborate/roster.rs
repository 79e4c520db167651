//! Who there is: populations in order of appearance, and groups of them.

use super::absent::Absent;
use super::report::Report;
use crate::description::{Description, Named, PopulationDecl};
use crate::diagnostic::{Diagnostic, Failure, Outcome, Span, Spanned};
use std::collections::{BTreeMap, BTreeSet};

/// Deepest nesting of groups in groups.
const MAX_DEPTH: usize = 64;

/// Most members of all groups together, those of groups in groups counted wherever these stand.
const MAX_MEMBERS: usize = 1 << 22;

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
    /// What is not missed.
    pub(crate) absent: Absent<'a>,
    /// Which of them are no stimuli.
    neurons: Vec<bool>,
    indices: BTreeMap<&'a str, usize>,
    groups: BTreeMap<&'a str, Option<Vec<usize>>>,
}

impl<'a> Roster<'a> {
    /// Declares populations and resolves groups. A block named by a group declares all its members. Patterns choose among
    /// what is declared, except those for which `is_stimulus` holds.
    pub(crate) fn new(description: &'a Description, is_stimulus: impl Fn(&'a PopulationDecl) -> bool, report: &Report) -> Self {
        let mut leaves = expand_groups(description, report);
        let mut roster = Self::of_nobody(description);
        for Named { name, item } in &description.populations {
            match leaves.get(name.value.as_str()) {
                Some(group) => {
                    for member in &group.members {
                        if is_pattern(&member.value) {
                            report.push(declared_by_pattern(name));
                        } else {
                            roster.declare(Entry { name: &member.value, block: item }, name.span, report);
                        }
                    }
                }
                None => roster.declare(Entry { name: &name.value, block: item }, name.span, report),
            }
        }
        roster.neurons = roster.populations.iter().map(|entry| !is_stimulus(entry.block)).collect();
        for Named { name, .. } in &description.groups {
            let Some(group) = leaves.remove(name.value.as_str()) else { continue };
            let members = if group.sound { roster.known_members(&name.value, &group.members, report) } else { None };
            roster.groups.insert(&name.value, members);
        }
        roster
    }

    /// Nobody is there yet.
    pub(crate) fn of_nobody(description: &'a Description) -> Self {
        Self { absent: Absent(&description.absent), ..Self::default() }
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

    /// The populations of a group's members, each once.
    fn known_members(&self, group: &str, members: &[&'a Spanned<String>], report: &Report) -> Option<Vec<usize>> {
        let each = members.iter().map(|member| report.accept(self.choose(&member.value, member.span)));
        let each: Vec<Option<Vec<usize>>> = each.collect();
        let (mut known, mut seen) = (Vec::new(), BTreeSet::new());
        for (member, found) in members.iter().zip(each.into_iter().collect::<Option<Vec<_>>>()?) {
            if let Some(index) = found.iter().find(|index| !seen.insert(**index)) {
                let message = format!("\"{}\" is twice in the group \"{group}\"", self.name(*index));
                report.push(Diagnostic::error("duplicate-name", member.span, message));
                return None;
            }
            known.extend(found);
        }
        Some(known)
    }

    /// A population by its name, or those that a pattern fits.
    fn choose(&self, name: &str, span: Span) -> Outcome<Vec<usize>> {
        if is_pattern(name) { self.matching(name, span) } else { self.population(name, span).map(|index| vec![index]) }
    }

    /// The populations whose names a pattern fits, in order of appearance, stimuli left out.
    fn matching(&self, pattern: &str, span: Span) -> Outcome<Vec<usize>> {
        let neurons = self.populations.iter().zip(&self.neurons).enumerate().filter(|(_, (_, neurons))| **neurons);
        let found: Vec<usize> = neurons.filter(|(_, (entry, _))| fits(pattern, entry.name)).map(|(index, _)| index).collect();
        if found.is_empty() {
            let problem =
                Diagnostic::error("unknown-population", span, format!("no population of neurons has a name like \"{pattern}\""));
            let problem = problem.help("* stands for a part of a name, up to the next dot; stimuli are left out");
            return Err(self.absent.or(pattern, problem));
        }
        Ok(found)
    }

    /// Index of a population.
    pub(crate) fn population(&self, name: &str, span: Span) -> Outcome<usize> {
        self.indices.get(name).copied().ok_or_else(|| self.unknown(name, span, false))
    }

    /// The populations of a group; `None` if there is no such group.
    pub(crate) fn group(&self, name: &str) -> Option<Outcome<&[usize]>> {
        let group = self.groups.get(name)?;
        Some(group.as_deref().ok_or(Failure::Reported))
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
            Err(self.absent.or(group, problem))
        })
    }

    /// The populations that a name stands for: one, or a group's.
    pub(crate) fn named(&self, name: &str, span: Span) -> Outcome<Vec<usize>> {
        if is_pattern(name) {
            return self.matching(name, span);
        }
        match (self.group(name), self.indices.get(name)) {
            (Some(members), _) => members.map(<[usize]>::to_vec),
            (None, Some(index)) => Ok(vec![*index]),
            (None, None) => Err(self.unknown(name, span, true)),
        }
    }

    /// Name of a population.
    pub(crate) fn name(&self, index: usize) -> &'a str {
        self.populations.get(index).map_or("", |p| p.name)
    }

    fn unknown(&self, name: &str, span: Span, groups: bool) -> Failure {
        let known = self.indices.keys().copied().chain(self.groups.keys().copied().filter(|_| groups));
        let problem = Diagnostic::error("unknown-population", span, format!("there is no population \"{name}\""));
        self.absent.or(name, problem.nearest(name, known))
    }
}

/// Whether a name stands for several.
pub(crate) fn is_pattern(name: &str) -> bool {
    name.contains('*')
}

/// Whether a name is like a pattern, in which each `*` stands for any characters but dots.
fn fits(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('.').zip(name.split('.'));
    pattern.matches('.').count() == name.matches('.').count() && parts.all(|(pattern, part)| part_fits(pattern, part))
}

/// The first and the last piece are where they must be, those between are in their order.
fn part_fits(pattern: &str, part: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == part };
    let (middle, last) = rest.rsplit_once('*').unwrap_or(("", rest));
    let inside = part.strip_prefix(first).and_then(|part| part.strip_suffix(last));
    let after = |part: &'_ str, piece: &str| part.find(piece).map(|at| at + piece.len());
    inside.is_some_and(|inside| {
        let found = middle.split('*').try_fold(0, |at, piece| Some(at + after(inside.get(at..)?, piece)?));
        found.is_some()
    })
}

fn declared_by_pattern(name: &Spanned<String>) -> Diagnostic {
    let message = format!("the group \"{}\" has a pattern, which chooses populations that other blocks declare", name.value);
    Diagnostic::error("bad-population", name.span, message).help("name its members one by one to declare them here")
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
    let mut room = MAX_MEMBERS;
    let expanded = description.groups.iter().map(|Named { name, item }| {
        let mut leaves = Leaves::default();
        let mut expansion = Expansion { groups: &groups, open: vec![&name.value], done: BTreeMap::new(), room };
        let outcome = expansion.expand(item, &mut leaves.members);
        room = expansion.room;
        let outcome = outcome.and_then(|()| distinct(&name.value, name.span, &leaves.members, item));
        leaves.sound = report.accept(outcome.map_err(Into::into)).is_some();
        let mut seen = BTreeSet::new();
        leaves.members.retain(|member| seen.insert(member.value.as_str()));
        (name.value.as_str(), leaves)
    });
    expanded.collect()
}

/// The way through a group and the groups in it.
struct Expansion<'g, 'a> {
    groups: &'g BTreeMap<&'a str, &'a [Spanned<String>]>,
    /// Groups that stand in each other, the outermost first.
    open: Vec<&'a str>,
    /// Groups that were gone through, and the first member of each.
    done: BTreeMap<&'a str, Option<&'a Spanned<String>>>,
    /// How many members there may be yet.
    room: usize,
}

impl<'a> Expansion<'_, 'a> {
    fn expand(&mut self, members: &'a [Spanned<String>], leaves: &mut Vec<&'a Spanned<String>>) -> Result<(), Diagnostic> {
        for member in members {
            let name = member.value.as_str();
            let Some(inner) = self.groups.get(name) else {
                self.add(member, leaves)?;
                continue;
            };
            if let Some(first) = self.open.iter().position(|g| *g == name) {
                let cycle = [&self.open[first..], &[name]].concat().join(" -> ");
                return Err(Diagnostic::error("cycle", member.span, format!("groups contain each other: {cycle}")));
            }
            if self.open.len() >= MAX_DEPTH {
                return Err(Diagnostic::error("cycle", member.span, "groups are nested too deeply"));
            }
            if let Some(first) = self.done.get(name).copied() {
                // All of it would be here twice: to tell that, one is enough.
                first.map_or(Ok(()), |first| self.add(first, leaves))?;
                continue;
            }
            let before = leaves.len();
            self.open.push(name);
            self.expand(inner, leaves)?;
            self.open.pop();
            self.done.insert(name, leaves.get(before).copied());
        }
        Ok(())
    }

    fn add(&mut self, member: &'a Spanned<String>, leaves: &mut Vec<&'a Spanned<String>>) -> Result<(), Diagnostic> {
        let full = || Diagnostic::error("too-many", member.span, format!("groups have more than {MAX_MEMBERS} members together"));
        self.room = self.room.checked_sub(1).ok_or_else(full)?;
        leaves.push(member);
        Ok(())
    }
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
