#!/usr/bin/env python3
"""Runs the same networks in spikeloom, NEST and Brian2, in turn, and prints a table of how long they take.

  benches/peers/run.py                          everything but the full microcircuit: about 20 minutes
  benches/peers/run.py --only brunel,cuba       some networks
  benches/peers/run.py --ours-only --runs 5     nothing is installed, nothing is compared
  benches/peers/run.py --full                   with the full microcircuit: 10 GB of memory, 15 minutes more

NEST and Brian2 are installed into target/peers-venv. Exit code 1 if the simulators disagree on rates or irregularity.
"""

import argparse
import json
import sys

import report
import simulators
from networks import NETWORKS


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", metavar="NAMES", help=f"of {', '.join(n.name for n in NETWORKS)}")
    parser.add_argument("--runs", type=int, default=3, help="measurements of each (default 3)")
    parser.add_argument("--bio", type=float, metavar="S", help="biological seconds measured (default: each network's own)")
    parser.add_argument("--ours-only", action="store_true", help="no peers")
    parser.add_argument("--full", action="store_true", help="the full microcircuit, too")
    parser.add_argument("--json", metavar="OUT", help="write all measurements into this file")
    args = parser.parse_args()
    names = args.only.split(",") if args.only else [n.name for n in NETWORKS if args.full or not n.large]
    unknown = set(names) - {n.name for n in NETWORKS}
    if unknown:
        parser.error(f"no such network: {', '.join(sorted(unknown))}")
    args.networks = [n for n in NETWORKS if n.name in names]
    return args


def measure(network, bio, args):
    """[(simulator, [measurement, ..]), ..]: one run of each in turn, so that a busy minute hits all of them."""
    every = simulators.contestants(network, bio, args.ours_only)
    for simulator in every:
        simulator.prepare()
    found = [(simulator, []) for simulator in every]
    for turn in range(args.runs):
        for simulator, measurements in found:
            measurements.append(simulator.measure())
            factor = measurements[-1]["real_time_factor"]
            print(f"{network.title}: {simulator}: {factor:.3g} ({turn + 1} of {args.runs})", file=sys.stderr, flush=True)
    for simulator in every:
        simulator.close()
    return found


def as_json(results):
    return [
        {"network": network.name, "simulator": simulator.name, "threads": simulator.threads, "numerics": simulator.numerics,
         "method": network.methods[simulator.name], "measurements": measurements}
        for network, rows in results
        for simulator, measurements in rows
    ]


def main():
    args = arguments()
    simulators.build_ours()
    if not args.ours_only:
        simulators.install_peers()
    warning = report.busy()
    print(warning, file=sys.stderr)
    results, problems = [], []
    for network in args.networks:
        bio = args.bio or network.bio
        rows = measure(network, bio, args)
        results.append((network, rows))
        problems += report.disagreements(network, rows, bio)
    if args.json:
        with open(args.json, "w") as file:
            json.dump(as_json(results), file, indent=1)
    versions = {simulator.name: found[0]["version"] for _, rows in results for simulator, found in rows}
    print(*filter(None, [report.heading(versions, args.runs), warning, report.table(results)]), sep="\n\n")
    if not args.ours_only:
        print("", report.agreement(problems), sep="\n")
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
