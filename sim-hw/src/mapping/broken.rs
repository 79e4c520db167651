//! What is broken, as a netlist or a command line says it: places "(x, y)" one after the other, with a number after a colon for cores
//! (how many) and links (which).

use crate::machine::{LINKS, Place};

/// Chips: "(2, 3) (4, 5)".
pub(super) fn chips(key: &str, text: &str) -> Result<Vec<Place>, String> {
    words(text).map(|word| place(&word).ok_or_else(|| unread(key, &word, "a place (x, y)"))).collect()
}

/// So many cores of chips: "(2, 3):4".
pub(super) fn cores(key: &str, text: &str) -> Result<Vec<(Place, u32)>, String> {
    numbered(text).map(|(word, found)| found.ok_or_else(|| unread(key, &word, "(x, y):number of cores"))).collect()
}

/// Links of chips: "(0, 0):1", counted from east against the clock.
pub(super) fn links(key: &str, text: &str) -> Result<Vec<(Place, usize)>, String> {
    let link = |(word, found): (String, Option<(Place, u32)>)| {
        let link = found.map(|(place, link)| (place, link as usize)).filter(|(_, link)| *link < LINKS);
        link.ok_or_else(|| unread(key, &word, "(x, y):link from 0 to 5"))
    };
    numbered(text).map(link).collect()
}

/// What stands for itself: an opening bracket begins another.
fn words(text: &str) -> impl Iterator<Item = String> {
    let close: String = text.split_whitespace().collect();
    let parts: Vec<String> = close.split('(').skip(usize::from(close.starts_with('('))).map(|part| format!("({part}")).collect();
    parts.into_iter()
}

fn numbered(text: &str) -> impl Iterator<Item = (String, Option<(Place, u32)>)> {
    words(text).map(|word| {
        let found = word.split_once(':').and_then(|(at, number)| Some((place(at)?, number.parse().ok()?)));
        (word, found)
    })
}

fn place(word: &str) -> Option<Place> {
    let (x, y) = word.strip_prefix('(')?.strip_suffix(')')?.split_once(',')?;
    Some(Place { x: x.parse().ok()?, y: y.parse().ok()? })
}

fn unread(key: &str, word: &str, form: &str) -> String {
    format!("[hardware] {key}: \"{word}\" is not {form}")
}
