"""The contestants: each is made ready once for a network, then measured as often as asked.

A measurement is a dictionary: version, real_time_factor, build_s, peak_rss_bytes, populations {name: rate_hz, cv_isi}.
"""

import json
import os
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
VENV = TARGET / "peers-venv"
PYTHON = VENV / "bin" / "python"
PROGRAM = TARGET / "release" / "spikeloom"


def build_ours():
    subprocess.run(["cargo", "build", "--release", "--quiet"], cwd=ROOT, check=True)


def install_peers():
    """Everything stays below the target folder; done again, it is a matter of seconds."""
    if not PYTHON.exists():
        subprocess.run(["python3", "-m", "venv", VENV], check=True)
    subprocess.run([PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", HERE / "requirements.txt"], check=True)


def answer(command):
    """The JSON in a command's output, from the last line that begins an object."""
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads(output[output.rindex("\n{") if "\n{" in output else output.index("{"):])


class Simulator:
    """One simulator with one network and a number of threads."""

    name = ""
    numerics = "f64"

    def __init__(self, network, bio, threads):
        self.network, self.bio, self.threads = network, bio, threads

    def __str__(self):
        return f"{self.name}, {self.threads} thread{'s' if self.threads > 1 else ''}"

    def prepare(self):
        """What can be done before the first measurement."""

    def measure(self):
        raise NotImplementedError

    def close(self):
        """Ends what `prepare` began."""


class Spikeloom(Simulator):
    name = "spikeloom"

    def __init__(self, network, bio, threads, weights):
        super().__init__(network, bio, threads)
        self.weights = weights
        self.changes = [*network.changes, f"numerics.weights={weights}"]

    def prepare(self):
        layouts = self.call("check")["projections"]
        kept = {p["layout"].split(" (")[0] for p in layouts if not p["layout"].startswith("acts directly")}
        self.numerics = f"f64; {self.weights} weights, kept as {' and '.join(sorted(kept))}"
        self.version = subprocess.run([PROGRAM, "version"], check=True, capture_output=True, text=True).stdout.split()[1]

    def call(self, verb, *options):
        window = ["--set", f"network.warmup={1000 * self.network.transient:g}ms", "--duration", f"{1000 * self.bio:g}ms"]
        changes = [word for change in self.changes for word in ("--set", change)]
        return answer([PROGRAM, verb, self.network.netlist, *changes, *window, "--json", "--quiet", *options])

    def measure(self):
        """All spikes are kept in memory while it runs, as the others do, and written afterwards."""
        with tempfile.TemporaryDirectory(prefix="spikeloom-") as folder:
            found = self.call("run", "--threads", str(self.threads), "--spikes", str(Path(folder) / "spikes.npz"))
        return {"version": self.version, **found}


class Nest(Simulator):
    name = "NEST"

    def measure(self):
        window = ["--transient", str(self.network.transient), "--bio", str(self.bio)]
        return answer([PYTHON, HERE / "nest_peer.py", self.network.name, *window, "--threads", str(self.threads)])


class Brian2(Simulator):
    name = "Brian2"

    def prepare(self):
        """Compiling takes longer than running: it is done once, and the program waits for its turns."""
        window = ["--transient", str(self.network.transient), "--bio", str(self.bio)]
        command = [PYTHON, HERE / "brian2_peer.py", self.network.name, *window]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.await_line("built")

    def measure(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return json.loads(self.await_line("{"))

    def await_line(self, beginning):
        """Its next line of interest; Brian2 itself may write others."""
        for line in self.process.stdout:
            if line.startswith(beginning):
                return line
        raise RuntimeError(f"{self} ended without an answer")

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def contestants(network, bio, ours_only):
    """Ours first: the others are compared with it. Brian2 runs on one thread: a second one makes it slower on these networks."""
    every = [Spikeloom(network, bio, threads, weights) for weights in network.weights for threads in network.threads]
    if not ours_only:
        every += [Nest(network, bio, threads) for threads in network.threads]
        every += [Brian2(network, bio, 1)] if "Brian2" in network.methods else []
    return every
