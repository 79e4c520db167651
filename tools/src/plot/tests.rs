//! Plots as their readers meet them: files.

use super::*;
use roxmltree::Document;
use sim_core::random::Stream;
use sim_core::record::Spike;
use sim_core::stats::Interval;
use sim_core::time::{FS_PER_MS, Grid};

fn interval(to_tick: u64) -> Interval {
    Interval::new(Grid::new(FS_PER_MS / 10), 0, to_tick).expect("an interval")
}

fn populations(sizes: &[(&str, u32)]) -> Vec<PlotPopulation> {
    let mut first = 0;
    let next = |(name, size): &(&str, u32)| {
        first += size;
        PlotPopulation { name: (*name).into(), first: first - size, size: *size, role: Role::of_name(name) }
    };
    sizes.iter().map(next).collect()
}

fn raster_data(sizes: &[(&str, u32)], to_tick: u64) -> RasterData {
    RasterData {
        caption: Caption { title: "a <test> & more".into(), facts: vec!["seed 1".into(), "spikeloom 0.1.0".into()] },
        populations: populations(sizes),
        interval: interval(to_tick),
        rows: DEFAULT_ROWS,
        bin_fs: None,
        size: Size::default(),
        moments: Vec::new(),
    }
}

/// So many spikes of neurons below `neurons`, anywhere in ticks 1 to `ticks`.
fn random_spikes(count: u64, neurons: u32, ticks: u32) -> impl Iterator<Item = Spike> {
    let mut stream = Stream::new(1, count);
    (0..count).map(move |_| Spike { tick: 1 + u64::from(stream.below(ticks)), neuron: stream.below(neurons) })
}

fn svg_of(data: &RasterData, spikes: impl Iterator<Item = Spike>) -> String {
    let mut spikes = spikes;
    let bytes = raster(data, &mut spikes, Format::Svg).expect("a plot");
    String::from_utf8(bytes).expect("UTF-8")
}

fn texts(svg: &str) -> Vec<String> {
    let document = Document::parse(svg).expect("well-formed XML");
    document.descendants().filter(|n| n.has_tag_name("text")).filter_map(|n| n.text()).map(String::from).collect()
}

/// The paths that hold marks: colour and number of strokes.
fn marks(svg: &str) -> Vec<(String, usize)> {
    let document = Document::parse(svg).expect("well-formed XML");
    let paths = document.descendants().filter(|n| n.attribute("transform").is_some_and(|t| t.starts_with("translate")));
    let strokes = |path: &str| path.matches('h').count();
    paths.map(|n| (n.attribute("stroke").unwrap_or("").into(), strokes(n.attribute("d").unwrap_or("")))).collect()
}

#[test]
fn every_spike_is_drawn_once() {
    let data = raster_data(&[("exc", 8), ("inh", 2)], 10_000);
    // Every neuron at its own times, far enough apart to be told apart, and some that do not belong here.
    let inside = (0..10_u32).flat_map(|neuron| (1..=20).map(move |k| Spike { tick: 450 * k + u64::from(neuron), neuron }));
    let outside = [Spike { tick: 0, neuron: 1 }, Spike { tick: 10_001, neuron: 1 }, Spike { tick: 5, neuron: 10 }];
    let svg = svg_of(&data, inside.chain(outside));
    let expected = [("#0072b2".to_string(), 160), ("#d55e00".to_string(), 40)];
    assert_eq!(marks(&svg), expected, "20 marks for each of 8 and of 2 neurons, blue and vermillion");
    assert!(texts(&svg).iter().any(|t| t.contains("1000 ms  ·  200 spikes  ·  seed 1")), "the caption says so");
    assert!(texts(&svg).contains(&"a <test> & more".to_string()), "the title survives XML");
    for column in ["exc", "8", "20.0", "inh", "2"] {
        assert!(texts(&svg).contains(&column.to_string()), "the table has {column}: 20 spikes a neuron in 1 s");
    }
}

#[test]
fn a_sample_is_stated() {
    let mut data = raster_data(&[("exc", 80_000), ("inh", 20_000)], 10_000);
    // One spike of every neuron.
    let spikes = |_| (0..100_000).map(|neuron| Spike { tick: 1 + u64::from(neuron) % 10_000, neuron });
    let svg = svg_of(&data, spikes(()));
    assert!(texts(&svg).contains(&"showing 2,000 of 100,000 neurons".to_string()), "above the raster");
    assert!(texts(&svg).iter().any(|t| t.contains("2,000 of 100,000 spikes shown")), "and in the caption");
    data.rows = 100_000;
    let all = svg_of(&data, spikes(()));
    assert!(!texts(&all).iter().any(|t| t.contains("showing")), "all rows: nothing to state");
    assert!(texts(&all).iter().any(|t| t.contains("100,000 spikes")), "all spikes");
}

#[test]
fn rates_are_of_all_spikes_whatever_is_shown() {
    let mut data = raster_data(&[("exc", 5_000)], 10_000);
    let rate_line = |svg: &str| {
        let document = Document::parse(svg).expect("well-formed XML");
        let lines = document.descendants().filter(|n| n.attribute("stroke") == Some("#0072b2"));
        let paths: Vec<String> = lines.filter_map(|n| n.attribute("d")).map(String::from).collect();
        paths.last().cloned().expect("a rate")
    };
    data.rows = 100;
    let few = svg_of(&data, random_spikes(50_000, 5_000, 10_000));
    data.rows = 5_000;
    let many = svg_of(&data, random_spikes(50_000, 5_000, 10_000));
    assert_eq!(rate_line(&few), rate_line(&many), "the same rates");
    assert!(few.len() < many.len() / 5, "but far fewer marks: {} and {} bytes", few.len(), many.len());
}

#[test]
fn files_stay_small() {
    let mut data = raster_data(&[("exc", 10_000), ("inh", 2_500)], 10_000);
    let sampled = svg_of(&data, random_spikes(400_000, 12_500, 10_000));
    assert!(sampled.len() < 600_000, "64,000 shown spikes in {} bytes", sampled.len());
    data.rows = 12_500;
    let full = svg_of(&data, random_spikes(400_000, 12_500, 10_000));
    assert!(full.len() < 400_000 * 9, "400,000 shown spikes in {} bytes", full.len());
    let again = svg_of(&data, random_spikes(4_000_000, 12_500, 10_000));
    assert!(again.len() < 12_000_000, "ten times the spikes in {} bytes: marks join", again.len());
}

#[test]
fn the_same_data_gives_the_same_bytes() {
    let data = raster_data(&[("exc", 400), ("inh", 100)], 5_000);
    for format in [Format::Svg, Format::Png] {
        let draw = || raster(&data, &mut random_spikes(5_000, 500, 5_000), format).expect("a plot");
        assert_eq!(draw(), draw(), "{format:?}");
    }
    let forward: Vec<Spike> = random_spikes(5_000, 500, 5_000).collect();
    let draw = |spikes: &mut dyn Iterator<Item = Spike>| raster(&data, spikes, Format::Svg).expect("a plot");
    let ordered = draw(&mut forward.iter().copied());
    assert_eq!(ordered, draw(&mut forward.iter().rev().copied()), "whatever the order of the spikes");
}

/// Width, height and pixels of a PNG.
fn decode(bytes: &[u8]) -> (u32, u32, Vec<u8>) {
    let mut reader = ::png::Decoder::new(bytes).read_info().expect("a PNG");
    let mut pixels = vec![0; reader.output_buffer_size()];
    let info = reader.next_frame(&mut pixels).expect("an image");
    (info.width, info.height, pixels)
}

#[test]
fn a_png_has_its_size_and_colours() {
    let mut data = raster_data(&[("exc", 40), ("inh", 10)], 10_000);
    data.size = Size::new(100.0, 60.0).expect("a size");
    let bytes = raster(&data, &mut random_spikes(2_000, 50, 10_000), Format::Png).expect("a plot");
    let (width, height, pixels) = decode(&bytes);
    assert_eq!((width, height), (1000, 600), "ten pixels a millimetre");
    let count = |colour: [u8; 3]| pixels.chunks_exact(3).filter(|p| *p == colour).count();
    let (blue, red, white) = (count([0x00, 0x72, 0xb2]), count([0xd5, 0x5e, 0x00]), count([0xff; 3]));
    assert!(blue > 2 * red && red > 500, "four times as many blue spikes as red, and a line each: {blue}, {red}");
    assert!(white > 300_000, "mostly paper: {white}");
}

#[test]
fn no_spikes_are_said() {
    for format in [Format::Svg, Format::Png] {
        let data = raster_data(&[("exc", 8)], 10);
        assert!(raster(&data, &mut std::iter::empty(), format).is_ok(), "{format:?}: a plot nevertheless");
    }
    let data = raster_data(&[("exc", 8), ("empty", 0)], 200_000);
    let texts = texts(&svg_of(&data, std::iter::empty()));
    assert!(texts.contains(&"no spikes".to_string()), "in the middle");
    assert!(texts.contains(&"time (s)".to_string()), "20 s are shown in seconds");
    assert!(texts.iter().any(|t| t.starts_with("20 s")), "and said in seconds");
}

/// All texts of an SVG plot stay on the sheet, and those of one column do not overlap.
fn assert_legible(svg: &str, size: Size) {
    let document = Document::parse(svg).expect("well-formed XML");
    let fonts = text::Fonts::load().expect("the font");
    let mut boxes: Vec<(String, [f64; 4])> = Vec::new();
    for node in document.descendants().filter(|n| n.has_tag_name("text")) {
        let number = |name: &str| node.attribute(name).and_then(|v| v.parse::<f64>().ok());
        let string = node.text().unwrap_or("").to_string();
        let em = number("font-size").unwrap_or(scene::LABEL);
        let face = if node.attribute("font-weight").is_some() { text::Face::Bold } else { text::Face::Regular };
        let width = fonts.width(&string, face, em);
        let shift = match node.attribute("text-anchor") {
            Some("middle") => width / 2.0,
            Some("end") => width,
            _ => 0.0,
        };
        let (x, y) = (number("x").expect("x"), number("y").expect("y"));
        let upwards = node.attribute("transform").is_some();
        let bounds = match upwards {
            true => [x - 0.73 * em, y - width + shift, x, y + shift],
            false => [x - shift, y - 0.73 * em, x - shift + width, y],
        };
        boxes.push((string, bounds));
    }
    for (i, (string, [left, top, right, bottom])) in boxes.iter().enumerate() {
        let inside = *left > -0.1 && *top > -0.1 && *right < size.width_mm() + 0.1 && *bottom < size.height_mm() + 0.1;
        assert!(inside, "\"{string}\" leaves the sheet: {left} {top} {right} {bottom}");
        for (other, [l, t, r, b]) in &boxes[..i] {
            let apart = left >= r || l >= right || top >= b || t >= bottom;
            assert!(apart, "\"{string}\" at {left} {top} and \"{other}\" at {l} {t} overlap");
        }
    }
}

#[test]
fn texts_do_not_overlap() {
    let names: Vec<String> = (0..40).map(|i| format!("population number {i} with a long name")).collect();
    let many: Vec<(&str, u32)> = names.iter().map(|n| (n.as_str(), 7)).collect();
    let cases: [&[(&str, u32)]; 5] =
        [&[("exc", 80), ("inh", 20)], &[("a", 1), ("b", 1)], &[("big", 100_000), ("s", 1), ("t", 1)], &many[..24], &many];
    for sizes in cases {
        for size in [Size::default(), Size::new(80.0, 50.0).expect("small"), Size::new(400.0, 60.0).expect("wide")] {
            for ticks in [1, 5_000, 20_000_000] {
                let data = RasterData { size, ..raster_data(sizes, ticks) };
                assert_legible(&svg_of(&data, random_spikes(500, 200, ticks as u32)), size);
                let RasterData { caption, populations, interval, bin_fs, .. } = data;
                let data = RatesData { caption, populations, interval, bin_fs, size };
                let svg = rates(&data, &mut random_spikes(500, 200, ticks as u32), Format::Svg).expect("a plot");
                assert_legible(&String::from_utf8(svg).expect("UTF-8"), size);
            }
        }
    }
}

fn trace_data(cells: usize) -> TraceData {
    let ticks: Vec<u64> = (0..=1_000).collect();
    let cell = |i: usize| TraceCell {
        name: format!("exc {i}"),
        values: ticks.iter().map(|t| -70.0 + (*t as f64 * 0.37 + i as f64) % 20.0).collect(),
        spikes: vec![100, 300 + i as u64],
    };
    let panel =
        TracePanel { variable: "V_m".into(), unit: "mV".into(), ticks: ticks.clone(), cells: (0..cells).map(cell).collect() };
    TraceData {
        caption: Caption::default(),
        panels: vec![panel.clone(), TracePanel { variable: "w".into(), unit: String::new(), ..panel }],
        interval: interval(1_000),
        size: Size::default(),
    }
}

#[test]
fn traces_have_a_curve_and_marks_for_each_cell() {
    let data = trace_data(12);
    let svg = String::from_utf8(trace(&data, Format::Svg).expect("a plot")).expect("UTF-8");
    assert_legible(&svg, data.size);
    let strokes: Vec<usize> = marks(&svg).into_iter().map(|(_, strokes)| strokes).collect();
    assert_eq!(strokes, [2; 20], "two spikes of ten cells in two panels");
    let texts = texts(&svg);
    assert!(texts.contains(&"showing 10 of 12 cells".to_string()), "the others are not hidden silently");
    assert!(texts.contains(&"V_m (mV)".to_string()) && texts.contains(&"w".to_string()), "names with units");
    let document = Document::parse(&svg).expect("well-formed XML");
    let curves = document.descendants().filter(|n| n.attribute("d").is_some_and(|d| d.len() > 2_000));
    assert_eq!(curves.count(), 20, "ten curves in two panels");
    assert!(trace(&data, Format::Png).is_ok(), "as PNG too");
}

#[test]
fn a_curve_ends_where_its_samples_end() {
    let data = trace_data(1);
    let svg = String::from_utf8(trace(&data, Format::Svg).expect("a plot")).expect("UTF-8");
    let document = Document::parse(&svg).expect("well-formed XML");
    let (mut longest, mut axis_end) = ("", 0.0_f64);
    for path in document.descendants().filter_map(|n| n.attribute("d")) {
        longest = if path.len() > longest.len() { path } else { longest };
        axis_end = axis_end.max(end_of(path));
    }
    assert!((end_of(longest) - axis_end).abs() <= 1.0, "{} and {axis_end} hundredths", end_of(longest));
}

/// The points of a path of the letters M, L, l, h and v.
fn points(path: &str) -> Vec<(f64, f64)> {
    let apart = |c: char| if c.is_ascii_alphabetic() { format!(" {c} ") } else { c.to_string().replace('-', " -") };
    let spaced: String = path.chars().map(apart).collect();
    let (mut points, mut at, mut letter, mut across) = (Vec::new(), (0.0, 0.0), "M", None);
    for word in spaced.split_whitespace() {
        let Ok(number) = word.parse::<f64>() else {
            letter = word;
            continue;
        };
        match (letter, across.take()) {
            ("h", _) => at.0 += number,
            ("v", _) => at.1 += number,
            (_, None) => {
                across = Some(number);
                continue;
            }
            ("l", Some(x)) => at = (at.0 + x, at.1 + number),
            (_, Some(x)) => at = (x, number),
        }
        points.push(at);
    }
    points
}

/// Where a path ends, horizontally.
fn end_of(path: &str) -> f64 {
    points(path).last().expect("a point").0
}

#[test]
fn odd_values_are_no_trouble() {
    let mut data = trace_data(1);
    data.panels[0].cells[0].values.iter_mut().for_each(|v| *v = f64::NAN);
    data.panels[1].cells[0].values = [f64::MAX, -f64::MAX, f64::INFINITY, 0.0, 1e-300].into_iter().cycle().take(1_001).collect();
    let svg = String::from_utf8(trace(&data, Format::Svg).expect("a plot")).expect("UTF-8");
    assert!(texts(&svg).contains(&"no samples".to_string()), "nothing finite");
    assert!(!svg.contains("NaN") && !svg.contains("inf"), "all coordinates are numbers");
    let document = Document::parse(&svg).expect("well-formed XML");
    let curves = document.descendants().filter(|n| n.attribute("transform") == Some("scale(.01)"));
    let blue = curves.filter(|n| n.attribute("stroke") == Some("#0072b2")).filter_map(|n| n.attribute("d"));
    let heights: Vec<f64> = blue.flat_map(points).map(|(_, y)| y).collect();
    assert!(heights.len() > 400 && heights.iter().all(|y| *y > 5_000.0), "the curve stays in the lower panel: {heights:?}");
    data.panels[0].ticks.pop();
    assert_eq!(trace(&data, Format::Svg), Err(PlotError::UnequalColumns("V_m".into())), "a time is missing");
    data.panels.clear();
    assert_eq!(trace(&data, Format::Svg), Err(PlotError::Nothing), "no panels");
    let empty = raster_data(&[], 10);
    assert_eq!(raster(&empty, &mut std::iter::empty(), Format::Svg), Err(PlotError::Nothing), "no populations");
}

#[test]
fn sizes_and_formats_are_read() {
    assert_eq!("180x120".parse(), Ok(Size::default()), "as in the help");
    assert_eq!("85 x 60.5".parse::<Size>().map(Size::height_mm), Ok(60.5), "with spaces and fractions");
    for wrong in ["", "180", "180x", "axb", "10x10", "1e9x100", "NaNx100", "-180x120"] {
        assert!(wrong.parse::<Size>().is_err(), "{wrong:?} is no size");
    }
    assert_eq!(Format::of(Path::new("a/b.SVG")), Some(Format::Svg), "case does not matter");
    assert_eq!(Format::of(Path::new("png")), None, "a name without extension");
}

#[test]
fn roles_are_guessed() {
    let cases = [
        (["exc", "E", "L23E", "pyramidal", "cortex/exc_1"], Role::Excitatory),
        (["inh", "I", "L4I", "basket", "liquid.inh"], Role::Inhibitory),
        (["poisson", "input", "stimulus", "noise", "stim_a"], Role::Stimulus),
        (["ContCue", "Lamine", "output", "x", ""], Role::Other),
    ];
    for (names, role) in cases {
        for name in names {
            let guessed = Role::of_name(name);
            assert_eq!(guessed, role, "{name}");
        }
    }
}

/// A matrix is an image of so many points, black where there is most; the names of its sides stand beside it.
#[test]
fn a_matrix_is_an_image_of_its_points() {
    let side = |name: &str, bins| MatrixSide { name: name.into(), role: Role::of_name(name), bins };
    let data = MatrixData {
        caption: Caption { title: "net".into(), facts: vec![] },
        sources: vec![side("exc", 2), side("inh", 1)],
        targets: vec![side("exc", 2)],
        densities: vec![0.0, 0.5, 1.0, 1.0, 0.0, 0.25],
        cells: 4,
        synapses: 12,
        size: Size::default(),
    };
    let svg = String::from_utf8(matrix(&data, Format::Svg).expect("a plot")).expect("UTF-8");
    let document = Document::parse(&svg).expect("well-formed XML");
    let images: Vec<&str> =
        document.descendants().filter(|n| n.has_tag_name("image")).filter_map(|n| n.attribute("href")).collect();
    assert_eq!(images.len(), 2, "the matrix and its scale");
    let expected = png::greys(&scene::Image {
        frame: scene::Frame { x: 0.0, y: 0.0, width: 1.0, height: 1.0 },
        columns: 3,
        greys: vec![255, 153, 50, 50, 255, 204],
    });
    let decoded = from_base64(images[0].strip_prefix("data:image/png;base64,").expect("in the file"));
    assert_eq!(decoded, expected.expect("an image"), "row by row, the darker the more");
    for word in ["exc", "inh", "source", "target", "12 synapses  ·  points of 4 × 4 cells"] {
        assert!(texts(&svg).iter().any(|t| t == word), "{word} in {:?}", texts(&svg));
    }
    let nothing = MatrixData { sources: vec![], ..data };
    assert_eq!(matrix(&nothing, Format::Png).err(), Some(PlotError::Nothing), "nothing to draw");
}

/// Reads base64, the slow way.
fn from_base64(text: &str) -> Vec<u8> {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits: String = text.chars().filter_map(|c| alphabet.find(c)).map(|place| format!("{place:06b}")).collect();
    let bytes = bits.len() / 8;
    (0..bytes).map(|i| u8::from_str_radix(&bits[8 * i..8 * i + 8], 2).expect("eight bits")).collect()
}

#[test]
fn histograms_have_a_panel_each_while_there_is_room() {
    let group = |i: usize| DistributionGroup {
        name: format!("p{i}"),
        role: Role::Other,
        cells: [format!("{i}00"), "0.9".into()],
        heights: vec![1.0, 3.0, 0.0, 2.0],
    };
    let data = |groups: usize, bins: Bins| DistributionsData {
        caption: Caption { title: "net".into(), facts: vec![] },
        facts: vec!["so many".into()],
        x_name: "x (mV)".into(),
        y_name: "y".into(),
        heads: ["N", "CV"],
        bins,
        groups: (0..groups).map(group).collect(),
        size: Size::default(),
    };
    let svg = |data| String::from_utf8(distributions(&data, Format::Svg).expect("a plot")).expect("UTF-8");
    let linear = svg(data(2, Bins::of_steps(0.1, 20, 5)));
    for word in ["p0", "p1", "100", "0.9", "N", "CV", "x (mV)", "y", "so many"] {
        assert!(texts(&linear).iter().any(|t| t == word), "{word} in {:?}", texts(&linear));
    }
    let many = svg(data(60, Bins::of_steps_log(0.1, 1, 4)));
    assert!(texts(&many).contains(&"y, each row to its highest".to_string()), "strips without axes: {:?}", texts(&many));
    assert_eq!(distributions(&data(0, Bins::of_steps(1.0, 4, 1)), Format::Png).err(), Some(PlotError::Nothing), "no groups");
}
