"""The quotes in JavaScript, held to the cases that the server's own function is held to; and they can turn red."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.domain.quotes import CASES, FOLDER

PLANTED = {
    "floor instead of rounding half up": ("+ 500n", "+ 0n"),
    "kilometres rounded down": (
        "Math.ceil(request.distance_metres / 1000)",
        "Math.floor(request.distance_metres / 1000)",
    ),
    "the cheapest labour in full": (
        "other.line.amount_fen - one.line.amount_fen",
        "one.line.amount_fen - other.line.amount_fen",
    ),
    "a night that ends at midnight": ("time >= from || time < until", "time >= from"),
    "distance every time": ("rules.once_per_report.includes(component)", "component === 'visit'"),
    "covered labour takes a place": ("line.kind === 'labour' && line.warranty === 'paid'", "line.kind === 'labour'"),
    "the list that began last, however general": ("+!!list.outlet_ids.length", "0"),
    "a list of some outlet where none is known": (
        "list.outlet_ids.includes(outlet)",
        "(!outlet || list.outlet_ids.includes(outlet))",
    ),
    "height above, not from": ("height >= from", "height > from"),
}


@pytest.fixture
def node() -> str:
    found = shutil.which("node")
    if found is None:
        pytest.skip("no Node on this machine")
    return found


def test_javascript_quotes_as_the_cases_say(node: str) -> None:
    done = _run(node, FOLDER / "quote.mjs")

    assert (done.returncode, done.stdout) == (0, f"{len(CASES)} of {len(CASES)} cases passed\n")


@pytest.mark.parametrize("bug", PLANTED)
def test_a_bug_in_an_apps_quotes_turns_red(node: str, tmp_path: Path, bug: str) -> None:
    right, wrong = PLANTED[bug]
    sources = {
        name: (FOLDER / name).read_text(encoding="utf-8") for name in ("quote.mjs", "prices.mjs", "problems.mjs")
    }
    assert any(right in source for source in sources.values())
    for name, source in sources.items():
        (tmp_path / name).write_text(source.replace(right, wrong), encoding="utf-8")

    done = _run(node, tmp_path / "quote.mjs")

    assert done.returncode == 1
    assert re.search(r"^FAILED", done.stdout, re.MULTILINE)


def _run(node: str, quote: Path) -> "subprocess.CompletedProcess[str]":
    command = [node, str(FOLDER / "run.mjs"), "--quote", str(quote)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
