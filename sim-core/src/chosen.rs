//! The pairs of a rule between cells that are chosen one by one and do not lie side by side. They become a list: such choices
//! are few cells, named in a netlist.
//!
//! Streams are those of the cells themselves, as where a whole population is connected: who else is chosen as a target changes
//! nothing for the others, and the pairs of pairwise_bernoulli are those that it has between the whole populations.

use crate::connect::{Distinct, bernoulli, wiring, with_replacement};
use crate::network::{Chance, Rule};
use crate::space::Between;

/// The cells of both ends, in the order in which they were named.
pub(crate) struct Chosen<'a> {
    /// Key of the projection.
    pub(crate) key: u64,
    /// Cells of the source population.
    pub(crate) sources: Vec<u32>,
    /// Cells of the target population.
    pub(crate) targets: Vec<u32>,
    /// Whether both are of the same population.
    pub(crate) same_population: bool,
    /// How many cells the source population has.
    pub(crate) population: u32,
    /// Where they lie, if the rule depends on it.
    pub(crate) between: Option<Between<'a>>,
}

impl Chosen<'_> {
    /// The pairs of a rule other than list: cells of the populations, target by target (fixed_outdegree: source by source).
    pub(crate) fn pairs(&self, rule: &Rule) -> Vec<(u32, u32)> {
        let mut pairs = Vec::new();
        if let Rule::FixedOutdegree { outdegree, autapses, multapses } = rule {
            for source in &self.sources {
                let degree = (*outdegree, *multapses);
                self.draw(*source, &self.targets, degree, *autapses, |target| pairs.push((*source, target)));
            }
            return pairs;
        }
        for (place, target) in self.targets.iter().enumerate() {
            self.onto(rule, place, *target, |source| pairs.push((source, *target)));
        }
        pairs
    }

    /// The sources of a target, which is the one at this place.
    fn onto(&self, rule: &Rule, place: usize, target: u32, mut emit: impl FnMut(u32)) {
        match rule {
            Rule::OneToOne => self.sources.get(place).copied().into_iter().for_each(emit),
            Rule::AllToAll { same_index } => {
                let may = |source: &u32| *same_index || *source != target;
                self.sources.iter().copied().filter(may).for_each(emit);
            }
            Rule::FixedIndegree { indegree, autapses, multapses } => {
                self.draw(target, &self.sources, (*indegree, *multapses), *autapses, emit);
            }
            Rule::FixedTotalNumber { indegrees, autapses, multapses, .. } => {
                let indegree = indegrees.get(place).copied().unwrap_or(0);
                self.draw(target, &self.sources, (indegree, *multapses), *autapses, emit);
            }
            Rule::PairwiseBernoulli { p, autapses } => {
                let own = |source: u32| !autapses && self.same_population && source == target;
                let wanted = |source: u32| {
                    if self.sources.contains(&source) && !own(source) {
                        emit(source)
                    }
                };
                let mut stream = wiring(self.key, target.into());
                match (p, self.between) {
                    (Chance::Constant(p), _) => bernoulli(&mut stream, self.population, *p, wanted),
                    (Chance::Field { field, .. }, Some(between)) => {
                        field.choose(between, &mut stream, 0..self.population, target, wanted);
                    }
                    (Chance::Field { .. }, None) => {}
                }
            }
            Rule::FixedOutdegree { .. } | Rule::List { .. } => unreachable!("these rules do not go by target"),
        }
    }

    /// So many of the partners of a cell, by its own stream.
    fn draw(&self, cell: u32, partners: &[u32], (degree, multapses): (u32, bool), autapses: bool, mut emit: impl FnMut(u32)) {
        let itself = partners.iter().position(|partner| self.same_population && *partner == cell);
        let excluded = itself.filter(|_| !autapses).map(|place| place as u32);
        let (mut stream, n) = (wiring(self.key, cell.into()), partners.len() as u32);
        let emit = |place: u32| emit(partners[place as usize]);
        if multapses {
            with_replacement(&mut stream, n, degree, excluded, emit);
        } else {
            Distinct::default().draw(&mut stream, n, degree, excluded, emit);
        }
    }
}
