//! Compressed tables against the whole ones, key by key.

use sim_core::random::Stream;
use sim_hw::forest::Route;
use sim_hw::mapping::compress::compress;
use sim_hw::mapping::{Compression, Entry, Keys};

/// Bits of keys: few enough to try all.
const BITS: u32 = 12;

const METHODS: [Compression; 4] = [Compression::None, Compression::Pair, Compression::OrderedCovering, Compression::Best];

/// Where a router sends a key; `None`: straight on.
fn sent(table: &[Entry], key: u32) -> Option<Route> {
    table.iter().find(|e| key & e.keys.mask == e.keys.key).map(|e| e.route)
}

/// Every key that the whole table knows goes where it went, or straight on if that is the same.
fn assert_same(whole: &[Entry], compressed: &[Entry], what: &str) {
    for key in 0..1 << BITS {
        let Some(entry) = whole.iter().find(|e| key & e.keys.mask == e.keys.key) else { continue };
        let now = sent(compressed, key);
        assert!(now == Some(entry.route) || (now.is_none() && entry.is_default), "{what}: key {key:#b} of {entry:?} to {now:?}");
    }
}

fn route(number: u32) -> Route {
    Route { links: 1 << (number % 6), cores: number / 6 }
}

/// Entries that do not meet, with prefixes or with any bits free, and a few routes.
fn random_table(seed: u64) -> Vec<Entry> {
    let mut draw = Stream::new(seed, 0);
    let (wanted, routes, any_bits) = (1 + draw.below(60), 1 + draw.below(8), draw.below(2) == 1);
    let above = u32::MAX << BITS;
    let mut table: Vec<Entry> = Vec::new();
    for _ in 0..wanted * 4 {
        let free = draw.below(6);
        let mask = if any_bits { (0..free).fold(u32::MAX, |mask, _| mask & !(1 << draw.below(BITS))) } else { u32::MAX << free };
        let keys = Keys { key: draw.bits() as u32 & !above & mask, mask };
        if table.len() < wanted as usize && !table.iter().any(|e| e.keys.meets(keys)) {
            let route = route(draw.below(routes));
            // Only packets that leave by one link can go straight on.
            table.push(Entry { keys, route, is_default: route.cores == 0 && draw.below(3) == 0 });
        }
    }
    table.sort_by_key(|e| e.keys.key);
    table
}

#[test]
fn every_key_goes_where_it_went() {
    let mut sizes = [0; METHODS.len()];
    for seed in 0..400 {
        let whole = random_table(seed);
        for (method, size) in METHODS.into_iter().zip(&mut sizes) {
            let compressed = compress(&whole, method, 0);
            assert!(compressed.len() <= whole.len(), "{seed} {method:?}: never longer");
            assert_same(&whole, &compressed, &format!("{seed} {method:?}"));
            *size += compressed.len();
        }
    }
    let [none, pair, covering, best] = sizes;
    assert!(best <= pair.min(covering) && pair.max(covering) < none * 3 / 4, "{sizes:?}");
}

fn table(entries: &[(u32, u32, u32)]) -> Vec<Entry> {
    let entry = |&(key, mask, to): &(u32, u32, u32)| Entry {
        keys: Keys { key, mask: mask | !0b1111 },
        route: route(to),
        is_default: false,
    };
    entries.iter().map(entry).collect()
}

/// 00, 01 and 10 to one place, 11 to another: the rare one first, then everything.
#[test]
fn the_most_frequent_route_becomes_one_entry_below_the_others() {
    let whole = table(&[(0, 15, 0), (1, 15, 0), (2, 15, 0), (3, 15, 1)]);
    for method in [Compression::Pair, Compression::OrderedCovering] {
        let compressed = compress(&whole, method, 0);
        let keys: Vec<_> = compressed.iter().map(|e| (e.keys.key, e.keys.mask & 15, e.route)).collect();
        assert_eq!(keys, [(3, 15, route(1)), (0, 12, route(0))], "{method:?}");
    }
}

/// Keys 0 to 15 in turn to two places: one bit decides.
#[test]
fn one_bit_that_decides_is_found() {
    let whole = table(&(0..16).map(|key| (key, 15, key & 1)).collect::<Vec<_>>());
    for method in [Compression::Pair, Compression::OrderedCovering] {
        assert_eq!(compress(&whole, method, 0).len(), 2, "{method:?}");
    }
}

#[test]
fn what_a_router_does_anyway_is_left_out() {
    let mut whole = table(&[(0, 15, 0), (1, 15, 0), (2, 15, 1)]);
    whole[0].is_default = true;
    whole[1].is_default = true;
    let left = compress(&whole, Compression::Pair, 0);
    assert_eq!(left.iter().map(|e| e.keys.key).collect::<Vec<_>>(), [2]);
    // Below an entry that goes straight on stands one that would catch its keys: it has to stay.
    let mut whole = table(&[(0, 15, 1), (4, 15, 0), (5, 15, 0), (6, 15, 0)]);
    whole[0].is_default = true;
    let kept = compress(&whole, Compression::Pair, 0);
    assert_same(&whole, &kept, "kept");
    assert_eq!(kept.iter().map(|e| e.route).collect::<Vec<_>>(), [route(0)], "merged to 01XX, which spares 0000");
}

#[test]
fn empty_and_single_tables() {
    for method in METHODS {
        assert_eq!(compress(&[], method, 0), []);
        let one = table(&[(5, 15, 1)]);
        assert_eq!(compress(&one, method, 0), one, "{method:?}");
    }
}

/// As long a table as a real one: 1934 keys, 28 routes in stretches. Both methods bring it below a chip's limit.
#[test]
fn long_tables_come_below_the_limit() {
    let mut draw = Stream::new(7, 7);
    let mut to = 0;
    let entries = (0..1934).map(|key: u32| {
        if draw.below(12) == 0 {
            to = draw.below(28);
        }
        Entry { keys: Keys { key: key << 7, mask: u32::MAX << 7 }, route: route(to), is_default: false }
    });
    let whole: Vec<Entry> = entries.collect();
    for method in [Compression::Pair, Compression::OrderedCovering] {
        let compressed = compress(&whole, method, 1023);
        println!("{method:?}: {}", compressed.len());
        assert!(compressed.len() < 1023, "{method:?}: {}", compressed.len());
        whole.iter().for_each(|e| assert_eq!(sent(&compressed, e.keys.key), Some(e.route), "{method:?}"));
    }
}
