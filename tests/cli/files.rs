//! What a netlist may read: files in its folder and below, and those that the command line allows.

use crate::program::{Desk, spikeloom};

const NET: &str = "spikeloom = 1\n[network]\nduration = \"20 ms\"\n[populations.a]\nsize = 2\n\
                   neurons = { model = \"spike_train\", times = { file = \"FILE\", column = \"t_ms\", cell = \"neuron\" } }\n\
                   [[record]]\nfrom = \"a\"\nwhat = \"spikes\"\n";
const TIMES: &str = "neuron,t_ms\n0,3\n1,12\n";

#[test]
fn files_elsewhere_are_read_where_they_are_allowed() {
    let desk = Desk::new();
    std::fs::create_dir_all(desk.path("nets/below")).expect("a folder");
    desk.file("t.csv", TIMES);
    desk.file("nets/below/t.csv", TIMES);
    let run = |file: &str, more: &[&str]| {
        let net = desk.file("nets/net.toml", NET.replace("FILE", file));
        spikeloom(&[&["run", &net, "-q"], more].concat())
    };
    run("below/t.csv", &[]).ends(0);
    run("below/../below/t.csv", &[]).ends(0);
    let outside = desk.name("t.csv");
    for file in ["../t.csv", outside.as_str()] {
        run(file, &[]).ends(2).says("is not in the netlist's folder: --allow-files");
        run(file, &["--allow-files", &desk.name("nets/below")]).ends(2).says("is not in the netlist's folder");
        run(file, &["--allow-files", &desk.name("")]).ends(0);
    }
    run("nothing.csv", &[]).ends(2).says("No such file");
    // What the user names is meant.
    let named = format!("populations.a.neurons.times={{ file = \"{outside}\", column = \"t_ms\", cell = \"neuron\" }}");
    run("below/t.csv", &["--set", &named]).ends(0);
    // A recording knows what was allowed.
    let out = desk.name("out");
    run("../t.csv", &["--allow-files", &desk.name(""), "--out", &out]).ends(0);
    spikeloom(&["run", &desk.name("out/run.json"), "-q"]).ends(0);
}

#[cfg(unix)]
#[test]
fn links_lie_where_they_lead_to() {
    let desk = Desk::new();
    std::fs::create_dir_all(desk.path("nets")).expect("a folder");
    desk.file("t.csv", TIMES);
    std::os::unix::fs::symlink(desk.path("t.csv"), desk.path("nets/t.csv")).expect("a link");
    let net = desk.file("nets/net.toml", NET.replace("FILE", "t.csv"));
    spikeloom(&["run", &net, "-q"]).ends(2).says("is not in the netlist's folder");
    let linked = desk.path("linked");
    std::os::unix::fs::symlink(desk.path("nets"), &linked).expect("a link");
    std::fs::remove_file(desk.path("nets/t.csv")).expect("removed");
    desk.file("nets/t.csv", TIMES);
    spikeloom(&["run", &desk.name("linked/net.toml"), "-q"]).ends(0);
}
