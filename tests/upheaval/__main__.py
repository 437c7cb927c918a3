"""`python -m tests.upheaval --cycles 200 --seed 1`: kill things while people work, and count what was lost."""

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

from tests.upheaval.faults import FAULTS, KILLS
from tests.upheaval.full_disk import log_full, tables_full
from tests.upheaval.play import Result, play
from tests.upheaval.small_disk import why_not


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
        say(summary(result, asked.seed, time.monotonic() - began))
        violations = result.violations + ([] if asked.only else full_disks(at, asked.seed))
    return 1 if violations else 0


def full_disks(folder: Path, seed: int) -> list[str]:
    """What was wrong after the disk of the tables, and that of the log, had been full."""
    if (reason := why_not()) is not None:
        say(f"full disk: SKIPPED, {reason}")
        return []
    violations = []
    for fill in (tables_full, log_full):
        at = folder / fill.__name__
        at.mkdir()
        found = asyncio.run(fill(at, seed))
        told = f"{found.answers}, {found.reads} reads while it was full"
        say(f"{fill.__name__}: {found.acknowledged} acknowledged, {told}")
        for each in found.violations:
            say(f"VIOLATION {each}")
        violations += found.violations
    return violations


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 (a program that prints its result)


def summary(result: Result, seed: int, seconds: float) -> str:
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
