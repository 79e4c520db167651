//! Uniform traffic on a torus: mean distance, link loads, and where it saturates.

use crate::roads;
use crate::support::{Ground, times};
use sim_core::random::Stream;
use sim_hw::machine::{Faults, Machine};
use sim_hw::packets::Counters;
use sim_hw::packets::steps::Depth;
use sim_hw::packets::{Sent, Times};

/// Mean distance in a 12 x 12 hexagonal torus, a chip's own included: 670 / 144.
const MEAN_HOPS: f64 = 4.6528;

/// Trees of each pair of chips: of several shortest ways each takes one at random.
const WAYS: usize = 4;

/// From every chip to every chip.
fn all_pairs() -> Ground {
    let mut ground = Ground::with(Machine::plain_torus(12, 12, 1, &Faults::default()), Times { receive: 0, ..times() });
    let mut random = Stream::new(4, 4);
    for from in 0..144 {
        for to in 0..144 {
            for _ in 0..WAYS {
                roads::plant(&mut ground.forest, &ground.machine, from, &[(to, 0)], &mut random);
            }
        }
    }
    ground
}

/// Packets of random pairs, `rate` a chip in the service time of a link, for so many service times.
fn offered(rate: f64, services: f64) -> Vec<Sent> {
    let spacing = f64::from(times().link) / (144.0 * rate);
    roads::poisson(144 * 144 * WAYS as u32, (services * 144.0 * rate) as usize, spacing, 9)
}

fn run(ground: &Ground, sent: &[Sent]) -> Counters {
    ground.run(sent, &Depth::Links, &mut ())
}

#[test]
fn distances_and_loads_are_those_of_theory() {
    let (ground, rate, services) = (all_pairs(), 0.4, 20_000.0);
    assert!((roads::mean_hops(&ground.forest) - MEAN_HOPS).abs() < 5e-5);
    let counters = run(&ground, &offered(rate, services));
    let hops = counters.all_hops() as f64 / counters.sent as f64;
    assert!((hops / MEAN_HOPS - 1.0).abs() < 0.005, "{hops}");
    let loads: Vec<f64> = counters.hops.iter().map(|&hops| hops as f64 / services).collect();
    let (mean, theory) = (loads.iter().sum::<f64>() / 864.0, rate * MEAN_HOPS / 6.0);
    assert!((mean / theory - 1.0).abs() < 0.005, "{mean} instead of {theory}");
    // Links differ a little, as ways are chosen at random.
    assert!(loads.iter().all(|load| (load / theory - 1.0).abs() < 0.1), "{loads:?}");
}

/// Links carry 6 / H packets a chip and service time. Below, queues stay as they are; above, they grow.
#[test]
fn the_knee_is_where_links_are_full() {
    let ground = all_pairs();
    let busiest = {
        let sums = sim_hw::packets::count::count_trees(&ground.fabric, &ground.forest, &vec![1; 144 * 144 * WAYS]).expect("fits");
        let most = sums.hops.iter().max().copied().unwrap_or(0);
        most as f64 * 864.0 / sums.all_hops() as f64
    };
    let late = |share: f64| {
        let sent = offered(share * 6.0 / MEAN_HOPS, 8000.0);
        let counters = run(&ground, &sent);
        (counters.last_ps - sent[sent.len() - 1].at_ps) as f64 / (8000.0 * f64::from(times().link))
    };
    assert!(busiest < 1.08, "the trees load the busiest link {busiest} times the mean");
    assert!(late(0.9) < 0.02, "{} of the time is needed more", late(0.9));
    // A link with 1.1 times what it carries needs a tenth of the time more.
    assert!(late(1.1) > 0.09, "{} of the time is needed more", late(1.1));
}
