"""The client that a web or React Native developer has: types out of the contract, and one small fetch library."""

from pathlib import Path

import pytest

from tests.contract.node import npm


@pytest.fixture(scope="module")
def compiled(typescript: Path) -> Path:
    """The project as JavaScript, after its types were made and checked."""
    for step in (("run", "generate"), ("run", "build")):
        done = npm(typescript, *step)
        assert done.returncode == 0, done.stdout + done.stderr
    return typescript


def test_the_linter_finds_nothing(typescript: Path) -> None:
    done = npm(typescript, "run", "lint")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "Your API description is valid" in done.stdout + done.stderr


def test_a_day_compiles_strictly_and_what_must_not_compile_does_not(compiled: Path) -> None:
    """Each line of mistakes.ts carries an error that the compiler must find, and day.ts a switch without a gap."""
    assert (compiled / "build" / "day.js").is_file()
    assert (compiled / "mistakes.ts").read_text().count("@ts-expect-error") > 4


def test_the_compiler_sees_when_an_outcome_is_not_handled(compiled: Path) -> None:
    contract = compiled / "build" / "contract.d.ts"
    whole = contract.read_text()
    assert '"unreadable"' in whole
    contract.write_text(whole.replace('Outcome: "duplicate"', 'Outcome: "postponed" | "duplicate"'))
    try:
        done = npm(compiled, "run", "check")
    finally:
        contract.write_text(whole)

    assert (done.returncode, "never" in done.stdout) == (2, True)


def test_a_day_runs_against_a_live_server(compiled: Path, server_url: str) -> None:
    done = npm(compiled, "run", "start", ONSITE_URL=server_url)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "The day is done." in done.stdout
