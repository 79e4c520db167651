//! Images beside the netlist, in the IDX format.

use super::columns::Cells;
use super::context::Context;
use crate::diagnostic::{Diagnostic, Outcome, Spanned};
use crate::idx::{Broken, Content, Idx};

/// The pixels of one image, as many as there are cells. The whole file is gone through: its length and gzip's sum must be right.
pub(crate) fn pixels(context: &Context<'_>, file: &Spanned<String>, item: &Spanned<u64>, cells: Cells<'_>) -> Outcome<Vec<u8>> {
    let stored = context.files.bytes(file)?;
    context.budget.reserve(u64::from(cells.size), 1, || format!("the image of {}", cells.population))?;
    let broken = |broken: Broken| broken_file(file, &broken);
    let mut images = Idx::open(&stored, Content::Images).map_err(broken)?;
    let [count, rows, columns] = images.dimensions().map(u64::from);
    if rows * columns != u64::from(cells.size) {
        let (pixels, size, population) = (rows * columns, cells.size, cells.population);
        let message =
            format!("one cell for each pixel is needed: {population} has {size}, here are {rows} x {columns} = {pixels}");
        return Err(Diagnostic::error("wrong-length", file.span, message).into());
    }
    if item.value >= count {
        let message = format!("there is no image {} in {}: it has {count}, counted from 0", item.value, file.value);
        return Err(Diagnostic::error("out-of-range", item.span, message).into());
    }
    images.skip(item.value * rows * columns).map_err(broken)?;
    let pixels = images.take(u64::from(cells.size)).map_err(broken)?;
    images.skip((count - item.value - 1) * rows * columns).map_err(broken)?;
    images.end().map_err(broken)?;
    Ok(pixels)
}

fn broken_file(file: &Spanned<String>, broken: &Broken) -> Diagnostic {
    let or = if matches!(broken, Broken::Magic { .. }) { "" } else { ", or a broken one" };
    Diagnostic::error("file", file.span, format!("{} is no file of images{or}: {broken}", file.value))
}
