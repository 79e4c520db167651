//! `positions = { .. }` of populations to the places of their cells.
//!
//! In a lattice no two cells share a site, unless the netlist itself says where they lie. Cells that lie in order take the free
//! sites one after the other. Then the populations whose sites are drawn take theirs, in an order that a hash of their names
//! decides: every cell has a random sequence of wishes of its own and takes the first that is free. So a population that is
//! added to a lattice leaves those that draw before it as they are, and of the others moves only the cells that lose their
//! site to it, and those that follow from that; nothing outside of the space, and no place in the file, changes anything.

use super::absent::Absent;
use super::columns::{Cells, column};
use super::context::Context;
use super::fields::Places;
use super::place::{Draws, Place};
use super::populations::Frame;
use super::size::PLACE;
use super::spaces;
use super::values::Wanted;
use crate::catalog::Range;
use crate::description::{Description, Named, PositionsDecl, Value};
use crate::diagnostic::{Diagnostic, Failure, Outcome};
use crate::network::Column;
use crate::random::Stream;
use crate::space::{Positions, Room, Sites, Space};
use crate::units::Dimension;

const AXES: [&str; 3] = ["x", "y", "z"];

/// A population that lies in a space.
struct Settler<'a> {
    /// Index of the population.
    population: usize,
    name: &'a str,
    size: u32,
    decl: &'a PositionsDecl,
    /// Index of the space.
    space: usize,
    sites: Sites,
}

/// Spaces, and the places of all populations.
pub(crate) fn places(context: &Context<'_>, description: &Description, frames: &[Frame<'_>]) -> Places {
    let spaces = spaces::build(context, description);
    let positions = build(context, frames, &spaces);
    Places { spaces, positions }
}

fn build(context: &Context<'_>, frames: &[Frame<'_>], spaces: &[Option<Space>]) -> Vec<Option<Positions>> {
    let mut places: Vec<Option<Positions>> = frames.iter().map(|_| None).collect();
    let settlers: Vec<Settler<'_>> =
        frames.iter().enumerate().filter_map(|(index, frame)| settler(context, index, frame, spaces)).collect();
    for (index, space) in spaces.iter().enumerate() {
        let Some(space) = space else { continue };
        let (mut here, given): (Vec<&Settler<'_>>, Vec<&Settler<'_>>) =
            settlers.iter().filter(|s| s.space == index).partition(|s| s.sites != Sites::Given);
        for settler in given {
            let cells = context.report.accept(coordinates(context, settler, space));
            store(&mut places, settler, cells);
        }
        match space.sites() {
            Some(sites) => {
                // A stable sort: those in order stay in their order.
                here.sort_by_key(|s| (s.sites == Sites::Drawn).then(|| key(context, space, s)));
                context.report.accept(settle(context, space, sites, &here, &mut places));
            }
            None => here.iter().for_each(|s| store(&mut places, s, context.report.accept(scatter(context, space, s)))),
        }
    }
    places
}

fn store(places: &mut [Option<Positions>], settler: &Settler<'_>, cells: Option<Vec<[f64; 3]>>) {
    let Some(place) = places.get_mut(settler.population) else { return };
    *place = cells.map(|cells| Positions { space: settler.space, sites: settler.sites, cells });
}

fn settler<'a>(context: &Context<'_>, population: usize, frame: &Frame<'a>, spaces: &[Option<Space>]) -> Option<Settler<'a>> {
    let decl = frame.entry.block.positions.as_ref()?;
    let (space, sites) = context.report.accept(read(decl, spaces, context.names.roster.absent))?;
    Some(Settler { population, name: frame.entry.name, size: frame.size?, decl, space, sites })
}

/// The space and how its sites are taken.
fn read(decl: &PositionsDecl, spaces: &[Option<Space>], absent: Absent<'_>) -> Outcome<(usize, Sites)> {
    let name = decl.space.as_ref().ok_or(Failure::Reported)?;
    let known = || spaces.iter().flatten().map(|s| s.name.as_str());
    let Some(index) = spaces.iter().position(|s| s.as_ref().is_some_and(|s| s.name == name.value)) else {
        if spaces.iter().any(Option::is_none) {
            return Err(Failure::Reported);
        }
        let message = format!("there is no space \"{}\"", name.value);
        let problem = Diagnostic::error("unknown-space", name.span, message).nearest(&name.value, known());
        return Err(absent.or(&name.value, problem));
    };
    let lattice = spaces.get(index).and_then(Option::as_ref).is_some_and(|s| s.sites().is_some());
    match (&decl.sites, decl.coordinates.first()) {
        (Some(sites), Some(_)) => {
            let message = "cells that are given places one by one take no `sites`";
            Err(Diagnostic::error("bad-positions", sites.span, message).into())
        }
        (Some(sites), None) if !lattice => {
            let message = format!("\"{}\" is a box: it has no `sites`", name.value);
            Err(Diagnostic::error("bad-positions", sites.span, message).into())
        }
        (Some(sites), None) if sites.value == "in order" => Ok((index, Sites::InOrder)),
        (_, Some(_)) => Ok((index, Sites::Given)),
        (_, None) => Ok((index, Sites::Drawn)),
    }
}

fn key(context: &Context<'_>, space: &Space, settler: &Settler<'_>) -> u64 {
    context.key("positions").name(&space.name).name(settler.name).finish()
}

fn reserve(context: &Context<'_>, settler: &Settler<'_>) -> Outcome<()> {
    context.budget.reserve(u64::from(settler.size), PLACE, || format!("the positions of {}", settler.name))
}

/// Uniform places in a box.
fn scatter(context: &Context<'_>, space: &Space, settler: &Settler<'_>) -> Outcome<Vec<[f64; 3]>> {
    reserve(context, settler)?;
    let key = key(context, space, settler);
    let cell = |cell: u32| {
        let mut stream = Stream::new(key, u64::from(cell));
        std::array::from_fn(|axis| if axis < space.dimensions() { stream.uniform() * space.side(axis) } else { 0.0 })
    };
    Ok((0..settler.size).map(cell).collect())
}

/// Sites of a lattice, each for one cell.
fn settle(
    context: &Context<'_>,
    space: &Space,
    sites: u64,
    settlers: &[&Settler<'_>],
    places: &mut [Option<Positions>],
) -> Outcome<()> {
    let wanted: u64 = settlers.iter().map(|s| u64::from(s.size)).sum();
    let Some(last) = settlers.iter().max_by_key(|s| s.population) else { return Ok(()) };
    if wanted > sites {
        let message = format!("the space \"{}\" has {sites} sites, too few for the {wanted} cells that lie in it", space.name);
        return Err(Diagnostic::error("too-few-sites", last.decl.span, message).into());
    }
    context.budget.reserve(sites, 1, || format!("the sites of the space {}", space.name))?;
    let sites = u32::try_from(sites).map_err(|_| Failure::Reported)?;
    let mut taken = vec![false; sites as usize];
    let mut take = |site: u32| taken.get_mut(site as usize).is_some_and(|taken| !std::mem::replace(taken, true));
    let mut in_order = 0..sites;
    for settler in settlers {
        reserve(context, settler)?;
        let key = key(context, space, settler);
        let mut site_of = |cell: u32| match settler.sites {
            Sites::InOrder => in_order.find(|site| take(*site)),
            _ => {
                let mut wishes = Stream::new(key, u64::from(cell));
                // There are as many free sites as cells without one: a wish comes true.
                std::iter::repeat_with(|| wishes.below(sites)).find(|site| take(*site))
            }
        };
        let cells = (0..settler.size).filter_map(|cell| site_of(cell).map(|site| space.site(site))).collect();
        store(places, settler, Some(cells));
    }
    Ok(())
}

/// Places given one by one: in the units of a box, in sites of a lattice.
fn coordinates(context: &Context<'_>, settler: &Settler<'_>, space: &Space) -> Outcome<Vec<[f64; 3]>> {
    let decl = settler.decl;
    reserve(context, settler)?;
    let mut cells = vec![[0.0; 3]; settler.size as usize];
    let size = f64::from(settler.size);
    let names = [("index", (0..settler.size).map(f64::from).collect()), ("size", vec![size; settler.size as usize])];
    let draws = Draws(names.into_iter().map(|(name, values)| (name, (Dimension::NONE, values))).collect());
    let place = context.place().of(settler.population).with_draws(&draws);
    for (axis, name) in AXES.into_iter().enumerate() {
        let given = decl.coordinates.iter().find(|c| c.name.value == name);
        match (given, axis < space.dimensions()) {
            (Some(given), true) => {
                let values = along(context, settler, given, &place, (space, axis))?;
                cells.iter_mut().enumerate().for_each(|(cell, place)| place[axis] = values.get(cell));
            }
            (Some(given), false) => {
                let message = format!("the space \"{}\" has no {name}: it has {} dimensions", space.name, space.dimensions());
                return Err(Diagnostic::error("bad-positions", given.name.span, message).into());
            }
            (None, true) => {
                let message = format!("{name} is missing: places in the space \"{}\" have {}", space.name, axes(space));
                return Err(Diagnostic::error("bad-positions", decl.span, message).into());
            }
            (None, false) => {}
        }
    }
    Ok(cells)
}

fn axes(space: &Space) -> String {
    AXES.get(..space.dimensions()).unwrap_or(&AXES).join(", ")
}

/// One coordinate of all cells: inside of the space.
fn along(
    context: &Context<'_>,
    settler: &Settler<'_>,
    given: &Named<Value>,
    place: &Place<'_>,
    (space, axis): (&Space, usize),
) -> Outcome<Column> {
    let wanted = Wanted::new(&given.name.value, Dimension::NONE, Range::NotNegative);
    let cells = Cells { purpose: "position", population: settler.name, size: settler.size };
    let values = column(context, &given.item, &wanted, place, cells)?;
    let side = space.side(axis);
    let last = if matches!(space.room, Room::Lattice { .. }) { side - 1.0 } else { side };
    let outside = |value: &f64| if space.wrap { *value >= side } else { *value > last };
    if let Some(cell) = (0..settler.size as usize).find(|cell| outside(&values.get(*cell))) {
        let bound = if space.wrap { format!("below {side}") } else { format!("at most {last}") };
        let message = format!("{} must be {bound} in the space \"{}\", not {}", given.name.value, space.name, values.get(cell));
        let problem = Diagnostic::error("out-of-range", given.item.span, message);
        return Err(problem.label(format!("of {}[{cell}]", settler.name)).into());
    }
    Ok(values)
}
