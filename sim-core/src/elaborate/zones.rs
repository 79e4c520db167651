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

    /// By cell of the target population: one of so many modulators, and the first for cells that are no targets.
    fn assigned(&self, modulators: usize, count: u32) -> Outcome<Vec<u32>> {
        let (members, name) = (self.ends.target.members(), self.frames[modulators].entry.name);
        let targets = members.len();
        let of_members: Vec<u32> = match self.assign {
            None if count as usize == targets => (0..count).collect(),
            None => {
                let message =
                    format!("\"{name}\" has {count} cells and \"{}\" {targets}: which is for which?", self.ends.target_name);
                let help =
                    "assign = \"block\" in the projection: neighbours in order share one; \"nearest\": the one nearest in space";
                return Err(Diagnostic::error("bad-modulator", self.decl.span, message).help(help).into());
            }
            Some(Value { kind: ValueKind::Each(list), span }) => {
                if list.len() != targets {
                    let message = format!("{} modulators for {targets} targets: each gets one", list.len());
                    return Err(Diagnostic::error("wrong-length", *span, message).into());
                }
                let one = |value: &Value| integer(value, "assign", &self.ends.place, 0, u64::from(count.max(1)) - 1);
                list.iter().map(|value| Ok(one(value)? as u32)).collect::<Outcome<_>>()?
            }
            Some(value) => match word(value, "assign", &["block", "nearest"])? {
                0 => (0..targets as u64).map(|t| (t * u64::from(count) / targets as u64) as u32).collect(),
                _ => self.nearest(modulators, &members, value)?,
            },
        };
        let mut of = vec![0; self.ends.sizes.1 as usize];
        members.iter().zip(of_members).for_each(|(cell, zone)| of[*cell as usize] = zone);
        Ok(of)
    }

    /// By target: the modulator nearest to it, of equals the first.
    fn nearest(&self, modulators: usize, members: &[u32], assign: &Value) -> Outcome<Vec<u32>> {
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
        Ok(members.iter().map(|target| nearest(*target)).collect())
    }
}
