//! A scene as SVG. All spikes of a population are one path of short horizontal strokes, about eight bytes a spike.

use super::ink::{CELL, Ink};
use super::palette::{Colour, PAPER};
use super::scene::{Anchor, HAIRLINE, Image, Item, LABEL, Scene, Text};
use super::text::Face;
use super::{PlotError, png};
use std::fmt::{self, Write};

/// The scene as the text of an SVG file, sized in millimetres.
pub(super) fn svg(scene: &Scene) -> Result<String, PlotError> {
    write_svg(scene).map_err(|error| PlotError::Drawing(error.to_string()))
}

fn write_svg(scene: &Scene) -> Result<String, fmt::Error> {
    let (width, height) = (number(scene.size.width_mm()), number(scene.size.height_mm()));
    let mut out = String::new();
    write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}mm\" height=\"{height}mm\" \
         viewBox=\"0 0 {width} {height}\" font-family=\"DejaVu Sans,Verdana,sans-serif\" font-size=\"{}\" fill=\"none\">\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"{}\"/>\n",
        number(LABEL),
        PAPER.hex(),
    )?;
    for item in &scene.items {
        match item {
            Item::Line { points, width, colour } => line(&mut out, points, *width, *colour)?,
            Item::Areas { outlines, colour } => areas(&mut out, outlines, *colour)?,
            Item::Text(text) => write_text(&mut out, text)?,
            Item::Marks { ink, colour } => marks(&mut out, ink, *colour)?,
            Item::Image(image) => write_image(&mut out, image)?,
        }
    }
    out.push_str("</svg>\n");
    Ok(out)
}

/// Some renderers round each relative step; after so many points a line says where it is.
const RELATIVE_POINTS: usize = 32;

/// A line in hundredths of a millimetre, most points relative to the one before; a repeated letter is left out.
fn line(out: &mut String, points: &[(f64, f64)], width: f64, colour: Colour) -> fmt::Result {
    let whole = |value: f64| (value * 100.0).round() as i64;
    let mut at: Option<(i64, i64)> = None;
    let mut sloped = false;
    out.push_str("<path transform=\"scale(.01)\" d=\"");
    for (i, (x, y)) in points.iter().map(|(x, y)| (whole(*x), whole(*y))).enumerate() {
        let step = at.map(|(from_x, from_y)| (x - from_x, y - from_y));
        match step {
            None => write!(out, "M{x} {y}")?,
            Some((0, 0)) => continue,
            Some(_) if i.is_multiple_of(RELATIVE_POINTS) => write!(out, "L{x} {y}")?,
            Some((dx, 0)) => write!(out, "h{dx}")?,
            Some((0, dy)) => write!(out, "v{dy}")?,
            Some((dx, dy)) => write!(out, "{}{dx}{}{dy}", if sloped { part(dx) } else { "l" }, part(dy))?,
        }
        let absolute = step.is_none() || i.is_multiple_of(RELATIVE_POINTS);
        sloped = !absolute && step.is_some_and(|(dx, dy)| dx != 0 && dy != 0);
        at = Some((x, y));
    }
    let joins = if width > HAIRLINE { " stroke-linejoin=\"round\"" } else { "" };
    writeln!(out, "\" stroke=\"{}\" stroke-width=\"{}\"{joins}/>", colour.hex(), number(width * 100.0))
}

/// All polygons as one path, in hundredths of a millimetre.
fn areas(out: &mut String, outlines: &[Vec<(f64, f64)>], colour: Colour) -> fmt::Result {
    let whole = |value: f64| (value * 100.0).round() as i64;
    out.push_str("<path transform=\"scale(.01)\" d=\"");
    for outline in outlines {
        let mut at = None;
        for (x, y) in outline.iter().map(|(x, y)| (whole(*x), whole(*y))) {
            match at {
                None => write!(out, "M{x} {y}l")?,
                Some((from_x, from_y)) => write!(out, "{}{}{}{}", part(x - from_x), x - from_x, part(y - from_y), y - from_y)?,
            }
            at = Some((x, y));
        }
        out.push('z');
    }
    writeln!(out, "\" fill=\"{}\"/>", colour.hex())
}

/// What parts a number from the one before: nothing where its minus sign does.
fn part(number: i64) -> &'static str {
    if number < 0 { "" } else { " " }
}

fn write_text(out: &mut String, text: &Text) -> fmt::Result {
    let (x, y) = (number(text.at.0), number(text.at.1));
    write!(out, "<text x=\"{x}\" y=\"{y}\" fill=\"{}\"", text.colour.hex())?;
    if text.size != LABEL {
        write!(out, " font-size=\"{}\"", number(text.size))?;
    }
    match text.anchor {
        Anchor::Start => {}
        Anchor::Middle => out.push_str(" text-anchor=\"middle\""),
        Anchor::End => out.push_str(" text-anchor=\"end\""),
    }
    if text.face == Face::Bold {
        out.push_str(" font-weight=\"bold\"");
    }
    if text.upwards {
        write!(out, " transform=\"rotate(-90 {x} {y})\"")?;
    }
    writeln!(out, ">{}</text>", escape(&text.string))
}

/// Each run is a horizontal stroke as thick as a mark is high; all but the first of a row start from the end of the last.
fn marks(out: &mut String, ink: &Ink, colour: Colour) -> fmt::Result {
    let (x, y) = (number(ink.frame.x), number(ink.frame.y + CELL / 2.0));
    write!(out, "<path transform=\"translate({x} {y}) scale({})\" d=\"", number(CELL))?;
    let mut pen: Option<(u32, u32)> = None;
    for run in ink.runs() {
        match pen {
            Some((row, end)) if row == run.row && end <= run.x => write!(out, "m{} 0h{}", run.x - end, run.length)?,
            _ => write!(out, "M{} {}h{}", run.x, run.row, run.length)?,
        }
        pen = Some((run.row, run.x + run.length));
    }
    writeln!(out, "\" stroke=\"{}\" stroke-width=\"{}\"/>", colour.hex(), ink.mark.height)
}

/// A grey image in the file itself, a pixel for each rectangle.
fn write_image(out: &mut String, image: &Image) -> fmt::Result {
    let [x, y, width, height] = [image.frame.x, image.frame.y, image.frame.width, image.frame.height].map(number);
    let bytes = png::greys(image).map_err(|_| fmt::Error)?;
    write!(out, "<image x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" preserveAspectRatio=\"none\" ")?;
    writeln!(out, "image-rendering=\"pixelated\" href=\"data:image/png;base64,{}\"/>", base64(&bytes))
}

/// Bytes as text, six bits a character (RFC 4648).
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let bits = (0..3).fold(0, |bits, i| bits << 8 | usize::from(three.get(i).copied().unwrap_or(0)));
        for place in 0..4 {
            let sextet = bits >> (18 - 6 * place) & 63;
            text.push(if place <= three.len() { ALPHABET[sextet].into() } else { '=' });
        }
    }
    text
}

/// A length to a hundredth of a millimetre, without trailing zeros.
fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".into() } else { text.into() }
}

/// Text as XML: markup escaped; characters that XML does not know are replaced.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_text() {
        assert_eq!([1.0, 0.25, -0.001, 12.345].map(number), ["1", "0.25", "0", "12.35"], "short numbers");
        assert_eq!(
            ["", "f", "fo", "foo", "foob"].map(|t| base64(t.as_bytes())),
            ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg=="],
            "RFC 4648"
        );
        assert_eq!(escape("a<b & \u{1}>"), "a&lt;b &amp; \u{fffd}&gt;", "nothing breaks the XML");
    }
}
