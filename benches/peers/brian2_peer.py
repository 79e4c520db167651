"""The benchmark networks in Brian2's C++ standalone mode: builds one program and says "built", then runs it once for each line
on stdin and answers with a line of JSON. The time is taken by the program itself, after an untimed transient."""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

import brian2 as b2
import numpy as np
from brian2 import Hz, ms, mV

import spike_trains

# Written into the program before and after the timed part.
MARK = """{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    std::ofstream marks("marks.txt", std::ios::app);
    marks.precision(17);
    marks << std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count() << " " << usage.ru_maxrss << "\\n";
}"""


def brunel(rng):
    equations = "dv/dt = -v/(20*ms) : 1 (unless refractory)"
    cells = b2.NeuronGroup(12500, equations, threshold="v > 20", reset="v = 10", refractory=2 * ms, method="exact")
    cells.v = "20*rand()"
    noise = b2.PoissonInput(cells, "v", 1000, 20 * Hz, weight=0.1)
    synapses = []
    for first, size, indegree, weight in ((0, 10000, 1000, 0.1), (10000, 2500, 250, -0.5)):
        part = b2.Synapses(cells, cells, on_pre=f"v_post += {weight}", delay=1.5 * ms)
        part.connect(i=first + rng.integers(0, size, 12500 * indegree), j=np.repeat(np.arange(12500), indegree))
        synapses.append(part)
    return cells, 10000, [noise, *synapses], []


def current_based(rng):
    equations = """dv/dt = (ge + gi - (v + 49*mV))/(20*ms) : volt (unless refractory)
        dge/dt = -ge/(5*ms) : volt
        dgi/dt = -gi/(10*ms) : volt"""
    cells = vogels_abbott_cells(equations, "exact")
    return cells, 3200, vogels_abbott_synapses(cells, "ge_post += 1.62*mV", "gi_post += -9*mV"), []


def conductance_based(rng):
    equations = """dv/dt = (ge*(0*mV - v) + gi*(-80*mV - v) - (v + 60*mV))/(20*ms) : volt (unless refractory)
        dge/dt = -ge/(5*ms) : 1
        dgi/dt = -gi/(10*ms) : 1"""
    cells = vogels_abbott_cells(equations, "exponential_euler")
    start = b2.PoissonInput(cells, "ge", 1, 300 * Hz, weight=0.6)
    return cells, 3200, vogels_abbott_synapses(cells, "ge_post += 0.6", "gi_post += 6.7"), [start]


def vogels_abbott_cells(equations, method):
    cells = b2.NeuronGroup(4000, equations, threshold="v > -50*mV", reset="v = -60*mV", refractory=5 * ms, method=method)
    cells.v = "-60*mV + 10*mV*rand()"
    return cells


def vogels_abbott_synapses(cells, on_exc, on_inh):
    synapses = []
    for source, effect in ((cells[:3200], on_exc), (cells[3200:], on_inh)):
        part = b2.Synapses(source, cells, on_pre=effect, delay=0.1 * ms)
        part.connect(p=0.02)
        synapses.append(part)
    return synapses


def izhikevich_cells(excitatory, inhibitory, rng):
    """The cells of Izhikevich (2003), in the order of his program: input of the last step and fresh noise, then the step."""
    variables = "v : 1\nu : 1\nI : 1\n" + "\n".join(f"{name} : 1 (constant)" for name in ("a_", "b_", "c_", "d_", "sd"))
    cells = b2.NeuronGroup(excitatory + inhibitory, variables, threshold="v >= 30", reset="v = c_; u += d_")
    cells.run_regularly(
        """I += sd*randn()
        v += 0.5*(0.04*v*v + 5*v + 140 - u + I)
        v += 0.5*(0.04*v*v + 5*v + 140 - u + I)
        u += a_*(b_*v - u)
        I = 0""",
        dt=1 * ms,
        when="groups",
    )
    r_exc, r_inh = rng.random(excitatory), rng.random(inhibitory)
    both = lambda exc, inh: np.concatenate([np.broadcast_to(exc, excitatory), np.broadcast_to(inh, inhibitory)])
    b = both(0.2, 0.25 - 0.05 * r_inh)
    cells.a_, cells.b_ = both(0.02, 0.02 + 0.08 * r_inh), b
    cells.c_, cells.d_ = both(-65 + 15 * r_exc**2, -65), both(8 - 6 * r_exc**2, 2)
    cells.sd, cells.v, cells.u = both(5, 2), -65, -65 * b
    return cells


def izhikevich_dense(rng):
    cells = izhikevich_cells(800, 200, rng)
    synapses = b2.Synapses(cells, cells, "w : 1", on_pre="I_post += w")
    synapses.connect()
    synapses.w["i < 800"] = "0.5*rand()"
    synapses.w["i >= 800"] = "-rand()"
    return cells, 800, [synapses], []


def izhikevich_sparse(rng):
    cells = izhikevich_cells(80000, 20000, rng)
    synapses = b2.Synapses(cells, cells, "w : 1", on_pre="I_post += w")
    sources = [rng.integers(0, 80000, 8_000_000), rng.integers(80000, 100000, 2_000_000)]
    targets = [np.repeat(np.arange(100000), 80), np.repeat(np.arange(100000), 20)]
    synapses.connect(i=np.concatenate(sources), j=np.concatenate(targets))
    synapses.w["i < 80000"] = "2*rand()"
    synapses.w["i >= 80000"] = "-4*rand()"
    return cells, 80000, [synapses], []


def polychronous(rng):
    cells = b2.NeuronGroup(
        1000, "v : 1\nu : 1\nI : 1\na_ : 1 (constant)\nd_ : 1 (constant)", threshold="v >= 30", reset="v = -65; u += d_"
    )
    cells.run_regularly(
        """v += 0.5*(0.04*v*v + 5*v + 140 - u + I)
        v += 0.5*(0.04*v*v + 5*v + 140 - u + I)
        u += a_*(0.2*v - u)
        I = 0""",
        dt=1 * ms,
        when="groups",
    )
    excitatory = np.arange(1000) < 800
    cells.a_, cells.d_, cells.v, cells.u = np.where(excitatory, 0.02, 0.1), np.where(excitatory, 8, 2), -65, -13
    exc, inh = np.arange(800), np.arange(800, 1000)
    pairs = np.concatenate([targets_of(exc, exc, 80, rng), targets_of(exc, inh, 20, rng)], axis=1)
    slow = b2.Synapses(cells, cells, on_pre="I_post += 6")
    slow.connect(i=pairs[0], j=pairs[1])
    # A spike acts in the step after it, whatever the delay: 0 to 19 steps more make 1 to 20 ms.
    slow.delay = rng.integers(0, 20, pairs.shape[1]) * ms
    fast = b2.Synapses(cells, cells, on_pre="I_post -= 5")
    pairs = targets_of(inh, exc, 100, rng)
    fast.connect(i=pairs[0], j=pairs[1])
    # One neuron each millisecond, from a list: cheaper for Brian2 than drawing Poisson numbers for all of them.
    kicks = b2.SpikeGeneratorGroup(1000, rng.integers(0, 1000, 100_000), np.arange(100_000) * ms)
    kick = b2.Synapses(kicks, cells, on_pre="I_post += 20")
    kick.connect(j="i")
    return cells, 800, [slow, fast, kicks, kick], []


def targets_of(sources, targets, outdegree, rng):
    """Pairs: for each source so many different targets, never itself."""
    chosen = [rng.choice(targets[targets != source], outdegree, replace=False) for source in sources]
    return np.array([np.repeat(sources, outdegree), np.concatenate(chosen)])


# Name: how it is built (the cells, how many of them are excitatory, the rest of the network, and what acts only in the first
# 50 ms), and its time step in ms.
NETWORKS = {
    "brunel": (brunel, 0.1),
    "cuba": (current_based, 0.1),
    "coba": (conductance_based, 0.1),
    "izhikevich-1k": (izhikevich_dense, 1.0),
    "izhikevich-100k": (izhikevich_sparse, 1.0),
    "polychronous": (polychronous, 1.0),
}


class Program:
    """A network, compiled."""

    def __init__(self, name, transient, bio, seed, folder):
        make, step = NETWORKS[name]
        self.folder, self.bio = folder, bio
        begun = time.monotonic()
        b2.set_device("cpp_standalone", build_on_run=False)
        b2.prefs.codegen.cpp.headers = ["<chrono>", "<fstream>", "<sys/resource.h>"]
        b2.defaultclock.dt = step * ms
        b2.seed(seed)
        self.cells, self.excitatory, others, start = make(np.random.default_rng(seed))
        self.monitor = b2.SpikeMonitor(self.cells)
        network = b2.Network(self.cells, self.monitor, *others, *start)
        self.window = 1000 * transient, 1000 * (transient + bio)
        network.run(50 * ms)
        for part in start:
            part.active = False
        network.run(transient * b2.second - 50 * ms)
        b2.device.insert_code("main", MARK)
        network.run(bio * b2.second)
        b2.device.insert_code("main", MARK)
        b2.device.build(directory=str(folder), compile=True, run=False, with_output=False)
        self.build_s = time.monotonic() - begun

    def run(self):
        marks = self.folder / "marks.txt"
        marks.unlink(missing_ok=True)
        b2.device.run(directory=str(self.folder), with_output=False)
        (before, _), (after, rss_kib) = [map(float, line.split()) for line in marks.read_text().splitlines()]
        sizes = {"exc": (0, self.excitatory), "inh": (self.excitatory, len(self.cells) - self.excitatory)}
        times_ms, cells = np.array(self.monitor.t / ms), np.array(self.monitor.i)
        # Brian2 stamps a spike with the start of its step, the others with the end.
        times_ms += float(b2.defaultclock.dt / ms)
        return {
            "version": b2.__version__,
            "real_time_factor": (after - before) / self.bio,
            "build_s": self.build_s,
            "peak_rss_bytes": int(1024 * rss_kib),
            "populations": spike_trains.summary(times_ms, cells, sizes, *self.window),
        }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("network", choices=NETWORKS)
    parser.add_argument("--transient", type=float, required=True, help="seconds, more than 0.05")
    parser.add_argument("--bio", type=float, required=True, help="seconds")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="brian2-") as folder:
        program = Program(args.network, args.transient, args.bio, args.seed, Path(folder))
        print("built", flush=True)
        for _ in sys.stdin:
            print(json.dumps(program.run()), flush=True)


if __name__ == "__main__":
    main()
