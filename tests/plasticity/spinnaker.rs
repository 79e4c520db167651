//! stdp_spinnaker against lists of spikes: at each spike of the source, those of the target that are still remembered are gone through,
//! as the rule is told, in floating point and in the chip's whole numbers.

use crate::mutations::Nobody;
use crate::netlist;
use sim_core::engine::{Plan, State};
use sim_core::plasticity::Reading;
use sim_core::random::Stream;

const TAU_PLUS: f64 = 3.0;
const TAU_MINUS: f64 = 4.0;
/// nA.
const W_MAX: f64 = 0.5;
const A_PLUS: f64 = 0.2;
const A_MINUS: f64 = 0.15;
const DURATION: u64 = 600;

struct Case {
    history: usize,
    release: &'static str,
    delay: u64,
    on_chip: bool,
}

/// A number of the oracle: a double, or a whole number with so many bits behind the point.
trait Numbers {
    type Trace: Copy;
    fn start(&self) -> Self::Trace;
    /// A trace just after a spike, from the one after the spike before.
    fn spike(&self, last: Self::Trace, ticks: u64, tau: f64) -> Self::Trace;
    /// An amplitude (nA) times a trace after so many ticks.
    fn change(&self, amplitude: f64, trace: Self::Trace, ticks: u64, tau: f64) -> f64;
    /// What is kept of a weight until the next spike.
    fn stored(&self, weight: f64) -> f64;
}

struct Doubles;

impl Numbers for Doubles {
    type Trace = f64;
    fn start(&self) -> f64 {
        0.0
    }
    fn spike(&self, last: f64, ticks: u64, tau: f64) -> f64 {
        last * (-(ticks as f64) / tau).exp() + 1.0
    }
    fn change(&self, amplitude: f64, trace: f64, ticks: u64, tau: f64) -> f64 {
        amplitude * trace * (-(ticks as f64) / tau).exp()
    }
    fn stored(&self, weight: f64) -> f64 {
        weight
    }
}

/// Traces with 11 bits behind the point, weights with 15, of which the last `shift` are not stored.
struct Chip {
    shift: u32,
}

impl Chip {
    fn table(ticks: u64, tau: f64) -> i64 {
        let length = ((2048_f64.ln() * tau) as u64).next_multiple_of(2);
        if ticks < length { ((-(ticks as f64) / tau).exp() * 2048.0).floor() as i64 } else { 0 }
    }
}

impl Numbers for Chip {
    type Trace = i64;
    fn start(&self) -> i64 {
        0
    }
    fn spike(&self, last: i64, ticks: u64, tau: f64) -> i64 {
        ((last * Self::table(ticks, tau)) >> 11) + 2048
    }
    fn change(&self, amplitude: f64, trace: i64, ticks: u64, tau: f64) -> f64 {
        let amplitude = (amplitude * 32_768.0).round() as i64;
        ((amplitude * ((trace * Self::table(ticks, tau)) >> 11)) >> 11) as f64 / 32_768.0
    }
    fn stored(&self, weight: f64) -> f64 {
        ((weight * 32_768.0) as i64 >> self.shift << self.shift) as f64 / 32_768.0
    }
}

/// The weight (nA) after each spike of the source.
fn course<N: Numbers>(case: &Case, numbers: &N, pre: &[u64], post: &[u64]) -> Vec<f64> {
    let factor = if case.release == "spynnaker_6" { W_MAX } else { 1.0 };
    let bound = W_MAX.min((W_MAX * 32_768.0).round() / 32_768.0);
    let clip = |weight: f64| weight.clamp(0.0, bound);
    let each = |weight: f64| if case.release == "spynnaker_6" { weight } else { clip(weight) };
    // Every spike of the target with the trace just after it.
    let mut posts: Vec<(u64, N::Trace)> = Vec::new();
    for spike in post {
        let (last, ticks) = posts.last().map_or((numbers.start(), 0), |(tick, trace)| (*trace, spike - tick));
        posts.push((*spike, numbers.spike(last, ticks, TAU_MINUS)));
    }
    let (mut weight, mut last, mut trace) = (0.0, 0, numbers.start());
    let mut all = Vec::new();
    for now in pre {
        let seen: Vec<&(u64, N::Trace)> = posts.iter().filter(|(tick, _)| tick + case.delay <= *now).collect();
        let remembered = if case.history == 0 { &seen[..] } else { &seen[seen.len().saturating_sub(case.history)..] };
        for (tick, _) in remembered.iter().filter(|(tick, _)| tick + case.delay > last) {
            weight = each(weight + numbers.change(A_PLUS * factor, trace, tick + case.delay - last, TAU_PLUS));
        }
        let before = seen.iter().rev().find(|(tick, _)| case.release != "earlier" || tick + case.delay < *now);
        if let Some((tick, trace)) = before {
            weight -= numbers.change(A_MINUS * factor, *trace, now - tick - case.delay, TAU_MINUS);
        }
        weight = numbers.stored(clip(weight));
        all.push(weight);
        trace = numbers.spike(trace, now - last, TAU_PLUS);
        last = *now;
    }
    all
}

/// Bursts and pauses, so that the history overflows, spikes meet, and traces fade: at least two ticks lie between spikes.
fn train(seed: u64, chances: [u32; 2]) -> Vec<u64> {
    let mut stream = Stream::new(seed, 9);
    let (mut tick, mut all) = (2, Vec::new());
    while tick < DURATION - 20 {
        let chance = chances[usize::from((tick / 60) % 2 == 1)];
        if stream.below(100) < chance {
            all.push(tick);
        }
        tick += 2 + u64::from(stream.below(2));
    }
    all
}

fn netlist_of(case: &Case, pre: &[Vec<u64>], driven: &[Vec<u64>]) -> String {
    let times = |trains: &[Vec<u64>]| {
        let list = |train: &Vec<u64>| train.iter().map(|tick| format!("\"{tick} ms\"")).collect::<Vec<_>>().join(", ");
        trains.iter().map(|train| format!("[{}]", list(train))).collect::<Vec<_>>().join(", ")
    };
    let numerics = if case.on_chip { "numerics = \"spinnaker\"\n" } else { "[numerics]\nweights = \"f64\"\n" };
    format!(
        "spikeloom = 1\n[network]\ntimestep = \"1 ms\"\nduration = \"{DURATION} ms\"\n{numerics}\
         [populations.pre]\nneurons = {{ model = \"spike_train\", times = {{ list = [{}] }} }}\nsize = {}\n\
         [populations.drive]\nneurons = {{ model = \"spike_train\", times = {{ list = [{}] }} }}\nsize = {}\n\
         [populations.post]\nneurons = {{ model = \"if_curr_exp\", c_m = \"0.14 nF\", tau_m = \"0.2 ms\", t_ref = \"0 ms\", \
         tau_syn_ex = \"0.1 ms\", e_l = \"-60 mV\", v_reset = \"-60 mV\", v_th = \"-57 mV\" }}\nsize = {}\n\
         [[projections]]\nsource = \"drive\"\ntarget = \"post\"\nconnect = {{ rule = \"one_to_one\" }}\nweight = \"60 nA\"\n\
         delay = \"1 ms\"\n\
         [[projections]]\nname = \"syn\"\nsource = \"pre\"\ntarget = \"post\"\nconnect = {{ rule = \"all_to_all\" }}\n\
         weight = \"0 nA\"\ndelay = \"{} ms\"\n[projections.plasticity]\nrule = \"stdp_spinnaker\"\n\
         tau_plus = \"{TAU_PLUS} ms\"\ntau_minus = \"{TAU_MINUS} ms\"\na_plus = \"{A_PLUS} nA\"\na_minus = \"{A_MINUS} nA\"\n\
         w_max = \"{W_MAX} nA\"\nhistory = {}\nrelease = \"{}\"\n",
        times(pre),
        pre.len(),
        times(driven),
        driven.len(),
        driven.len(),
        case.delay,
        case.history,
        case.release,
    )
}

fn agrees(case: &Case, threads: usize) {
    let name = format!("history {}, {}, delay {}, chip {}", case.history, case.release, case.delay, case.on_chip);
    let pre: Vec<Vec<u64>> = (0..3).map(|i| train(i, [30, 3])).collect();
    let driven: Vec<Vec<u64>> = (0..70).map(|i| train(100 + i, [20, 90])).collect();
    let network = netlist::toml(&netlist_of(case, &pre, &driven), &[]);
    let plan = Plan::new(network, threads);
    let mut state = State::new(&plan);
    // The drive acts a tick later, in which the target fires. One weight of 60 nA and three of 0.5: below 2^6.
    let post: Vec<Vec<u64>> = driven.iter().map(|train| train.iter().map(|tick| tick + 1).collect()).collect();
    let wanted = |source: usize, target: usize| match case.on_chip {
        true => course(case, &Chip { shift: 6 }, &pre[source], &post[target]),
        false => course(case, &Doubles, &pre[source], &post[target]),
    };
    let wanted: Vec<Vec<Vec<f64>>> =
        (0..pre.len()).map(|source| (0..post.len()).map(|target| wanted(source, target)).collect()).collect();
    let (mut forgotten, mut compared) = (0, 0);
    for tick in case.delay + 1..DURATION {
        state.advance(&plan, tick - state.tick(), &mut Nobody);
        let arrived = |train: &Vec<u64>| train.iter().position(|spike| spike + case.delay == tick);
        let spikes: Vec<Option<usize>> = pre.iter().map(arrived).collect();
        if spikes.iter().all(Option::is_none) {
            continue;
        }
        let found = state.synapses(&plan, 1, 0, Reading::AtArrival);
        for ((source, target), got) in found.sources.iter().zip(&found.targets).zip(&found.values) {
            let Some(spike) = spikes[*source as usize] else { continue };
            let want = wanted[*source as usize][*target as usize][spike];
            let bound = if case.on_chip { 0.0 } else { 1e-12 };
            assert!((got / 1000.0 - want).abs() <= bound, "{name}: {source} to {target} at {tick}: {got} pA, not {want} nA");
            compared += 1;
            let since = if spike == 0 { 0 } else { pre[*source as usize][spike - 1] };
            let new = post[*target as usize].iter().filter(|p| **p + case.delay > since && **p + case.delay <= tick - case.delay);
            forgotten += usize::from(case.history > 0 && new.count() > case.history);
        }
    }
    assert!(compared > 5_000, "{name}: {compared} weights");
    assert!(case.history == 0 || forgotten > 100, "{name}: of {forgotten} the history was too short");
}

#[test]
fn every_release_history_and_delay() {
    for on_chip in [false, true] {
        for (history, release, delay) in [
            (15, "spynnaker_7", 1),
            (0, "spynnaker_7", 1),
            (3, "spynnaker_7", 3),
            (0, "spynnaker_7", 4),
            (15, "spynnaker_6", 1),
            (0, "spynnaker_6", 2),
            (4, "earlier", 1),
            (0, "earlier", 2),
        ] {
            agrees(&Case { history, release, delay, on_chip }, if delay == 1 { 1 } else { 2 });
        }
    }
}
