"""Spike times of leaky integrate-and-fire neurons in continuous time, in 50 digits: transversal.json and grazing.json.

    python3 -m venv precise && precise/bin/pip install mpmath==1.4.1
    precise/bin/python tests/data/precise/make.py                  # both files, 20 s
    precise/bin/python tests/data/precise/make.py FILE.json ..     # how far the spike times in such files are from ours

README.md says what stands in the files. Time is in femtoseconds throughout, whole where it is an input's.
"""

import json
import pathlib
import random
import sys

from mpmath import exp, e, inf, mp, mpf, nstr

FOLDER = pathlib.Path(__file__).parent
MS = 10**12  # fs
DELAY_MS = 1
UNITS = {"c_m": "pF", "i_e": "pA", "e_l": "mV", "v_th": "mV", "v_reset": "mV"}  # all else is in ms
MODELS = ("lif_psc_delta", "lif_psc_exp", "lif_psc_alpha")
mp.dps = 50


def exactly(text):
    """The number that a program with 64 bits reads: "0.1 ms" is not a tenth."""
    return mpf(float(text.split()[0]))


class Synapse:
    """A synaptic current (i + r s) exp(-s / tau), s after now, and what becomes of it at the membrane."""

    def __init__(self, tau, tau_m, alpha):
        self.tau, self.tau_m, self.alpha = tau, tau_m, alpha
        self.beta = 1 / tau - 1 / tau_m
        self.i = self.r = mpf(0)

    def receive(self, weight):
        if self.alpha:
            self.r += weight * e / self.tau
        else:
            self.i += weight

    def current(self, s):
        return (self.i + self.r * s) * exp(-s / self.tau)

    def charge(self, s):
        """The integral from 0 to s of current(u) exp(-(s - u) / tau_m) du."""
        if self.beta == 0:
            return exp(-s / self.tau_m) * (self.i * s + self.r * s * s / 2)
        x, gone = self.beta * s, exp(-self.beta * s)
        return exp(-s / self.tau_m) * (self.i * (1 - gone) / self.beta + self.r * (1 - gone * (1 + x)) / self.beta**2)

    def advance(self, s):
        self.i, self.r = self.current(s), self.r * exp(-s / self.tau)


class Neuron:
    """State at a moment. Time constants in fs, so that currents over c_m (pA / pF = mV / ms) take a factor."""

    def __init__(self, model, parameters):
        values = {name: exactly(text) for name, text in parameters.items()}
        self.tau_m, self.c_m = values["tau_m"] * MS, values["c_m"] * MS
        self.v_th, self.v_reset, self.t_ref = values["v_th"], values["v_reset"], mp.nint(values["t_ref"] * MS)
        self.v_end = values["e_l"] + self.tau_m / self.c_m * values["i_e"]
        self.v = values["e_l"]
        self.delta = model == "lif_psc_delta"
        taus = [] if self.delta else [values["tau_syn_ex"], values["tau_syn_in"]]
        self.synapses = [Synapse(tau * MS, self.tau_m, model == "lif_psc_alpha") for tau in taus]

    def potential(self, s):
        return self.v_end + (self.v - self.v_end) * exp(-s / self.tau_m) + sum(x.charge(s) for x in self.synapses) / self.c_m

    def slope(self, s):
        return (self.v_end - self.potential(s)) / self.tau_m + sum(x.current(s) for x in self.synapses) / self.c_m

    def terms(self, s):
        """Magnitudes of what a potential is added up from, and of what it is compared with."""
        parts = [self.v_end, self.v_th, (self.v - self.v_end) * exp(-s / self.tau_m)]
        return sum(map(abs, parts)) + sum(abs(x.charge(s)) for x in self.synapses) / self.c_m

    def advance(self, s, held):
        self.v = self.v_reset if held else self.potential(s)
        for synapse in self.synapses:
            synapse.advance(s)

    def receive(self, weights, held):
        """All that arrives at a moment. In a delta synapse it is a step of the potential, lost while that is held."""
        for weight in weights:
            if not self.delta:
                self.synapses[weight < 0].receive(weight)
            elif not held:
                self.v += weight

    def peak(self, early, late):
        """Where the slope changes its sign."""
        while late - early > mpf(10) ** -12:
            middle = (early + late) / 2
            early, late = (middle, late) if self.slope(middle) > 0 else (early, middle)
        return early

    def ascent(self, span):
        """A stretch within `span` in which the potential rises through the threshold for the first time, if it does; and
        the least distance from the threshold of a maximum before. Changes of sign of a slope of three exponentials are
        few, and mostly early."""
        places, margin = [span * (mpf(j) / 64) ** 2 for j in range(65)], inf
        for early, late in zip(places, places[1:]):
            peaks = self.slope(early) > 0 > self.slope(late)
            top = self.peak(early, late) if peaks else late
            if peaks or late == span:
                margin = min(margin, abs(self.potential(top) - self.v_th))
            if self.potential(top) > self.v_th:
                return (early, top), margin
        return None, margin

    def crossing(self, early, late):
        """Bisection, then Newton."""
        for _ in range(60):
            middle = (early + late) / 2
            early, late = (early, middle) if self.potential(middle) > self.v_th else (middle, late)
        for _ in range(4):
            late -= (self.potential(late) - self.v_th) / self.slope(late)
        return late


class Run:
    """The first spikes of a neuron. For each its time; how far an error of the potential moves it (`conditions`, ms / mV);
    of what magnitude the terms are of which the potential is the sum (`scales`); and how far it moves if it and all before
    are rounded to whole femtoseconds (`slacks`). Spikes of delta synapses are at the times of inputs, and do not move."""

    def __init__(self, case, most):
        self.neuron, self.most = Neuron(case["model"], case["parameters"]), most
        self.times, self.conditions, self.scales, self.slacks = [], [], [], []
        self.margin, self.now, self.free, self.slope_when_freed = inf, mpf(0), mpf(-1), mpf(0)
        arrivals, delay, end = {}, case["delay_ms"] * MS, case["duration_ms"] * MS
        for train in case["trains"]:
            for time in train["times_fs"]:
                arrivals.setdefault(time + delay, []).append(exactly(train["weight"]))
        for time in sorted(time for time in arrivals if time <= end):
            self.until(mpf(time))
            self.arrive(arrivals[time])
        self.until(mpf(end))

    def until(self, time):
        while self.now < time and len(self.times) < self.most:
            if self.now < self.free:
                stop = min(time, self.free)
                self.neuron.advance(stop - self.now, held=True)
                self.now = stop
                self.when_freed()
            else:
                self.rise(time)

    def rise(self, time):
        """To the next crossing, or to `time`."""
        bracket, margin = self.neuron.ascent(time - self.now)
        self.margin = min(self.margin, margin)
        s = self.neuron.crossing(*bracket) if bracket else time - self.now
        if bracket:
            slope, since = self.neuron.slope(s), self.now + s - self.free
            follows = abs(self.slope_when_freed * exp(-since / self.neuron.tau_m) / slope)
            self.slacks.append(mpf(1) / 2 + (follows * self.slacks[-1] if self.slacks else 0))
            self.conditions.append(1 / (slope * MS))
            self.scales.append(self.neuron.terms(s))
        self.neuron.advance(s, held=False)
        self.now += s
        if bracket:
            self.fire()

    def arrive(self, weights):
        """Input is lost to a delta synapse until the end of refractoriness, the end included."""
        if len(self.times) == self.most:
            return
        held = self.now <= self.free
        self.neuron.receive(weights, held)
        self.when_freed()
        if not self.neuron.delta or held:
            return
        self.margin = min(self.margin, abs(self.neuron.v - self.neuron.v_th))
        if self.neuron.v >= self.neuron.v_th:
            for column in (self.slacks, self.conditions, self.scales):
                column.append(mpf(0))
            self.fire()

    def fire(self):
        self.times.append(self.now)
        self.free = self.now + self.neuron.t_ref
        self.neuron.v = self.neuron.v_reset
        self.when_freed()

    def when_freed(self):
        """What a shift of the end of refractoriness does to the potential later on depends on the slope there."""
        if self.now == self.free:
            self.slope_when_freed = self.neuron.slope(mpf(0))


def quantity(name, value):
    return f"{value!r} {UNITS.get(name, 'ms')}"


def card(rng, model, **given):
    """Parameters with few digits."""
    rest = rng.choice([0.0, -70.0, round(rng.uniform(-80, -60), 1)])
    values = dict(c_m=round(rng.uniform(50, 500), 1), tau_m=round(rng.uniform(2, 30), 2), e_l=rest)
    values |= dict(v_th=rest + round(rng.uniform(5, 20), 2), v_reset=rest + round(rng.uniform(-5, 4), 2))
    values |= dict(t_ref=rng.choice([0.0, 0.5, 1.0, 2.0, 3.125]), i_e=0.0)
    if model != "lif_psc_delta":
        values |= dict(tau_syn_ex=round(rng.uniform(0.2, 12), 2), tau_syn_in=round(rng.uniform(0.2, 12), 2))
    values |= given
    return values


def rheobase(values):
    return (values["v_th"] - values["e_l"]) * values["c_m"] / values["tau_m"]


def strength(model, values, receptor="ex"):
    """A weight whose postsynaptic potential alone is about as high as the threshold; dyadic, so that its sums are exact."""
    height = values["v_th"] - values["e_l"]
    if model == "lif_psc_delta":
        return height
    tau_m, tau = values["tau_m"], values["tau_syn_" + receptor]
    if model == "lif_psc_alpha":
        tau *= 2
    ratio = 1.0001 if tau == tau_m else tau_m / tau
    return height * values["c_m"] / tau_m * ratio ** (ratio / (ratio - 1)) / (0.75 if model == "lif_psc_alpha" else 1)


def dyadic(weight):
    return round(weight * 64) / 64


def case(name, model, values, inputs, duration):
    """`inputs`: (fs of arrival, weight)."""
    unit = "mV" if model == "lif_psc_delta" else "pA"
    trains = {}
    for time, weight in inputs:
        trains.setdefault(f"{dyadic(weight)!r} {unit}", []).append(time - DELAY_MS * MS)
    return dict(
        name=name, model=model, parameters={name: quantity(name, value) for name, value in values.items()},
        duration_ms=duration, delay_ms=DELAY_MS, trains=[dict(weight=w, times_fs=sorted(t)) for w, t in trains.items()],
    )  # fmt: skip


def arrivals(rng, number, first, last):
    return sorted(rng.randrange(int(first * MS), int(last * MS)) for _ in range(number))


def lone(rng, model):
    """A single input from rest."""
    values = card(rng, model)
    return values, [(arrivals(rng, 1, 2, 20)[0], strength(model, values) * rng.uniform(1.1, 3))], 100


def volley(rng, model):
    """Several inputs, some at the same femtosecond."""
    values = card(rng, model)
    times = arrivals(rng, 25, 2, 60)
    times[7] = times[8] = times[9]
    return values, [(time, strength(model, values) * rng.uniform(0.1, 0.9)) for time in times], 100


def driven(rng, model):
    """A constant current, alone or with a few inputs."""
    values = card(rng, model)
    values["i_e"] = round(rheobase(values) * rng.uniform(1.1, 3), 1)
    times = arrivals(rng, rng.choice([0, 0, 4]), 2, 60)
    return values, [(time, strength(model, values) * rng.uniform(-0.5, 0.5)) for time in times], 200


def refractory(rng, model):
    """Currents so strong or slow that they go on through long refractory times."""
    values = card(rng, model, t_ref=rng.choice([1.0, 2.5, 7.0]))
    if model != "lif_psc_delta":
        values["tau_syn_ex"] = round(rng.uniform(5, 20), 2)
    return values, [(time, strength(model, values) * rng.uniform(0.6, 3)) for time in arrivals(rng, 12, 2, 50)], 100


def inhibited(rng, model):
    """Both signs, over a current below the threshold."""
    values = card(rng, model)
    values["i_e"] = round(rheobase(values) * rng.uniform(0.3, 0.9), 1)
    sizes = [strength(model, values) * rng.uniform(0.3, 1.2) for _ in range(25)]
    sizes += [-strength(model, values, "in") * rng.uniform(0.2, 0.6) for _ in range(15)]
    return values, [(rng.randrange(2 * MS, 80 * MS), size) for size in sizes], 120


def equal(rng, model):
    """Time constants that are equal, or nearly."""
    values, inputs, duration = rng.choice([lone, volley, inhibited])(rng, model)
    if model != "lif_psc_delta":
        near = values["tau_m"] * rng.choice([1, 1, 1 + 1e-9, 1 - 1e-5])
        values |= dict(tau_syn_ex=near, tau_syn_in=rng.choice([values["tau_m"], values["tau_syn_in"]]))
    return values, inputs, duration


def columns(run, spikes):
    """What a file has of each spike."""
    return dict(
        spikes_fs=[nstr(time, 25, strip_zeros=False, min_fixed=-inf, max_fixed=inf) for time in run.times[:spikes]],
        slack_fs=[float(nstr(x, 6)) for x in run.slacks[:spikes]],
        ms_per_mv=[float(nstr(x, 6)) for x in run.conditions[:spikes]],
        scale_mv=[float(nstr(x, 6)) for x in run.scales[:spikes]],
    )


def cut(made, run, spikes):
    """A case with so many spikes ends between two of them."""
    if len(run.times) > spikes:
        made["duration_ms"] = int((run.times[spikes - 1] + run.times[spikes]) / 2 / MS)
        kept = sum(time <= made["duration_ms"] * MS for time in run.times)
    else:
        kept = len(run.times)
    made |= columns(run, kept)
    return made


def transversal(most=5, each=8):
    """Cases whose potential goes through the threshold at a good angle, and misses it by far where it misses it."""
    for model in MODELS:
        for kind in (lone, volley, driven, refractory, inhibited, equal):
            rng = random.Random(f"{model} {kind.__name__}")
            done = 0
            while done < each:
                values, inputs, duration = kind(rng, model)
                made = case(f"{model} {kind.__name__} {done}", model, values, inputs, duration)
                run = Run(made, most + 1)
                if run.times and run.margin > 1e-3 and max(run.conditions) < 20 and max(run.slacks) < 10:
                    done += 1
                    yield cut(made, run, most)


def grazing():
    """A peak of the potential a part `beyond` of its height above the threshold, which is so chosen; or below it."""
    for model in MODELS:
        for number in range(4):
            rng = random.Random(f"{model} grazing {number}")
            if model == "lif_psc_delta":
                values, inputs = card(rng, model, i_e=round(rng.uniform(50, 500), 1)), []
            else:
                values = card(rng, model)
                inputs = [(time, strength(model, values)) for time in arrivals(rng, 1 + number % 3, 3, 5)]
                if number == 3:
                    values["tau_syn_ex"] = values["tau_m"]
            top = height(model, values, inputs)
            for power in range(3, 13):
                for side in (1, -1):
                    beyond = side * mpf(10) ** -power
                    v_th = float(top - beyond * (top - mpf(values["e_l"])))
                    changed = values | dict(v_th=v_th, v_reset=min(values["v_reset"], v_th - 1), t_ref=50.0)
                    made = case(f"{model} grazing {number} {float(beyond):+.0e}", model, changed, inputs, 1000)
                    run = Run(made, 1)
                    assert len(run.times) == (side > 0), made["name"]
                    made["beyond"] = float(beyond)
                    if side > 0:
                        made["duration_ms"] = int(run.times[0] / MS) + 40
                    yield made | columns(run, 1)


def height(model, values, inputs):
    """The highest potential if there is no threshold."""
    free = case("", model, values | dict(v_th=values["e_l"] + 1e6), inputs, 0)
    neuron = Neuron(model, free["parameters"])
    if not inputs:
        return neuron.v_end
    times = sorted(time for time, _ in inputs)
    for time, after in zip(times, times[1:] + [None]):
        neuron.receive([exactly(free["trains"][0]["weight"])], held=False)
        if after:
            neuron.advance(mpf(after - time), held=False)
    return neuron.potential(neuron.peak(mpf(1), mpf(200 * MS)))


def write(name, about, cases):
    lines = ",\n".join(json.dumps(made) for made in cases)
    (FOLDER / name).write_text(f'{{"about": {json.dumps(about)}, "cases": [\n{lines}\n]}}\n')


def compare(path):
    """Spike times of another simulator against ours."""
    for made in json.loads(pathlib.Path(path).read_text())["cases"]:
        theirs = [mpf(time) for time in made["spikes_fs"]]
        run = Run(made, len(theirs))
        worst = max((abs(a - b) for a, b in zip(theirs, run.times)), default=mpf(0)) / MS
        print(f"{made['name']}: {len(theirs)} spikes, {len(run.times)} of ours, off by up to {nstr(worst, 3)} ms")


if __name__ == "__main__":
    for path in sys.argv[1:]:
        compare(path)
    if not sys.argv[1:]:
        write("transversal.json", "the potential goes through the threshold at an angle", transversal())
        write("grazing.json", "a peak of the potential just above or below the threshold", grazing())
