"""What the measurements say: a table, and whether the simulators agree on what they simulated."""

import datetime
import os
import platform
import statistics
import subprocess

RATE_FLOOR_HZ = 0.3
SPIKES_FOR_CV = 10

HEADER = [
    "network", "delay", "simulator", "threads", "numerics", "method", "RTF min / median / max", "ratio to ours", "build (s)",
    "peak RSS (MB)", "rates (Hz)",
]


def machine():
    """The processor and how many cores this process may use."""
    model = platform.processor() or platform.machine()
    if os.path.exists("/proc/cpuinfo"):
        with open("/proc/cpuinfo") as lines:
            model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), model)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{model}, {cores} cores"


def heading(versions, runs):
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    names = ", ".join(f"{name} {version}" for name, version in sorted(versions.items()))
    return (
        f"{datetime.date.today()}; {machine()}. {names} (commit {commit or 'unknown'}). "
        f"Real-time factors (wall seconds per biological second) of {runs} interleaved run{'s' if runs > 1 else ''}."
    )


def busy():
    """A warning where others compute on this machine, too."""
    load = os.getloadavg()[0]
    return f"!!! Load average {load:.1f}: the machine is busy, wall times mean little." if load > 0.5 else ""


def table(results):
    """Markdown. `results`: list of (network, [(simulator, [measurement, ..]), ..]), ours first."""
    lines = [" | ".join(HEADER), " | ".join(["---"] * len(HEADER))]
    for network, rows in results:
        ours = {}
        for simulator, found in rows:
            if simulator.name == "spikeloom":
                ours.setdefault(simulator.threads, median_factor(found))
        lines += [" | ".join(row(network, simulator, found, ours)) for simulator, found in rows]
    return "\n".join(f"| {line} |" for line in lines)


def row(network, simulator, found, ours):
    factors = sorted(m["real_time_factor"] for m in found)
    compared = ours.get(simulator.threads, next(iter(ours.values())))
    return [
        network.title,
        network.delay,
        simulator.name,
        str(simulator.threads),
        simulator.numerics,
        network.methods[simulator.name],
        " / ".join(f"{f:.3g}" for f in (factors[0], median_factor(found), factors[-1])),
        f"{median_factor(found) / compared:.1f}",
        f"{statistics.median(m['build_s'] for m in found):.2g}",
        f"{max(m['peak_rss_bytes'] for m in found) / 1e6:.0f}",
        " ".join(f"{p['rate_hz']:.3g}" for p in found[0]["populations"].values()),
    ]


def median_factor(found):
    return statistics.median(m["real_time_factor"] for m in found)


def disagreements(network, rows, bio):
    """One line for each population whose rate or irregularity differs from ours by more than it may."""
    found = []
    ours = rows[0][1][0]["populations"]
    for simulator, measurements in rows[1:]:
        for name, theirs in measurements[0]["populations"].items():
            rate, cv = ours[name]["rate_hz"], ours[name]["cv_isi"]
            if abs(theirs["rate_hz"] - rate) > max(network.rate_tolerance * rate, RATE_FLOOR_HZ):
                found.append(f"{network.title}, {simulator}: {name} fires at {theirs['rate_hz']:.3g} Hz, ours at {rate:.3g} Hz")
            told = cv is not None and theirs["cv_isi"] is not None and rate * bio >= SPIKES_FOR_CV
            if told and abs(theirs["cv_isi"] - cv) > network.cv_tolerance:
                found.append(f"{network.title}, {simulator}: CV of {name} is {theirs['cv_isi']:.2f}, ours {cv:.2f}")
    return found


def agreement(problems):
    rule = (
        f"rates within 10 % or {RATE_FLOOR_HZ} Hz of ours, CV of intervals within 0.1 where a neuron has {SPIKES_FOR_CV} spikes "
        "(COBA: 25 % and 0.4)"
    )
    if not problems:
        return f"The simulators agree: {rule}."
    return "\n".join([f"THE SIMULATORS DISAGREE ({rule}):", *(f"* {problem}" for problem in problems)])
