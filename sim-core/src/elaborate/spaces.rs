//! `[spaces.*]` to rooms.

use super::context::Context;
use super::values::{Wanted, integer, number};
use crate::catalog::Range;
use crate::description::{Description, Named, SpaceDecl, Value, ValueKind};
use crate::diagnostic::{Diagnostic, Outcome};
use crate::space::{Room, Space};
use crate::units::Dimension;

/// Most sites of a lattice.
const MOST_SITES: u64 = u32::MAX as u64;

/// All spaces in order of appearance; `None` after a problem.
pub(crate) fn build(context: &Context<'_>, description: &Description) -> Vec<Option<Space>> {
    let space = |Named { name, item }: &Named<SpaceDecl>| {
        let room = context.report.accept(room(context, item, &name.value))?;
        Some(Space { name: name.value.clone(), room, wrap: item.wrap })
    };
    description.spaces.iter().map(space).collect()
}

fn room(context: &Context<'_>, decl: &SpaceDecl, name: &str) -> Outcome<Room> {
    let refuse = |span, message: String| Diagnostic::error("bad-space", span, message);
    match (&decl.grid, &decl.sides) {
        (Some(grid), None) => lattice(context, grid, decl.spacing.as_ref()),
        (None, Some(sides)) => {
            if let Some(spacing) = &decl.spacing {
                return Err(refuse(spacing.span, "`spacing` belongs to a `grid`: a box has no sites".into()).into());
            }
            let wanted = Wanted::new("a side of a box", Dimension::NONE, Range::Positive);
            let sides = dimensions(sides)?.iter().map(|side| number(side, &wanted, &context.place())).collect::<Outcome<_>>()?;
            Ok(Room::Box { sides })
        }
        (Some(_), Some(sides)) => Err(refuse(sides.span, format!("the space \"{name}\" has both a `grid` and a `box`")).into()),
        (None, None) => {
            let problem = refuse(decl.span, format!("the space \"{name}\" needs a `grid` or a `box`"));
            Err(problem.help("grid = [10, 10] for sites, box = [1.0, 1.0] for any place").into())
        }
    }
}

fn lattice(context: &Context<'_>, grid: &Value, spacing: Option<&Value>) -> Outcome<Room> {
    let side = |value| integer(value, "a side of a grid", &context.place(), 1, u64::from(u32::MAX));
    let sides = dimensions(grid)?.iter().map(side).collect::<Outcome<Vec<u64>>>()?;
    let sites = sides.iter().fold(1, |sites: u64, side| sites.saturating_mul(*side));
    let narrow: Result<Vec<u32>, _> = sides.into_iter().map(u32::try_from).collect();
    let Some(narrow) = narrow.ok().filter(|_| sites <= MOST_SITES) else {
        let message = format!("a grid of {sites} sites is too large: at most {MOST_SITES} are numbered");
        return Err(Diagnostic::error("bad-space", grid.span, message).into());
    };
    let wanted = Wanted::new("spacing", Dimension::NONE, Range::Positive);
    let spacing = spacing.map_or(Ok(1.0), |value| number(value, &wanted, &context.place()))?;
    Ok(Room::Lattice { grid: narrow, spacing })
}

/// One to three values.
fn dimensions(value: &Value) -> Outcome<&[Value]> {
    match &value.kind {
        ValueKind::List(sides) if (1..=3).contains(&sides.len()) => Ok(sides),
        ValueKind::List(sides) => {
            let message = format!("a space has 1 to 3 dimensions, not {}", sides.len());
            Err(Diagnostic::error("bad-space", value.span, message).into())
        }
        _ => Err(Diagnostic::error("wrong-type", value.span, "a space's sides are an array of numbers").into()),
    }
}
