"""Compare skdigits with its peers, in interleaved rounds in one session.

    python benchmarks/run.py
    python benchmarks/run.py --only epoch,predict --rounds 3

`benchmarks/README.md` describes the measures and the method.
"""

import argparse
import tempfile
from pathlib import Path

from data import write_data
from machine import machine_facts
from measures import MEASURES
from peers import PEERS
from plot import plot_scaling
from results import Results
from session import Session
from sizes import FULL, QUICK


def main():
    arguments = parse_arguments()
    sizes = QUICK if arguments.quick else FULL
    results = Results(machine_facts())
    for fact, value in results.machine.items():
        print(f"{fact}: {value}")

    with tempfile.TemporaryDirectory() as folder:
        write_data(Path(folder), sizes)
        session = Session(Path(folder), sizes, arguments.rounds, results)
        session.try_peers(PEERS)
        for measure in arguments.only:
            print(f"\n{measure}: {MEASURES[measure].__doc__}\n", flush=True)
            MEASURES[measure](session)
            print(results.table(measure), flush=True)
            results.save(arguments.output)  # each time, in case of an interrupt
    if "scaling" in arguments.only:
        plot_scaling(results, arguments.plot)
        print(f"\n{arguments.plot}")
    print(f"\n{arguments.output}")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--only",
        type=measure_names,
        default=list(MEASURES),
        help=f"comma-separated, of {','.join(MEASURES)}",
    )
    parser.add_argument("--rounds", type=int, help="default: 5, or 1 with --quick")
    parser.add_argument(
        "--quick",
        action="store_true",
        help="little data, to check that all runs",
    )
    parser.add_argument("--output", type=Path, default="results.json", help="JSON file")
    parser.add_argument("--plot", type=Path, default="scaling.png", help="PNG file")
    arguments = parser.parse_args()
    if arguments.rounds is None:
        arguments.rounds = 1 if arguments.quick else 5
    return arguments


def measure_names(text):
    names = text.split(",")
    unknown = set(names) - set(MEASURES)
    if unknown:
        raise argparse.ArgumentTypeError(f"no such measure: {', '.join(unknown)}")
    return names


if __name__ == "__main__":
    main()
