"""Makes reference weights of plastic synapses with NEST 3.10: plasticity/CASE.json beside this file.

    python3 -m venv nest && nest/bin/pip install nest-simulator==3.10.0
    nest/bin/python tests/data/nest/make_plasticity.py              # all cases below
    nest/bin/python tests/data/nest/make_plasticity.py stdp_nn      # those whose names begin so

README.md says what stands in the files. Each case is one synapse between two parrots, which fire as they are told.
"""

import json
import pathlib
import random
import sys

import nest

nest.verbosity = nest.VerbosityLevel.ERROR
FOLDER = pathlib.Path(__file__).parent / "plasticity"
STEP_MS = 0.1
TAIL_MS = 30.0
REWARD_DELAY_MS = 1.3


def drawn(seed, count, last):
    """So many different times on the grid up to `last`, the same at every call."""
    return sorted(tick * STEP_MS for tick in random.Random(seed).sample(range(10, round(last / STEP_MS)), count))


def meeting(delay):
    """Post spikes that reach the synapse with a pre spike, a step before and a step after it, and such that fire with it."""
    pre = [50.0 + 40.0 * number for number in range(12)]
    arrivals = [0.0, -0.1, 0.1, delay, delay - 0.1, delay + 0.1]
    return pre + [600.0], [time - delay + arrival for time, arrival in zip(pre, arrivals + arrivals)] + [598.0]


def trains(delay):
    """By name: times of pre and post spikes in ms. Each ends with a pre spike that shows what came before."""
    bursts = [start + 4.0 * number for start in (20.0, 120.0, 300.0) for number in range(5)]
    return {
        "pairs": ([20.0, 200.0, 400.0, 600.0, 800.0, 1000.0], [30.0, 190.0, 400.0, 599.9, 800.1]),
        "bursts": (bursts + [500.0], [time + 2.3 for time in bursts[:5]] + [117.5, 119.0, 121.0, 298.0, 313.0, 330.0]),
        "meeting": meeting(delay),
        "busy_post": ([30.0, 100.0, 101.0, 300.0], [5.0, 10.0] + [31.0 + 3.0 * number for number in range(40)]),
        "busy_pre": ([5.0, 10.0] + [31.0 + 3.0 * number for number in range(40)] + [300.0], [30.0, 100.0, 101.0]),
        "silence": ([10.0, 15.0, 2000.0, 2005.0, 6000.0], [12.0, 1000.0, 2002.0, 5990.0]),
        "copies": ([20.0, 60.0, 60.0, 90.0, 120.0, 120.0, 160.0], [30.0, 30.0, 50.0, 100.0, 120.0 - delay, 120.0 - delay, 150.0]),
        "dense": (drawn(1, 80, 800.0) + [820.0], drawn(2, 80, 800.0)),
        "sparse": (drawn(3, 40, 4000.0) + [4020.0], drawn(4, 40, 4000.0)),
    }


def parrot(times, **params):
    """A cell that fires at these times, several times where one stands repeatedly."""
    cell = nest.Create("parrot_neuron", params=params)
    once = sorted(set(times))
    sent = {
        "spike_times": [round(time - STEP_MS, 1) for time in once],
        "spike_multiplicities": [times.count(time) for time in once],
    }
    source = nest.Create("spike_generator", params=sent)
    nest.Connect(source, cell, syn_spec={"delay": STEP_MS})
    return cell


def recorded(events):
    """(tick, weight) pairs of a recorder in the order of time, those of one tick as they were sent."""
    pairs = zip(ticks(events["times"]), (float(weight) for weight in events["weights"]))
    return sorted(pairs, key=lambda pair: pair[0])


def weights(model, params, post_params, delay, weight, pre, post, dopamine):
    """What a weight recorder sees in one run: the weight that each pre spike was sent with, and when."""
    nest.ResetKernel()
    nest.resolution = STEP_MS
    before, after = parrot(pre), parrot(post, **post_params)
    recorder = nest.Create("weight_recorder")
    nest.CopyModel(model, "recorded", {"weight_recorder": recorder})
    if dopamine is not None:
        transmitter = nest.Create("volume_transmitter")
        nest.Connect(parrot(dopamine), transmitter, syn_spec={"delay": REWARD_DELAY_MS})
        nest.SetDefaults("recorded", {"volume_transmitter": transmitter})
    # As defaults, for some rules have parameters that all their synapses share, and Wmax must have the sign of the weight.
    nest.SetDefaults("recorded", {"weight": weight, **params})
    # A parrot repeats what comes in at receptor 0 only.
    nest.Connect(before, after, syn_spec={"synapse_model": "recorded", "delay": delay, "receptor_type": 1})
    nest.Simulate(max(pre + post) + TAIL_MS)
    return recorded(recorder.events)


def ticks(times):
    return [round(time / STEP_MS) for time in times]


def case(name, model, params, delay, weight=1.0, post_params=None, dopamine=None, only=None):
    """Simulates the trains of a delay and writes what became of the weight. `only`: names of trains."""
    if not name.startswith(tuple(sys.argv[1:]) or ""):
        return
    post_params = post_params or {}
    rows = {}
    for train, (pre, post) in trains(delay).items():
        if only and train not in only:
            continue
        seen = weights(model, params, post_params, delay, weight, pre, post, dopamine)
        assert [tick for tick, _ in seen] == ticks(pre), (name, train)
        rows[train] = {"pre": ticks(pre), "post": ticks(post), "weights": [value for _, value in seen]}
    about = {
        "case": name,
        "simulator": "NEST " + nest.__version__,
        "model": model,
        "params": params,
        "post_params": post_params,
        "resolution_ms": STEP_MS,
        "delay_ms": delay,
        "initial_weight": weight,
    }
    if dopamine is not None:
        about |= {"rewards": ticks(dopamine), "reward_delay_ms": REWARD_DELAY_MS}
    lines = [f' "{key}": {json.dumps(value)}' for key, value in about.items()]
    lines.append(' "trains": {\n' + ",\n".join(f'  "{key}": {json.dumps(row)}' for key, row in rows.items()) + "\n }")
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
    print(name, {train: row["weights"][-1] for train, row in rows.items()})


PAIR = {"tau_plus": 20.0, "lambda": 0.02, "alpha": 1.05, "Wmax": 2.0}
ADDITIVE = {**PAIR, "mu_plus": 0.0, "mu_minus": 0.0}
MULTIPLICATIVE = {**PAIR, "mu_plus": 1.0, "mu_minus": 1.0}
MIXED = {**PAIR, "mu_plus": 0.4, "mu_minus": 1.0}
SLOW = {"tau_minus": 33.7}
for delay in (1.0, 1.5, 5.0):
    for kind, params in (("additive", ADDITIVE), ("multiplicative", MULTIPLICATIVE), ("mixed", MIXED)):
        case(f"stdp_synapse_{kind}_{delay}", "stdp_synapse", params, delay, post_params=SLOW)
    for rule in ("nn_symm", "nn_pre_centered", "nn_restr"):
        case(f"stdp_{rule}_synapse_{delay}", f"stdp_{rule}_synapse", MIXED, delay, post_params=SLOW)
# Steps so large that the weight is at either end most of the time.
case("stdp_synapse_clipped_up", "stdp_synapse", {**ADDITIVE, "lambda": 0.4, "alpha": 0.4}, 1.5, 1.9, SLOW)
case("stdp_synapse_clipped_down", "stdp_synapse", {**ADDITIVE, "lambda": 0.4, "alpha": 1.6}, 1.5, 0.1, SLOW)

# Pfister & Gerstner (2006), visual cortex, all to all (table 4), times 10.
TRIPLET = {
    "tau_plus": 16.8, "tau_plus_triplet": 101.0, "Aplus": 0.005, "Aplus_triplet": 0.062, "Aminus": 0.07, "Aminus_triplet": 0.0023,
    "Wmax": 20.0,
}  # fmt: skip
TRIPLET_POST = {"tau_minus": 33.7, "tau_minus_triplet": 125.0}
for delay in (1.0, 5.0):
    case(f"stdp_triplet_synapse_{delay}", "stdp_triplet_synapse", TRIPLET, delay, 8.0, TRIPLET_POST)
case("stdp_triplet_synapse_clipped", "stdp_triplet_synapse", {**TRIPLET, "Aminus": 0.5, "Aplus": 0.4, "Wmax": 2.0}, 1.5, 1.0, TRIPLET_POST)

# Morrison, Aertsen & Diesmann (2007) with weights of tens of pA.
POWER = {"tau_plus": 15.0, "lambda": 0.1, "alpha": 0.1, "mu": 0.4}
for delay in (1.0, 5.0):
    case(f"stdp_pl_synapse_hom_{delay}", "stdp_pl_synapse_hom", POWER, delay, 45.0, SLOW)

# The synapse and its target have one time constant.
VOGELS = {"tau": 20.0, "eta": 0.02, "alpha": 0.12, "Wmax": 2.0}
for delay in (1.0, 5.0):
    case(f"vogels_sprekeler_synapse_{delay}", "vogels_sprekeler_synapse", VOGELS, delay, 0.5, {"tau_minus": 20.0})
case("vogels_sprekeler_synapse_negative", "vogels_sprekeler_synapse", {**VOGELS, "Wmax": -2.0}, 1.5, -0.5, {"tau_minus": 20.0})

# Tsodyks, Uziel & Markram (2000): a depressing and a facilitating synapse.
DEPRESSING = {"U": 0.5, "tau_rec": 800.0, "tau_fac": 0.0}
FACILITATING = {"U": 0.04, "tau_rec": 100.0, "tau_fac": 1000.0}
SHORT = ("bursts", "busy_pre", "silence", "dense", "sparse")
for kind, params in (("depressing", DEPRESSING), ("facilitating", FACILITATING)):
    case(f"tsodyks_synapse_{kind}", "tsodyks_synapse", {**params, "tau_psc": 3.0}, 1.0, 100.0, only=SHORT)
    # The utilisation starts at NEST's default, whatever U is, unless it is given.
    case(f"tsodyks2_synapse_{kind}", "tsodyks2_synapse", {**params, "u": params["U"]}, 1.0, 100.0, only=SHORT)

# Izhikevich (2007): rewards while traces last, within a step of spikes, and without any.
REWARDS = [25.0, 60.0, 60.1, 130.0, 310.0, 400.0, 402.0, 590.0, 800.0, 2100.0, 2600.0, 5000.0]
DOPAMINE = {"A_plus": 0.1, "A_minus": 0.12, "tau_plus": 20.0, "tau_c": 1000.0, "tau_n": 200.0, "b": 0.002, "Wmin": 0.0, "Wmax": 20.0}
for delay in (1.0, 5.0):
    case(f"stdp_dopamine_synapse_{delay}", "stdp_dopamine_synapse", DOPAMINE, delay, 8.0, SLOW, REWARDS)
case("stdp_dopamine_synapse_clipped", "stdp_dopamine_synapse", {**DOPAMINE, "Wmin": 7.95, "Wmax": 8.05}, 1.5, 8.0, SLOW, REWARDS)


def table():
    """The weight at the end of the trains of `stdp_protocol.json`: `stdp_table.csv`. A late pre spike makes NEST apply what is due."""
    protocol = json.loads((FOLDER.parent / "stdp_protocol.json").read_text())
    lines = ["rule,train,dendritic_delay_ms,final_weight"]
    for name, rule in protocol["rules"].items():
        for train, (pre, post) in protocol["trains"].items():
            late = max(pre + post) + 100.0
            for delay in protocol["delays_ms"]:
                post_params = {"tau_minus": protocol["tau_minus"]}
                seen = weights(rule["model"], rule["p"], post_params, delay, protocol["initial_weight"], pre + [late], post, None)
                lines.append(f"{name},{train},{delay},{seen[-1][1]:.15g}")
    (FOLDER.parent / "stdp_table.csv").write_text("\n".join(lines) + "\n")


if "stdp_table".startswith(tuple(sys.argv[1:]) or ""):
    table()
