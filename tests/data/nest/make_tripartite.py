"""Makes reference traces of tripartite synapses with NEST 3.10: CASE.json and CASE.csv in the folder tripartite beside this file.

    python3 -m venv nest && nest/bin/pip install nest-simulator==3.10.0
    nest/bin/python tests/data/nest/make_tripartite.py

README.md says what stands in the files. All probabilities are 1 and pools are blocks: no random number changes anything.
"""

import json
import pathlib

import nest
import numpy

FOLDER = pathlib.Path(__file__).parent / "tripartite"
STEP_MS = 0.1
EVERY_MS = 0.5

# An adapting cell (Naud et al. 2008). The conductances stay 0: only currents drive it.
ADEX = {
    "C_m": 200.0, "g_L": 12.0, "E_L": -70.0, "V_m": -70.0, "tau_w": 300.0, "a": 2.0, "b": 60.0, "V_reset": -58.0, "t_ref": 2.0,
    "Delta_T": 2.0, "V_th": -50.0, "V_peak": 0.0, "gsl_error_tol": 1e-12,
}  # fmt: skip
ASTROCYTE = {"Ca_astro": 0.25, "IP3": 0.4, "delta_IP3": 0.05}
TRAINS = [[5.0, 20.0, 20.1, 90.0], [5.0, 60.0, 61.0, 62.0, 63.0], [150.0, 250.0]]


def case(name, targets, astrocytes, pool, weight, delay, duration):
    """Trains onto `targets` cells, each synapse with an astrocyte of the target's block."""
    nest.ResetKernel()
    nest.resolution = STEP_MS
    trains = nest.Create("spike_generator", len(TRAINS), params=[{"spike_times": train} for train in TRAINS])
    sources = nest.Create("parrot_neuron", len(TRAINS))
    nest.Connect(trains, sources, "one_to_one", syn_spec={"delay": 1.0})
    neurons = nest.Create("aeif_cond_alpha_astro", targets, params=ADEX)
    third = nest.Create("astrocyte_lr_1994", astrocytes, params=ASTROCYTE)
    third.set([{"Ca_astro": 0.25 + 0.02 * index} for index in range(astrocytes)])
    nest.TripartiteConnect(
        sources,
        neurons,
        third,
        conn_spec={"rule": "all_to_all"},
        third_factor_conn_spec={"rule": "third_factor_bernoulli_with_pool", "p": 1.0, "pool_size": pool, "pool_type": "block"},
        syn_specs={
            "primary": {"synapse_model": "static_synapse", "weight": 0.0, "delay": 1.5},
            "third_in": {"synapse_model": "static_synapse", "weight": 2.0, "delay": 1.2},
            "third_out": {"synapse_model": "sic_connection", "weight": weight, "delay": delay},
        },
    )
    spikes, heard = nest.Create("spike_recorder"), nest.Create("spike_recorder")
    nest.Connect(neurons, spikes)
    nest.Connect(sources, heard)
    meters = [
        (cell, variable, nest.Create("multimeter", params={"record_from": [variable], "interval": EVERY_MS}))
        for cells, variables in ((neurons, ["V_m", "w"]), (third, ["IP3", "Ca_astro"]))
        for variable in variables
        for cell in cells
    ]
    for cell, _, meter in meters:
        nest.Connect(meter, cell)
    nest.Simulate(duration)

    trains_of = lambda recorder, cells: [
        [round(float(t), 6) for t, s in zip(recorder.events["times"], recorder.events["senders"]) if s == cell.global_id]
        for cell in cells
    ]
    about = {
        "case": name,
        "simulator": "NEST " + nest.__version__,
        "resolution_ms": STEP_MS,
        "every_ms": EVERY_MS,
        "T_ms": duration,
        "sources": trains_of(heard, sources),
        "neurons": {"model": "aeif_cond_alpha_astro", "size": targets, "params": ADEX},
        "third": {"model": "astrocyte_lr_1994", "size": astrocytes, "params": ASTROCYTE},
        "Ca_astro": [0.25 + 0.02 * index for index in range(astrocytes)],
        "pool": pool,
        "in": {"weight": 2.0, "delay_ms": 1.2},
        "out": {"weight": weight, "delay_ms": delay},
        "spike_times": trains_of(spikes, neurons),
    }
    columns = [f"{variable}[{index}]" for variables, size in ((["V_m", "w"], targets), (["IP3", "Ca_astro"], astrocytes)) for variable in variables for index in range(size)]
    FOLDER.mkdir(exist_ok=True)
    lines = ",\n".join(f' "{key}": {json.dumps(value)}' for key, value in about.items())
    (FOLDER / f"{name}.json").write_text("{\n" + lines + "\n}\n")
    rows = numpy.array([meter.events[variable] for _, variable, meter in meters]).T
    text = "".join(",".join(f"{value:.15g}" for value in row) + "\n" for row in rows)
    (FOLDER / f"{name}.csv").write_text(",".join(columns) + "\n" + text)
    print(name, about["spike_times"], rows[-1])


case("shared_astrocytes", targets=4, astrocytes=2, pool=1, weight=12.0, delay=0.7, duration=300.0)
case("own_pool", targets=1, astrocytes=1, pool=1, weight=40.0, delay=1.0, duration=300.0)
