//! The wiring in a snapshot, with its sums made right: blocks of synapses, each after its length in two bytes.

use crate::language::{Nobody, network};
use sim_core::elaborate::NoFiles;
use sim_core::engine::{Plan, State};
use sim_core::event;
use sim_core::network::Network;
use sim_core::snapshot::Snapshot;
use sim_core::time::FS_PER_MS;
use std::sync::{Arc, OnceLock};

const NETLIST: &str = include_str!("wiring.toml");
const HASH: usize = 32;

/// A network and its beginning with its wiring.
struct Whole {
    network: Arc<Network>,
    bytes: Vec<u8>,
    /// Where the wiring begins.
    wiring: usize,
}

fn whole() -> &'static Whole {
    static WHOLE: OnceLock<Whole> = OnceLock::new();
    WHOLE.get_or_init(|| {
        let network = Arc::new(network(NETLIST, &[], &NoFiles).expect("a sound netlist"));
        let plan = Plan::new(network.clone(), 1);
        let mut snapshot = State::new(&plan).snapshot(&plan);
        snapshot.contain(&network);
        let bytes = snapshot.to_bytes();
        let header = u32::from_le_bytes([bytes[12], bytes[13], bytes[14], bytes[15]]) as usize;
        let wiring = 16 + header + HASH + snapshot.sections().map(|(_, section)| section.len()).sum::<usize>();
        Whole { network, bytes, wiring }
    })
}

/// The whole file, and its blocks alone.
pub(crate) fn seeds() -> [(&'static str, &'static str, Vec<u8>); 2] {
    let Whole { bytes, wiring, .. } = whole();
    let (mut rest, mut blocks) = (&bytes[*wiring..], Vec::new());
    loop {
        let length = u32::from_le_bytes([rest[0], rest[1], rest[2], rest[3]]) as usize;
        if length == 0 {
            return [("snapshot", "contained", bytes.clone()), ("wiring", "blocks", blocks)];
        }
        blocks.extend((length as u16).to_le_bytes());
        blocks.extend(&rest[4 + HASH..4 + HASH + length]);
        rest = &rest[4 + HASH + length..];
    }
}

/// Blocks made into the wiring of a network of ours: refused, or a network that runs in both engines.
pub fn wiring(bytes: &[u8]) {
    let Whole { network, bytes: base, wiring } = whole();
    let Ok(snapshot) = Snapshot::from_bytes(&[&base[..*wiring], &framed(bytes)].concat()) else { return };
    let Ok(network) = snapshot.wired(network.clone()) else { return };
    let plan = Plan::new(network.clone(), 2);
    let mut state = State::restore(&plan, &snapshot).unwrap_or_else(|_| State::new(&plan));
    state.advance(&plan, 20, &mut Nobody);
    let mut again = state.snapshot(&plan);
    again.contain(&network);
    let again = Snapshot::from_bytes(&again.to_bytes()).expect("what was read can be written");
    again.wired(network.clone()).expect("and read again");
    if let Ok(plan) = event::Plan::new(&network, 1) {
        event::State::new(&plan).advance(&plan, 10 * FS_PER_MS as u64, &mut Nobody);
    }
}

/// The blocks as a file has them.
fn framed(mut rest: &[u8]) -> Vec<u8> {
    let (mut file, mut all) = (Vec::new(), blake3::Hasher::new());
    while let Some((head, after)) = rest.split_at_checked(2) {
        let (block, after) = after.split_at(after.len().min(usize::from(u16::from_le_bytes([head[0], head[1]]))));
        let hash = blake3::hash(block);
        all.update(hash.as_bytes());
        file.extend((block.len() as u32).to_le_bytes());
        file.extend(hash.as_bytes());
        file.extend(block);
        rest = after;
    }
    file.extend(0_u32.to_le_bytes());
    file.extend(all.finalize().as_bytes());
    file
}
