"""The cases through the real API and PostgreSQL, by the runner that app teams use; and that runner can fail."""

import subprocess
import sys
from copy import deepcopy
from typing import Any

import pytest

from openapi.vectors.runner.__main__ import run
from openapi.vectors.runner.cases import cases, filled
from openapi.vectors.runner.compare import differences
from openapi.vectors.runner.http import Server
from openapi.vectors.runner.server import Cast, play

CASE = cases("job")["crossings/cancelled-at-ten-completed-offline-at-ten-to"]


def test_every_case_holds_on_a_server_in_the_order_written(server: Server) -> None:
    report = run(server, most_orders=1)

    assert {name: found for name, found in report.items() if found} == {}
    assert len(report) > 150


@pytest.mark.nightly
def test_every_case_holds_on_a_server_in_every_order_of_arrival(server: Server) -> None:
    report = run(server, most_orders=24)

    assert {name: found for name, found in report.items() if found} == {}


def _planted(**wrong: Any) -> Any:
    case = deepcopy(CASE)
    case["expect"] |= wrong
    return case


@pytest.mark.parametrize(
    "case",
    [
        _planted(job={"status": "cancelled"}),
        _planted(job={"visits": []}),
        _planted(findings={}),
        _planted(findings={"job": ["cancelled_after_completion", "late_part"]}),
        _planted(conflicts=[{"field": "detail:cause"}]),
        _planted(withdrawn={"A": "cancelled"}),
        _planted(outcomes={"a1": "quarantined"}),
        _planted(device_trouble=["seq_reused", None, None]),
    ],
    ids=lambda case: next(name for name in case["expect"] if case["expect"][name] != CASE["expect"].get(name)),
)
def test_an_expectation_that_is_wrong_turns_red(cast: Cast, case: Any) -> None:
    seen, names, clock = play(cast, case, case["unaware"])

    assert differences(filled(CASE["expect"], names, clock), seen, names, as_written=True) == []
    assert differences(filled(case["expect"], names, clock), seen, names, as_written=True) != []


def test_the_command_says_what_it_did(server: Server) -> None:
    command = [sys.executable, "-m", "openapi.vectors.runner", "--url", server.url, "--only", "repeats/"]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (0, "14 of 14 cases passed\n"), done.stderr
