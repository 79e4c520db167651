"""Runs SANA-FE on the cases in a folder and prints a line of results for each."""

import csv
import io
import os
import sys
from contextlib import redirect_stdout

import sanafe

folder = sys.argv[1]
out = csv.writer(sys.stdout, lineterminator="\n")
with open(os.path.join(folder, "cases.csv")) as cases:
    for name, architecture, steps in csv.reader(cases):
        with redirect_stdout(io.StringIO()):
            arch = sanafe.load_arch(architecture)
            net = sanafe.load_net(os.path.join(folder, name + ".yaml"), arch)
            chip = sanafe.SpikingChip(arch)
            chip.load(net)
            r = chip.sim(int(steps), timing_model="simple")
        energy = [repr(r["energy"][part]) for part in ("synapse", "dendrite", "soma", "network")]
        counts = [r[what] for what in ("spikes", "packets_sent", "neurons_updated", "neurons_fired")]
        out.writerow([name, steps, *energy, repr(r["sim_time"]), *counts])
        sys.stdout.flush()
