//! `[hardware]` of a netlist.

use crate::networks::{brunel, empty, mapped};
use sim_hw::mapping::{Compression, Extent, KEYS, Options, Placement, Rates};

fn asked(pairs: &[(&str, &str)]) -> Result<Options, Vec<String>> {
    let hardware = pairs.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect();
    Options::of(&sim_core::network::Network { hardware, ..empty(1000) })
}

#[test]
fn all_keys_are_understood() {
    let all = [
        ("neurons_per_core", "64"),
        ("sources_per_core", "100"),
        ("cores_per_chip", "12"),
        ("boards", "3"),
        ("compression", "ordered_covering"),
        ("placement", "spread"),
        ("expected_rate", "12.5 Hz"),
    ];
    let expected = Options {
        neurons_per_core: Some(64),
        sources_per_core: Some(100),
        cores_per_chip: Some(12),
        extent: Extent::Boards(3),
        compression: Compression::OrderedCovering,
        placement: Placement::Spread,
        in_time: Some(Rates::Same(12.5)),
        ..Options::default()
    };
    assert_eq!(asked(&all), Ok(expected));
    assert_eq!(asked(&[("frames", "5")]), Ok(Options { extent: Extent::Frames(5), ..Options::default() }));
    assert_eq!(asked(&[("placement_seed", "7")]).map(|o| o.placement), Ok(Placement::Random(7)));
    // Expressions come in base units.
    let rate = |text| asked(&[("expected_rate", text)]).map(|o| o.in_time);
    assert_eq!((rate("0.5 kHz"), rate("30")), (Ok(Some(Rates::Same(500.0))), Ok(Some(Rates::EXPECTED))));
    assert_eq!(asked(&[]), Ok(Options::default()));
}

#[test]
fn each_mistake_is_one_sentence() {
    let problems = asked(&[("bords", "1"), ("boards", "0"), ("neurons_per_core", "2.5"), ("placement", "dense")]);
    let problems = problems.expect_err("four mistakes");
    assert_eq!(problems.len(), 4);
    assert_eq!(problems[0], format!("[hardware] bords is unknown; there are {}", KEYS.join(", ")));
    assert_eq!(problems[1], "[hardware] boards = 0 is no whole number from 1 to 4294967295");
    assert_eq!(problems[3], "[hardware] placement = dense is none of patch, spread, random");
    for (key, value) in
        [("expected_rate", "-1 Hz"), ("expected_rate", "often"), ("expected_rate", "3 mV"), ("compression", ""), ("frames", "-1")]
    {
        assert_eq!(asked(&[(key, value)]).expect_err("no value").len(), 1, "{key} = {value}");
    }
    assert_eq!(asked(&[("boards", "1"), ("frames", "1")]).expect_err("both").len(), 1);
}

/// A frame is 24 boards of 48 chips: 48 x 24 chips; the largest machine has 50 of them.
#[test]
fn frames_are_tori() {
    let ring = |frames| {
        let mapping = mapped(&brunel(), &Options { extent: Extent::Frames(frames), ..Options::default() });
        (mapping.machine.ring(), mapping.machine.boards())
    };
    assert_eq!(ring(1), (Some([48, 24]), 24));
    assert_eq!(ring(5), (Some([96, 60]), 120));
    assert_eq!(ring(50), (Some([240, 240]), 1200));
}

#[test]
fn every_placement_is_right() {
    for placement in [Placement::Patch, Placement::Spread, Placement::Random(3)] {
        let mapping = mapped(&brunel(), &Options { placement, neurons_per_core: Some(64), ..Options::default() });
        println!("{placement:?}: {:.1} links a spike, {:?}", mapping.summary().mean_links, mapping.summary().entries_loaded);
    }
}
