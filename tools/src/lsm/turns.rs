//! What liquids of one network may differ in. The command line names one value or several of each; liquids take them in turn.

use super::images::Data;
use super::protocol::{range, usage};
use super::samples::Set;
use super::wrong;
use crate::cli::{LsmEncoding, LsmTiming, LsmTrainArgs, LsmWiring};
use crate::failure::Failure;
use models::experiments::dataset::Dataset;
use models::experiments::encoding::{Encoding, Intensity, Timing};
use models::experiments::liquid::{Patches, Wiring};
use serde::{Deserialize, Serialize};

/// Input events per ms where nobody says how many: about as many as the authors' encoding makes of MNIST.
const EVENTS: f64 = 20.0;

/// How one liquid sees.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Turn {
    pub(crate) wiring: Wiring,
    /// Of training and validation images, with the seed 0. None of recordings.
    pub(crate) encoding: Option<Encoding>,
    pub(crate) test_encoding: Option<Encoding>,
}

/// The values that one liquid takes.
#[derive(Clone, Copy, PartialEq)]
struct Chosen {
    wiring: LsmWiring,
    encoding: LsmEncoding,
    timing: LsmTiming,
    events: Option<f64>,
}

/// The first liquid's, the second's and so on, until they repeat: at least one. Random wiring is `random`.
pub(super) fn turns(arguments: &LsmTrainArgs, data: &Data, random: Wiring) -> Result<Vec<Turn>, Failure> {
    let chosen = chosen(arguments)?;
    check(arguments, data, &chosen)?;
    let patches = patches(arguments)?;
    let turn = |chosen: &Chosen| {
        let wiring = match chosen.wiring {
            LsmWiring::Random => random,
            LsmWiring::Patches => Wiring::Patches(patches),
        };
        let [encoding, test_encoding] = encodings(*chosen, data, arguments.authors_test_scale)?;
        Ok(Turn { wiring, encoding, test_encoding })
    };
    chosen.iter().map(turn).collect()
}

/// What each liquid takes, until it repeats.
fn chosen(arguments: &LsmTrainArgs) -> Result<Vec<Chosen>, Failure> {
    let LsmTrainArgs { wiring, encoding, timing, events, .. } = arguments;
    let liquids = arguments.liquids as usize;
    let lengths = [("wiring", wiring.len()), ("encoding", encoding.len()), ("timing", timing.len()), ("events", events.len())];
    if let Some((flag, length)) = lengths.into_iter().find(|(_, length)| *length > liquids) {
        let liquids = if liquids == 1 { "there is 1 liquid".into() } else { format!("there are {liquids} liquids") };
        return usage(format!("--{flag} has {length} values, {liquids} to take them in turn: give --liquids {length}, say"));
    }
    let of = |liquid: usize| Chosen {
        wiring: wiring[liquid % wiring.len()],
        encoding: encoding[liquid % encoding.len()],
        timing: timing[liquid % timing.len()],
        events: (!events.is_empty()).then(|| events[liquid % events.len()]),
    };
    let all: Vec<Chosen> = (0..liquids).map(of).collect();
    let repeats = |turns: &usize| all.iter().zip(all.iter().cycle().skip(*turns)).take(liquids - turns).all(|(a, b)| a == b);
    let turns = (1..liquids).find(repeats).unwrap_or(liquids);
    Ok(all[..turns].to_vec())
}

/// Whether each flag that is there has a meaning.
fn check(arguments: &LsmTrainArgs, data: &Data, chosen: &[Chosen]) -> Result<(), Failure> {
    if let Set::Recordings(_) = data.training {
        let as_they_are = |turn: &Chosen| turn.encoding == LsmEncoding::Authors && turn.timing == LsmTiming::Chance;
        if !chosen.iter().all(as_they_are) || !arguments.events.is_empty() || arguments.authors_test_scale {
            let flags = "--encoding, --timing, --events and --authors-test-scale";
            return usage(format!("{flags} are for images: recordings are shown as they are"));
        }
    }
    let taken = |place: usize| {
        let takers = chosen.iter().skip(place).step_by(arguments.events.len());
        takers.into_iter().any(|turn| turn.encoding != LsmEncoding::Authors)
    };
    if !(0..arguments.events.len()).all(taken) {
        return usage("--events: the authors' encoding makes its own number of events; name another --encoding".into());
    }
    let patches = chosen.iter().any(|turn| turn.wiring == LsmWiring::Patches);
    if !patches && (arguments.patch.is_some() || arguments.patch_synapses.is_some()) {
        return usage("--patch and --patch-synapses are for --wiring patches".into());
    }
    Ok(())
}

fn patches(arguments: &LsmTrainArgs) -> Result<Patches, Failure> {
    let sides = arguments.patch.as_deref().map_or(Ok(4..=12), |text| range("--patch", text))?;
    let (Ok(least), Ok(most)) = (u32::try_from(*sides.start()), u32::try_from(*sides.end())) else {
        return usage("--patch takes sides in pixels such as 4..12".into());
    };
    if least == 0 {
        return usage("--patch: a patch has at least one pixel".into());
    }
    Ok(Patches { least, most, synapses: arguments.patch_synapses.unwrap_or(50), border: 0 })
}

/// Those of training and test images; recordings have none.
fn encodings(chosen: Chosen, data: &Data, authors_test_scale: bool) -> Result<[Option<Encoding>; 2], Failure> {
    let (Set::Images(training), Set::Images(test)) = (&data.training, &data.test) else { return Ok([None, None]) };
    let encoding = encoding(chosen, training)?;
    let test_encoding = match authors_test_scale {
        true => self::encoding(chosen, test)?,
        false => encoding.clone(),
    };
    Ok([Some(encoding), Some(test_encoding)])
}

fn encoding(chosen: Chosen, set: &Dataset) -> Result<Encoding, Failure> {
    let timing = match chosen.timing {
        LsmTiming::Chance => Timing::Chance,
        LsmTiming::Accumulate => Timing::Accumulate,
    };
    let (_, columns) = set.size();
    let of = |intensity| Encoding::with_events(intensity, timing, chosen.events.unwrap_or(EVENTS), set.images(), 0);
    let encoding = match chosen.encoding {
        LsmEncoding::Authors => Encoding::authors(set.images(), 0).map(|encoding| encoding.with_timing(timing)),
        LsmEncoding::Share => of(Intensity::Share),
        LsmEncoding::Brightness => of(Intensity::Brightness),
        LsmEncoding::Root => of(Intensity::Root),
        LsmEncoding::Contrast => of(Intensity::Contrast { columns }),
    };
    encoding.map_err(|problem| wrong(&problem))
}
