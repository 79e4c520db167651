//! A machine at work: its chips in their places, how busy their cores and links are, how full their routing tables.

use super::cells::Cells;
use super::palette::{Colour, FAINT, INK, PAPER};
use super::ramp::{BLUE, GREEN, ORANGE, Ramp, TONES};
use super::scene::{Anchor, Frame, LABEL, SMALL, Scene, Text};
use super::sheet::Sheet;
use super::ticks::{grouped, significant};
use super::{Caption, Format, PlotError, Size, render};
use std::collections::BTreeMap;

/// Width of the picture, and most of its height.
const WIDTH: f64 = 180.0;
const HIGHEST: f64 = 400.0;
/// Between panels.
const GUTTER: f64 = 6.0;
/// Above a panel's chips: its name.
const HEAD: f64 = 6.0;
/// Below them: bars of colour, their numbers and names.
const FOOT: f64 = 16.0;
/// Title and caption of the sheet.
const AROUND: f64 = 17.0;
/// From a chip to the next at most; from here on numbers stand in chips; below this, panels are not beside each other; below this,
/// neither links nor boards could be told apart.
const WIDEST: f64 = 11.0;
const LEGIBLE: f64 = 8.0;
const NARROW: f64 = 5.0;
const TINY: f64 = 1.8;
/// Size of a chip in its place, beside links and alone.
const BESIDE_LINKS: f64 = 0.66;
const ALONE: f64 = 0.9;
/// The rim of a chip.
const RIM: f64 = 0.06;

const IDLE: Colour = Colour(0xd9, 0xd9, 0xd9);
const BORDER: Colour = Colour(0x99, 0x99, 0x99);
const LATE: Colour = Colour(0xd5, 0x2b, 0x1e);

/// A chip.
#[derive(Clone, Debug, PartialEq)]
pub struct MachineChip {
    /// Column and row.
    pub place: [u32; 2],
    /// Its board.
    pub board: u32,
    /// The load of its busiest core; `None`: no core is in use.
    pub load: Option<f64>,
    /// Whether a core was not in time.
    pub late: bool,
    /// Entries of its routing table.
    pub entries: u64,
}

/// A link in one direction.
#[derive(Clone, Debug, PartialEq)]
pub struct MachineLink {
    /// The chip that sends: column and row.
    pub place: [u32; 2],
    /// Its number there.
    pub link: usize,
    /// The share of the time in which it was busy.
    pub load: f64,
}

/// What a map of a machine shows.
#[derive(Clone, Debug)]
pub struct MachineData {
    /// Title and facts.
    pub caption: Caption,
    /// What chips look like.
    pub cells: Cells,
    /// All chips.
    pub chips: Vec<MachineChip>,
    /// All links.
    pub links: Vec<MachineLink>,
    /// Entries that a routing table holds.
    pub capacity: u64,
}

/// Draws a machine, as large as it needs to be.
///
/// # Errors
/// No chips; a failing renderer.
pub fn machine(data: &MachineData, format: Format) -> Result<Vec<u8>, PlotError> {
    if data.chips.is_empty() {
        return Err(PlotError::Nothing);
    }
    render(&draw(data)?, format)
}

/// How chips are laid out.
struct Layout {
    cells: Cells,
    /// The upper left corner and the size of all, in units of the distance of neighbours.
    corner: (f64, f64),
    extent: (f64, f64),
    /// That distance in millimetres.
    pitch: f64,
    /// Whether panels are beside each other.
    beside: bool,
}

impl Layout {
    fn new(cells: Cells, chips: &[MachineChip]) -> Self {
        let middles: Vec<(f64, f64)> = chips.iter().map(|chip| cells.middle(chip.place[0], chip.place[1])).collect();
        let least = |values: &dyn Fn(&(f64, f64)) -> f64| middles.iter().map(values).fold(f64::INFINITY, f64::min);
        let most = |values: &dyn Fn(&(f64, f64)) -> f64| middles.iter().map(values).fold(f64::NEG_INFINITY, f64::max);
        let corner = (least(&|m| m.0) - 0.5, least(&|m| m.1) - cells.half_height());
        let extent = (most(&|m| m.0) + 0.5 - corner.0, most(&|m| m.1) + cells.half_height() - corner.1);
        let pitch = |width: f64, height: f64| (width / extent.0).min(height / extent.1).min(WIDEST);
        let (widest, highest) = (WIDTH - 4.0, HIGHEST - AROUND - HEAD - FOOT);
        let beside = pitch((widest - GUTTER) / 2.0, highest);
        let stacked = pitch(widest, (HIGHEST - AROUND) / 2.0 - HEAD - FOOT);
        let is_beside = beside >= NARROW || beside >= stacked;
        Self { cells, corner, extent, pitch: if is_beside { beside } else { stacked }, beside: is_beside }
    }

    /// Height of the chips.
    fn height(&self) -> f64 {
        self.extent.1 * self.pitch
    }

    fn size(&self) -> Result<Size, PlotError> {
        let panel = HEAD + self.height() + FOOT;
        let height = AROUND + if self.beside { panel } else { 2.0 * panel };
        let [least, most] = Size::HEIGHTS_MM;
        Size::new(WIDTH, height.clamp(least, most)).ok_or(PlotError::Nothing)
    }

    fn panels(&self, room: Frame) -> [Frame; 2] {
        let height = HEAD + self.height() + FOOT;
        let half = (room.width - GUTTER) / 2.0;
        let (width, second) = match self.beside {
            true => (half, (room.x + half + GUTTER, room.y)),
            false => (room.width, (room.x, room.y + height)),
        };
        [(room.x, room.y), second].map(|(x, y)| Frame { x, y, width, height })
    }

    /// A panel with its chips in the middle of its width.
    fn place(&self, panel: Frame, point: (f64, f64)) -> (f64, f64) {
        let left = panel.x + (panel.width - self.extent.0 * self.pitch) / 2.0;
        (left + (point.0 - self.corner.0) * self.pitch, panel.y + HEAD + (point.1 - self.corner.1) * self.pitch)
    }

    fn middle(&self, place: [u32; 2]) -> (f64, f64) {
        self.cells.middle(place[0], place[1])
    }

    /// The outline of a chip, so large in its place.
    fn outline(&self, panel: Frame, place: [u32; 2], size: f64) -> Vec<(f64, f64)> {
        let (x, y) = self.middle(place);
        self.cells.corners().into_iter().map(|(dx, dy)| self.place(panel, (x + size * dx, y + size * dy))).collect()
    }

    fn shows_links(&self) -> bool {
        self.pitch >= TINY
    }
}

fn draw(data: &MachineData) -> Result<Scene, PlotError> {
    let layout = Layout::new(data.cells, &data.chips);
    let facts = facts(data, &layout);
    let mut sheet = Sheet::new(layout.size()?, &data.caption, "", &facts.join("     "))?;
    let [work, tables] = layout.panels(sheet.room);
    let scene = &mut sheet.scene;
    draw_work(scene, work, &layout, data);
    draw_tables(scene, tables, &layout, data);
    Ok(sheet.finish(&facts))
}

fn facts(data: &MachineData, layout: &Layout) -> Vec<String> {
    let late = data.chips.iter().filter(|chip| chip.late).count() as u64;
    let in_use = data.chips.iter().filter(|chip| chip.load.is_some()).count() as u64;
    let chips = format!("{} of {} chips in use", grouped(in_use), grouped(data.chips.len() as u64));
    let rims = (late > 0).then(|| format!("red rims: steps not done in time, on {} of them", grouped(late)));
    let unseen = (!layout.shows_links() && !data.links.is_empty()).then(|| "links are too small to be drawn".to_string());
    [chips].into_iter().chain(rims).chain(unseen).collect()
}

/// The highest of some numbers; 1 where all are 0.
fn highest(values: impl Iterator<Item = f64>) -> f64 {
    let highest = values.fold(0.0, f64::max);
    if highest > 0.0 { highest } else { 1.0 }
}

/// Cores and links.
fn draw_work(scene: &mut Scene, panel: Frame, layout: &Layout, data: &MachineData) {
    head(scene, panel, "Cores and links");
    let busiest = highest(data.chips.iter().filter_map(|chip| chip.load));
    let with_links = layout.shows_links() && !data.links.is_empty();
    let size = if with_links { BESIDE_LINKS } else { ALONE };
    boards(scene, panel, layout, &data.chips);
    let bars = bars(panel, if with_links { 2 } else { 1 });
    if with_links {
        let busiest = highest(data.links.iter().map(|link| link.load));
        links(scene, panel, layout, &data.links, busiest);
        ORANGE.explain(scene, bars[1], 100.0 * busiest, "link in use (% of time)");
    }
    let late: Vec<&MachineChip> = data.chips.iter().filter(|chip| chip.late).collect();
    let fill = |chip: &MachineChip| chip.load.map(|load| (Ramp::tone(load / busiest), significant(100.0 * load)));
    let chips = Chips { layout, panel, size, ramp: BLUE };
    chips.draw(scene, &data.chips, &late, fill);
    BLUE.explain(scene, bars[0], 100.0 * busiest, "busiest core (% of time)");
}

/// Routing tables.
fn draw_tables(scene: &mut Scene, panel: Frame, layout: &Layout, data: &MachineData) {
    head(scene, panel, &format!("Routing tables, which hold {} entries", grouped(data.capacity)));
    let fullest = highest(data.chips.iter().map(|chip| chip.entries as f64));
    boards(scene, panel, layout, &data.chips);
    let shown = |entries: u64| (Ramp::tone(entries as f64 / fullest), grouped(entries));
    let fill = |chip: &MachineChip| (chip.entries > 0).then(|| shown(chip.entries));
    let chips = Chips { layout, panel, size: ALONE, ramp: GREEN };
    chips.draw(scene, &data.chips, &[], fill);
    GREEN.explain(scene, bars(panel, 1)[0], fullest, "entries of a chip's table");
}

fn head(scene: &mut Scene, panel: Frame, name: &str) {
    scene.text(Text::new(name, panel.x + panel.width / 2.0, panel.y + LABEL).bold().anchor(Anchor::Middle));
}

/// Bars of colour below the chips, beside each other.
fn bars(panel: Frame, many: usize) -> Vec<Frame> {
    const HEIGHT: f64 = 2.0;
    const GAP: f64 = 8.0;
    const LONGEST: f64 = 76.0;
    let inner = panel.width - 8.0;
    let width = ((inner - GAP * (many - 1) as f64) / many as f64).min(LONGEST);
    let all = width * many as f64 + GAP * (many - 1) as f64;
    let left = panel.x + (panel.width - all) / 2.0;
    let y = panel.bottom() - FOOT + 3.0;
    (0..many).map(|bar| Frame { x: left + bar as f64 * (width + GAP), y, width, height: HEIGHT }).collect()
}

/// The borders of boards: every side of a chip behind which another board is, or none.
fn boards(scene: &mut Scene, panel: Frame, layout: &Layout, chips: &[MachineChip]) {
    if !layout.shows_links() {
        return;
    }
    let board: BTreeMap<[u32; 2], u32> = chips.iter().map(|chip| (chip.place, chip.board)).collect();
    let step = |from: u32, by: i64| u32::try_from(i64::from(from) + by).ok();
    for chip in chips {
        let [x, y] = chip.place;
        let middle = layout.middle(chip.place);
        for (link, (dx, dy)) in layout.cells.steps().iter().enumerate() {
            let behind = step(x, *dx).zip(step(y, *dy)).and_then(|(x, y)| board.get(&[x, y]));
            if behind != Some(&chip.board) {
                let [from, to] = layout.cells.side(link).map(|(dx, dy)| layout.place(panel, (middle.0 + dx, middle.1 + dy)));
                scene.segment(from, to, 0.25, BORDER);
            }
        }
    }
}

/// Links as bars between chips, each on the right of its way.
fn links(scene: &mut Scene, panel: Frame, layout: &Layout, links: &[MachineLink], busiest: f64) {
    const FROM: f64 = BESIDE_LINKS / 2.0 + 0.015;
    const RIGHT: [f64; 2] = [0.02, 0.12];
    let mut tones: Vec<Vec<Vec<(f64, f64)>>> = vec![Vec::new(); TONES];
    for link in links.iter().filter(|link| link.load > 0.0) {
        let (x, y) = layout.middle(link.place);
        let (dx, dy) = layout.cells.direction(link.link);
        let corner = |along: f64, right: f64| layout.place(panel, (x + along * dx - right * dy, y + along * dy + right * dx));
        let [near, far] = RIGHT;
        let outline = vec![corner(FROM, near), corner(1.0 - FROM, near), corner(1.0 - FROM, far), corner(FROM, far)];
        tones[Ramp::tone(link.load / busiest)].push(outline);
    }
    for (tone, outlines) in tones.into_iter().enumerate() {
        scene.areas(outlines, ORANGE.colour(tone));
    }
}

/// Chips of a panel.
struct Chips<'a> {
    layout: &'a Layout,
    panel: Frame,
    size: f64,
    ramp: Ramp,
}

impl Chips<'_> {
    /// Draws all: those with a tone in their colour, with a number where there is room; the others empty.
    fn draw(
        &self,
        scene: &mut Scene,
        chips: &[MachineChip],
        late: &[&MachineChip],
        fill: impl Fn(&MachineChip) -> Option<(usize, String)>,
    ) {
        let outline = |chip: &MachineChip, size: f64| self.layout.outline(self.panel, chip.place, size);
        let (mut idle, mut tones) = (Vec::new(), vec![Vec::new(); TONES]);
        for chip in chips {
            match fill(chip) {
                Some((tone, _)) => tones[tone].push(outline(chip, self.size)),
                None => idle.push(chip),
            }
        }
        scene.areas(idle.iter().map(|chip| outline(chip, self.size)).collect(), IDLE);
        scene.areas(idle.iter().map(|chip| outline(chip, self.size - RIM)).collect(), PAPER);
        scene.areas(late.iter().map(|chip| outline(chip, self.size + RIM)).collect(), LATE);
        for (tone, outlines) in tones.into_iter().enumerate() {
            scene.areas(outlines, self.ramp.colour(tone));
        }
        if self.layout.pitch >= LEGIBLE {
            chips.iter().for_each(|chip| self.number(scene, chip, fill(chip)));
        }
    }

    /// A chip's place, and its number below.
    fn number(&self, scene: &mut Scene, chip: &MachineChip, fill: Option<(usize, String)>) {
        const TINY: f64 = 4.5 * 25.4 / 72.0;
        let (x, y) = self.layout.place(self.panel, self.layout.middle(chip.place));
        let colour = fill.as_ref().map_or(FAINT, |(tone, _)| self.ramp.ink(*tone));
        let place = Text::new(format!("{}, {}", chip.place[0], chip.place[1]), x, y - 1.5);
        scene.text(place.size(TINY).colour(colour).anchor(Anchor::Middle).centred());
        if let Some((tone, number)) = fill {
            let colour = if self.ramp.ink(tone) == INK { INK } else { PAPER };
            scene.text(Text::new(number, x, y + 0.8).size(SMALL).bold().colour(colour).anchor(Anchor::Middle).centred());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(cells: Cells, side: u32) -> MachineData {
        let places = (0..side).flat_map(|x| (0..side).map(move |y| [x, y]));
        let chip = |place: [u32; 2]| MachineChip {
            place,
            board: place[0] / 2,
            load: (place[0] > 0).then_some(f64::from(place[1])),
            late: place == [1, 1],
            entries: u64::from(place[0]),
        };
        let chips: Vec<MachineChip> = places.map(chip).collect();
        let links = chips.iter().map(|chip| MachineLink { place: chip.place, link: 0, load: 0.25 }).collect();
        MachineData { caption: Caption::default(), cells, chips, links, capacity: 1023 }
    }

    #[test]
    fn all_that_is_known_is_drawn() {
        for cells in [Cells::Hexagons, Cells::Squares] {
            let svg = String::from_utf8(machine(&data(cells, 3), Format::Svg).expect("a map")).expect("a text");
            for word in [
                "Cores and links",
                "which hold 1,023 entries",
                "6 of 9 chips in use",
                "red rims: steps not done in time, on 1 of them",
                ">2, 1<",
                ">200<",
            ] {
                assert!(svg.contains(word), "{cells:?}: \"{word}\" stands in it");
            }
            let png = machine(&data(cells, 3), Format::Png).expect("a map");
            assert!(png.starts_with(b"\x89PNG"), "{cells:?}: a PNG");
        }
        let none = MachineData { chips: Vec::new(), ..data(Cells::Squares, 1) };
        assert_eq!(machine(&none, Format::Svg), Err(PlotError::Nothing), "no chips");
    }

    #[test]
    fn machines_of_all_sizes_fit_the_paper() {
        for side in [1, 2, 8, 60, 300] {
            for cells in [Cells::Hexagons, Cells::Squares] {
                let layout = Layout::new(cells, &data(cells, side).chips);
                let size = layout.size().expect("a size");
                let panels = layout.panels(Frame { x: 2.0, y: 8.0, width: WIDTH - 4.0, height: 0.0 });
                assert!(panels[1].bottom() <= size.height_mm() && panels[1].right() <= WIDTH, "{cells:?}, {side} chips wide");
                assert_eq!(layout.shows_links(), side < 100, "{side} chips wide");
            }
        }
    }
}
