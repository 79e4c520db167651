//! `plot --kind isi`, `weights` and `matrix`.

use super::SMALL;
use crate::program::{Desk, spikeloom};

/// The texts of a picture.
fn words(desk: &Desk, name: &str) -> String {
    let svg = desk.text(name);
    assert!(svg.starts_with("<svg") && svg.ends_with("</svg>\n"), "{name} is a whole picture");
    svg
}

fn recorded() -> Desk {
    let desk = Desk::new();
    let net = desk.file("net.toml", SMALL);
    spikeloom(&["run", &net, "-q", "--out", &desk.name("out"), "--set", "drive=40pA"]).ends(0);
    desk
}

#[test]
fn intervals_of_a_recording() {
    let desk = recorded();
    let out = desk.name("out");
    assert_eq!(spikeloom(&["plot", &out, "--kind", "isi"]).ends(0).results.trim_end(), desk.name("out/isi.svg"), "its path");
    let svg = words(&desk, "out/isi.svg");
    let cv = |name: &str| {
        let summary = desk.json("out/summary.json");
        format!(">{:.2}<", summary["populations"][name]["cv_isi"].as_f64().expect("a CV"))
    };
    for word in ["inter-spike interval (ms)", ">exc<", ">inh<", ">noise<", ">CV<", &cv("exc"), &cv("inh")] {
        assert!(svg.contains(word), "{word} is in the picture");
    }
    spikeloom(&["plot", &out, "--kind", "isi", "--linear", "-o", &desk.name("linear.png")]).ends(0);
    spikeloom(&["plot", &out, "--kind", "isi", "--bin", "2ms", "-o", &desk.name("bins.svg")]).ends(0);
    assert!(words(&desk, "bins.svg").contains("density (1/ms)"), "--bin asks for linear bins");
    spikeloom(&["plot", &out, "--kind", "isi", "--to", "1ms", "--populations", "exc"]).ends(2).says("fired twice");
}

#[test]
fn weights_and_matrix_of_a_netlist_and_of_its_recording() {
    let desk = recorded();
    let (net, out) = (desk.name("net.toml"), desk.name("out"));
    for kind in ["weights", "matrix"] {
        let (a, b) = (format!("{kind}-a.svg"), format!("{kind}-b.svg"));
        spikeloom(&["plot", &out, "--kind", kind, "-o", &desk.name(&a)]).ends(0);
        spikeloom(&["plot", &net, "--kind", kind, "--set", "drive=40pA", "-o", &desk.name(&b)]).ends(0);
        assert_eq!(desk.text(&a), desk.text(&b), "the same network, the same {kind}");
        assert!(words(&desk, &a).contains("6,800 synapses"), "all of them");
        spikeloom(&["plot", &net, "--kind", kind, "-o", &desk.name("p.png")]).ends(0);
        assert!(desk.read("p.png").starts_with(b"\x89PNG"), "a PNG");
    }
    let weights = words(&desk, "weights-a.svg");
    for word in [">weight (pA)<", ">5,100<", ">40<", ">1,700<"] {
        assert!(weights.contains(word), "{word}: 30 x 170 of 40 pA from noise, 10 onto each of 170 from exc");
    }
    let matrix = words(&desk, "matrix-a.svg");
    for word in ["data:image/png;base64,", ">source<", ">target<", "a point for each pair of cells", ">noise<"] {
        assert!(matrix.contains(word), "{word} is in the picture");
    }
    let part = spikeloom(&["plot", &net, "--kind", "matrix", "--populations", "e*", "-o", &desk.name("e.svg")]);
    part.ends(0);
    assert!(words(&desk, "e.svg").contains("1,000 synapses"), "10 onto each of 100");
    spikeloom(&["plot", "brunel-ai", "--kind", "matrix", "--set", "order=250", "-o", &desk.name("b.svg")]).ends(0);
    assert!(words(&desk, "b.svg").contains("points of 3 × 3 cells"), "1,250 cells on at most 500 points");
}

#[test]
fn wrong_wishes() {
    let desk = recorded();
    let (net, out) = (desk.name("net.toml"), desk.name("out"));
    let wishes: &[(&[&str], u8, &str)] = &[
        (&[&out, "--kind", "matrix", "--from", "5ms"], 2, "--from has no meaning"),
        (&[&out, "--kind", "weights", "--bin", "5ms"], 2, "--bin has no meaning"),
        (&[&out, "--kind", "raster", "--linear"], 2, "--linear has no meaning"),
        (&[&out, "--kind", "isi", "--rows", "5"], 2, "--rows has no meaning"),
        (&[&out, "--set", "drive=1pA"], 2, "--set has no meaning"),
        (&[&out, "--kind", "matrix", "--set", "drive=1pA"], 2, "--set changes a netlist"),
        (&[&net, "--kind", "matrix", "--set", "drive=1mV"], 2, "dimension"),
        (&[&net, "--kind", "matrix", "--populations", "x*"], 2, "there are: noise, exc, inh"),
        (&["hello"], 2, "hello is a netlist, not a recording"),
        (&[&net, "--kind", "trace"], 2, "is a netlist, not a recording"),
        (&["nowhere", "--kind", "matrix"], 2, "there is no file \"nowhere\""),
    ];
    for (wish, code, word) in wishes {
        spikeloom(&[&["plot"], *wish].concat()).ends(*code).says(word);
    }
    // A network whose recording's netlist was changed is another network.
    desk.file("out/netlist.toml", SMALL.replace("size = 70", "size = 71"));
    spikeloom(&["plot", &out, "--kind", "matrix"]).ends(1).says("has changed since");
}
