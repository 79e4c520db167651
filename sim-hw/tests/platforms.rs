//! Platform files: the shipped ones are whole and cited, bad ones are told what is wrong.

use sim_hw::figure::Kind;
use sim_hw::platform::Platform;
use sim_hw::platforms;
use sim_hw::topology::{Node, Topology};

fn spinnaker1() -> Platform {
    platforms::find("spinnaker1").expect("it is shipped").expect("it is valid")
}

/// The shipped text with one part of it changed.
fn changed(from: &str, to: &str) -> Vec<String> {
    let entry = platforms::all().iter().find(|entry| entry.name == "spinnaker1").expect("it is shipped");
    assert!(entry.text.contains(from), "the file has {from:?}");
    Platform::parse(&entry.text.replacen(from, to, 1)).expect_err("the changed file is refused")
}

#[test]
fn every_shipped_platform_is_valid_and_every_figure_has_a_source() {
    for entry in platforms::all() {
        let platform = Platform::parse(entry.text).unwrap_or_else(|problems| panic!("{}: {problems:?}", entry.name));
        assert_eq!(platform.name, entry.name, "the file and the table agree on the name");
        assert!(!platform.figures().is_empty(), "{}: it says something", entry.name);
        for (path, _, figure) in platform.figures() {
            assert!(figure.source.len() > 10, "{}: {path} says where it comes from", entry.name);
            assert!(figure.least() <= figure.nominal() && figure.nominal() <= figure.most(), "{path}: an ordered band");
        }
    }
    assert!(platforms::find("no-such-chip").is_none(), "an unknown name is no platform");
}

#[test]
fn a_platform_survives_writing_and_reading() {
    let platform = spinnaker1();
    let text = toml::to_string(&platform).expect("a platform can be written");
    assert_eq!(Platform::parse(&text), Ok(platform), "nothing is lost");
}

#[test]
fn figures_agree_with_each_other() {
    let platform = spinnaker1();
    let (limits, timing, energy) = (&platform.limits, &platform.timing, &platform.energy);
    let nominal = |figure: &Option<sim_hw::figure::Figure>| figure.as_ref().expect("a known figure").nominal();
    let near = |a: f64, b: f64, what: &str| assert!((a - b).abs() <= 0.01 * b, "{what}: {a} against {b}");
    near(nominal(&limits.packet) / nominal(&timing.link), 160e-9, "40 bits at 250 Mb/s take 160 ns");
    near(nominal(&timing.core_clock) / nominal(&timing.plastic_synaptic_event), 1.4e6, "planned STDP events per second");
    near(nominal(&energy.packet_per_router) / nominal(&limits.packet), 25e-12, "25 pJ a bit");
    near(nominal(&energy.packet_with_payload_per_router) / nominal(&limits.packet_with_payload), 25e-12, "25 pJ a bit");
    near(31.88 + 806.0 * nominal(&energy.core_active), 59.38, "a boxed board with 806 busy cores, in W");
    near(nominal(&energy.board_idle) + nominal(&energy.lone_board_case), 31.88, "an idle boxed board, in W");
    near(nominal(&limits.shared_memory_per_chip), 8.0 * 123_469_792.0, "base unit of data is the bit");
    assert!(48.0 * nominal(&energy.chip_idle) < nominal(&energy.board_idle), "chips are part of the board");
    assert_eq!(energy.board_idle.as_ref().map(|f| f.kind), Some(Kind::Measured), "kinds are read");
}

/// The data sheet's frame: 24 boards are 1152 chips. The boards' FPGAs (three of 16 links) serve 48 links.
#[test]
fn the_board_is_the_hexagon_of_48_chips() {
    let platform = spinnaker1();
    let Topology::HexagonalTorus { board, .. } = &platform.topology else { panic!("a hexagonal machine") };
    assert_eq!(platform.topology.links_per_chip(), 6, "six links a chip");
    assert_eq!(platform.topology.chips_per_board().map(|chips| 24 * chips), Some(1152), "a frame's chips");
    let leaving = board.leaving_links();
    assert_eq!(leaving.len(), 48, "six edges of eight links");
    for link in 0..6 {
        assert_eq!(leaving.iter().filter(|(_, _, l)| *l == link).count(), 8, "eight links leave in direction {link}");
    }
    for [left, bottom] in &board.origins {
        assert!(left % 4 == 0 && (left + bottom) % 12 == 0, "({left}, {bottom}) is a place of a board");
    }
}

#[test]
fn bad_files_are_told_what_is_wrong() {
    let cases = [
        (
            "value = 256\nunit = \"1\"",
            "value = 256\nunit = \"W\"",
            "limits.neurons_per_core: \"W\" is a power, but a count is needed; use 1",
        ),
        ("unit = \"Mbit/s\"", "unit = \"mbit/s\"", "timing.link: unknown unit \"mbit/s\"; did you mean \"Mbit/s\"?"),
        ("low = 40\nhigh", "low = 140\nhigh", "timing.packet_receive: low = 140 is above value = 100"),
        (
            "high = 200\nunit = \"cycles\"",
            "high = 20\nunit = \"cycles\"",
            "timing.packet_receive: high = 20 is below value = 100",
        ),
        ("value = 26.84", "value = -26.84", "energy.board_idle: value = -26.84 is negative"),
        ("value = 26.84", "value = inf", "energy.board_idle: value = inf is not finite"),
        ("value = 256", "value = 256.5", "limits.neurons_per_core: value = 256.5 is no whole number from 1 on"),
        ("value = 256", "value = 0", "limits.neurons_per_core: value = 0 is no whole number from 1 on"),
        ("origins = [[0, 0], [4, 8], [8, 4]]", "origins = [[0, 0], [4, 8], [8, 5]]", "topology: board.origins: two boards cover"),
        (
            "origins = [[0, 0], [4, 8], [8, 4]]",
            "origins = [[0, 0]]",
            "topology: board: 1 boards of 48 chips do not fill a tile of 12 x 12",
        ),
        ("rows = [[0, 4]", "rows = [[4, 0]", "topology: board.rows: [4, 0] is no [first x, last x]"),
        ("tile = [12, 12]", "tile = [12, 0]", "topology: tile[1] = 0 is not from 1 to 1024"),
    ];
    for (from, to, expected) in cases {
        let problems = changed(from, to);
        assert!(problems.iter().any(|p| p.starts_with(expected)), "{to:?}: {expected:?} is among {problems:?}");
    }
}

#[test]
fn files_out_of_form_are_told_the_line() {
    let line_of = |needle: &str| -> usize {
        let text = platforms::all().first().expect("a platform").text;
        1 + text.split(needle).next().expect("some text").matches('\n').count()
    };
    let problems = changed("[limits.key_width]", "[limits.key_widht]");
    let expected = format!("line {}: unknown field `key_widht`", line_of("[limits.key_width]"));
    assert!(problems[0].starts_with(&expected), "an unknown quantity: {problems:?}");
    let problems = changed("note = \"a setting", "nota = \"a setting");
    assert!(problems[0].contains("unknown field `nota`"), "an unknown key of a figure: {problems:?}");
    let problems = changed("tile = [12, 12]", "tile = [12, 12]\nwrap = true");
    assert!(problems[0].contains("unknown field `wrap`"), "an unknown key of the board: {problems:?}");
    let problems = changed("kind = \"hexagonal_torus\"", "kind = \"hexagonal_torus\"\nwrap = true");
    assert!(problems[0].contains("unknown field `wrap`"), "an unknown key of the topology: {problems:?}");
    let problems = changed("kind = \"measured\"", "kind = \"guessed\"");
    assert!(problems[0].contains("unknown variant `guessed`"), "an unknown kind: {problems:?}");
    let problems = changed("source = \"spinnaker_tools, sark.struct (cpu_clk)\"\n", "");
    assert!(problems[0].contains("missing field `source`"), "a figure without a source: {problems:?}");
    let problems = changed("source = \"spinnaker_tools, sark.struct (cpu_clk)\"", "source = \" \"");
    assert_eq!(problems, ["timing.core_clock: source is empty: every figure says where it comes from"], "an empty source");
    let problems = changed("name = \"spinnaker1\"", "name = ");
    assert!(problems[0].starts_with(&format!("line {}: ", line_of("name = \"spinnaker1\""))), "no TOML: {problems:?}");
}

#[test]
fn all_problems_are_told_at_once() {
    let text = "name = \"x\"\nabout = \"\"\n[topology]\nkind = \"mesh\"\ncolumns = 0\nrows = 2\nsource = \"\"\n\
                [energy.chip_idle]\nvalue = -1\nunit = \"kW\"\nkind = \"assumed\"\nsource = \"\"\n";
    let problems = Platform::parse(text).expect_err("much is wrong");
    let starts =
        ["about: empty", "topology: columns = 0", "topology: source", "energy.chip_idle: unknown unit \"kW\"; did you mean"];
    for start in starts {
        assert!(problems.iter().any(|p| p.starts_with(start)), "{start:?} is among {problems:?}");
    }
    assert_eq!(problems.len(), 6, "and the value and the source of the figure: {problems:?}");
}

/// The shape of a chip's mesh and its number of cores are two statements of one thing.
#[test]
fn meshes_hold_the_cores_of_a_chip() {
    let mut meshes = 0;
    for entry in platforms::all() {
        let platform = platforms::find(entry.name).expect("it is shipped").expect("it is valid");
        let Topology::Mesh { columns, rows, of, .. } = platform.topology else { continue };
        let count = |figure: &Option<sim_hw::figure::Figure>| figure.as_ref().map(|f| f.nominal());
        let per_node = if of == Node::Tiles { count(&platform.limits.cores_per_tile).expect("tiles have cores") } else { 1.0 };
        assert_eq!(count(&platform.limits.cores_per_chip), Some(f64::from(columns * rows) * per_node), "{}", entry.name);
        assert_eq!(platform.topology.chips(), None, "{}: nodes within a chip are no chips", entry.name);
        meshes += 1;
    }
    assert_eq!(meshes, 3, "Loihi, TrueNorth and the generic mesh");
}

/// Numbers of limits-only platforms are not to be taken for prices; every other one prices an event or says what contains it.
#[test]
fn platforms_price_events_or_say_that_they_do_not() {
    let limits_only = ["loihi2", "brainscales2", "dynapse", "tianjic", "akida"];
    for entry in platforms::all() {
        let platform = platforms::find(entry.name).expect("it is shipped").expect("it is valid");
        let is_priced = platform.energy.synaptic_event.is_some() || platform.contained.iter().any(|c| c.what == "synaptic_event");
        assert_eq!(is_priced, !limits_only.contains(&entry.name), "{}", entry.name);
        assert!(!platform.not_priced.is_empty(), "{}: no chip's costs are all known", entry.name);
        if limits_only.contains(&entry.name) {
            assert!(platform.energy.figures().is_empty() && platform.about.contains("limits only"), "{}", entry.name);
        }
    }
}
