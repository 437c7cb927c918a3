"""`python -m tests.upheaval --cycles 200 --seed 1`: kill things while people work, and count what was lost."""

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

from tests.upheaval.faults import FAULTS, KILLS
from tests.upheaval.play import Result, play


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.upheaval", description=__doc__)
    parser.add_argument("--cycles", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", action="append", metavar="FAULT", help="Only these; may be given again.")
    parser.add_argument("--keep", metavar="FOLDER", help="Leave data, logs and ledgers there.")
    asked = parser.parse_args()
    faults = [each for each in FAULTS if not asked.only or each.__name__ in asked.only]
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="upheaval-") as folder:
        at = Path(asked.keep or folder)
        at.mkdir(exist_ok=True, parents=True)
        result = asyncio.run(play(at, asked.cycles, asked.seed, faults))
    print(told(result, asked.seed, time.monotonic() - began))  # noqa: T201 (a program that prints its result)
    return 1 if result.violations else 0


def told(result: Result, seed: int, seconds: float) -> str:
    """The counts of a run, as a person reads them."""
    kills = sum(result.struck[each.__name__] for each in KILLS)
    once = f"{result.acknowledged} acknowledged, {result.lost} lost, {result.doubled} doubled"
    lines = [
        f"seed {seed}: {result.cycles} cycles in {seconds:.0f} s, {kills} of them kills, {result.starts} starts",
        *(_of_one_class(name, result.struck[name], took) for name, took in sorted(result.seconds.items())),
        f"facts: {result.sent} sent, {result.resent} sent again, {once}",
        f"answers: {dict(result.answers)}, longest {result.longest_seconds:.1f} s",
        f"broken connections while the API was dead or the wire cut: {dict(result.broken)}",
        f"answers cut off after the commit: {result.answers_cut}",
        f"transactions taken back by others: {result.taken_back}",
        *(f"VIOLATION {each}" for each in result.violations),
        f"violations: {len(result.violations)}",
    ]
    return "\n".join(lines)


def _of_one_class(name: str, times: int, took: list[float]) -> str:
    mean = sum(took) / len(took)
    return f"  {name:30} {times:4d} times, quiet again after {mean:4.1f} s, at most {max(took):4.1f} s"


if __name__ == "__main__":
    sys.exit(main())
