//! Smaller routing tables.
//!
//! Both methods merge entries of one route into an entry whose mask leaves more bits free, and keep the first match right for every
//! key of the whole table. Keys that no source uses go anywhere. At the end entries go that only say what a router does anyway.

use super::covering::ordered_covering;
use super::options::Compression;
use super::pair::pair;
use super::table::Entry;

/// Beyond this many entries ordered covering, which takes some n^3 operations, is only tried where pairs do not do.
const LONG: usize = 600;

/// A compressed table; `most` entries are enough.
pub fn compress(whole: &[Entry], method: Compression, most: u64) -> Vec<Entry> {
    let fits = |table: &[Entry]| table.len() as u64 <= most;
    let pairs = || without_defaults(whole, pair(whole));
    let covering = || without_defaults(whole, ordered_covering(whole));
    match method {
        Compression::None => whole.to_vec(),
        Compression::Pair => pairs(),
        Compression::OrderedCovering => covering(),
        Compression::Best => {
            let pairs = pairs();
            if pairs.len() <= 1 || (whole.len() > LONG && fits(&pairs)) {
                return pairs;
            }
            let covering = covering();
            if covering.len() < pairs.len() { covering } else { pairs }
        }
    }
}

/// Leaves out entries that only say what a router does anyway: all keys that they decide about go straight on, and no later entry
/// would catch them.
pub fn without_defaults(whole: &[Entry], mut table: Vec<Entry>) -> Vec<Entry> {
    // An entry of the whole table may be cut in pieces by a compressed one only where their routes agree, so all entries that meet an
    // entry's keys are asked.
    for place in (0..table.len()).rev() {
        let entry = table[place];
        let decided = |e: &&Entry| e.keys.meets(entry.keys) && !table[..place].iter().any(|first| first.keys.covers(e.keys));
        let needless = whole
            .iter()
            .filter(decided)
            .all(|e| e.is_default && !table[place + 1..].iter().any(|later| later.keys.meets(e.keys)));
        if needless {
            table.remove(place);
        }
    }
    table
}
