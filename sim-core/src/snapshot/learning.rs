//! What plastic synapses remember. It lies in tables by partition: it is written as one partition would have it, and given out
//! again to the partitions of the plan that it is read for.

use super::SnapshotError;
use super::bytes::{Reader, Writer};
use crate::engine::plan::Part;
use crate::engine::plastic::Memory;
use crate::engine::{Plan, State};

/// Writes the memory of all synapses that learn.
pub(super) fn write(state: &State, plan: &Plan, out: &mut Writer) {
    in_one_piece(plan, |one| {
        let mut own = state.clone();
        own.divide_anew(one);
        own.plastic.iter().flatten().for_each(|memory| memory.write(out));
    });
}

/// Reads it into the tables of a plan.
pub(super) fn read(state: &mut State, plan: &Plan, bytes: &mut Reader<'_>) -> Result<(), SnapshotError> {
    let now = i32::try_from(state.tick).unwrap_or(i32::MAX);
    let all: Option<Result<_, SnapshotError>> = in_one_piece(plan, |one| {
        let of_part =
            |part: &Part| part.learning.iter().map(|table| Memory::read(table, (now, plan.max_delay as u32), bytes)).collect();
        one.parts.iter().map(of_part).collect()
    });
    if let Some(all) = all {
        state.plastic = all?;
        state.divide(plan);
    }
    Ok(())
}

/// Does something with a plan of one partition; nothing where no synapse learns.
fn in_one_piece<T>(plan: &Plan, act: impl FnOnce(&Plan) -> T) -> Option<T> {
    let learns = plan.parts.iter().any(|part| !part.learning.is_empty());
    learns.then(|| if plan.partitions() == 1 { act(plan) } else { act(&Plan::new(plan.network().clone(), 1)) })
}
