"""The benchmark networks in NEST: prints one line of JSON for one run, timed after an untimed transient."""

import argparse
import json
import resource
import time

import nest
import numpy as np

import spike_trains


def current_based(seed):
    card = dict(C_m=200.0, tau_m=20.0, E_L=-49.0, V_th=-50.0, V_reset=-60.0, t_ref=5.0, tau_syn_ex=5.0, tau_syn_in=10.0)
    return vogels_abbott("iaf_psc_exp", card, 16.2, -90.0)


def conductance_based(seed):
    card = dict(C_m=200.0, g_L=10.0, E_L=-60.0, V_th=-50.0, V_reset=-60.0, t_ref=5.0, E_ex=0.0, E_in=-80.0)
    populations = vogels_abbott("iaf_cond_exp", card | dict(tau_syn_ex=5.0, tau_syn_in=10.0), 6.0, -67.0)
    start = nest.Create("poisson_generator", params=dict(rate=300.0, stop=50.0))
    nest.Connect(start, populations["exc"] + populations["inh"], syn_spec=dict(weight=6.0, delay=0.1))
    return populations


def vogels_abbott(model, card, excitation, inhibition):
    exc, inh = nest.Create(model, 3200, card), nest.Create(model, 800, card)
    every = exc + inh
    every.V_m = nest.random.uniform(-60.0, -50.0)
    pairs = dict(rule="pairwise_bernoulli", p=0.02, allow_autapses=False)
    nest.Connect(exc, every, pairs, dict(weight=excitation, delay=0.1))
    nest.Connect(inh, every, pairs, dict(weight=inhibition, delay=0.1))
    return dict(exc=exc, inh=inh)


def brunel(seed, recurrent="static_synapse", neuron="iaf_psc_delta", generator="poisson_generator"):
    card = dict(C_m=1.0, tau_m=20.0, t_ref=2.0, E_L=0.0, V_th=20.0, V_reset=10.0, tau_minus=20.0)
    exc, inh = nest.Create(neuron, 10000, card), nest.Create(neuron, 2500, card)
    every = exc + inh
    every.V_m = nest.random.uniform(0.0, 20.0)
    noise = nest.Create(generator, params=dict(rate=20000.0))
    nest.Connect(noise, every, syn_spec=dict(weight=0.1, delay=1.5))
    excitation = dict(rule="fixed_indegree", indegree=1000)
    nest.Connect(exc, exc, excitation, dict(synapse_model=recurrent, weight=0.1, delay=1.5))
    nest.Connect(exc, inh, excitation, dict(weight=0.1, delay=1.5))
    nest.Connect(inh, every, dict(rule="fixed_indegree", indegree=250), dict(weight=-0.5, delay=1.5))
    return dict(exc=exc, inh=inh)


def brunel_stdp(seed):
    learns = {"lambda": 0.005, "alpha": 1.05, "mu_plus": 0.0, "mu_minus": 0.0, "Wmax": 0.3, "tau_plus": 20.0}
    nest.CopyModel("stdp_synapse", "additive", learns)
    return brunel(seed, "additive")


def brunel_precise(seed):
    """In continuous time: nothing is on the grid but the delays."""
    return brunel(seed, neuron="iaf_psc_delta_ps", generator="poisson_generator_ps")


def hpc_stdp(seed):
    """NEST's hpc_benchmark with a tenth of its in-degree, and weights larger by the square root of ten."""
    excitatory, inhibitory, delay = 900, 225, 1.5
    tau_m, c_m, tau = 10.0, 250.0, 0.32582722403722841
    weight = 0.14 / 0.0030695292006 * np.sqrt(10.0)  # of 0.14 mV in the full network
    card = dict(E_L=0.0, C_m=c_m, tau_m=tau_m, t_ref=0.5, V_th=20.0, V_reset=0.0, tau_syn_ex=tau, tau_syn_in=tau, tau_minus=30.0)
    exc, inh = nest.Create("iaf_psc_alpha", 9000, card), nest.Create("iaf_psc_alpha", 2250, card)
    every = exc + inh
    every.V_m = nest.random.normal(5.7, 7.2)
    noise = nest.Create("poisson_generator", params=dict(rate=1685.0 * 20.0 * c_m / (weight * np.e * tau_m * tau)))
    nest.Connect(noise, every, syn_spec=dict(weight=weight, delay=delay))
    learns = {"lambda": 0.1, "alpha": 0.0513, "mu": 0.4, "tau_plus": 15.0}
    for name, model, changes in (
        ("learning", "stdp_pl_synapse_hom_hpc", learns), ("exciting", "static_synapse_hpc", {}), ("inhibiting", "static_synapse_hpc", {})
    ):
        nest.CopyModel(model, name, changes | dict(weight=-5.0 * weight if name == "inhibiting" else weight, delay=delay))
    for source, target, indegree, model in (
        (exc, exc, excitatory, "learning"), (exc, inh, excitatory, "exciting"), (inh, every, inhibitory, "inhibiting")
    ):
        nest.Connect(source, target, dict(rule="fixed_indegree", indegree=indegree), model)
    return dict(exc=exc, inh=inh)


def izhikevich_cells(excitatory, inhibitory, seed):
    """The cells of Izhikevich (2003) with their noise."""
    rng = np.random.default_rng(seed)
    r_exc, r_inh = rng.random(excitatory), rng.random(inhibitory)
    common = dict(consistent_integration=False, V_th=30.0, V_m=-65.0)
    exc, inh = nest.Create("izhikevich", excitatory, common), nest.Create("izhikevich", inhibitory, common)
    exc.set(a=0.02, b=0.2, c=-65 + 15 * r_exc**2, d=8 - 6 * r_exc**2, U_m=-65 * 0.2)
    inh.set(a=0.02 + 0.08 * r_inh, b=0.25 - 0.05 * r_inh, c=-65.0, d=2.0, U_m=-65 * (0.25 - 0.05 * r_inh))
    for cells, sd in ((exc, 5.0), (inh, 2.0)):
        noise = nest.Create("noise_generator", params=dict(mean=0.0, std=sd, dt=1.0))
        nest.Connect(noise, cells, syn_spec=dict(delay=1.0))
    return exc, inh


def izhikevich_dense(seed):
    exc, inh = izhikevich_cells(800, 200, seed)
    nest.Connect(exc, exc + inh, "all_to_all", dict(weight=nest.random.uniform(0.0, 0.5), delay=1.0))
    nest.Connect(inh, exc + inh, "all_to_all", dict(weight=nest.random.uniform(-1.0, 0.0), delay=1.0))
    return dict(exc=exc, inh=inh)


def izhikevich_sparse(seed):
    exc, inh = izhikevich_cells(80000, 20000, seed)
    for source, indegree, low, high in ((exc, 80, 0.0, 2.0), (inh, 20, -4.0, 0.0)):
        rule = dict(rule="fixed_indegree", indegree=indegree)
        nest.Connect(source, exc + inh, rule, dict(weight=nest.random.uniform(low, high), delay=1.0))
    return dict(exc=exc, inh=inh)


def polychronous(seed, synapse="static_synapse"):
    card = dict(consistent_integration=False, V_th=30.0, b=0.2, c=-65.0, V_m=-65.0, U_m=-13.0, tau_minus=20.0)
    exc, inh = nest.Create("izhikevich", 800, card | dict(a=0.02, d=8.0)), nest.Create("izhikevich", 200, card | dict(a=0.1, d=2.0))
    rule = dict(rule="fixed_outdegree", allow_autapses=False, allow_multapses=False)
    slow = dict(synapse_model=synapse, weight=6.0, delay=1.0 + nest.random.uniform_int(20))
    nest.Connect(exc, exc, rule | dict(outdegree=80), slow)
    nest.Connect(exc, inh, rule | dict(outdegree=20), slow)
    nest.Connect(inh, exc, rule | dict(outdegree=100), dict(weight=-5.0, delay=1.0))
    # One neuron each millisecond, from a list: cheaper for NEST than drawing Poisson numbers for all of them.
    kicked = np.random.default_rng(seed).integers(0, 1000, 1_000_000)
    for index, cell in enumerate(exc + inh):
        kicks = nest.Create("spike_generator", params=dict(spike_times=np.flatnonzero(kicked == index) + 1.0))
        nest.Connect(kicks, cell, syn_spec=dict(weight=20.0, delay=1.0))
    return dict(exc=exc, inh=inh)


def polychronous_stdp(seed):
    """The nearest spikes are paired; NEST's delays are those of the dendrite."""
    learns = {"lambda": 0.1, "alpha": 1.2, "mu_plus": 0.0, "mu_minus": 0.0, "Wmax": 10.0, "tau_plus": 20.0}
    nest.CopyModel("stdp_nn_symm_synapse", "nearest", learns)
    return polychronous(seed, "nearest")


# Potjans & Diesmann (2014), tables 4 and 5; rows of P are targets.
LAYERS = ["l23e", "l23i", "l4e", "l4i", "l5e", "l5i", "l6e", "l6i"]
SIZE = np.array([20683, 5834, 21915, 5479, 4850, 1065, 14395, 2948])
K_EXT = np.array([1600, 1500, 2100, 1900, 2000, 1900, 2900, 2100])
RATE = np.array([0.971, 2.868, 4.746, 5.396, 8.142, 9.078, 0.991, 7.523])
P = np.array([
    [0.1009, 0.1689, 0.0437, 0.0818, 0.0323, 0.0, 0.0076, 0.0],
    [0.1346, 0.1371, 0.0316, 0.0515, 0.0755, 0.0, 0.0042, 0.0],
    [0.0077, 0.0059, 0.0497, 0.1350, 0.0067, 0.0003, 0.0453, 0.0],
    [0.0691, 0.0029, 0.0794, 0.1597, 0.0033, 0.0, 0.1057, 0.0],
    [0.1004, 0.0622, 0.0505, 0.0057, 0.0831, 0.3726, 0.0204, 0.0],
    [0.0548, 0.0269, 0.0257, 0.0022, 0.0600, 0.3158, 0.0086, 0.0],
    [0.0156, 0.0066, 0.0211, 0.0166, 0.0572, 0.0197, 0.0396, 0.2252],
    [0.0364, 0.0010, 0.0034, 0.0005, 0.0277, 0.0080, 0.0658, 0.1443],
])
BACKGROUND_HZ, C_M, TAU_M, TAU_SYN = 8.0, 250.0, 10.0, 0.5


def microcircuit(scale):
    """Neurons and in-degrees x scale, weights / sqrt(scale), a current for the mean that is lost."""
    ratio = TAU_M / TAU_SYN
    psc = 0.15 * C_M * (TAU_SYN - TAU_M) / (TAU_M * TAU_SYN)
    psc /= ratio ** (TAU_M / (TAU_SYN - TAU_M)) - ratio ** (TAU_SYN / (TAU_SYN - TAU_M))
    full_weights = np.tile([psc, -4 * psc], (8, 4))
    full_weights[0, 2] *= 2
    synapses = np.log(1 - P) / np.log(1 - 1 / np.outer(SIZE, SIZE))
    mean_input = (full_weights * synapses / SIZE[:, None] * RATE).sum(1) + psc * K_EXT * BACKGROUND_HZ
    weights, sizes = full_weights / np.sqrt(scale), np.round(SIZE * scale).astype(int)
    card = dict(C_m=C_M, tau_m=TAU_M, tau_syn_ex=TAU_SYN, tau_syn_in=TAU_SYN, t_ref=2.0, E_L=-65.0, V_th=-50.0, V_reset=-65.0)
    cells = [nest.Create("iaf_psc_exp", int(size), card) for size in sizes]
    for index, target in enumerate(cells):
        target.V_m = nest.random.normal(-58.0, 10.0)
        target.I_e = float(0.001 * TAU_SYN * (1 - np.sqrt(scale)) * mean_input[index])
        noise = nest.Create("poisson_generator", params=dict(rate=float(np.round(scale * K_EXT[index]) * BACKGROUND_HZ)))
        nest.Connect(noise, target, syn_spec=dict(weight=psc / np.sqrt(scale), delay=1.5))
    connect_columns(cells, np.round(scale * synapses * sizes[:, None] / SIZE[:, None]).astype(int), weights)
    return dict(zip(LAYERS, cells))


def connect_columns(cells, numbers, weights):
    """Compact synapses, a model for each source population: NEST has room for 134 million of one model on a thread."""
    for column, source in enumerate(cells):
        nest.CopyModel("static_synapse_hpc", LAYERS[column])
        delay = 0.75 if column % 2 else 1.5
        delays = nest.math.redraw(nest.random.normal(delay, delay / 2), min=0.05, max=np.inf)
        for row, target in enumerate(cells):
            mean, number = float(weights[row, column]), int(numbers[row, column])
            low, high = (0.0, np.inf) if mean > 0 else (-np.inf, 0.0)
            values = nest.math.redraw(nest.random.normal(mean, 0.1 * abs(mean)), min=low, max=high)
            if number:
                rule = dict(rule="fixed_total_number", N=number)
                nest.Connect(source, target, rule, dict(synapse_model=LAYERS[column], weight=values, delay=delays))


# Name: how it is built, and its time step in ms.
NETWORKS = {
    "brunel": (brunel, 0.1),
    "brunel-stdp": (brunel_stdp, 0.1),
    "brunel-precise": (brunel_precise, 0.1),
    "hpc-stdp": (hpc_stdp, 0.1),
    "cuba": (current_based, 0.1),
    "coba": (conductance_based, 0.1),
    "izhikevich-1k": (izhikevich_dense, 1.0),
    "izhikevich-100k": (izhikevich_sparse, 1.0),
    "microcircuit-0.1": (lambda seed: microcircuit(0.1), 0.1),
    "microcircuit": (lambda seed: microcircuit(1.0), 0.1),
    "polychronous": (polychronous, 1.0),
    "polychronous-stdp": (polychronous_stdp, 1.0),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("network", choices=NETWORKS)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--transient", type=float, required=True, help="seconds")
    parser.add_argument("--bio", type=float, required=True, help="seconds")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()

    make, step = NETWORKS[args.network]
    nest.verbosity = nest.VerbosityLevel.ERROR
    nest.set(local_num_threads=args.threads, resolution=step, rng_seed=args.seed)
    begun = time.perf_counter()
    populations = make(args.seed)
    recorder = nest.Create("spike_recorder")
    for cells in populations.values():
        nest.Connect(cells, recorder)
    build_s = time.perf_counter() - begun

    nest.Prepare()
    nest.Run(1000 * args.transient)
    begun = time.perf_counter()
    nest.Run(1000 * args.bio)
    run_s = time.perf_counter() - begun
    nest.Cleanup()

    events = recorder.get("events")
    places = {name: (cells[0].global_id, len(cells)) for name, cells in populations.items()}
    window = 1000 * args.transient, 1000 * (args.transient + args.bio)
    print(json.dumps({
        "version": nest.__version__,
        "real_time_factor": run_s / args.bio,
        "build_s": build_s,
        "peak_rss_bytes": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
        "populations": spike_trains.summary(np.array(events["times"]), np.array(events["senders"]), places, *window),
    }))


if __name__ == "__main__":
    main()
