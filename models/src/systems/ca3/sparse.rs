//! Beyond cues of which each has a cell of its own: words of bits, expanded to a sparse code as the dentate gyrus does, under which as
//! many contents are stored as the synapses hold.
//!
//! ```text
//! step   1                 2            3
//!        IN word --------> DG --P1----> Content (recall)
//!           content -------------> Content (learn)
//!           READ --------------------> Content
//!           content -P2-> DG --------> Word (recall of the word, where asked for)
//!           READ_WORD --> DG
//! ```

use super::wiring::{Of, Pattern, Wiring, all};
use super::{CONTENTS, hardened::GATE};
use crate::systems::parts::{Parts, quantity};
use crate::systems::{number, required, word};
use sim_core::catalog::Range as Allowed;
use sim_core::description::{Description, RuleDecl};
use sim_core::diagnostic::Diagnostic;
use sim_core::random::{Key, Stream};
use sim_core::system::{Instance, SystemCard, SystemParam, SystemShape};
use sim_core::units::Dimension;
use std::ops::Range;

pub(in crate::systems) const CARD: SystemCard = SystemCard {
    name: "ca3_memory_sparse",
    aliases: &[],
    about: "an associative memory after dentate gyrus and CA3: contents are stored under words of bits, which a DG-like expansion makes \
            sparse; learned in one go, on top of each other",
    parts: "populations IN (a spike_train), DG (`groups` * 2^`group_bits` cells), CONTENT (a cell a bit of content): if_curr_exp of the card \
            gate, which forgets within a step; modulator P1_writing; groups in and out; for a timestep of 1 ms\n\
            IN: two lines for each bit of a word, the first spikes where it is 0, the second where it is 1; a line for each bit of \
            content; read; learn. All of an operation spike once, in one step; the next may begin 1 ms later, to learn after a recall 2 ms\n\
            DG: each group is a decoder of `group_bits` bits drawn at random (`seed`), so that one cell of each group fires: a word has \
            `groups` active cells, and similar words share many of them\n\
            the memory: projection P1 from DG to CONTENT, hebbian_gated, which writes w_max and never takes it back (Willshaw, Buneman & \
            Longuet-Higgins 1969); DG_CONTENT inhibits all content by one weight for each active cell, READ makes up for it: what \
            misses no more than `tolerance` of the active cells fires\n\
            to learn, a word, content and learn; to recall, a word and read: CONTENT answers 3 ms later\n\
            directions = \"both\": also from contents to words. One line more, read_word; population WORD, two cells for each bit of a word as IN has \
            lines; projection P2 from the content's lines to DG, which learns as P1 (modulator P2_writing) and which IN_DG_content inhibits in the \
            same way. To recall, bits of a content and read_word: cells of DG fire for which all these bits are written, and WORD shows their \
            values 3 ms later, both values of a bit where contents are mixed up. What is presented shows 2 ms later, too, at WORD and at CONTENT. The next \
            operation may begin 2 ms after any, and 3 ms after the recall of a word",
    timestep_ms: Some(1.0),
    source: "written for this simulator; Marr (1971), Philosophical Transactions B 262:23-81 (expansion and sparse codes); Willshaw, \
             Buneman & Longuet-Higgins (1969), Nature 222:960-962 (binary synapses)",
    parameters: &[BITS, GROUPS, GROUP_BITS, CONTENTS, TOLERANCE, SEED, DIRECTIONS],
    expand,
};

const BITS: SystemParam = required("bits", SystemShape::Number, "how many bits a word has");
const GROUPS: SystemParam = required("groups", SystemShape::Number, "groups of DG: so many of its cells fire for a word");
const GROUP_BITS: SystemParam =
    required("group_bits", SystemShape::Number, "bits of a word that a group decodes, 16 at most: 2^group_bits cells");
const TOLERANCE: SystemParam =
    number("tolerance", Dimension::NONE, 0.0, Allowed::NotNegative, "active cells of DG that a bit of content may miss");
const SEED: SystemParam = number("seed", Dimension::NONE, 1.0, Allowed::NotNegative, "of the bits that the groups decode");

const DIRECTIONS: SystemParam =
    word("directions", &["to_content", "both"], "what can be asked for: contents by words alone, or words by contents, too");

/// What fires a gate alone, in nA.
const SURE: f64 = 6.0;
/// A weight of P1 that is written, and what each active cell takes away.
const WRITTEN: f64 = 2.0;
/// More than a gate's threshold, by less than a weight: what all of whose weights are written gets.
const ENOUGH: f64 = 4.0;

/// Cells of DG: its decoders are written out, synapse by synapse.
const MOST_EXPANDED: u32 = 1 << 17;

/// How large such a memory is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SparseShape {
    /// Bits of a word.
    pub bits: u32,
    /// Groups of DG.
    pub groups: u32,
    /// Bits of a word that a group decodes.
    pub group_bits: u32,
    /// Bits of content.
    pub contents: u32,
}

impl SparseShape {
    /// Cells of DG.
    pub fn expanded(self) -> u32 {
        self.groups << self.group_bits
    }

    /// Synapses that learn.
    pub fn synapses(self) -> f64 {
        f64::from(self.expanded()) * f64::from(self.contents)
    }

    /// Lines of the input for the bits of content.
    pub fn content_lines(self) -> Range<u32> {
        2 * self.bits..2 * self.bits + self.contents
    }

    /// The line of a word's bit that has a value.
    pub fn line(bit: u32, value: bool) -> u32 {
        2 * bit + u32::from(value)
    }

    /// The line that asks for an answer.
    pub fn read_line(self) -> u32 {
        self.content_lines().end
    }

    /// The line of the learning signal.
    pub fn learn_line(self) -> u32 {
        self.read_line() + 1
    }

    /// The line that asks for a word, where the memory has both directions.
    pub fn read_word_line(self) -> u32 {
        self.learn_line() + 1
    }

    fn of(parts: &Parts<'_>) -> Result<Self, Diagnostic> {
        let whole = |name: &str, most: f64| {
            let value = parts.number(name);
            if value.fract() == 0.0 && (1.0..=most).contains(&value) {
                return Ok(value as u32);
            }
            let message = format!("{name} is a whole number from 1 to {most}, not {value}");
            Err(Diagnostic::error("out-of-range", parts.place(name), message))
        };
        let bits = whole("bits", 65_536.0)?;
        let group_bits = whole("group_bits", f64::from(bits).min(16.0))?;
        let shape = Self { bits, group_bits, groups: whole("groups", 4096.0)?, contents: whole("contents", super::MOST_CELLS)? };
        if shape.expanded() > MOST_EXPANDED {
            let message = format!("{} groups of 2^{group_bits} cells are {} cells", shape.groups, shape.expanded());
            let problem = Diagnostic::error("out-of-range", parts.place("groups"), message);
            return Err(problem.help(format!("DG has {MOST_EXPANDED} cells at most")));
        }
        Ok(shape)
    }

    /// The bits that each group decodes: those that the fewest groups before it do, so that groups are independent as long as there are
    /// bits enough.
    fn decoded(self, seed: f64) -> Vec<Vec<u32>> {
        let mut stream = Stream::new(Key::new(seed as u64).name("dentate gyrus").finish(), 0);
        let mut uses = vec![0_u32; self.bits as usize];
        let group = |_| {
            let mut bits: Vec<(u32, u32, u32)> =
                (0..).zip(&uses).map(|(bit, uses)| (*uses, stream.below(1 << 31), bit)).collect();
            bits.sort_unstable();
            bits.truncate(self.group_bits as usize);
            bits.iter().for_each(|(.., bit)| uses[*bit as usize] += 1);
            bits.into_iter().map(|(.., bit)| bit).collect()
        };
        (0..self.groups).map(group).collect()
    }
}

fn expand(instance: &Instance<'_>) -> Result<Description, Diagnostic> {
    use Pattern::{AllToAll, OneToOne};
    let parts = Parts(instance);
    let shape = SparseShape::of(&parts)?;
    let mut wiring = Wiring::new(&parts);
    let both = parts.number("directions") != 0.0;
    wiring.lines(if both { shape.read_word_line() } else { shape.learn_line() } + 1, std::iter::empty());
    wiring.population("DG", GATE, shape.expanded());
    wiring.population("CONTENT", GATE, shape.contents);
    wiring.named_output("CONTENT");
    // A cell gets all bits of its own value, or at least one of another's: that one outweighs all others.
    let [own, other] = decoders(shape, parts.number("seed"));
    wiring.wire_pairs("IN_DG", ("IN", "DG"), &own, SURE / f64::from(shape.group_bits), 1.0);
    wiring.wire_pairs("IN_DG_others", ("IN", "DG"), &other, -SURE, 1.0);
    // Also while what the operation before has made of its word takes away from all.
    let drive = SURE + WRITTEN * f64::from(shape.groups);
    wiring.wire("IN_CONTENT", (Of("IN", Some(shape.content_lines())), all("CONTENT")), OneToOne, drive, 2.0);
    wiring.wire("DG_CONTENT", (all("DG"), all("CONTENT")), AllToAll, -WRITTEN, 2.0);
    let bias = ENOUGH + WRITTEN * tolerance(&parts, shape)?;
    wiring.wire("READ_CONTENT", (line(shape.read_line()), all("CONTENT")), AllToAll, bias, 3.0);
    learning_signal(&mut wiring, &parts, shape, ("P1_writing", 2.0));
    wiring.memory_after("P1", (all("DG"), all("CONTENT")), rule(&parts, "P1_writing"), 2.0);
    if both {
        back(&mut wiring, &parts, shape, &own);
    }
    Ok(wiring.finish())
}

/// A line of the input.
fn line(line: u32) -> Of {
    Of("IN", Some(line..line + 1))
}

/// The modulator that lets a matrix be written in the one step in which its targets fire for what is learned.
fn learning_signal(wiring: &mut Wiring<'_>, parts: &Parts<'_>, shape: SparseShape, (signal, delay): (&'static str, f64)) {
    let tau = quantity(GATE.tau_m, Dimension::TIME, parts.span());
    wiring.alone(signal, parts.card("leaky_modulator", &[("tau", tau)]));
    wiring.signal(&format!("LEARN_{signal}"), (line(shape.learn_line()), all(signal)), delay);
}

/// From contents to words: the content's lines fire a step before DG does for the word that is learned with it. A step after DG would have
/// fired for a word it gets what is written, less as much for each bit that is presented: with read_word those fire that miss none.
fn back(wiring: &mut Wiring<'_>, parts: &Parts<'_>, shape: SparseShape, own: &[(u32, u32)]) {
    let content = Of("IN", Some(shape.content_lines()));
    wiring.population("WORD", GATE, 2 * shape.bits);
    learning_signal(wiring, parts, shape, ("P2_writing", 1.0));
    wiring.memory_after("P2", (content.clone(), all("DG")), rule(parts, "P2_writing"), 2.0);
    wiring.wire("IN_DG_content", (content, all("DG")), Pattern::AllToAll, -WRITTEN, 2.0);
    wiring.wire("READ_WORD_DG", (line(shape.read_word_line()), all("DG")), Pattern::AllToAll, ENOUGH, 2.0);
    let values: Vec<(u32, u32)> = own.iter().map(|(line, cell)| (*cell, *line)).collect();
    wiring.wire_pairs("DG_WORD", ("DG", "WORD"), &values, SURE, 1.0);
}

/// Active cells that a bit of content may miss: not all of them, or each bit would be an answer to anything.
fn tolerance(parts: &Parts<'_>, shape: SparseShape) -> Result<f64, Diagnostic> {
    let (tolerance, most) = (parts.number("tolerance"), shape.groups - 1);
    if tolerance.fract() == 0.0 && (0.0..=f64::from(most)).contains(&tolerance) {
        return Ok(tolerance);
    }
    let message =
        format!("tolerance is a whole number from 0 to {most}, not {tolerance}: {} cells of DG are active", shape.groups);
    Err(Diagnostic::error("out-of-range", parts.place("tolerance"), message))
}

/// Pairs of a line and a cell of DG: the line of a bit that the cell's value has, and the one that it has not.
fn decoders(shape: SparseShape, seed: f64) -> [Vec<(u32, u32)>; 2] {
    let (mut own, mut other) = (Vec::new(), Vec::new());
    for (group, bits) in (0..).zip(shape.decoded(seed)) {
        for value in 0..1_u32 << shape.group_bits {
            let cell = (group << shape.group_bits) + value;
            for (place, bit) in bits.iter().enumerate() {
                let is_one = value >> place & 1 == 1;
                own.push((SparseShape::line(*bit, is_one), cell));
                other.push((SparseShape::line(*bit, !is_one), cell));
            }
        }
    }
    [own, other]
}

fn rule(parts: &Parts<'_>, writing: &str) -> RuleDecl {
    let span = parts.span();
    let of = |value, dimension| quantity(value, dimension, span);
    let given = [
        ("encoding", of(0.0, Dimension::NONE)),
        ("writing", parts.modulated(writing, of(1.0, Dimension::NONE))),
        ("window", of(1.0, Dimension::TIME)),
        ("rewrites", parts.text("nothing")),
        ("w_min", of(0.0, Dimension::CURRENT)),
        ("w_max", of(1000.0 * WRITTEN, Dimension::CURRENT)),
    ];
    let parameters = given.into_iter().map(|(name, value)| parts.key(name, value)).collect();
    RuleDecl { span, rule: parts.word("hebbian_gated"), parameters }
}
