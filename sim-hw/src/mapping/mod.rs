//! The mapping of a network to a machine, stage by stage, each in a file of its own:
//!
//! 1. [`applications`]: what is mapped, and which projections run between what.
//! 2. [`partition`](Decides): how many cells a core takes; cores that hold spikes back. Memory by [`rows`] and [`memory`].
//! 3. `place`: which chip and core each slice gets, on the smallest machine that is large enough.
//! 4. [`keys`]: what packets carry.
//! 5. `reach` and [`route`]: which slices a slice reaches, and by which multicast tree.
//! 6. [`table`] and [`compress`]: the chips' routing tables.
//!
//! Not here: cores that only do synapses for others, which the makers' software uses for steps below 1 ms (a core does all of its
//! neurons, as theirs does at 1 ms), and synapses that are computed instead of stored.
//!
//! [`check`] proves the result. The stages follow the software of the SpiNNaker machines, as its makers describe it and as its results
//! show; no code is taken from there.

pub mod applications;
mod broken;
mod capacity;
pub mod check;
pub mod compress;
mod covering;
mod delays;
mod faults;
pub mod keys;
pub mod memory;
mod misfit;
mod options;
mod pair;
mod partition;
mod place;
mod reach;
pub mod route;
pub mod rows;
mod summary;
pub mod table;

pub use applications::{Application, Decides, Flow, Kind};
pub use capacity::{Capacity, MONITOR};
pub use check::Flaw;
pub use covering::ordered_covering;
pub use faults::{Odds, random_faults};
pub use misfit::Misfit;
pub use options::{Compression, Extent, KEYS, Options, Placement, Rates, Wear};
pub use pair::pair;
pub use summary::Summary;
pub use table::{Entry, Keys, Table};

use crate::figure::Figure;
use crate::forest::Forest;
use crate::machine::{ChipId, Faults, Machine};
use crate::platform::Platform;
use crate::topology::{Board, Topology};
use place::Seat;
use sim_core::network::Network;
use std::ops::Range;

/// Boards of a frame.
pub(crate) const BOARDS_PER_FRAME: u32 = 24;

/// Most chips in a row or column.
const LONGEST_SIDE: u32 = 256;

/// Cells on a core.
#[derive(Clone, Debug, PartialEq)]
pub struct Slice {
    /// The application, by number.
    pub application: u32,
    /// Its cells.
    pub cells: Range<u32>,
    /// The chip.
    pub chip: ChipId,
    /// The core, numbered from 0 among those left to networks.
    pub core: u32,
    /// The keys of its packets.
    pub keys: Keys,
    /// Its tree in the forest; slices of a chip with the same targets share one. `None`: nothing listens.
    pub tree: Option<u32>,
}

/// A network on a machine.
#[derive(Clone, Debug, PartialEq)]
pub struct Mapping {
    /// The platform's name.
    pub platform: String,
    /// What the platform holds.
    pub capacity: Capacity,
    /// The machine.
    pub machine: Machine,
    /// What is mapped.
    pub applications: Vec<Application>,
    /// Projections between applications.
    pub flows: Vec<Flow>,
    /// All slices, application by application.
    pub slices: Vec<Slice>,
    /// Multicast trees.
    pub forest: Forest,
    /// Routing tables, by chip.
    pub tables: Vec<Table>,
    /// Links that do not work as they should.
    pub wear: Wear,
    /// What is not mapped or not looked at.
    pub notes: Vec<String>,
}

impl Mapping {
    /// The first key of a cell of an application.
    pub fn key(&self, application: u32, cell: u32) -> u32 {
        let application = &self.applications[application as usize];
        let slice = &self.slices[(application.slices.start + cell / application.per_core) as usize];
        slice.keys.key | (cell % application.per_core) << keys::COLOUR_BITS
    }
}

/// Maps a network to the smallest machine of a platform that holds it, or to the machine that is asked for.
///
/// # Errors
/// Everything that does not fit, and by how much. What comes out of a stage is needed by the next, so what a later stage would miss
/// is not known while an earlier one fails.
pub fn map(network: &Network, platform: &Platform, options: &Options) -> Result<Mapping, Vec<Misfit>> {
    let capacity = Capacity::of(platform, options);
    let mut notes = capacity.unknown.clone();
    let partition::Partition { mut applications, flows } =
        partition::partition(network, platform, &capacity, options, &mut notes)?;
    let keys = keys::assign(&mut applications, capacity.key_bits);
    let placed = fit(platform, &capacity, options, &applications);
    let (machine, seats) = match (placed, keys) {
        (Ok(placed), Ok(())) => placed,
        (placed, keys) => return Err(placed.err().into_iter().chain(keys.err()).collect()),
    };
    let reach = reach::reach(network, &applications, &flows);
    let route::Routes { forest, tree_of } = route::route(&machine, &seats, &reach)?;
    let mut tables = table::tables(&machine, &applications, &forest, &tree_of);
    load(&mut tables, &machine, &capacity, options)?;
    let slices = slices(&applications, &seats, &tree_of);
    let platform = platform.name.clone();
    let wear = options.wear.clone();
    Ok(Mapping { platform, capacity, machine, applications, flows, slices, forest, tables, wear, notes })
}

/// A machine with what is said to be broken, and what is drawn.
fn broken_as_asked(options: &Options, machine: &dyn Fn(&Faults) -> Machine) -> Machine {
    if options.odds == Odds::default() {
        return machine(&options.faults);
    }
    let mut faults = random_faults(&machine(&Faults::default()), options.odds, options.wear.seed);
    let Faults { chips, cores, links } = options.faults.clone();
    faults.chips.extend(chips);
    faults.links.extend(links);
    cores.into_iter().for_each(|(place, broken)| *faults.cores.entry(place).or_default() += broken);
    machine(&faults)
}

/// The machine, and a place on it for every slice.
fn fit(
    platform: &Platform,
    capacity: &Capacity,
    options: &Options,
    applications: &[Application],
) -> Result<(Machine, Vec<Seat>), Misfit> {
    let on = |machine: &dyn Fn(&Faults) -> Machine| {
        let machine = broken_as_asked(options, machine);
        let seats = place::place(&machine, capacity.memory, applications, options.placement)?;
        Ok((machine, seats))
    };
    let cores = capacity.cores_per_chip;
    let board = match &platform.topology {
        Topology::Mesh { columns, rows, .. } => return on(&|faults| Machine::mesh(*columns, *rows, cores, faults)),
        Topology::Unrouted { .. } => return Err(Misfit::NoLinks { platform: platform.name.clone() }),
        Topology::HexagonalTorus { board, .. } => board,
    };
    let largest = largest(platform, board);
    let torus = |[across, up]: [u32; 2]| match across.max(up) <= largest.side {
        true => on(&|faults| Machine::torus(board, across.max(1), up.max(1), cores, faults)),
        false => Err(largest.exceeded(u64::from(across) * u64::from(up) * board.origins.len() as u64)),
    };
    let boards = |count: u32| match count <= largest.boards {
        true => on(&|faults| Machine::of_boards(board, count, cores, faults)),
        false => Err(largest.exceeded(count.into())),
    };
    match options.extent {
        Extent::Boards(count) => boards(count),
        Extent::Frames(count) => torus(near_square(count.saturating_mul(largest.tiles_per_frame))),
        Extent::Torus { across, up } => torus([across, up]),
        Extent::Fewest => {
            let mut count = fewest(board, capacity, applications).min(largest.boards);
            loop {
                match boards(count) {
                    Err(_) if count < largest.boards => count = (count + 1 + count / 32).min(largest.boards),
                    placed => return placed,
                }
            }
        }
    }
}

/// The largest machine of a platform, as a square of tiles.
struct Largest {
    /// Tiles in x and y.
    side: u32,
    boards: u32,
    tiles_per_frame: u32,
}

impl Largest {
    fn exceeded(&self, boards: u64) -> Misfit {
        Misfit::Boards { needed: boards, available: self.boards.into() }
    }
}

/// The largest machine; where a platform does not say, one of 256 x 256 chips, whose places fill two bytes.
fn largest(platform: &Platform, board: &Board) -> Largest {
    let whole = |figure: &Option<Figure>, else_so: u32| figure.as_ref().map_or(else_so, |figure| figure.nominal() as u32);
    let chips = whole(&platform.limits.chips_per_machine, LONGEST_SIDE * LONGEST_SIDE);
    let side = chips.isqrt() / board.tile[0].max(board.tile[1]).max(1);
    let boards_per_tile = board.origins.len().max(1) as u32;
    let tiles_per_frame = whole(&platform.limits.boards_per_frame, BOARDS_PER_FRAME).div_ceil(boards_per_tile);
    Largest { side: side.max(1), boards: side.max(1).pow(2) * boards_per_tile, tiles_per_frame }
}

/// Fewer boards are certainly not enough.
fn fewest(board: &Board, capacity: &Capacity, applications: &[Application]) -> u32 {
    let chips = board.chips().count() as u64;
    let fewer: u64 = board.chips().map(|(x, y)| u64::from(board.fewer_cores_at(x, y))).sum();
    let cores = (chips * u64::from(capacity.cores_per_chip)).saturating_sub(fewer).max(1);
    let slices: u64 = applications.iter().map(|a| a.slices.len() as u64).sum();
    let memory: u64 = applications.iter().map(|a| a.memory.total() * a.slices.len() as u64).sum();
    let by_memory = memory.div_ceil(capacity.memory.saturating_mul(chips).max(1));
    slices.div_ceil(cores).max(by_memory).clamp(1, u64::from(u32::MAX)) as u32
}

/// Two factors of a number, as close as they come, the larger first.
fn near_square(number: u32) -> [u32; 2] {
    let up = (1..=number).take_while(|up| *up <= number / up).filter(|up| number.is_multiple_of(*up)).last().unwrap_or(1);
    [number / up, up]
}

/// Compresses the tables; those that are still too long do not fit.
fn load(tables: &mut [Table], machine: &Machine, capacity: &Capacity, options: &Options) -> Result<(), Vec<Misfit>> {
    let mut misfits = Vec::new();
    for (table, chip) in tables.iter_mut().zip(machine.chips()) {
        let fits = table.whole.len() as u64 <= capacity.entries;
        let method = if fits && options.leave_what_fits { Compression::None } else { options.compression };
        table.loaded = compress::compress(&table.whole, method, capacity.entries);
        let needed = table.loaded.len() as u64;
        if needed > capacity.entries {
            misfits.push(Misfit::Entries { chip: [chip.place.x, chip.place.y], needed, available: capacity.entries });
        }
    }
    if misfits.is_empty() { Ok(()) } else { Err(misfits) }
}

/// All slices, application by application.
fn slices(applications: &[Application], seats: &[Seat], tree_of: &[Option<u32>]) -> Vec<Slice> {
    let of = |(number, application): (u32, &Application)| -> Vec<Slice> {
        let bits = keys::cell_bits(application);
        let slice = |slice: u32| Slice {
            application: number,
            cells: application.slice_cells(slice),
            chip: seats[slice as usize].chip,
            core: seats[slice as usize].core,
            keys: Keys { key: application.key | (slice - application.slices.start) << bits, mask: keys::above(bits) },
            tree: tree_of[slice as usize],
        };
        application.slices.clone().map(slice).collect()
    };
    (0..).zip(applications).flat_map(of).collect()
}
