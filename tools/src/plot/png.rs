//! A scene as PNG, 254 pixels per inch. It is drawn at twice that, so that one cell of marks is one pixel, and averaged down.

use super::PlotError;
use super::ink::{CELL, Ink};
use super::palette::{Colour, PAPER};
use super::scene::{Anchor, Frame, Image, Item, Scene, Text};
use super::text::Fonts;
use plotters::backend::{BitMapBackend, DrawingBackend};
use plotters::style::{Color, RGBColor, ShapeStyle};

const PIXELS_PER_MM: f64 = 10.0;
const FINE: usize = 2;
/// Fine pixels in a millimetre.
const SCALE: f64 = PIXELS_PER_MM * FINE as f64;
const _: () = assert!(SCALE * CELL == 1.0, "a cell is a fine pixel");

/// The scene as the bytes of a PNG file.
pub(super) fn png(scene: &Scene) -> Result<Vec<u8>, PlotError> {
    let pixels = |mm: f64| (mm * PIXELS_PER_MM).round() as u32;
    let (width, height) = (pixels(scene.size.width_mm()), pixels(scene.size.height_mm()));
    let fine = (width * FINE as u32, height * FINE as u32);
    let mut buffer = vec![PAPER.0; fine.0 as usize * fine.1 as usize * 3];
    {
        let mut canvas = Canvas(BitMapBackend::with_buffer(&mut buffer, fine));
        for item in &scene.items {
            canvas.draw(item, &scene.fonts)?;
        }
    }
    encode(&average(&buffer, fine.0 as usize), width, png::ColorType::Rgb)
}

struct Canvas<'a>(BitMapBackend<'a>);

impl Canvas<'_> {
    fn draw(&mut self, item: &Item, fonts: &Fonts) -> Result<(), PlotError> {
        match item {
            Item::Line { points, width, colour } => points.windows(2).try_for_each(|ends| match ends {
                [from, to] => self.segment(*from, *to, *width, *colour),
                _ => Ok(()),
            }),
            Item::Areas { outlines, colour } => outlines.iter().try_for_each(|outline| self.area(outline, *colour)),
            Item::Text(text) => self.text(text, fonts),
            Item::Marks { ink, colour } => self.marks(ink, *colour),
            Item::Image(image) => self.image(image),
        }
    }

    fn rectangle(&mut self, frame: &Frame, colour: Colour) -> Result<(), PlotError> {
        let corner = |x: f64, y: f64| ((x * SCALE).round() as i32, (y * SCALE).round() as i32);
        let (from, to) = (corner(frame.x, frame.y), corner(frame.right(), frame.bottom()));
        self.0.draw_rect(from, to, &rgb(colour), true).map_err(failed)
    }

    fn area(&mut self, outline: &[(f64, f64)], colour: Colour) -> Result<(), PlotError> {
        let corners = outline.iter().map(|(x, y)| ((x * SCALE).round() as i32, (y * SCALE).round() as i32));
        self.0.fill_polygon(corners, &rgb(colour)).map_err(failed)
    }

    /// Horizontal and vertical lines are rectangles as wide as they are said to be, with square ends so that corners close;
    /// others are quadrangles with round ends.
    fn segment(&mut self, a: (f64, f64), b: (f64, f64), width: f64, colour: Colour) -> Result<(), PlotError> {
        if a.0 == b.0 || a.1 == b.1 {
            let (left, top) = (a.0.min(b.0) - width / 2.0, a.1.min(b.1) - width / 2.0);
            let (across, down) = ((a.0 - b.0).abs() + width, (a.1 - b.1).abs() + width);
            return self.rectangle(&Frame { x: left, y: top, width: across, height: down }, colour);
        }
        let pixel = |p: (f64, f64)| ((p.0 * SCALE).round() as i32, (p.1 * SCALE).round() as i32);
        let (from, to) = (pixel(a), pixel(b));
        let stroke = (width * SCALE).round().max(1.0) as u32;
        let style = ShapeStyle { color: rgb(colour).to_rgba(), filled: true, stroke_width: stroke };
        self.0.draw_line(from, to, &style).map_err(failed)?;
        self.0.draw_circle(to, stroke / 2, &style, true).map_err(failed)
    }

    fn marks(&mut self, ink: &Ink, colour: Colour) -> Result<(), PlotError> {
        let colour = rgb(colour);
        let (left, top) = ((ink.frame.x * SCALE).round() as i32, (ink.frame.y * SCALE).round() as i32);
        let height = ink.mark.height as i32;
        for run in ink.runs() {
            let (x, y) = (left + run.x as i32, top + run.row as i32 - (height - 1) / 2);
            self.0.draw_rect((x, y), (x + run.length as i32, y + height), &colour, true).map_err(failed)?;
        }
        Ok(())
    }

    fn image(&mut self, image: &Image) -> Result<(), PlotError> {
        let (across, down) = (image.frame.width / image.columns as f64, image.frame.height / image.rows() as f64);
        for (i, grey) in image.greys.iter().enumerate() {
            let (column, row) = ((i % image.columns) as f64, (i / image.columns) as f64);
            let (x, y) = (image.frame.x + column * across, image.frame.y + row * down);
            self.rectangle(&Frame { x, y, width: across, height: down }, Colour(*grey, *grey, *grey))?;
        }
        Ok(())
    }

    fn text(&mut self, text: &Text, fonts: &Fonts) -> Result<(), PlotError> {
        let colour = rgb(text.colour);
        let em = text.size * SCALE;
        let width = fonts.width(&text.string, text.face, em);
        let shift = match text.anchor {
            Anchor::Start => 0.0,
            Anchor::Middle => -width / 2.0,
            Anchor::End => -width,
        };
        let (x, y) = (text.at.0 * SCALE, text.at.1 * SCALE);
        let mut result = Ok(());
        // An upward text is laid out along the x axis from the origin and turned when its pixels are set.
        let start = if text.upwards { (shift, 0.0) } else { (x + shift, y) };
        fonts.draw(&text.string, text.face, em, start, |px, py, coverage| {
            let point = if text.upwards { (x.round() as i32 + py, y.round() as i32 - 1 - px) } else { (px, py) };
            let drawn = self.0.draw_pixel(point, colour.mix(coverage.clamp(0.0, 1.0)).to_backend_color());
            if let Err(error) = drawn {
                result = Err(failed(error));
            }
        });
        result
    }
}

fn rgb(colour: Colour) -> RGBColor {
    RGBColor(colour.0, colour.1, colour.2)
}

fn failed(error: impl std::fmt::Display) -> PlotError {
    PlotError::Drawing(error.to_string())
}

/// Averages squares of FINE x FINE pixels.
fn average(fine: &[u8], fine_width: usize) -> Vec<u8> {
    let stride = fine_width * 3;
    let mut out = Vec::with_capacity(fine.len() / (FINE * FINE));
    for rows in fine.chunks_exact(stride * FINE) {
        for column in 0..fine_width / FINE {
            for channel in 0..3 {
                let at = |y: usize, x: usize| u32::from(rows[y * stride + (column * FINE + x) * 3 + channel]);
                let sum: u32 = (0..FINE * FINE).map(|i| at(i / FINE, i % FINE)).sum();
                let area = (FINE * FINE) as u32;
                out.push(((sum + area / 2) / area) as u8);
            }
        }
    }
    out
}

/// An image alone as the bytes of a PNG file, a pixel for each rectangle.
pub(super) fn greys(image: &Image) -> Result<Vec<u8>, PlotError> {
    encode(&image.greys, image.columns as u32, png::ColorType::Grayscale)
}

fn encode(pixels: &[u8], width: u32, colour: png::ColorType) -> Result<Vec<u8>, PlotError> {
    let mut out = Vec::new();
    let height = pixels.len() / (width as usize * colour.samples()).max(1);
    let mut encoder = png::Encoder::new(&mut out, width, height as u32);
    encoder.set_color(colour);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Best);
    let per_metre = (PIXELS_PER_MM * 1e3) as u32;
    encoder.set_pixel_dims(Some(png::PixelDimensions { xppu: per_metre, yppu: per_metre, unit: png::Unit::Meter }));
    let mut writer = encoder.write_header().map_err(failed)?;
    writer.write_image_data(pixels).map_err(failed)?;
    writer.finish().map_err(failed)?;
    Ok(out)
}
