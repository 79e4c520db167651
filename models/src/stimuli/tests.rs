//! What the cards make of their parameters.

use super::*;
use sim_core::network::Column;
use sim_core::stimulus::{Drive, Wave};

const END_OF_TIME: f64 = time::MAX_MS;

fn grid() -> Grid {
    Grid::new(time::FS_PER_MS / 10)
}

fn card(name: &str) -> &'static StimulusCard {
    crate::CATALOG.stimulus(name).unwrap()
}

fn shared(value: f64) -> StimulusValue {
    StimulusValue::Number(Column::Shared(value))
}

fn current(drive: Drive) -> PerUnit<Schedule> {
    match drive {
        Drive::Current(PerUnit::Shared(wave)) => PerUnit::Shared(steps(&wave)),
        Drive::Current(PerUnit::Each(waves)) => PerUnit::Each(waves.iter().map(steps).collect()),
        other => panic!("a current is expected, not {other:?}"),
    }
}

fn steps(wave: &Wave) -> Schedule {
    let Wave::Steps(schedule) = wave else { panic!("steps are expected, not {wave:?}") };
    schedule.clone()
}

#[test]
fn an_amplitude_acts_from_the_tick_after_its_time() {
    let values = [
        StimulusValue::List(vec![vec![10.0, 100.0, 120.0]]),
        StimulusValue::List(vec![vec![300.0, 0.0, 500.0]]),
        shared(0.0),
        shared(150.0),
    ];
    let schedule = current((card("step_current_generator").drive)(1, &values, grid())).get(0).clone();
    let at: Vec<f64> = [100, 101, 1000, 1001, 1200, 1201, 1500, 1501].map(|tick| schedule.at(tick)).to_vec();
    assert_eq!(at, [0.0, 300.0, 300.0, 0.0, 0.0, 500.0, 500.0, 0.0], "changes at 10, 100, 120 ms, the stop at 150 ms");
}

#[test]
fn steps_before_the_start_leave_only_their_last_value() {
    let values = [
        StimulusValue::List(vec![vec![1.0, 2.0, 30.0]]),
        StimulusValue::List(vec![vec![5.0, 6.0, 7.0]]),
        shared(10.0),
        shared(20.0),
    ];
    let schedule = current((card("step_current").drive)(1, &values, grid())).get(0).clone();
    assert_eq!(schedule, Schedule(vec![(101, 6.0), (201, 0.0)]), "6 pA from 10 to 20 ms, the step at 30 ms is never reached");
}

#[test]
fn dc_has_a_window_and_units_may_differ() {
    let values = [StimulusValue::Number(Column::Each(vec![1.0, -2.0])), shared(1.0), shared(END_OF_TIME)];
    let schedules = current((card("DCSource").drive)(2, &values, grid()));
    assert_eq!((schedules.get(0).at(10), schedules.get(0).at(11)), (0.0, 1.0), "from 1 ms on");
    assert_eq!(schedules.get(1).at(80_000_000), -2.0, "the second unit's own amplitude, without end");
}

#[test]
fn poisson_counts_spikes_per_tick() {
    let empty = || StimulusValue::List(Vec::new());
    let Drive::PrivatePoisson(constant) =
        (card("poisson_generator").drive)(3, &[shared(8.0), empty(), empty(), shared(0.0), shared(2.0)], grid())
    else {
        panic!("a private train")
    };
    assert!(matches!(constant, PerUnit::Shared(_)), "one schedule for all three units");
    let constant = constant.get(2);
    assert_eq!(
        (constant.at(0), constant.at(1), constant.at(20), constant.at(21)),
        (0.0, 8.0 * 0.1, 8.0 * 0.1, 0.0),
        "8 kHz x 0.1 ms"
    );

    let values = [
        shared(0.0),
        StimulusValue::List(vec![vec![0.0, 1.0]]),
        StimulusValue::List(vec![vec![2.0, 4.0]]),
        shared(0.0),
        shared(END_OF_TIME),
    ];
    let Drive::Poisson(stepped) = (card("SpikeSourcePoisson").drive)(1, &values, grid()) else { panic!("a shared train") };
    let stepped = stepped.get(0);
    assert_eq!((stepped.at(1), stepped.at(10), stepped.at(11)), (2.0 * 0.1, 2.0 * 0.1, 4.0 * 0.1), "2 kHz, from 1 ms on 4 kHz");
}

#[test]
fn spike_times_go_to_the_grid() {
    let values = [StimulusValue::List(vec![vec![0.3, 0.1, 0.25, 0.01, 5.0, 0.1], vec![1.0]]), shared(0.0), shared(4.0)];
    let Drive::SpikeTimes(times) = (card("SpikeSourceArray").drive)(2, &values, grid()) else { panic!("spike times") };
    assert_eq!(*times.get(0), vec![1, 1, 1, 3, 3], "sorted, repeats kept, none before the first tick, none after the stop");
    assert_eq!(*times.get(1), vec![10], "the second unit has its own");
}

#[test]
fn a_sine_has_the_value_at_the_beginning_of_each_tick() {
    // 50 Hz at 0.1 ms: 200 ticks a cycle; 90 degrees are its top.
    let values = [shared(3.0), shared(10.0), shared(0.05), shared(90.0), shared(1.0), shared(100.0)];
    let Drive::Current(waves) = (card("ac_generator").drive)(1, &values, grid()) else { panic!("a current") };
    let wave = waves.get(0);
    let near = |tick: u64, value: f64, what: &str| assert!((wave.at(tick) - value).abs() < 1e-12, "{what}: {}", wave.at(tick));
    near(10, 0.0, "silent up to 1 ms");
    near(11, 10.0 + 3.0 * (std::f64::consts::TAU * 0.05).cos(), "its first value is that at 1 ms");
    near(51, 10.0, "a quarter of a cycle");
    near(101, 7.0, "half a cycle");
    near(1000, 10.0 + 3.0 * (std::f64::consts::TAU * 4.995).cos(), "its last");
    near(1001, 0.0, "silent after 100 ms");
    assert_eq!(wave.changes(), [(11, 1001)], "may change in each of these ticks");
}

#[test]
fn packets_are_normal_around_their_times() {
    let times = StimulusValue::List(vec![vec![20.0, 60.0]]);
    let values = [times.clone(), shared(500.0), shared(3.0), shared(0.0), shared(END_OF_TIME)];
    let Drive::Packets(packets) = (card("pulsepacket_generator").drive)(4, &values, grid()) else { panic!("packets") };
    let units: Vec<Vec<u64>> = (0..4).map(|unit| packets.get(0).ticks(77, unit, grid())).collect();
    assert!(units.iter().all(|ticks| ticks.len() == 1000 && ticks.is_sorted()), "two packets of 500 each, all of them");
    assert_ne!(units[0], units[1], "every unit has its own");
    let first: Vec<f64> = units.concat().iter().map(|tick| *tick as f64 * 0.1).filter(|ms| *ms < 40.0).collect();
    assert_eq!(first.len(), 2000, "half of them around 20 ms: 40 ms are almost seven standard deviations away");
    let mean = first.iter().sum::<f64>() / 2000.0;
    let sd = (first.iter().map(|ms| (ms - mean) * (ms - mean)).sum::<f64>() / 2000.0).sqrt();
    // Standard errors are 3/sqrt(2000) = 0.067 and 3/sqrt(4000) = 0.047.
    assert!((mean - 20.0).abs() < 0.2 && (sd - 3.0).abs() < 0.15, "mean {mean}, standard deviation {sd}");
    let values = [times, shared(500.0), shared(3.0), shared(20.0), shared(60.0)];
    let Drive::Packets(cut) = (card("pulse_packet").drive)(1, &values, grid()) else { panic!("packets") };
    let cut = cut.get(0).ticks(77, 0, grid());
    let kept: Vec<u64> = units[0].iter().copied().filter(|tick| *tick > 200 && *tick <= 600).collect();
    assert_eq!(cut, kept, "a window only leaves out");
}

#[test]
fn noise_is_redrawn_every_dt() {
    let values = [shared(5.0), shared(2.0), shared(0.26), shared(1.0), shared(3.0)];
    let Drive::PrivateNoise(noise) = (card("noise_generator").drive)(1, &values, grid()) else { panic!("noise") };
    let want = sim_core::stimulus::Noise { mean: 5.0, sd: 2.0, every: 3, first: 11, last: 30 };
    assert_eq!(*noise.get(0), want, "0.26 ms are 3 ticks, from 1 to 3 ms");
}

#[test]
fn wrong_combinations_are_refused() {
    let step = card("step_current").check;
    let say = |result: Result<(), String>| result.unwrap_err();
    assert!(say(step(&[&[1.0, 2.0], &[5.0], &[0.0], &[9.0]])).contains("2 times but 1 amplitudes"), "lengths differ");
    assert!(say(step(&[&[2.0, 2.0], &[5.0, 6.0], &[0.0], &[9.0]])).contains("ascend"), "equal times");
    assert!(say((card("dc").check)(&[&[1.0], &[5.0], &[4.0]])).contains("after stop"), "ends before it begins");
    assert!(say((card("spike_train").check)(&[&[3.0, 0.0], &[0.0], &[9.0]])).contains("0 ms"), "a spike at time 0");
    assert!(say((card("poisson").check)(&[&[1.0], &[0.0], &[2.0], &[0.0], &[9.0]])).contains("together"), "rate and rates");
    assert_eq!((card("poisson").check)(&[&[1.0], &[], &[], &[0.0], &[9.0]]), Ok(()), "a rate alone");
    assert!(say((card("bernoulli_source").check)(&[&[1.5], &[0.0], &[9.0]])).contains("no probability"), "p above 1");
    let packet = card("pulse_packet").check;
    assert!(say(packet(&[&[5.0], &[2.5], &[1.0], &[0.0], &[9.0]])).contains("whole"), "half a spike");
    assert!(say(packet(&[&[5.0, 6.0], &[6e6], &[1.0], &[0.0], &[9.0]])).contains("at most"), "too many spikes");
}
