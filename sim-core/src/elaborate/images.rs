//! Images beside the netlist, in the IDX format.

use super::columns::Cells;
use super::context::Context;
use super::place::Place;
use super::values::{integer, kind};
use crate::catalog::StimulusValue;
use crate::description::{Value, ValueKind};
use crate::diagnostic::{Diagnostic, Failure, Outcome, Span, Spanned};
use crate::idx::{Broken, Content, Idx};

/// The images that a value names, with what says which of the file's images it is, in each of some places.
pub(crate) fn images(
    context: &Context<'_>,
    (value, item): (&Value, Option<&Value>),
    places: &[Place<'_>],
    cells: Cells<'_>,
) -> Outcome<Vec<StimulusValue>> {
    // By file: the places of its images, and which they are.
    let mut files: Vec<(Spanned<String>, Vec<Wanted>)> = Vec::new();
    for (index, place) in places.iter().enumerate() {
        let value = place.now(value)?;
        let ValueKind::Text(path) = &value.kind else {
            let message = format!("the path of a file of images is needed here, not {}", kind(&value.kind));
            return Err(Diagnostic::error("wrong-type", value.span, message).into());
        };
        let number = match item {
            // What is wrong with it is told where it is read for itself.
            Some(item) => integer(item, "item", place, 0, u64::from(u32::MAX)).map_err(|_| Failure::Reported)?,
            None => 0,
        };
        let wanted = Wanted { index, item: number, span: item.map_or(value.span, |item| item.span) };
        match files.iter_mut().find(|(file, _)| file.value == *path) {
            Some((_, of_file)) => of_file.push(wanted),
            None => files.push((Spanned { value: path.clone(), span: value.span }, vec![wanted])),
        }
    }
    let mut found: Vec<Option<StimulusValue>> = vec![None; places.len()];
    for (file, wanted) in files {
        for (Wanted { index, item, .. }, pixels) in pixels(context, &file, wanted, cells)? {
            found[index] = Some(StimulusValue::Image { file: file.value.clone(), item: item as u32, pixels });
        }
    }
    found.into_iter().collect::<Option<_>>().ok_or(Failure::Reported)
}

/// An image that is wanted of a file.
struct Wanted {
    /// The place that wants it.
    index: usize,
    item: u64,
    span: Span,
}

/// The pixels of images, as many as there are cells. The whole file is gone through once: its length and gzip's sum must be
/// right.
fn pixels(
    context: &Context<'_>,
    file: &Spanned<String>,
    mut wanted: Vec<Wanted>,
    cells: Cells<'_>,
) -> Outcome<Vec<(Wanted, Vec<u8>)>> {
    let stored = context.files.bytes(file)?;
    context.budget.reserve(u64::from(cells.size), wanted.len() as u64, || format!("the images of {}", cells.population))?;
    let broken = |broken: Broken| broken_file(file, &broken);
    let mut images = Idx::open(&stored, Content::Images).map_err(broken)?;
    let [count, rows, columns] = images.dimensions().map(u64::from);
    if rows * columns != u64::from(cells.size) {
        let (pixels, size, population) = (rows * columns, cells.size, cells.population);
        let message =
            format!("one cell for each pixel is needed: {population} has {size}, here are {rows} x {columns} = {pixels}");
        return Err(Diagnostic::error("wrong-length", file.span, message).into());
    }
    if let Some(Wanted { item, span, .. }) = wanted.iter().find(|wanted| wanted.item >= count) {
        let message = format!("there is no image {item} in {}: it has {count}, counted from 0", file.value);
        return Err(Diagnostic::error("out-of-range", *span, message).into());
    }
    wanted.sort_by_key(|wanted| wanted.item);
    let mut found: Vec<(Wanted, Vec<u8>)> = Vec::with_capacity(wanted.len());
    let mut next = 0;
    for wanted in wanted {
        let again = found.last().filter(|(last, _)| last.item == wanted.item).map(|(_, pixels)| pixels.clone());
        let pixels = match again {
            Some(pixels) => pixels,
            None => {
                images.skip((wanted.item - next) * rows * columns).map_err(broken)?;
                next = wanted.item + 1;
                images.take(u64::from(cells.size)).map_err(broken)?
            }
        };
        found.push((wanted, pixels));
    }
    images.skip((count - next) * rows * columns).map_err(broken)?;
    images.end().map_err(broken)?;
    Ok(found)
}

fn broken_file(file: &Spanned<String>, broken: &Broken) -> Diagnostic {
    let or = if matches!(broken, Broken::Magic { .. }) { "" } else { ", or a broken one" };
    Diagnostic::error("file", file.span, format!("{} is no file of images{or}: {broken}", file.value))
}
