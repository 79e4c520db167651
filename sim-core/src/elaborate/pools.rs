//! The pools of tripartite synapses: which cells of the third population are within reach of which target.

use super::context::Context;
use super::place::Place;
use super::selections::Part;
use super::synapses::Ends;
use super::values::integer;
use crate::connect::Distinct;
use crate::description::ThirdDecl;
use crate::diagnostic::{Diagnostic, Outcome};
use crate::random::Stream;

/// Which third cells are within reach of which target.
pub(super) struct Pools {
    /// Cells of a pool.
    pub(super) size: u32,
    /// So many targets that follow each other share a pool, and the next have the next.
    share: Option<u64>,
    /// Otherwise, by part of the targets: the pool of each, once one is needed.
    drawn: Vec<Option<Vec<u32>>>,
}

impl Pools {
    pub(super) fn new(
        decl: &ThirdDecl,
        third: &Part,
        name: &str,
        targets: u64,
        parts: usize,
        place: &Place<'_>,
    ) -> Outcome<Self> {
        let cells = third.size();
        let size = match &decl.pool {
            None => cells,
            Some(value) => {
                let size = integer(value, "pool", place, 1, u64::from(u32::MAX))?;
                u32::try_from(size).ok().filter(|size| *size <= cells).ok_or_else(|| {
                    let message = format!("a pool of {size} cells is more than the {cells} of \"{name}\"");
                    Diagnostic::error("bad-pool", value.span, message)
                })?
            }
        };
        let blocks = decl.pools.as_ref().filter(|word| word.value == "block");
        let share = match blocks {
            Some(word) => Some(share(cells, size, targets).map_err(|message| {
                let problem = Diagnostic::error("bad-pool", word.span, format!("block pools do not fit: {message}"));
                problem.help("pools = \"random\" takes any sizes")
            })?),
            // All are in one pool.
            None => (size == cells).then_some(targets.max(1)),
        };
        Ok(Self { size, share, drawn: vec![None; parts] })
    }

    /// Draws the pools of the targets of a part, where they are drawn and are not yet.
    pub(super) fn draw(
        &mut self,
        context: &Context<'_>,
        (block, third): (&str, &str),
        ends: &Ends<'_>,
        cells: u32,
    ) -> Outcome<()> {
        let Some(drawn) = self.drawn.get_mut(ends.cell.0).filter(|drawn| drawn.is_none() && self.share.is_none()) else {
            return Ok(());
        };
        let targets = ends.target.members();
        context.budget.reserve((targets.len() as u64).saturating_mul(self.size.into()), 4, || format!("the pools of {block}"))?;
        let key = context.key("third pool").name(block).name(ends.target_name).name(third).finish();
        let (mut scratch, mut pools) = (Distinct::default(), Vec::with_capacity(targets.len() * self.size as usize));
        for target in targets {
            scratch.draw(&mut Stream::new(key, target.into()), cells, self.size, None, |cell| pools.push(cell));
        }
        *drawn = Some(pools);
        Ok(())
    }

    /// One of the pool of a target, which is so many after the `first` of its part.
    pub(super) fn cell(&self, row: usize, first: u64, target: u32, which: u32) -> u32 {
        match self.share {
            Some(share) => ((first + u64::from(target)) / share) as u32 * self.size + which,
            None => {
                let pools = self.drawn.get(row).and_then(Option::as_ref);
                pools.and_then(|pools| pools.get(target as usize * self.size as usize + which as usize)).copied().unwrap_or(0)
            }
        }
    }
}

/// How many targets share a pool where pools are blocks of neighbours. NEST knows two cases: pools of several cells are each for
/// one target, and cells that are pools by themselves are each for as many targets.
fn share(cells: u32, size: u32, targets: u64) -> Result<u64, String> {
    if !cells.is_multiple_of(size) {
        return Err(format!("{cells} cells are no whole number of pools of {size}"));
    }
    let pools = u64::from(cells / size);
    if !targets.is_multiple_of(pools) {
        return Err(format!("{targets} targets cannot be shared out evenly among {pools} pools"));
    }
    Ok((targets / pools).max(1))
}
