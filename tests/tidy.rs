//! The rules of the house, checked on the sources themselves.

use std::fs;
use std::path::{Path, PathBuf};

/// Library crates: they touch no file, no argument, no terminal, no clock, and no platform's mathematics.
const LIBRARIES: [&str; 4] = ["sim-core", "models", "sim-hw", "netlists"];

/// Ours, and what each may use of ours.
const EDGES: [(&str, &[&str]); 5] = [
    ("sim-core", &[]),
    ("models", &["sim-core"]),
    ("sim-hw", &["sim-core"]),
    ("netlists", &["sim-core"]),
    ("tools", &["sim-core", "models", "sim-hw", "netlists"]),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace")
}

/// A source file: its path from the root, and its text.
struct Source {
    path: String,
    text: String,
}

/// All files below a folder with an extension, in order.
fn sources(folder: &str, extension: &str) -> Vec<Source> {
    let mut found = Vec::new();
    collect(&root().join(folder), extension, &mut found);
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(!found.is_empty(), "there are .{extension} files in {folder}");
    found
}

fn collect(folder: &Path, extension: &str, found: &mut Vec<Source>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    for path in paths {
        if path.is_dir() {
            collect(&path, extension, found);
        } else if path.extension().is_some_and(|e| e == extension) {
            let name = path.strip_prefix(root()).expect("below the root").to_string_lossy().replace('\\', "/");
            let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
            found.push(Source { path: name, text });
        }
    }
}

impl Source {
    /// Lines of code with their numbers: comments cut off, and tests at the end of the file left out.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let code = self.text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        code.lines().enumerate().map(|(index, line)| (index + 1, line.split("//").next().unwrap_or_default()))
    }

    /// Whether it is a file of unit tests.
    fn is_test(&self) -> bool {
        self.path.contains("/tests/") || self.path.ends_with("tests.rs")
    }
}

/// Places in the code of some crates where one of some texts stands.
fn places(crates: &[&str], exempt: &[&str], texts: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for source in crates.iter().flat_map(|name| sources(&format!("{name}/src"), "rs")) {
        if source.is_test() || exempt.contains(&source.path.as_str()) {
            continue;
        }
        for (number, line) in source.code() {
            found.extend(texts.iter().filter(|t| line.contains(**t)).map(|t| format!("{}:{number}: {t}", source.path)));
        }
    }
    found
}

/// The search finds what there is to find, or the rules below prove nothing.
#[test]
fn the_search_finds() {
    assert!(!places(&["tools"], &[], &[".log10("]).is_empty(), "the program rounds its figures with log10");
    assert!(!places(&["sim-core"], &[], &["Generator"]).is_empty(), "code behind a `mod tests;` is read, too");
    assert!(places(&["sim-core"], &[], &["fn powers_of_two()"]).is_empty(), "tests at the end of a file are not");
}

#[test]
fn edges_between_crates() {
    for (name, allowed) in EDGES {
        let manifest = fs::read_to_string(root().join(name).join("Cargo.toml")).expect("a manifest");
        let dependencies = manifest.split("\n[").filter(|s| s.starts_with("dependencies]") || s.starts_with("build-"));
        let lines = dependencies.flat_map(str::lines).filter_map(|line| line.split(['.', '=', ' ']).next());
        let used: Vec<&str> = lines.filter(|word| is_ours(word)).collect();
        let outside: Vec<&&str> = used.iter().filter(|used| !allowed.contains(used)).collect();
        assert!(outside.is_empty(), "{name} may use {allowed:?} of ours, not {outside:?}");
        assert_eq!(used.is_empty(), allowed.is_empty(), "the manifest of {name} is read: {used:?}");
    }
}

fn is_ours(name: &str) -> bool {
    ["sim-core", "models", "sim-hw", "netlists", "tools", "sim-tests", "benches"].contains(&name)
}

#[test]
fn unsafe_stands_in_two_files_only() {
    let audited = ["sim-core/src/engine/dispatch.rs", "sim-core/src/advice.rs"];
    let mut all: Vec<Source> = LIBRARIES.iter().chain(&["tools"]).flat_map(|c| sources(&format!("{c}/src"), "rs")).collect();
    all.extend(sources("benches", "rs"));
    for source in all.iter().filter(|s| !audited.contains(&s.path.as_str())) {
        for (number, line) in source.text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            let written = code.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == "unsafe");
            assert!(!written, "{}:{}: {line}", source.path, number + 1);
        }
    }
    let manifest = |name: &str| fs::read_to_string(root().join(name)).expect("a manifest");
    assert!(manifest("Cargo.toml").contains("unsafe_code = \"forbid\""), "forbidden in the workspace");
    assert!(!manifest("sim-core/Cargo.toml").contains("unsafe_code = \"allow\""), "at least denied in sim-core");
}

/// std's functions come from the platform's C library and differ in the last bit between machines.
#[test]
fn transcendental_functions_are_our_own() {
    let functions = [
        "exp", "exp2", "exp_m1", "ln", "ln_1p", "log", "log2", "log10", "powf", "powi", "sin", "cos", "tan", "sin_cos", "asin",
        "acos", "atan", "atan2", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "cbrt", "hypot", "mul_add",
    ];
    let calls: Vec<String> =
        functions.iter().flat_map(|f| [format!(".{f}("), format!("f64::{f}"), format!("f32::{f}")]).collect();
    let calls: Vec<&str> = calls.iter().map(String::as_str).collect();
    let found = places(&LIBRARIES, &["sim-core/src/math.rs"], &calls);
    assert!(found.is_empty(), "use sim_core::math:\n{}", found.join("\n"));
}

/// The order of a hash map differs from run to run.
#[test]
fn no_hash_maps() {
    let found = places(&LIBRARIES, &[], &["HashMap", "HashSet", "RandomState"]);
    assert!(found.is_empty(), "BTreeMap, BTreeSet or Vec:\n{}", found.join("\n"));
}

#[test]
fn only_the_program_touches_the_outside() {
    let outside = [
        "std::fs",
        "std::env::",
        "std::time",
        "std::net",
        "std::process",
        "println!",
        "print!(",
        "eprint!(",
        "stdout()",
        "stderr()",
    ];
    let found = places(&LIBRARIES, &[], &outside);
    assert!(found.is_empty(), "these belong into tools:\n{}", found.join("\n"));
    let found = places(&["tools"], &[], &["println!", " print!(", "eprint!("]);
    assert!(found.is_empty(), "these panic when nobody listens; a Terminal does not:\n{}", found.join("\n"));
}

#[test]
fn nothing_is_left_for_later() {
    // In pieces, lest this file finds itself.
    let marks = [
        ["TO", "DO"].concat(),
        ["FIX", "ME"].concat(),
        ["XX", "X"].concat(),
        ["todo", "!("].concat(),
        ["unimplemented", "!("].concat(),
        ["#[ig", "nore"].concat(),
        ["allow(dead", "_code)"].concat(),
    ];
    for folder in ["sim-core", "models", "sim-hw", "netlists", "tools", "tests", "benches"] {
        for source in sources(folder, "rs") {
            for (number, line) in source.text.lines().enumerate() {
                let found = marks.iter().find(|mark| line.contains(mark.as_str()));
                assert!(found.is_none(), "{}:{}: {line}", source.path, number + 1);
            }
        }
    }
}

#[test]
fn every_model_file_is_in_its_table() {
    for (folder, table) in [("models/src/neurons", "NEURONS"), ("models/src/stimuli", "STIMULI")] {
        let module = fs::read_to_string(root().join(folder).join("mod.rs")).expect("the table's file");
        let entries = module.split(&format!("{table}: &[")).nth(1).and_then(|rest| rest.split("];").next());
        let entries = entries.unwrap_or_else(|| panic!("{folder}/mod.rs has the table {table}"));
        let mut cards = 0;
        for source in sources(folder, "rs").iter().filter(|s| s.text.contains("const CARD:")) {
            let stem = Path::new(&source.path).file_stem().expect("a name").to_string_lossy().into_owned();
            assert!(entries.contains(&format!("{stem}::CARD")), "{} is in {table}", source.path);
            cards += 1;
        }
        assert_eq!(entries.matches("::CARD").count(), cards, "one line of {table} for each file with a card");
    }
}

#[test]
fn every_library_netlist_is_listed() {
    let files = sources("netlists/library", "toml");
    let names: Vec<&str> = netlists::library::LIBRARY.iter().map(|entry| entry.name).collect();
    for file in &files {
        let stem = Path::new(&file.path).file_stem().expect("a name").to_string_lossy().into_owned();
        assert!(names.contains(&stem.as_str()), "{} is in LIBRARY", file.path);
    }
    assert_eq!(files.len(), names.len(), "and nothing else");
}

/// Models that NEST and PyNN have are found by their names there. From the simulators' own manuals: NEST 3 model
/// directory, PyNN 0.12 standard cells.
#[test]
fn models_are_found_by_the_names_of_the_field() {
    let neurons = [
        ("lif_psc_delta", "iaf_psc_delta"),
        ("lif_psc_exp", "iaf_psc_exp"),
        ("lif_psc_exp", "IF_curr_exp"),
        ("lif_psc_alpha", "iaf_psc_alpha"),
        ("lif_psc_alpha", "IF_curr_alpha"),
        ("lif_cond_exp", "iaf_cond_exp"),
        ("lif_cond_exp", "IF_cond_exp"),
        ("adex_cond_exp", "aeif_cond_exp"),
        ("adex_psc_exp", "aeif_psc_exp"),
        ("lif_cond_alpha", "iaf_cond_alpha"),
        ("lif_cond_alpha", "IF_cond_alpha"),
        ("lif_cond_beta", "iaf_cond_beta"),
        ("hh_cond_exp_traub", "HH_cond_exp"),
        ("mat2_psc_exp", "mat2_psc_exp"),
        ("gif_psc_exp", "gif_psc_exp"),
        ("ignore_and_fire", "ignore_and_fire"),
        ("astrocyte_lr_1994", "astrocyte_lr_1994"),
    ];
    for (own, theirs) in neurons {
        assert_eq!(models::catalog().neuron(theirs).map(|c| c.name), Some(own), "{theirs}");
    }
    let stimuli = [
        ("poisson", "poisson_generator"),
        ("poisson_source", "SpikeSourcePoisson"),
        ("spike_train", "spike_generator"),
        ("spike_train", "SpikeSourceArray"),
        ("dc", "dc_generator"),
        ("step_current", "step_current_generator"),
        ("noise_current", "noise_generator"),
    ];
    for (own, theirs) in stimuli {
        assert_eq!(models::catalog().stimulus(theirs).map(|c| c.name), Some(own), "{theirs}");
    }
}

/// Long files and long functions are where understanding ends.
#[test]
fn files_have_a_readable_length() {
    for name in LIBRARIES.iter().chain(&["tools"]) {
        for source in sources(&format!("{name}/src"), "rs") {
            let lines = source.text.lines().count();
            assert!(lines <= 600, "{} has {lines} lines", source.path);
        }
    }
}
