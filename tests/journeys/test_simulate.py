"""A whole day against a real server process: nothing is lost, and the check that says so can fail."""

import os
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from service import embedded_postgres
from service.simulate import play
from service.simulate.check import check
from service.simulate.day import Day
from service.simulate.ledger import Entry
from service.simulate.network import Fault
from tests.processes.installations import ONSITE, PATIENCE_SECONDS, PATIENT, asking, free_port

ALTER = (
    "UPDATE facts SET record = convert_to(replace(convert_from(record, 'UTF8'), 'online', 'cheque'), 'UTF8')"
    " WHERE id = $1"
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(tmp_path_factory.mktemp("onsite"))


@pytest.fixture(scope="module")
def url(home: Path) -> Iterator[str]:
    """Where a server process of its own answers, with the sample company in it."""
    environment = {**os.environ, **PATIENT, "ONSITE_DATA": str(home), "ONSITE_PORT": str(free_port())}
    environment.pop("DATABASE_URL", None)
    subprocess.run([*ONSITE, "seed"], env=environment, check=True, capture_output=True, timeout=PATIENCE_SECONDS)
    with (home / "serve.log").open("wb") as log:
        server = subprocess.Popen([*ONSITE, "serve"], env=environment, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{environment['ONSITE_PORT']}"
    try:
        with asking(address) as client:
            client.get("/v1/health").raise_for_status()
        yield address
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(PATIENCE_SECONDS)


@pytest.fixture(scope="module")
async def played(url: str) -> AsyncIterator[Day]:
    """A quiet day with seed 7, over but for the check."""
    async with play(url, technicians=6, seed=7, quiet=True) as day:
        yield day


async def test_everything_that_anybody_recorded_in_a_day_is_found_again(played: Day) -> None:
    checked = await check(played)

    assert checked.problems == ()
    assert checked.facts > 350
    assert len({each.scene for each in played.expectations} & {f"({number})" for number in range(1, 16)}) == 15


async def test_another_seed_plays_another_day_on_the_same_server(url: str) -> None:
    async with play(url, technicians=2, seed=8, quiet=True) as day:
        assert (await check(day)).problems == ()


@pytest.mark.nightly
@pytest.mark.parametrize("technicians", range(1, 7))
@pytest.mark.parametrize("seed", range(100, 105))
async def test_day_after_day_on_one_server_nothing_is_lost(url: str, technicians: int, seed: int) -> None:
    async with play(url, technicians=technicians, seed=10 * seed + technicians, quiet=True) as day:
        checked = await check(day)

    assert checked.problems == ()


async def test_one_seed_plays_the_same_day_line_by_line(url: str) -> None:
    first = await _timeline(url, seed=3)

    assert len(first) > 100
    assert await _timeline(url, seed=3) == first
    assert await _timeline(url, seed=4) != first


def test_the_command_says_in_its_exit_code_whether_all_is_accounted_for(url: str) -> None:
    command = [*ONSITE, "simulate", "day", "--technicians", "1", "--seed", "9", "--url", url, "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "all accounted for" in done.stdout


def test_without_a_server_the_command_says_how_to_start_one() -> None:
    command = [*ONSITE, "simulate", "day", "--url", f"http://127.0.0.1:{free_port()}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS)

    assert done.returncode == 1
    assert "onsite demo" in done.stderr


async def test_a_fact_that_vanishes_from_the_server_or_is_altered_there_is_missed(url: str, home: Path) -> None:
    async with play(url, technicians=1, seed=11, quiet=True) as day:
        entries = day.ledger.entries.values()
        gone = next(entry for entry in entries if entry.kind == "guidance_given")
        altered = next(entry for entry in entries if entry.kind == "paid")
        await _as_owner(home, "DELETE FROM facts WHERE id = $1", gone)
        await _as_owner(home, ALTER, altered)
        problems = (await check(day)).problems

    assert sorted(problems) == sorted(
        (
            f"guidance_given by {gone.by} ({gone.fact['id']}): LOST: answered recorded, and nowhere to be found",
            f"the log of job {gone.fact['job_id']} has gaps",
            f"paid by {altered.by} ({altered.fact['id']}): LOST: other content than was recorded",
        )
    )


async def test_other_money_other_documents_and_faults_that_never_happened_fail_the_check(url: str) -> None:
    async with play(url, technicians=1, seed=13, quiet=True) as day:
        next(entry for entry in day.ledger.entries.values() if entry.kind == "paid").fact["paid"]["amount_fen"] += 1
        next(iter(day.technicians[0].phone.jobs.values()))["notes"] = [{"text": "nobody said this"}]
        day.planted[Fault.DELIVERED_TWICE] += 1
        problems = (await check(day)).problems

    assert any("paid_fen is" in each for each in problems)
    assert any("1 jobs on the phone differ" in each for each in problems)
    assert "delivered_twice was planted 2 times and happened 1 times" in problems


async def _as_owner(home: Path, statement: str, victim: Entry) -> None:
    """Do to the server's data what no code of ours does."""
    database = await asyncpg.connect(embedded_postgres.start(home).owner_url)
    try:
        assert (await database.execute(statement, victim.fact["id"])).endswith(" 1")
    finally:
        await database.close()


async def _timeline(url: str, seed: int) -> list[str]:
    lines: list[str] = []
    async with play(url, technicians=3, seed=seed, print_line=lines.append):
        return lines
