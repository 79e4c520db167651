"""Makes references in continuous time with NEST 3.10's precise models: precise_single.json, precise_network.json.

    python3 -m venv nest && nest/bin/pip install nest-simulator==3.10.0
    nest/bin/python tests/data/nest/make_precise.py

`../precise/README.md` says what stands in the files. Nothing is drawn at random by NEST. Its precise models keep a
spike's time within a step: a smaller step does not make times more exact, but it misses fewer potentials that go above the
threshold and back within one.
"""

import json
import pathlib
import random

import nest

FOLDER = pathlib.Path(__file__).parent
MS = 10**12  # fs
DELAY_MS = 1
STEP_MS = 0.01
NEST_NAMES = {
    "c_m": "C_m", "tau_m": "tau_m", "e_l": "E_L", "v_th": "V_th", "v_reset": "V_reset", "t_ref": "t_ref", "i_e": "I_e",
    "tau_syn_ex": "tau_syn_ex", "tau_syn_in": "tau_syn_in",
}  # fmt: skip
UNITS = {"c_m": "pF", "i_e": "pA", "e_l": "mV", "v_th": "mV", "v_reset": "mV"}  # all else is in ms
PRECISE = {"lif_psc_delta": "iaf_psc_delta_ps", "lif_psc_exp": "iaf_psc_exp_ps", "lif_psc_alpha": "iaf_psc_alpha_ps"}
# A single input of this is some 6 mV high on the membrane below.
STRENGTH = {"lif_psc_delta": 6.0, "lif_psc_exp": 1000.0, "lif_psc_alpha": 500.0}
RHEOBASE = 375.0  # of the membrane below


def card(model, t_ref, i_e):
    values = dict(c_m=250.0, tau_m=10.0, e_l=-70.0, v_th=-55.0, v_reset=-68.0, t_ref=t_ref, i_e=i_e)
    return values if model == "lif_psc_delta" else values | dict(tau_syn_ex=2.0, tau_syn_in=5.0)


def cell(model, values, trains):
    unit = "mV" if model == "lif_psc_delta" else "pA"
    return dict(
        model=model,
        parameters={name: f"{value!r} {UNITS.get(name, 'ms')}" for name, value in values.items()},
        delay_ms=DELAY_MS,
        trains=[dict(weight=f"{weight!r} {unit}", times_fs=times) for weight, times in trains],
    )


def number(text):
    return float(text.split()[0])


def times(rng, count, duration):
    """Whole femtoseconds, which lie on no grid; the last arrives before the end."""
    return sorted(rng.randrange(MS // 10, (duration - 2) * MS) for _ in range(count))


def simulate(cells, connections, duration, step):
    """Spikes of each cell, in fs."""
    nest.ResetKernel()
    nest.set(tics_per_ms=100_000, resolution=step)
    neurons, recorders = [], []
    for made in cells:
        given = {NEST_NAMES[name]: number(text) for name, text in made["parameters"].items()}
        neuron, recorder = nest.Create(PRECISE[made["model"]], params=given | dict(V_m=given["E_L"])), nest.Create("spike_recorder")
        nest.Connect(neuron, recorder, syn_spec=dict(delay=0.5))
        for train in made["trains"]:
            emitted = dict(spike_times=[time / MS for time in train["times_fs"]], precise_times=True)
            source = nest.Create("spike_generator", params=emitted)
            nest.Connect(source, neuron, syn_spec=dict(weight=number(train["weight"]), delay=float(DELAY_MS)))
        neurons.append(neuron)
        recorders.append(recorder)
    for source, target, weight, delay in connections:
        nest.Connect(neurons[source], neurons[target], syn_spec=dict(weight=number(weight), delay=number(delay)))
    nest.Simulate(float(duration))
    return [[round(float(time) * MS) for time in sorted(recorder.events["times"])] for recorder in recorders]


def singles(duration=1000):
    """Two trains onto a neuron that is driven below or above its threshold."""
    for model in PRECISE:
        for t_ref in (0.5, 2.0):
            for part in (0.8, 1.2):
                for seed in (1, 2):
                    name = f"{model} t_ref {t_ref} i_e {part} {seed}"
                    rng = random.Random(name)
                    trains = [(STRENGTH[model], times(rng, 350, duration)), (-STRENGTH[model] / 2, times(rng, 80, duration))]
                    made = cell(model, card(model, t_ref, RHEOBASE * part), trains)
                    [spikes] = simulate([made], [], duration, STEP_MS)
                    told(name, [spikes], simulate([made], [], duration, 2 * STEP_MS), least=100)
                    yield dict(name=name, duration_ms=duration, **made, spikes_fs=spikes)


def told(name, spikes, coarse, least):
    """Asserts that steps of twice the length make no difference."""
    counts = [len(train) for train in spikes]
    assert sum(counts) >= least and counts == [len(train) for train in coarse], name
    apart = max(abs(a - b) for train, other in zip(spikes, coarse) for a, b in zip(train, other)) / MS
    assert apart < 1e-10, name
    print(f"{name}: {sum(counts)} spikes, moved by up to {apart:.1g} ms if the step is doubled")


def network(each=20, indegree=8, duration=400):
    """Sixty neurons, a third of each model; every fifth inhibits."""
    rng = random.Random("network")
    cells, connections = [], []
    for index in range(3 * each):
        model = list(PRECISE)[index // each]
        trains = [(STRENGTH[model], times(rng, 25, duration))]
        cells.append(cell(model, card(model, rng.choice([0.5, 2.0]), round(RHEOBASE * rng.uniform(0.9, 1.4), 1)), trains))
        for source in rng.sample([other for other in range(3 * each) if other != index], indegree):
            weight = STRENGTH[model] * (-0.5 if source % 5 == 4 else 0.125)
            unit = "mV" if model == "lif_psc_delta" else "pA"
            connections.append([source, index, f"{weight!r} {unit}", f"{rng.randrange(5, 31) / 10} ms"])
    spikes = simulate(cells, connections, duration, STEP_MS)
    told("network", spikes, simulate(cells, connections, duration, 2 * STEP_MS), least=500)
    cells = [made | dict(spikes_fs=train) for made, train in zip(cells, spikes)]
    return dict(name="network", duration_ms=duration, cells=cells, connections=connections)


def compact(value):
    return json.dumps(value, separators=(",", ":"))


nest.verbosity = nest.VerbosityLevel.ERROR
made = "NEST " + nest.__version__
cases = ",\n".join(map(compact, singles()))
(FOLDER / "precise_single.json").write_text(f'{{"simulator": "{made}", "cases": [\n{cases}\n]}}\n')
whole = network()
cells, connections = (",\n".join(map(compact, whole.pop(key))) for key in ("cells", "connections"))
head = json.dumps(dict(simulator=made, **whole))[1:-1]
(FOLDER / "precise_network.json").write_text(f'{{{head}, "cells": [\n{cells}\n], "connections": [\n{connections}\n]}}\n')
