"""An older state is put back under a real server: phones bring what was lost, and everybody agrees again."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import msgspec
import pytest

from service import embedded_postgres
from service.embedded_postgres.binaries import program
from service.store.tables import audience, documents, facts
from tests.builders.fleet import assert_folded, stored
from tests.processes.installations import Installation
from tests.processes.town import LOST, Town, afternoon, home, morning, stop, the_database, town


@pytest.fixture
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where an operator keeps a copy of the data directory."""
    return tmp_path_factory.mktemp("kept") / "copy"


def assert_everybody_began_anew(place: Town) -> None:
    assert (place.desk.resets[1:], place.phone.resets[1:]) == (["epoch"], ["epoch"])


async def assert_healed(place: Town, before: dict[str, Any]) -> None:
    """Everything acknowledged is in the log once, and all copies of each document are one."""
    assert place.seen() == before
    assert place.phone.jobs == place.desk.jobs
    acknowledged = sorted({*place.desk.acknowledged, *place.phone.acknowledged})
    async with the_database(place.installation) as database:
        assert sorted(str(row["id"]) for row in await stored(database, facts)) == acknowledged
        bodies = [msgspec.json.decode(row["body"]) for row in await stored(database, documents)]
        assert {body["id"]: body for body in bodies} == place.desk.jobs
        await assert_folded(database, place.organisation.org_id, *(job_id for job_id, _ in place.jobs))
        reached = await database.pull_pool.fetchval("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
        assert max(row["xid"] for row in await stored(database, audience)) < reached


def copied(place: Town, to: Path) -> None:
    """The data directory as it lies there when nothing runs."""
    stop(place.installation)
    shutil.copytree(home(place.installation), to, symlinks=True, ignore=shutil.ignore_patterns(".s.*"))


def put_copy_back(place: Town, copy: Path) -> None:
    stop(place.installation)
    shutil.rmtree(home(place.installation))
    shutil.copytree(copy, home(place.installation), symlinks=True)


async def test_a_cold_copy_put_back_shows_itself_by_a_cursor_from_the_future(
    installation: Installation, copy: Path
) -> None:
    """Same cluster, same timeline: nobody says so, but the phones have seen more than there is."""
    async with town(installation) as place:
        await morning(place)
        copied(place, copy)
        installation.start("serve")
        await afternoon(place)
        before = place.seen()

        put_copy_back(place, copy)
        installation.start("serve")
        healed = await place.sync_all()

        assert_everybody_began_anew(place)
        assert len(healed) == LOST
        await assert_healed(place, before)


@pytest.mark.nightly
async def test_a_cold_copy_is_told_by_the_operator_where_no_cursor_can(installation: Installation, copy: Path) -> None:
    """The counter has caught up by the time that the phones come back: only `onsite restored` knows."""
    async with town(installation) as place:
        await morning(place)
        copied(place, copy)
        installation.start("serve")
        await afternoon(place)
        before = place.seen()

        put_copy_back(place, copy)
        await spend(installation, 100)
        told = installation.run("restored")
        installation.start("serve")
        healed = await place.sync_all()

        assert (told.returncode, "new epoch has begun" in told.stdout) == (0, True), told.stderr
        assert_everybody_began_anew(place)
        assert len(healed) == LOST
        await assert_healed(place, before)


async def test_a_recovery_onto_another_timeline_is_seen_at_the_start(installation: Installation, copy: Path) -> None:
    """What a recovery to a point in time and the promotion of a standby have in common."""
    async with town(installation) as place:
        await morning(place)
        copied(place, copy)
        installation.start("serve")
        await afternoon(place)
        before = place.seen()

        put_copy_back(place, copy)
        cluster = home(installation) / "cluster"
        (cluster / "recovery.signal").touch()
        with (cluster / "postgresql.auto.conf").open("a") as settings:
            settings.write("restore_command = '/bin/false'\n")
        owner = cluster.stat()
        os.chown(cluster / "recovery.signal", owner.st_uid, owner.st_gid)
        installation.start("serve")
        healed = await place.sync_all()

        assert (cluster / "pg_wal" / "00000002.history").exists()
        assert_everybody_began_anew(place)
        assert len(healed) == LOST
        await assert_healed(place, before)


async def test_a_dump_in_a_new_cluster_is_seen_and_its_rows_are_renumbered(installation: Installation) -> None:
    """Transaction ids begin anew: every row claims to come from a time that this cluster has not reached."""
    async with town(installation) as place:
        await spend(installation, 3000)
        await morning(place)
        dump = run("pg_dump", embedded_postgres.start(home(installation)).owner_url)
        await afternoon(place)
        before = place.seen()

        stop(installation)
        shutil.rmtree(home(installation))
        anew = embedded_postgres.start(home(installation))
        try:
            run("psql", "--quiet", "--set=ON_ERROR_STOP=1", anew.owner_url, told=dump)
            ahead = "SELECT min(xid) > pg_snapshot_xmax(pg_current_snapshot()) FROM audience"
            assert run("psql", "--tuples-only", "--no-align", f"--command={ahead}", anew.owner_url).strip() == "t"
        finally:
            anew.stop()
        installation.start("serve")
        healed = await place.sync_all()

        assert_everybody_began_anew(place)
        assert len(healed) == LOST
        await assert_healed(place, before)


async def spend(installation: Installation, transaction_ids: int) -> None:
    """Use up numbers, as time does."""
    async with the_database(installation) as database:
        for _ in range(transaction_ids):
            await database.pull_pool.execute("SELECT pg_current_xact_id()")


def run(name: str, *arguments: str, told: str = "") -> str:
    done = subprocess.run([program(name), *arguments], input=told, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
