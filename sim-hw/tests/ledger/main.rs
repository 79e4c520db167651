//! The ledger against published powers and energies, and its rules: nothing twice, nothing unknown as 0.

mod published;
mod rules;

use sim_hw::ledger::{Census, Ledger, account};
use sim_hw::platform::Platform;
use sim_hw::platforms;

fn platform(name: &str) -> Platform {
    platforms::find(name).expect("it is shipped").expect("it is valid")
}

fn ledger(name: &str, census: &Census) -> Ledger {
    account(&platform(name), census).expect("a sound census")
}

#[track_caller]
fn near(value: f64, expected: f64, share: f64, what: &str) {
    assert!((value - expected).abs() <= share * expected.abs(), "{what}: {value} against {expected}");
}
