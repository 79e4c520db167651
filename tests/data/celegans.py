"""The figures of tests/celegans.rs: `celegans.toml` as dense matrices in numpy, exponential Euler in steps of 0.05 ms.

Run from the repository's root: python3 tests/data/celegans.py
"""
import csv

import numpy as np

FOLDER = "netlists/library/celegans/"
STEP, DURATION, TOUCH = 0.05, 500.0, 400.0  # ms
C, G_L, REST, THRESHOLD, REFRACTORY = 3.0, 0.1, -50.0, -30.0, 5.0  # pF, nS, mV, mV, ms
# One exponential with the peak and the integral of the difference of two, of 3 and 10 ms.
TAU = 7 / (0.3 ** (3 / 7) - 0.3 ** (10 / 7))


def rows(name):
    with open(FOLDER + name) as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


NEURONS = rows("neurons.csv")
INDEX = {neuron["name"]: i for i, neuron in enumerate(NEURONS)}
INHIBITORY = np.array([neuron["fast_sign_guess"] == "-1" for neuron in NEURONS])
SECTIONS = np.zeros((len(NEURONS), len(NEURONS)))
for edge in rows("cook2019_herm.csv"):
    if edge["type"] == "chemical":
        SECTIONS[INDEX[edge["post"]], INDEX[edge["pre"]]] += float(edge["weight"])


def spikes(g):
    """Spikes of each neuron at g nS a section."""
    v = np.full(len(NEURONS), REST)
    g_ex, g_in, waits, counts = (np.zeros(len(NEURONS)) for _ in range(4))
    for step in range(round(DURATION / STEP)):
        current = np.zeros(len(NEURONS))
        current[[INDEX["ASHL"], INDEX["ASHR"]]] = 5.0 if step * STEP < TOUCH else 0.0
        total = G_L + g_ex + g_in
        goal = (G_L * REST - 80.0 * g_in + current) / total
        v = np.where(waits > 0, REST, goal + (v - goal) * np.exp(-STEP * total / C))
        waits = np.maximum(waits - STEP, 0)
        g_ex, g_in = g_ex * np.exp(-STEP / TAU), g_in * np.exp(-STEP / TAU)
        fired = v >= THRESHOLD
        v[fired], waits[fired] = REST, REFRACTORY
        counts += fired
        g_ex = g_ex + g * SECTIONS @ (fired & ~INHIBITORY)
        g_in = g_in + g * SECTIONS @ (fired & INHIBITORY)
    return counts


for g in [0.002, 0.0025, 0.003, 0.004, 0.01]:
    counts = spikes(g)
    most = [(NEURONS[i]["name"], int(counts[i])) for i in np.argsort(-counts, kind="stable")[:10]]
    print(f"{g} nS: {(counts > 0).sum()} cells, {int(counts.sum())} spikes, most of them {most}")
