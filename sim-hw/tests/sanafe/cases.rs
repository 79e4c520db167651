//! Networks that SANA-FE ran too: pings, hot spots, uniform traffic, and random small networks that use every attribute.

use std::fmt::Write;

pub(crate) const LOIHI: &str = include_str!("../data/sanafe/loihi.yaml");
pub(crate) const ODD: &str = include_str!("../data/sanafe/odd.yaml");

/// A network on a chip.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) chip: &'static str,
    pub(crate) net: String,
    pub(crate) steps: u64,
}

/// All cases, in the order of the reference.
pub(crate) fn all() -> Vec<Case> {
    let pings = [(0, 0), (0, 1), (1, 0), (2, 0), (4, 0), (8, 0), (5, 0), (31, 0)];
    let pings = pings.into_iter().map(|(tile, core)| ping(tile, core));
    let hot_spots = [1, 4, 16, 64, 120].into_iter().map(hot_spot);
    let uniform = [(32, 16, 2), (64, 8, 3), (128, 32, 4)].into_iter().map(|(cores, neurons, fan)| uniform(cores, neurons, fan));
    pings.chain(hot_spots).chain(uniform).chain((0..60).map(random)).collect()
}

/// A neuron that fires in each step, and its target on the core.
fn ping(tile: u32, core: u32) -> Case {
    let net = format!(
        "network:\n  name: ping\n  groups:\n    - name: source\n      attributes: {{threshold: 0.5, bias: 1}}\n      neurons: [0]\n\
         \x20   - name: target\n      attributes: {{threshold: 1000, synapse_hw_name: sparse}}\n      neurons: [0]\n\
         \x20 edges:\n    - source.0 -> target.0: {{weight: 1}}\n\
         mappings:\n  - source: {{core: 0.0}}\n  - target: {{core: {tile}.{core}}}\n"
    );
    Case { name: format!("ping-{tile}-{core}"), chip: LOIHI, net, steps: 4 }
}

/// 64 neurons on each of so many cores, from tile 1 on, that all send to one neuron on core 0.0.
fn hot_spot(cores: u32) -> Case {
    let mut net = format!(
        "network:\n  name: hot spot\n  groups:\n    - name: s\n      attributes: {{threshold: 0.5, bias: 1}}\n      neurons: [0..{}]\n\
         \x20   - name: t\n      attributes: {{threshold: 1.0e9, synapse_hw_name: sparse}}\n      neurons: [0]\n  edges:\n",
        64 * cores - 1
    );
    for neuron in 0..64 * cores {
        let _ = writeln!(net, "    - s.{neuron} -> t.0: {{weight: 1}}");
    }
    net += "mappings:\n  - t: {core: 0.0}\n";
    for core in 0..cores {
        let _ = writeln!(net, "  - s.{}..{}: {{core: {}.{}}}", 64 * core, 64 * core + 63, 1 + core / 4, core % 4);
    }
    Case { name: format!("hot-spot-{cores}"), chip: LOIHI, net, steps: 2 }
}

/// Neurons of many cores that send to random ones; each has its own bias and leak.
fn uniform(cores: u32, per_core: u32, fan: u32) -> Case {
    let mut random = Random(u64::from(cores));
    let neurons = cores * per_core;
    let mut net = "network:\n  name: uniform\n  groups:\n    - name: n\n      neurons:\n".to_string();
    for neuron in 0..neurons {
        let bias = f64::from(random.below(40)) / 64.0;
        let _ = writeln!(net, "        - {neuron}: {{threshold: 1, leak_decay: 0.875, bias: {bias}}}");
    }
    net += "  edges:\n";
    for source in 0..neurons {
        for _ in 0..fan {
            let _ = writeln!(net, "    - n.{source} -> n.{}: {{weight: {}}}", random.below(neurons), random.weight());
        }
    }
    net += "mappings:\n";
    for core in 0..cores {
        let (first, last) = (core * per_core, core * per_core + per_core - 1);
        let _ = writeln!(net, "  - n.{first}..{last}: {{core: {}.{}}}", core / 4, core % 4);
    }
    Case { name: format!("uniform-{cores}"), chip: LOIHI, net, steps: 20 }
}

/// Inputs and two groups of neurons with random parameters, edges by every rule, on random cores of the odd chip.
pub(crate) fn random(seed: u32) -> Case {
    let mut random = Random(1000 + u64::from(seed));
    let (a, b) = (1 + random.below(6), 1 + random.below(6));
    let mut net = "network:\n  name: random\n  groups:\n    - name: i\n      neurons:\n".to_string();
    for input in 0..6 {
        let spikes: Vec<String> = (0..random.below(12)).map(|_| random.below(2).to_string()).collect();
        let _ = match random.below(3) {
            0 => writeln!(net, "        - {input}: {{rate: {}}}", f64::from(random.below(65)) / 64.0),
            1 => writeln!(net, "        - {input}: [spikes: [{}], rate: 0.3]", spikes.join(", ")),
            _ => writeln!(net, "        - {input}: {{spikes: [{}]}}", spikes.join(", ")),
        };
    }
    for (name, size) in [("a", a), ("b", b)] {
        let _ = write!(net, "    - name: {name}\n      attributes: [{}]\n      neurons:\n", random.attributes());
        for neuron in 0..size {
            let _ = writeln!(net, "        - {neuron}: {{{}}}", random.attributes());
        }
    }
    net += "    - name: c\n      attributes: {threshold: 2, leak_decay: 0.5}\n      neurons: [0..3]\n  edges:\n";
    let weights =
        |random: &mut Random, number: u32| (0..number).map(|_| random.weight().to_string()).collect::<Vec<_>>().join(", ");
    let _ = writeln!(net, "    - i -> a: {{type: dense, weight: [{}]}}", weights(&mut random, 6 * a));
    let pairs: Vec<String> = (0..5).map(|_| format!("[{}, {}]", random.below(a), random.below(b))).collect();
    let _ = writeln!(
        net,
        "    - a -> b: {{type: sparse, source_target_pairs: [{}], weight: [{}]}}",
        pairs.join(", "),
        weights(&mut random, 5)
    );
    let _ = writeln!(
        net,
        "    - i -> c: {{type: conv2d, input_height: 3, input_width: 2, input_channels: 1, kernel_count: 2, kernel_height: 2, kernel_width: 2, stride_height: 1, stride_width: 1, weight: [{}]}}",
        weights(&mut random, 8)
    );
    for _ in 0..8 {
        let (source, target) = (random.below(b), random.below(a));
        let _ = writeln!(net, "    - b.{source} -> a.{target}: [weight: {}]", random.weight());
    }
    net += "mappings:\n";
    let core = |random: &mut Random| format!("{}.{}", random.below(6), random.below(3));
    let inputs = core(&mut random);
    for input in 0..6 {
        let _ = writeln!(net, "  - i.{input}: {{core: {inputs}, soma: 'input[{input}]'}}");
    }
    for (name, size) in [("b", b), ("a", a)] {
        for neuron in 0..size {
            let units = ["", ", soma: alternative", ", synapse: slow", ", dendrite: other", ", soma: lif, synapse: fast"];
            let unit = units[random.below(5) as usize];
            let _ = writeln!(net, "  - {name}.{neuron}: {{core: {}{unit}}}", core(&mut random));
        }
    }
    let _ = writeln!(net, "  - c: [core: {}]", core(&mut random));
    Case { name: format!("random-{seed}"), chip: ODD, net, steps: 25 }
}

/// SplitMix64: the cases are the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u32) -> u32 {
        (self.next() % u64::from(bound)) as u32
    }

    /// Sums of such weights are exact, in any order.
    fn weight(&mut self) -> f64 {
        f64::from(self.below(257)) / 64.0 - 2.0
    }

    /// Some attributes of a neuron.
    fn attributes(&mut self) -> String {
        let mode = ["none", "soft", "hard", "saturate"];
        let all = [
            format!("threshold: {}", f64::from(self.below(5)) / 2.0),
            format!("bias: {}", f64::from(self.below(5)) / 4.0 - 0.5),
            format!("leak_decay: {}", f64::from(self.below(9)) / 8.0),
            format!("reset: {}", f64::from(self.below(9)) / 4.0 - 1.0),
            format!("reset_mode: {}", mode[self.below(4) as usize]),
            format!("reverse_threshold: {}", f64::from(self.below(4)) / -2.0),
            format!("reverse_reset: {}", f64::from(self.below(5)) / 4.0 - 0.5),
            format!("reverse_reset_mode: {}", mode[self.below(4) as usize]),
            format!("refractory_delay: {}", self.below(4)),
            format!("force_update: {}", self.below(2) == 1),
            format!("potential: {}", f64::from(self.below(9)) / 3.0 - 1.0),
            format!("soma: {{bias: {}}}", f64::from(self.below(5)) / 8.0),
        ];
        let chosen: Vec<&str> = all.iter().filter(|_| self.below(3) == 0).map(String::as_str).collect();
        chosen.join(", ")
    }
}
