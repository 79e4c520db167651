//! `assign`: which cell of a population of modulators is for which target.

use super::learning::Reading;
use super::stimuli::word;
use super::values::integer;
use crate::description::{Value, ValueKind};
use crate::diagnostic::{Diagnostic, Failure, Outcome};
use crate::network::Channel;
use crate::plasticity::{Setting, Zones};
use crate::space::Between;

/// `assign` where no rule reads several modulators.
pub(super) fn nothing_to_assign(assign: &Value) -> Diagnostic {
    let message = "there is nothing to assign: no parameter of this projection's rule is read from several modulators";
    Diagnostic::error("bad-modulator", assign.span, message)
}

impl Reading<'_, '_> {
    /// The modulators of the targets, where the rule reads a population of several.
    pub(super) fn zones(&self, settings: &[Setting]) -> Outcome<Zones> {
        let channels = self.channels.borrow();
        let first = |setting: &Setting| match setting {
            Setting::Modulated { channel, .. } => Some((*channel, channels[*channel])),
            Setting::Constant(_) => None,
        };
        let cells = |channel: &Channel| self.frames[channel.population].size.unwrap_or(0);
        let read: Vec<(usize, Channel)> = settings.iter().filter_map(first).filter(|(_, c)| cells(c) != 1).collect();
        let Some((_, Channel { population, .. })) = read.first() else {
            return self.assign.map_or(Ok(Zones::default()), |assign| Err(nothing_to_assign(assign).into()));
        };
        if read.iter().any(|(_, channel)| channel.population != *population) {
            let message =
                "the rule reads several populations of more than one modulator each: one, and others of one cell, is all it can";
            return Err(Diagnostic::error("bad-modulator", self.decl.span, message).into());
        }
        let count = self.frames[*population].size.unwrap_or(0);
        let mut channels: Vec<usize> = read.iter().map(|(channel, _)| *channel).collect();
        channels.sort_unstable();
        channels.dedup();
        Ok(Zones { of: self.assigned(*population, count)?, count: count as usize, channels })
    }

    /// By target: one of so many modulators.
    fn assigned(&self, modulators: usize, count: u32) -> Outcome<Vec<u32>> {
        let (targets, name) = (self.ends.sizes.1, self.frames[modulators].entry.name);
        match self.assign {
            None if count == targets => Ok((0..targets).collect()),
            None => {
                let message =
                    format!("\"{name}\" has {count} cells and \"{}\" {targets}: which is for which?", self.ends.target_name);
                let help =
                    "assign = \"block\" in the projection: neighbours in order share one; \"nearest\": the one nearest in space";
                Err(Diagnostic::error("bad-modulator", self.decl.span, message).help(help).into())
            }
            Some(Value { kind: ValueKind::Each(list), span }) => {
                if list.len() != targets as usize {
                    let message = format!("{} modulators for {targets} targets: each gets one", list.len());
                    return Err(Diagnostic::error("wrong-length", *span, message).into());
                }
                let one = |value: &Value| integer(value, "assign", &self.ends.place, 0, u64::from(count.max(1)) - 1);
                list.iter().map(|value| Ok(one(value)? as u32)).collect()
            }
            Some(value) => match word(value, "assign", &["block", "nearest"])? {
                0 => Ok((0..targets).map(|t| (u64::from(t) * u64::from(count) / u64::from(targets)) as u32).collect()),
                _ => self.nearest(modulators, value),
            },
        }
    }

    /// By target: the modulator nearest to it, of equals the first.
    fn nearest(&self, modulators: usize, assign: &Value) -> Outcome<Vec<u32>> {
        let places = self.ends.places;
        let of = |population: usize| places.positions.get(population).and_then(Option::as_ref);
        let (name, target) = (self.frames[modulators].entry.name, self.ends.target.population);
        let without = || {
            let message = format!("\"{name}\" and \"{}\" need positions in the same space", self.ends.target_name);
            let help = "[spaces.room] grid = [10, 10], and positions = { space = \"room\" } in both populations";
            Diagnostic::error("no-positions", assign.span, message).help(help)
        };
        let (sources, targets) = (of(modulators).ok_or_else(without)?, of(target).ok_or_else(without)?);
        if sources.space != targets.space {
            return Err(without().into());
        }
        let space = places.spaces.get(sources.space).and_then(Option::as_ref).ok_or(Failure::Reported)?;
        let between = Between { space, sources: &sources.cells, targets: &targets.cells };
        let distance = |source: u32, target: u32| between.ways(&[source], target).distance[0];
        let nearest = |target: u32| {
            (0..sources.cells.len() as u32).min_by(|a, b| distance(*a, target).total_cmp(&distance(*b, target))).unwrap_or(0)
        };
        Ok((0..targets.cells.len() as u32).map(nearest).collect())
    }
}
