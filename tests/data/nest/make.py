"""Makes reference traces of single neurons with NEST 3.10: CASE.json and CASE.csv beside this file.

    python3 -m venv nest && nest/bin/pip install nest-simulator==3.10.0
    nest/bin/python tests/data/nest/make.py            # all cases below
    nest/bin/python tests/data/nest/make.py hh_cond    # those whose names begin so

README.md says what stands in the files. No case draws random numbers that could change a spike.
"""

import json
import pathlib
import sys

import nest

FOLDER = pathlib.Path(__file__).parent
STEP_MS = 0.1
DELAY_MS = 1.5

# Lone spikes, pairs within a step of each other, a volley, and both signs close together.
EXCITATION = [(10.0, 1), (20.0, 1), (20.3, 2), (35.5, 1), (50.0, 4), (80.2, 1), (81.0, 1), (81.9, 1), (120.0, 4), (170.0, 6)]
INHIBITION = [(30.0, 1), (52.0, 2), (90.1, 1), (121.0, 1), (160.0, 2)]


def case(name, model, params, current=(), weights=(0.0, 0.0), duration=200.0, recorded=("V_m",)):
    """Simulates one neuron and writes what it did. `current`: (time, pA) pairs; `weights`: of excitation and inhibition."""
    if not name.startswith(tuple(sys.argv[1:]) or ""):
        return
    nest.ResetKernel()
    nest.resolution = STEP_MS
    neuron = nest.Create(model, params=params)
    spikes = nest.Create("spike_recorder")
    if model != "astrocyte_lr_1994":
        nest.Connect(neuron, spikes)
    if recorded:
        meter = nest.Create("multimeter", params={"record_from": [name for name in recorded if name != "SIC"], "interval": STEP_MS})
        nest.Connect(meter, neuron)
    if current:
        times, values = (list(column) for column in zip(*current))
        source = nest.Create("step_current_generator", params={"amplitude_times": times, "amplitude_values": values})
        nest.Connect(source, neuron, syn_spec={"delay": STEP_MS})
    for train, weight in zip((EXCITATION, INHIBITION), weights):
        if weight:
            times, numbers = (list(column) for column in zip(*train))
            scaled = [weight * number for number in numbers]
            source = nest.Create("spike_generator", params={"spike_times": times, "spike_weights": scaled})
            nest.Connect(source, neuron, syn_spec={"delay": DELAY_MS})
    slow_current = reader_of_slow_current(neuron) if "SIC" in recorded else None
    nest.Simulate(duration)

    about = {
        "case": name,
        "simulator": "NEST " + nest.__version__,
        "model": model,
        "params": params,
        "resolution_ms": STEP_MS,
        "T_ms": duration,
        "step_current": list(current),
        "exc_spikes": EXCITATION if weights[0] else [],
        "exc_weight": weights[0],
        "inh_spikes": INHIBITION if weights[1] else [],
        "inh_weight": weights[1],
        "delay_ms": DELAY_MS,
        "recorded": list(recorded),
        "spike_times": [round(float(time), 6) for time in spikes.events["times"]],
    }
    lines = ",\n".join(f' "{key}": {json.dumps(value)}' for key, value in about.items())
    (FOLDER / f"{name}.json").write_text("{\n" + lines + "\n}\n")
    if recorded:
        rows = zip(*(slow_current.events["I_SIC"][1:] if column == "SIC" else meter.events[column] for column in recorded))
        text = "".join(",".join(f"{value:.15g}" for value in row) + "\n" for row in rows)
        (FOLDER / f"{name}.csv").write_text(",".join(recorded) + "\n" + text)
    print(name, about["spike_times"])


def reader_of_slow_current(astrocyte):
    """Records what an astrocyte sends. Only its targets can tell; they see the value of a step in the next one."""
    target = nest.Create("aeif_cond_alpha_astro")
    meter = nest.Create("multimeter", params={"record_from": ["I_SIC"], "interval": STEP_MS})
    nest.Connect(meter, target)
    nest.Connect(astrocyte, target, syn_spec={"synapse_model": "sic_connection", "delay": STEP_MS})
    return meter


CURRENT = [(5.0, 300.0), (100.0, 0.0), (120.0, 500.0), (180.0, -100.0)]


def scaled(factor):
    return [(time, value * factor) for time, value in CURRENT]


LIF_COND = {
    "C_m": 200.0, "g_L": 10.0, "E_L": -60.0, "V_th": -50.0, "V_reset": -60.0, "t_ref": 5.0,
    "E_ex": 0.0, "E_in": -80.0, "V_m": -60.0,
}  # fmt: skip
ALPHA = {**LIF_COND, "tau_syn_ex": 2.0, "tau_syn_in": 5.0}
case("iaf_cond_alpha_step", "iaf_cond_alpha", ALPHA, scaled(0.5))
case("iaf_cond_alpha_spikes", "iaf_cond_alpha", ALPHA, weights=(6.0, -8.0))
case("iaf_cond_alpha_both", "iaf_cond_alpha", ALPHA, scaled(0.5), weights=(4.0, -12.0))

BETA = {**LIF_COND, "tau_rise_ex": 0.5, "tau_decay_ex": 3.0, "tau_rise_in": 2.0, "tau_decay_in": 8.0}
EQUAL = {**BETA, "tau_rise_ex": 2.0, "tau_decay_ex": 2.0, "tau_rise_in": 8.0, "tau_decay_in": 5.0}
case("iaf_cond_beta_spikes", "iaf_cond_beta", BETA, weights=(6.0, -8.0))
case("iaf_cond_beta_both", "iaf_cond_beta", BETA, scaled(0.5), weights=(4.0, -12.0))
case("iaf_cond_beta_equal", "iaf_cond_beta", EQUAL, scaled(0.5), weights=(4.0, -12.0))

for rate, phase in ((100.0, 1.0), (130.0, 0.33), (333.0, 0.001), (20000.0, 0.7)):
    case(f"ignore_and_fire_{rate:.0f}", "ignore_and_fire", {"rate": rate, "phase": phase}, duration=100.0, recorded=())

# Kobayashi et al. (2009): the parameters of a regular-spiking and of a fast-spiking cell; synapses stronger than by default.
MAT2 = {"tau_m": 5.0, "C_m": 100.0, "E_L": -70.0, "V_m": -70.0, "tau_syn_ex": 1.0, "tau_syn_in": 3.0, "tau_1": 10.0, "tau_2": 200.0}
REGULAR = {**MAT2, "alpha_1": 37.0, "alpha_2": 2.0, "omega": -51.0, "t_ref": 2.0}
FAST = {**MAT2, "alpha_1": 10.0, "alpha_2": 0.2, "omega": -55.0, "t_ref": 0.5}
case("mat2_psc_exp_regular_step", "mat2_psc_exp", REGULAR, scaled(2.0), recorded=("V_m", "V_th"))
case("mat2_psc_exp_regular_both", "mat2_psc_exp", REGULAR, scaled(1.2), weights=(600.0, -400.0), recorded=("V_m", "V_th"))
case("mat2_psc_exp_fast_spikes", "mat2_psc_exp", FAST, weights=(1200.0, -300.0), recorded=("V_m", "V_th"))

# Gates and potential as given: NEST's own values at the start are not those at rest.
TRAUB = {
    "C_m": 200.0, "g_L": 10.0, "g_Na": 20000.0, "g_K": 6000.0, "E_L": -60.0, "E_Na": 50.0, "E_K": -90.0, "V_T": -63.0,
    "t_ref": 2.0, "E_ex": 0.0, "E_in": -80.0, "tau_syn_ex": 5.0, "tau_syn_in": 10.0, "V_m": -65.0,
    "Act_m": 0.02, "Inact_h": 0.99, "Act_n": 0.02,
}  # fmt: skip
case("hh_cond_exp_traub_step", "hh_cond_exp_traub", TRAUB, scaled(1.0))
case("hh_cond_exp_traub_both", "hh_cond_exp_traub", TRAUB, scaled(0.7), weights=(12.0, -30.0))

# An escape rate so steep that it is a threshold: 20 uV of potential are e^20.
GIF = {
    "C_m": 80.0, "g_L": 4.0, "E_L": -70.0, "V_m": -70.0, "V_reset": -60.0, "V_T_star": -45.0, "t_ref": 3.0,
    "Delta_V": 0.001, "lambda_0": 1.0, "tau_syn_ex": 2.0, "tau_syn_in": 5.0,
    "tau_stc": [10.0, 80.0], "q_stc": [30.0, -5.0], "tau_sfa": [15.0, 120.0], "q_sfa": [6.0, 1.5],
}  # fmt: skip
case("gif_psc_exp_step", "gif_psc_exp", GIF, scaled(0.6))
case("gif_psc_exp_both", "gif_psc_exp", GIF, scaled(0.4), weights=(100.0, -40.0))

# Naud et al. (2008): an adapting and a bursting cell.
ADEX = {"Delta_T": 2.0, "V_th": -50.0, "V_peak": 0.0, "a": 2.0, "tau_syn_ex": 2.0, "tau_syn_in": 8.0, "gsl_error_tol": 1e-9}
ADAPTING = {**ADEX, "C_m": 200.0, "g_L": 12.0, "E_L": -70.0, "V_m": -70.0, "tau_w": 300.0, "b": 60.0, "V_reset": -58.0, "t_ref": 2.0}
BURSTING = {**ADEX, "C_m": 200.0, "g_L": 10.0, "E_L": -58.0, "V_m": -58.0, "tau_w": 120.0, "b": 100.0, "V_reset": -46.0, "t_ref": 0.0}
case("aeif_psc_exp_adapting", "aeif_psc_exp", ADAPTING, [(10.0, 300.0)], weights=(300.0, -250.0), recorded=("V_m", "w"))
case("aeif_psc_exp_bursting", "aeif_psc_exp", BURSTING, [(10.0, 210.0)], weights=(60.0, -100.0), recorded=("V_m", "w"))

# Volleys that raise IP3 to some uM, a ramp of calcium that crosses the threshold of the slow inward current, both, and inflow and
# outflow so strong that calcium stops at its bounds. The current is in uM/ms.
ASTROCYTE = ("IP3", "Ca_astro", "h_IP3R", "SIC")
RAMP = [(5.0 * step, 3e-4 * step) for step in range(1, 21)] + [(110.0, -2e-3)]
FLOOD = [(10.0, 0.4), (60.0, -0.5), (120.0, 0.01)]
case("astrocyte_lr_1994_spikes", "astrocyte_lr_1994", {}, weights=(1000.0, 0.0), recorded=ASTROCYTE)
case("astrocyte_lr_1994_ramp", "astrocyte_lr_1994", {}, RAMP, recorded=ASTROCYTE)
OTHER = {
    "Ca_astro": 0.3, "IP3": 0.5, "h_IP3R": 0.6, "Ca_tot": 3.0, "IP3_0": 0.3, "Kd_IP3_1": 0.2, "Kd_IP3_2": 0.8, "Kd_act": 0.1,
    "Kd_inh": 1.2, "Km_SERCA": 0.2, "SIC_scale": 2.5, "SIC_th": 0.3, "delta_IP3": 0.001, "k_IP3R": 0.002, "rate_IP3R": 0.02,
    "rate_L": 0.0003, "rate_SERCA": 0.004, "ratio_ER_cyt": 0.25, "tau_IP3": 80.0,
}  # fmt: skip
case("astrocyte_lr_1994_both", "astrocyte_lr_1994", OTHER, RAMP, weights=(300.0, 0.0), recorded=ASTROCYTE)
case("astrocyte_lr_1994_flood", "astrocyte_lr_1994", {}, FLOOD, recorded=ASTROCYTE)

# Sources at NMDA receptors must be neurons of this model: each is made to fire once, soon after its time.
SLOW = [(15.0, 1), (40.0, 3), (41.0, 2), (60.0, 10), (130.0, 20)]


def nmda(name, current=(), weights=(0.0, 0.0, 0.0), duration=200.0):
    """One neuron of iaf_bw_2001 with AMPA, GABA and NMDA synapses. `nmda_jump` is what one spike adds to s_NMDA."""
    if not name.startswith(tuple(sys.argv[1:]) or ""):
        return
    nest.ResetKernel()
    nest.resolution = STEP_MS
    params = {
        "C_m": 500.0, "g_L": 25.0, "E_L": -70.0, "V_th": -50.0, "V_reset": -55.0, "t_ref": 2.0, "E_ex": 0.0, "E_in": -70.0,
        "tau_AMPA": 2.0, "tau_GABA": 5.0, "tau_decay_NMDA": 100.0, "tau_rise_NMDA": 2.0, "alpha": 0.5, "conc_Mg2": 1.0,
        "V_m": -70.0,
    }  # fmt: skip
    neuron = nest.Create("iaf_bw_2001", params={**params, "gsl_error_tol": 1e-10})
    ports = neuron.receptor_types
    # The offsets of this model's spikes within their steps carry something else than times.
    spikes, fired = nest.Create("spike_recorder", 2, params={"time_in_steps": True})
    meter = nest.Create("multimeter", params={"record_from": ["V_m", "s_AMPA", "s_GABA", "s_NMDA"], "interval": STEP_MS})
    nest.Connect(neuron, spikes)
    nest.Connect(meter, neuron)
    if current:
        times, values = (list(column) for column in zip(*current))
        source = nest.Create("step_current_generator", params={"amplitude_times": times, "amplitude_values": values})
        nest.Connect(source, neuron, syn_spec={"delay": STEP_MS})
    for train, weight, port in zip((EXCITATION, INHIBITION), weights, ("AMPA", "GABA")):
        times, numbers = (list(column) for column in zip(*train))
        source = nest.Create("spike_generator", params={"spike_times": times, "spike_weights": [float(n) for n in numbers]})
        nest.Connect(source, neuron, syn_spec={"weight": weight, "delay": DELAY_MS, "receptor_type": ports[port]})
    for time, number in SLOW:
        sources = nest.Create("iaf_bw_2001", number, params={"t_ref": 1e4})
        kick = nest.Create("spike_generator", params={"spike_times": [time]})
        nest.Connect(kick, sources, syn_spec={"weight": 5e4, "delay": STEP_MS, "receptor_type": ports["AMPA"]})
        spec = {"weight": weights[2], "delay": DELAY_MS, "receptor_type": ports["NMDA"]}
        nest.Connect(sources, neuron, "all_to_all", {"synapse_model": "static_synapse", **spec})
        nest.Connect(sources, fired)
    nest.Simulate(duration)

    times = [round(int(step) * STEP_MS, 6) for step in fired.events["times"]]
    slow = [(time, times.count(time)) for time in sorted(set(times))]
    about = {
        "case": name,
        "simulator": "NEST " + nest.__version__,
        "model": "iaf_bw_2001",
        "params": params,
        "resolution_ms": STEP_MS,
        "T_ms": duration,
        "step_current": list(current),
        "exc_spikes": EXCITATION,
        "exc_weight": weights[0],
        "inh_spikes": INHIBITION,
        "inh_weight": -weights[1],
        "nmda_spikes": slow,
        "nmda_weight": weights[2],
        "nmda_jump": float(next(s for s in meter.events["s_NMDA"] if s > 0.0)),
        "delay_ms": DELAY_MS,
        "recorded": ["V_m", "g_ex", "g_in", "g_nmda"],
        "spike_times": [round(int(step) * STEP_MS, 6) for step in spikes.events["times"]],
    }
    lines = ",\n".join(f' "{key}": {json.dumps(value)}' for key, value in about.items())
    (FOLDER / f"{name}.json").write_text("{\n" + lines + "\n}\n")
    rows = zip(*(meter.events[column] for column in ("V_m", "s_AMPA", "s_GABA", "s_NMDA")))
    text = "".join(",".join(f"{value:.15g}" for value in row) + "\n" for row in rows)
    (FOLDER / f"{name}.csv").write_text(",".join(about["recorded"]) + "\n" + text)
    print(name, slow, about["nmda_jump"], about["spike_times"])


nmda("iaf_bw_2001_spikes", weights=(20.0, 10.0, 2.0))
nmda("iaf_bw_2001_both", scaled(1.5), weights=(30.0, 15.0, 4.0))


def packets(name, spikes, widths):
    """Counts the spikes of one packet by the step in which they are emitted, from the packet's centre on, for each width."""
    if not name.startswith(tuple(sys.argv[1:]) or ""):
        return
    centre, delay = 50.0, 1.0
    lines = ["sd_ms,step,spikes\n"]
    for seed, width in enumerate(widths, start=1):
        nest.ResetKernel()
        nest.resolution, nest.rng_seed = STEP_MS, seed
        source = nest.Create("pulsepacket_generator", params={"pulse_times": [centre], "activity": spikes, "sdev": width})
        parrot, recorder = nest.Create("parrot_neuron"), nest.Create("spike_recorder")
        nest.Connect(source, parrot, syn_spec={"delay": delay})
        nest.Connect(parrot, recorder)
        nest.Simulate(2 * centre)
        steps = [round((float(time) - delay - centre) / STEP_MS) for time in recorder.events["times"]]
        lines += [f"{width},{step},{steps.count(step)}\n" for step in range(min(steps), max(steps) + 1)]
    (FOLDER / f"{name}.csv").write_text("".join(lines))
    print(name, len(lines) - 1)


packets("pulsepacket_generator", 100_000, (0.3, 2.0))
