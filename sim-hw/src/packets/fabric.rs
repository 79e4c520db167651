//! A machine in picoseconds: how long a packet is on each link, in a router, and in the hands of a core.

use super::Trouble;
use crate::figure::Figure;
use crate::forest::{Forest, Route};
use crate::machine::{ChipId, LINKS, Machine};
use crate::platform::Platform;
use sim_core::random::{Stream, mix};

/// Picoseconds of a second.
pub(super) const PS: f64 = 1e12;

/// No link.
pub(crate) const NO_LINK: u32 = u32::MAX;

/// Certainty, as the threshold of a draw of 32 bits.
const ALWAYS: u64 = 1 << 32;

/// Which packets are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packet {
    /// A key alone, as spikes are.
    Plain,
    /// A key and a payload.
    WithPayload,
}

/// How long things take a packet, in ps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// On a link within a board.
    pub link: u32,
    /// On a link between boards.
    pub board_link: u32,
    /// From a router's input to its output.
    pub router: u32,
    /// A core takes it.
    pub receive: u32,
}

impl Times {
    /// A platform's. A router that has no figures of its own takes a hop less the time on the link; links between boards are as
    /// fast as others where no figure says otherwise.
    ///
    /// # Errors
    /// A sentence for each quantity that has no figure, or none that can be emulated.
    pub fn of(platform: &Platform, packet: Packet) -> Result<Self, Vec<String>> {
        let mut asked = Asked::of(platform);
        let (limits, timing) = (&platform.limits, &platform.timing);
        let bits = match packet {
            Packet::Plain => asked.figure("limits.packet", limits.packet.as_ref()),
            Packet::WithPayload => asked.figure("limits.packet_with_payload", limits.packet_with_payload.as_ref()),
        };
        let (link, hop) = (asked.figure("timing.link", timing.link.as_ref()), timing.hop.as_ref());
        let board_link = timing.board_link.as_ref().map_or(link, Figure::nominal);
        let router = match (&timing.router_pipeline, &timing.router_clock) {
            (Some(cycles), Some(clock)) => cycles.nominal() / clock.nominal(),
            _ => asked.figure("timing.router_pipeline with timing.router_clock, or timing.hop", hop) - bits / link,
        };
        let cycles = asked.figure("timing.packet_receive", timing.packet_receive.as_ref());
        let receive = cycles / asked.figure("timing.core_clock", timing.core_clock.as_ref());
        let times = Self {
            link: asked.whole("on a link", bits / link, 1),
            board_link: asked.whole("on a link between boards", bits / board_link, 1),
            router: asked.whole("in a router", router, 0),
            receive: asked.whole("at a core", receive, 0),
        };
        asked.answer(times)
    }
}

/// Figures asked of a platform, and what was wrong with the answers.
pub(super) struct Asked<'a> {
    platform: &'a str,
    problems: Vec<String>,
}

impl<'a> Asked<'a> {
    pub(super) fn of(platform: &'a Platform) -> Self {
        Self { platform: &platform.name, problems: Vec::new() }
    }

    /// The nominal value in its base unit; NaN, with a sentence, where there is none.
    pub(super) fn figure(&mut self, name: &str, figure: Option<&Figure>) -> f64 {
        if figure.is_none() {
            let platform = self.platform;
            self.problems.push(format!("not priced: {platform} has no figure for {name}, which the emulation of packets needs"));
        }
        figure.map_or(f64::NAN, Figure::nominal)
    }

    /// Whole picoseconds. NaN, of a figure that there is not, is passed over.
    fn whole(&mut self, place: &str, seconds: f64, least: u32) -> u32 {
        let ps = (seconds * PS).round();
        if ps < f64::from(least) || ps > f64::from(u32::MAX) {
            let platform = self.platform;
            self.problems
                .push(format!("{platform}: a packet would be {seconds} s {place}, which is not from {least} ps to 4.29 ms"));
        }
        ps as u32
    }

    /// What was made of the figures, if all were there.
    pub(super) fn answer<T>(self, made: T) -> Result<T, Vec<String>> {
        if self.problems.is_empty() { Ok(made) } else { Err(self.problems) }
    }
}

/// Links that do not work as they should, drawn at random: each directed link by itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Disturbance {
    /// Of the draws.
    pub seed: u64,
    /// Share of links that carry nothing.
    pub down: f64,
    /// Share of links that are slow.
    pub slow: f64,
    /// How many times as long slow links take.
    pub slowdown: u32,
    /// Share of links that lose packets.
    pub lossy: f64,
    /// Share of packets that those lose.
    pub loss: f64,
}

/// A machine's links and cores with their times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fabric {
    /// By link, in ps; 0 where there is none.
    service: Vec<u32>,
    /// By link: the link back.
    back: Vec<u32>,
    /// By link: of 2^32 packets, how many it loses. Empty while none does.
    loss: Vec<u64>,
    loss_key: u64,
    down: Vec<bool>,
    cores: Vec<u32>,
    cores_per_chip: u32,
    links_per_chip: usize,
    times: Times,
}

impl Fabric {
    /// A machine with these times.
    pub fn new(machine: &Machine, times: Times) -> Self {
        let each = (0..machine.chips().len() as ChipId).flat_map(|chip| (0..LINKS).map(move |link| (chip, link)));
        let (mut service, mut back) = (Vec::new(), Vec::new());
        for (chip, link) in each {
            let end = machine.neighbour(chip, link);
            let time = if machine.leaves_board(chip, link) { times.board_link } else { times.link };
            service.push(end.map_or(0, |_| time));
            back.push(end.map_or(NO_LINK, |to| to * LINKS as u32 + machine.opposite(link) as u32));
        }
        let cores: Vec<u32> = machine.chips().iter().map(|chip| chip.cores.min(u32::BITS)).collect();
        Self {
            down: vec![false; service.len()],
            service,
            back,
            loss: Vec::new(),
            loss_key: 0,
            cores_per_chip: cores.iter().copied().max().unwrap_or(0),
            cores,
            links_per_chip: machine.links_per_chip(),
            times,
        }
    }

    /// Where a chip's link is in [`super::Counters::hops`].
    pub fn link(&self, chip: ChipId, link: usize) -> usize {
        chip as usize * LINKS + link
    }

    /// Where a chip's core is in [`super::Counters::deliveries`].
    pub fn core(&self, chip: ChipId, core: u32) -> usize {
        (chip * self.cores_per_chip + core) as usize
    }

    /// Places for links: six a chip, whether all are there or not.
    pub fn links(&self) -> usize {
        self.service.len()
    }

    /// Places for cores: as many a chip as the chip with most has.
    pub fn cores(&self) -> usize {
        self.cores.len() * self.cores_per_chip as usize
    }

    /// Its chips.
    pub fn chips(&self) -> usize {
        self.cores.len()
    }

    /// Its times, undisturbed.
    pub fn times(&self) -> Times {
        self.times
    }

    /// Time of a packet on a link, in ps; 0 where there is no link.
    pub fn service_ps(&self, link: usize) -> u32 {
        self.service[link]
    }

    /// The shortest time of a packet on any link, in ps.
    pub(crate) fn shortest_service_ps(&self) -> u32 {
        self.service.iter().copied().filter(|&s| s > 0).min().unwrap_or(1)
    }

    /// The link back; [`NO_LINK`] where there is none. A packet on a link arrives where the link back begins.
    pub(crate) fn back(&self) -> &[u32] {
        &self.back
    }

    /// Whether a link carries nothing.
    pub fn is_down(&self, link: usize) -> bool {
        self.down[link]
    }

    /// Six links a chip, of which each makes a triangle with two others.
    pub(crate) fn has_triangles(&self) -> bool {
        self.links_per_chip == LINKS
    }

    /// Lets a link carry nothing from now on.
    pub fn take_down(&mut self, link: usize) {
        self.down[link] = true;
        self.lose(link, 1.0);
    }

    /// Makes a link so many times slower.
    pub fn slow_down(&mut self, link: usize, times: u32) {
        self.service[link] = self.service[link].saturating_mul(times.max(1));
    }

    /// Lets a link lose a share of its packets.
    pub fn lose(&mut self, link: usize, share: f64) {
        self.loss.resize(self.service.len(), 0);
        self.loss[link] = self.loss[link].max((share.clamp(0.0, 1.0) * ALWAYS as f64) as u64);
    }

    /// Disturbs links at random.
    pub fn disturb(&mut self, how: &Disturbance) {
        self.loss_key = mix(how.seed, 1);
        for link in (0..self.links()).filter(|&link| self.service[link] > 0).collect::<Vec<_>>() {
            let mut random = Stream::new(how.seed, link as u64);
            if random.uniform() < how.down {
                self.take_down(link);
            }
            if random.uniform() < how.slow {
                self.slow_down(link, how.slowdown);
            }
            if random.uniform() < how.lossy {
                self.lose(link, how.loss);
            }
        }
    }

    /// Other packets are lost from now on.
    pub fn draw_losses_anew(&mut self, seed: u64) {
        self.loss_key = mix(seed, 1);
    }

    /// Whether any link loses packets.
    pub(crate) fn is_lossy(&self) -> bool {
        !self.loss.is_empty()
    }

    /// Whether a link loses a packet: a matter of the two and the seed alone, so that it does not depend on the order of events.
    pub(crate) fn loses(&self, link: usize, packet: u32) -> bool {
        let draw = || mix(mix(self.loss_key, link as u64), u64::from(packet)) >> 32;
        self.loss.get(link).is_some_and(|&loss| loss > 0 && draw() < loss)
    }

    /// Whether all that trees use is there.
    pub(crate) fn carries(&self, forest: &Forest) -> Result<(), Trouble> {
        let nodes = forest.nodes();
        let fits = |node: &crate::forest::Node| {
            let cores = *self.cores.get(node.chip as usize)?;
            let missing = node.cores.checked_shr(cores).unwrap_or(0);
            let children = nodes.get(node.first as usize..node.first as usize + node.links.count_ones() as usize);
            let links = Route { links: node.links, cores: 0 }.links();
            let ends = links.map(|link| self.back[self.link(node.chip, link)] / LINKS as u32);
            (missing == 0 && node.links >> LINKS == 0 && ends.eq(children?.iter().map(|child| child.chip))).then_some(())
        };
        nodes.iter().find(|node| fits(node).is_none()).map_or(Ok(()), |node| Err(Trouble::OtherMachine { chip: node.chip }))
    }
}
