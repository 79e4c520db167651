//! Netlists broken at random, ten thousand times: whatever comes of it, no panic; every problem is a sentence at a place
//! in its text; and what is valid and small runs.

use models::catalog;
use netlists::library::{LIBRARY, Shelf};
use netlists::{Format, Override};
use sim_core::diagnostic::{Diagnostic, Sources};
use sim_core::elaborate::{Files, Limits, elaborate, estimate};
use sim_core::engine::{Plan, State};
use sim_core::network::Network;
use sim_core::random::Stream;
use sim_core::record::{Sink, Window};
use std::ops::ControlFlow;
use std::sync::Arc;

const ROUNDS: u64 = 10_000;
/// No more memory than 32 MiB, and no more time than a second.
const LIMITS: Limits = Limits { bytes: 32 << 20, pairs: 100_000_000 };
/// Networks of fewer synapses than this are run.
const SMALL: u64 = 20_000;

/// Netlists with all that is built, each of which is changed as often as all the library together.
const RICH: &[&str] = &[include_str!("data/everything.toml"), include_str!("data/base.toml")];

/// Examples of the language, also of what is not built yet.
const OTHERS: &[&str] = &[
    include_str!("data/examples/coba.toml"),
    include_str!("data/examples/potjans_diesmann.toml"),
    include_str!("data/examples/two_columns.toml"),
    include_str!("data/examples/celegans.toml"),
    include_str!("data/examples/stdp_pairs.toml"),
    include_str!("data/examples/reward.toml"),
    include_str!("data/examples/trials.toml"),
    include_str!("data/examples/tripartite.toml"),
    include_str!("data/examples/lsm_image.toml"),
    include_str!("data/examples/lsm_system.toml"),
    include_str!("data/examples/ca3_script.toml"),
];

/// What is put in the place of a number; its unit stays.
const NUMBERS: &[&str] = &[
    "0",
    "-0",
    "-1",
    "1",
    "2",
    "3",
    "7",
    "64",
    "65",
    "100",
    "1000",
    "0.05",
    "0.1",
    "0.15",
    "0.5",
    "0.999999",
    "1e-9",
    "1e-300",
    "5e-324",
    "1e9",
    "1e18",
    "1e100",
    "1e300",
    "1e308",
    "-1e300",
    "65535",
    "65536",
    "4294967295",
    "4294967296",
    "9000000",
    "9007199254740992",
    "1e999",
    "nan",
    "inf",
];

/// What is put in the place of a value or of a word.
const VALUES: &[&str] = &[
    "0",
    "-1",
    "1",
    "3",
    "1e300",
    "true",
    "\"\"",
    "\"x\"",
    "\"1 ms\"",
    "\"0 ms\"",
    "\"1e-6 ms\"",
    "\"9000 s\"",
    "\"1 mV\"",
    "\"1e300 pA\"",
    "\"1 kHz\"",
    "\"1e5 kHz\"",
    "[]",
    "[0]",
    "[[0, 0], [1, 1]]",
    "{}",
    "{ expr = \"1/0\" }",
    "{ expr = \"n\" }",
    "{ expr = \"1e308 * 10\" }",
    "{ uniform = [0, 1] }",
    "{ normal = [0, 1e300] }",
    "{ lognormal = [0, 700] }",
    "{ lognormal = [\"1 pA\", 300] }",
    "{ uniform = [\"-1e308 mV\", \"1e308 mV\"] }",
    "{ normal = [\"1 ms\", \"1e6 s\"] }",
    "{ exponential = [\"1 ms\"] }",
    "{ list = [1, 2] }",
    "{ choice = [1] }",
    "{ file = \"cells.csv\", column = \"v\" }",
    "{ file = \"cells.csv\", column = \"v\", cell = \"v\" }",
    "{ file = \"spikes.csv\", column = \"time_ms\", cell = \"neuron\", where = { population = \"a\" } }",
    "{ file = \"names.csv\", column = \"name\" }",
    "{ file = \"names.csv\", column = \"name\", where = { role = \"in\" } }",
    "[\"A\", \"B\", \"D\"]",
    "\"letters[D, A]\"",
    "\"letters[B, C]\"",
    "\"part.*\"",
    "\"*\"",
    "\"part.toml\"",
    "\"broken.toml\"",
    "\"loop.toml\"",
    "\"hello\"",
    "\"part\"",
    "{ n = { expr = \"n\" }, neurons.lif.tau_m = \"5 ms\" }",
    "{ expr = \"part.n + row.weight\" }",
    "{ first = \"0 ms\", every = \"1e-6 ms\", count = 4294967295 }",
    "{ table = [[1]] }",
    "\"poisson\"",
    "\"poisson_source\"",
    "\"spike_train\"",
    "\"image\"",
    "\"liquid_state_machine\"",
    "\"nmda\"",
    "\"two.idx\"",
    "\"bernoulli\"",
    "\"dc\"",
    "\"step_current\"",
    "\"noise_current\"",
    "\"izhikevich\"",
    "\"adex_cond_exp\"",
    "\"lif_cond_exp\"",
    "\"lif_psc_delta\"",
    "\"lif_psc_alpha\"",
    "\"exp\"",
    "\"delta\"",
    "\"exc\"",
    "\"inh\"",
    "{ rule = \"one_to_one\" }",
    "{ rule = \"all_to_all\" }",
    "{ rule = \"fixed_indegree\", indegree = 5 }",
    "{ rule = \"fixed_outdegree\", outdegree = 5 }",
    "{ rule = \"fixed_total_number\", n = 50 }",
    "{ rule = \"pairwise_bernoulli\", p = 1 }",
    "{ rule = \"list\", file = \"synapses.csv\" }",
    "{ rule = \"pairwise_bernoulli\", p = { expr = \"exp(-distance)\" } }",
    "{ expr = \"1 pA / distance\" }",
    "{ expr = \"1 ms * dy\" }",
    "{ space = \"cube\" }",
    "{ space = \"room\", sites = \"in order\" }",
    "{ space = \"sheet\", x = { uniform = [0, 1] }, y = { expr = \"index\" } }",
    "{ grid = [7, 7], wrap = true }",
    "{ box = [1e300] }",
    "{ rule = \"list\", file = \"named.csv\", source = \"pre\", target = \"post\" }",
    "\"i16\"",
    "\"f64\"",
];

/// What is put anywhere.
const DEBRIS: &[&str] = &["", "[", "]", "}", "{", "=", "\"", "'''", "#", "\n", "\r", "\u{feff}", "\0", "µ", "..", "->"];

/// What is included.
const PART: &str = include_str!("data/part.toml");

/// A few side files, and what is included.
struct Tables {
    part: String,
}

impl Files for Tables {
    fn read(&self, path: &str) -> Result<String, String> {
        match path {
            "cells.csv" => Ok("v,w\n1,2 mV\n3,\n".into()),
            "spikes.csv" => Ok("time_ms,population,neuron\n1,a,0\n2.5,b,1\n3,a,1\n".into()),
            "names.csv" => Ok("name,role,k\nA,in,1\nB,out,2\nC,in,3\nD,in,x\n".into()),
            "named.csv" => Ok("pre,post,weight\nA,B,1\nB,C,-2\nA,A,3\nC,Q,4\nA,B,5\n".into()),
            "part.toml" => Ok(self.part.clone()),
            "broken.toml" => Ok("spikeloom = 1\n[populations\n".into()),
            "loop.toml" => Ok("spikeloom = 1\n[[include]]\nfile = \"loop.toml\"\nas = \"l\"\n".into()),
            "potjans_diesmann.toml" => Ok(include_str!("data/examples/potjans_diesmann.toml").into()),
            "synapses.csv" => Ok("source,target,weight\n0,0,1\n3,1,-2\n".into()),
            _ => Err(format!("there is no {path}")),
        }
    }

    fn read_bytes(&self, path: &str) -> Result<Vec<u8>, String> {
        if path == "two.idx" { Ok(crate::images::two_images()) } else { self.read(path).map(String::into_bytes) }
    }
}

struct Mutator {
    random: Stream,
}

impl Mutator {
    fn below(&mut self, n: usize) -> usize {
        self.random.below(u32::try_from(n.max(1)).expect("a small number")) as usize
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    fn netlist(&mut self) -> &'static str {
        match self.below(4) {
            0 => LIBRARY[self.below(LIBRARY.len())].text,
            1 => self.pick(OTHERS),
            _ => self.pick(RICH),
        }
    }

    /// A netlist with one to three changes.
    fn text(&mut self) -> String {
        let text = self.netlist().to_string();
        (0..=self.below(3)).fold(text, |text, _| self.changed(&text))
    }

    fn changed(&mut self, text: &str) -> String {
        match self.below(12) {
            0 => self.flipped(text),
            1 => String::from_utf8_lossy(&text.as_bytes()[..self.below(text.len())]).into_owned(),
            2 => self.lines_changed(text),
            3 => {
                let debris = self.pick(DEBRIS);
                self.put(text, &[' ', '=', ',', '"', '[', ']', '{', '}', '\n'], |c| !c.is_alphanumeric(), debris)
            }
            4..=6 => {
                let value = self.pick(VALUES);
                self.put(text, &['='], |c| c == '\n', value)
            }
            _ => {
                let number = self.pick(NUMBERS);
                self.put(text, &[' ', '"', '['], |c| !(c.is_ascii_digit() || "-.e_".contains(c)), number)
            }
        }
    }

    /// Puts a word after one of the places that end in one of some characters, up to where `ends` says.
    fn put(&mut self, text: &str, after: &[char], ends: impl Fn(char) -> bool, word: &str) -> String {
        let numbers = NUMBERS.contains(&word);
        let fits = |at: &usize| !numbers || text[*at..].starts_with(|c: char| c.is_ascii_digit() || c == '-');
        let places: Vec<usize> = text.match_indices(after).map(|(at, found)| at + found.len()).filter(fits).collect();
        if places.is_empty() {
            return word.to_string();
        }
        let start = self.pick(&places);
        let end = text[start..].find(ends).map_or(text.len(), |length| start + length);
        format!("{}{word}{}", &text[..start], &text[end..])
    }

    /// One bit of one byte.
    fn flipped(&mut self, text: &str) -> String {
        let mut bytes = text.as_bytes().to_vec();
        let (place, bit) = (self.below(bytes.len()), self.below(8));
        if let Some(byte) = bytes.get_mut(place) {
            *byte ^= 1 << bit;
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// A line taken out, doubled, moved, or put in from another netlist.
    fn lines_changed(&mut self, text: &str) -> String {
        let mut lines: Vec<&str> = text.lines().collect();
        let others: Vec<&str> = self.netlist().lines().collect();
        let other = self.pick(&others);
        if lines.is_empty() {
            return other.to_string();
        }
        let (a, b) = (self.below(lines.len()), self.below(lines.len()));
        match self.below(4) {
            0 => drop(lines.remove(a)),
            1 => lines.insert(b, lines[a]),
            2 => lines.swap(a, b),
            _ => lines.insert(a, other),
        }
        lines.join("\n")
    }
}

/// Reads a netlist; a network if there is one. Problems must be sentences at places that exist.
fn network(text: &str, part: &str, change: &str) -> Option<Network> {
    let mut sources = Sources::default();
    let source = sources.add("net.toml", text);
    let set = sources.add("--set", change);
    let overrides = [Override { source: set, text: change }];
    let overrides = if change.is_empty() { &[][..] } else { &overrides };
    let tables = Tables { part: part.to_string() };
    let files = Shelf(&tables);
    let (description, problems) = netlists::load(Format::Toml, source, overrides, &files, &mut sources);
    let (network, more) = elaborate(&description, catalog(), &files, &mut sources, &LIMITS);
    for problem in problems.iter().chain(&more) {
        assert_ne!(problem.code, "internal", "no reason was told for\n{text}");
        assert!(!problem.message.is_empty(), "a problem is a sentence: {problem:?}\n{text}");
        if let Some(span) = problem.span {
            let marked = sources.text(span.source).get(span.start as usize..span.end as usize);
            assert!(marked.is_some(), "{problem:?} lies on characters of its text\n{text}");
        }
    }
    network.filter(|_| !problems.iter().any(Diagnostic::is_error))
}

/// Three ticks of a network that is small; whether it was.
fn run(network: Network) -> bool {
    let size = estimate(&network);
    let cells: u64 = network.populations.iter().map(|p| u64::from(p.size)).sum();
    if size.synapses > SMALL || cells > SMALL {
        return false;
    }
    let plan = Plan::new(Arc::new(network), 1);
    State::new(&plan).advance(&plan, 3, &mut Nobody);
    true
}

/// Listens to nothing.
pub(crate) struct Nobody;

impl Sink for Nobody {
    fn window(&mut self, _: &Window<'_>) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

/// Both netlists of which most mutants are made must be sound, or the mutants prove little.
#[test]
fn the_rich_netlists_run() {
    for text in RICH {
        assert!(network(text, PART, "").is_some_and(run), "a netlist without mistakes\n{text}");
    }
}

#[test]
fn ten_thousand_broken_netlists() {
    let mut mutator = Mutator { random: Stream::new(2026, 1) };
    let (mut valid, mut ran) = (0, 0);
    for round in 0..ROUNDS {
        let text = mutator.text();
        let change = match round % 4 {
            0 => {
                let path = mutator.pick(&[
                    "n",
                    "network.duration",
                    "populations.exp.size",
                    "neurons.psc.tau_m",
                    "part.n",
                    "part.x",
                    "x.y",
                    "",
                ]);
                format!("{path}={}", mutator.pick(VALUES))
            }
            _ => String::new(),
        };
        let part = if round % 3 == 0 { mutator.changed(PART) } else { PART.to_string() };
        if let Some(network) = network(&text, &part, &change) {
            valid += 1;
            ran += u32::from(run(network));
        }
    }
    assert!(valid > 500, "many are still valid: {valid}");
    assert!(ran > 400, "most of them run: {ran}");
}
