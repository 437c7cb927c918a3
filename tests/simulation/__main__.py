"""Plays histories and says what they found: `python -m tests.simulation --histories 100000 --seed 1`.

It says where it stands every thousand histories. What was stopped goes on with the `--seed` that it named last.
"""

import argparse
import sys
from time import perf_counter

from domain.facts.kinds import KINDS
from tests.simulation.history import in_memory, steps_of
from tests.simulation.run import ENOUGH_FAILURES, Run, on_processes

ENOUGH_TO_MEET_EVERYTHING = 300
"""From so many histories on, a fault class that never fired is a failure of the run."""
TOLD_EVERY = 1000


def main() -> int:
    """The number of failed histories, or of fault classes that never fired."""
    asked = _arguments()
    print(f"seed {asked.seed}, {asked.histories} histories, {asked.processes} processes", flush=True)  # noqa: T201
    if asked.steps is not None:
        return _replayed(asked.seed, asked.steps)
    began, run = perf_counter(), Run()
    for each in on_processes(asked.seed, asked.histories, asked.processes):
        before, told = run.histories, len(run.failures)
        run.add(each)
        _tell_on_the_way(asked.seed, asked.histories, run, before, told, perf_counter() - began)
        if len(run.failures) >= ENOUGH_FAILURES:
            break
    return _told(run, perf_counter() - began)


def _tell_on_the_way(first: int, count: int, run: Run, before: int, told: int, seconds: float) -> None:
    """New failures at once; every thousand histories how far it has come, and from where another run would go on."""
    for failure in run.failures[told:]:
        print(f"FAILED  {failure}", flush=True)  # noqa: T201
    if run.histories // TOLD_EVERY > before // TOLD_EVERY:
        left = f"go on with --seed {first + run.histories} --histories {count - run.histories}"
        speed = f"{run.histories / seconds:.0f} a second"
        print(f"{run.histories} histories, {len(run.failures)} failed, {speed}; {left}", flush=True)  # noqa: T201


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--histories", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1, help="of the first history; each further one has the next")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--steps", help="replay only these steps of the one history, such as 0,3,7; none for none")
    return parser.parse_args()


def _replayed(seed: int, which: str) -> int:
    steps = steps_of(seed)
    told = in_memory(seed, [steps[int(each)] for each in which.split(",")] if which != "none" else [])
    for violation in told.violations:
        print(violation)  # noqa: T201
    print(f"{len(told.violations)} violations")  # noqa: T201
    return bool(told.violations)


def _told(run: Run, seconds: float) -> int:
    print("fired: " + ", ".join(f"{name} {count}" for name, count in sorted(run.fired.items())))  # noqa: T201
    kinds = f"{len(run.kinds)} of {len(KINDS)} kinds"
    speed = f"{seconds:.0f} s, {run.histories / seconds:.0f} histories a second"
    print(f"{run.histories} histories, {run.facts} facts of {kinds}, {len(run.failures)} failed; {speed}")  # noqa: T201
    missing = run.never if run.histories >= ENOUGH_TO_MEET_EVERYTHING else []
    if missing:
        print("never fired: " + ", ".join(missing))  # noqa: T201
    return len(run.failures) + len(missing)


if __name__ == "__main__":
    sys.exit(main())
