"""The benchmark networks: what is run in which simulator, for how long, and how well the rates have to agree."""

from dataclasses import dataclass
from pathlib import Path

NETLISTS = Path(__file__).resolve().parents[1] / "netlists"

EXACT = {"spikeloom": "exact propagator", "NEST": "exact propagator", "Brian2": "exact propagator"}
NO_BRIAN2 = {name: EXACT[name] for name in ("spikeloom", "NEST")}
PUBLISHED = {"spikeloom": "Euler as published", "NEST": "Euler as published", "Brian2": "Euler as published"}


@dataclass(frozen=True)
class Network:
    """Times in biological seconds. `methods` names the simulators that have the network, with their integration schemes;
    `changes` and `weights` are ours: changes of the netlist, and precisions to measure."""

    name: str
    title: str
    netlist: str
    delay: str
    transient: float
    bio: float
    methods: dict
    changes: tuple = ()
    weights: tuple = ("f32",)
    rate_tolerance: float = 0.10
    cv_tolerance: float = 0.10
    threads: tuple = (1, 2)
    large: bool = False


NETWORKS = [
    Network("brunel", "Brunel delta 12,500 / 15.6 M", "brunel-ai", "1.5 ms", 0.2, 0.5, EXACT),
    Network("brunel-stdp", "Brunel with STDP, 12,500 / 15.6 M", "brunel-stdp", "1.5 ms", 0.1, 0.3, NO_BRIAN2),
    Network("hpc-stdp", "hpc_benchmark, 11,250 / 12.7 M, STDP", str(NETLISTS / "hpc-stdp.toml"), "1.5 ms", 0.1, 0.5, NO_BRIAN2),
    Network("cuba", "Vogels-Abbott CUBA 4,000", "vogels-abbott-cuba", "0.1 ms", 0.5, 5.0, EXACT),
    Network(
        "coba",
        "Vogels-Abbott COBA 4,000",
        "vogels-abbott-coba",
        "0.1 ms",
        0.5,
        2.0,
        {"spikeloom": "Runge-Kutta 4, fixed step", "NEST": "RKF45, adaptive, 1e-3", "Brian2": "exponential Euler"},
        # Its bursts come and go over hundreds of milliseconds: two seconds of one seed say little.
        rate_tolerance=0.25,
        cv_tolerance=0.4,
    ),
    Network("izhikevich-1k", "Izhikevich 2003, 1,000 dense", "izhikevich-2003", "1 ms", 0.5, 10.0, PUBLISHED),
    Network("izhikevich-100k", "Izhikevich 100,000 x 100", str(NETLISTS / "izhikevich-100k.toml"), "1 ms", 0.1, 1.0, PUBLISHED),
    Network(
        "microcircuit-0.1",
        "microcircuit 0.1, Poisson",
        "potjans-diesmann",
        "0.1 ms and more",
        0.5,
        1.0,
        NO_BRIAN2,
    ),
    Network(
        "microcircuit",
        "microcircuit full, Poisson",
        "potjans-diesmann",
        "0.1 ms and more",
        0.1,
        0.2,
        NO_BRIAN2,
        changes=("scale=1",),
        weights=("i16", "f32"),
        threads=(2,),
        large=True,
    ),
    Network(
        "polychronous",
        "polychronous 1,000 x 100, static",
        "polychronous",
        "1 to 20 ms",
        1.0,
        10.0,
        PUBLISHED,
    ),
    Network(
        "polychronous-stdp",
        "polychronous 1,000 x 100, STDP",
        "polychronous-stdp",
        "1 to 20 ms",
        5.0,
        20.0,
        {name: PUBLISHED[name] for name in ("spikeloom", "NEST")},
        # NEST's delays are those of the dendrite.
        changes=tuple(f"projections.{name}.plasticity.backpropagation=delayed" for name in ("excitation", "to-inh")),
    ),
]
