import asyncio
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from service.embedded_postgres import PostgresUnavailable, Server, State, erase, inspect, keeper, launch, start

PATIENCE_SECONDS = 60
OWNER = """
import json, os, sys, time
from pathlib import Path
from service.embedded_postgres import inspect, start
server = start(Path(sys.argv[1]))
found = inspect(Path(sys.argv[1]))
if "fork" in sys.argv and os.fork() == 0:
    sys.stdout.close()
    time.sleep(600)
    os._exit(0)
keeper = server.keeper.pid if server.owned else None
print(json.dumps({"url": server.app_url, "owned": server.owned, "keeper": keeper, "server": found.server_pid,
                  "euid": os.geteuid()}), flush=True)
sys.stdin.read()
server.stop()
"""


class OwnerProcess:
    """A process of its own that has called `start`, and what it said."""

    def __init__(self, data_directory: Path, *arguments: str, prefix: tuple[str, ...] = ()) -> None:
        command = [*prefix, sys.executable, "-c", OWNER, str(data_directory), *arguments]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
        )

    def said(self) -> dict[str, object]:
        assert self.process.stdout is not None
        return dict(json.loads(self.process.stdout.readline()))

    def end(self) -> None:
        self.process.communicate(timeout=PATIENCE_SECONDS)


@pytest.fixture(scope="module")
def created(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory that was started once and stopped; tests work on copies."""
    home = tmp_path_factory.mktemp("created") / "data"
    start(home).stop()
    return home


@pytest.fixture
def data(created: Path, tmp_path: Path) -> Path:
    return shutil.copytree(created, tmp_path / "data")


@pytest.fixture
def server(data: Path) -> Iterator[Server]:
    running = start(data)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def shared(created: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """For questions that leave no trace."""
    running = start(shutil.copytree(created, tmp_path_factory.mktemp("shared") / "data"))
    yield running
    running.stop()


async def ask(url: str, question: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


def process(number: object) -> psutil.Process:
    assert isinstance(number, int)
    return psutil.Process(number)


def test_a_first_start_needs_nothing_but_a_path(tmp_path: Path) -> None:
    running = start(tmp_path / "not" / "yet" / "there")

    assert running.owned
    assert inspect(tmp_path / "not" / "yet" / "there").state is State.RUNNING

    running.stop()
    assert inspect(tmp_path / "not" / "yet" / "there").state is State.STOPPED


async def test_what_was_written_survives_a_restart(data: Path) -> None:
    first = start(data)
    await ask(first.owner_url, "CREATE TABLE kept AS SELECT 7 AS seven")
    first.stop()

    second = start(data)
    seven = await ask(second.app_url, "SELECT seven FROM kept")
    second.stop()

    assert seven == 7


async def test_both_addresses_work_with_sqlalchemy_too(server: Server) -> None:
    for url, role in ((server.app_url, "onsite_app"), (server.owner_url, "onsite_owner")):
        engine = create_async_engine(url.replace("postgresql:", "postgresql+asyncpg:"))
        async with engine.connect() as connection:
            assert (await connection.execute(text("SELECT current_user"))).scalar() == role
        await engine.dispose()


async def test_an_address_means_the_same_whatever_the_environment_says(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPORT", "1")
    monkeypatch.setenv("PGHOST", "elsewhere.invalid")

    assert await ask(server.app_url, "SELECT current_database()") == "onsite"


async def test_the_app_reads_and_writes_rows_of_tables_made_later_by_the_owner(server: Server) -> None:
    await ask(server.owner_url, "CREATE TABLE later (number bigint GENERATED ALWAYS AS IDENTITY, name text)")

    await ask(server.app_url, "INSERT INTO later (name) VALUES ('a')")
    await ask(server.app_url, "UPDATE later SET name = 'b'")
    assert await ask(server.app_url, "SELECT name FROM later") == "b"
    await ask(server.app_url, "DELETE FROM later")


@pytest.mark.parametrize(
    "forbidden",
    [
        "CREATE TABLE mine (a int)",
        "CREATE TEMPORARY TABLE mine (a int)",
        "CREATE SCHEMA mine",
        "CREATE EXTENSION btree_gist",
        "CREATE ROLE mine",
        "SET ROLE onsite_owner",
        "DROP TABLE guarded",
        "TRUNCATE guarded",
        "ALTER TABLE guarded ADD COLUMN b int",
        "SELECT pg_read_file('/etc/passwd')",
        "COPY guarded TO PROGRAM 'true'",
    ],
)
async def test_the_app_changes_no_schema_and_leaves_no_database(shared: Server, forbidden: str) -> None:
    await ask(shared.owner_url, "CREATE TABLE IF NOT EXISTS guarded (a int)")

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await ask(shared.app_url, forbidden)


async def test_the_owner_may_use_the_extension_that_excludes_overlaps(server: Server) -> None:
    await ask(server.owner_url, "CREATE EXTENSION btree_gist")


async def test_nobody_signs_in_as_superuser_or_without_a_password(shared: Server) -> None:
    _, where = shared.app_url.split("@")

    for account in ("postgres", "onsite_app", "onsite_app:wrong"):
        with pytest.raises((asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidPasswordError)):
            await ask(f"postgresql://{account}@{where}", "SELECT 1")


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("fsync", "on"),
        ("full_page_writes", "on"),
        ("data_checksums", "on"),
        ("listen_addresses", ""),
        ("statement_timeout", "15s"),
        ("lock_timeout", "5s"),
        ("idle_in_transaction_session_timeout", "10s"),
        ("transaction_timeout", "30s"),
        ("max_connections", "100"),
    ],
)
async def test_the_app_finds_the_promised_setting(shared: Server, setting: str, value: str) -> None:
    assert await ask(shared.app_url, f"SHOW {setting}") == value


def test_other_accounts_of_the_machine_reach_nothing(shared: Server) -> None:
    inside = list(shared.data_directory.iterdir())

    assert inside
    for closed in inside:
        assert stat.S_IMODE(closed.stat().st_mode) & 0o077 == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_the_server_ends_with_its_owner(data: Path, number: signal.Signals) -> None:
    owner = OwnerProcess(data)
    running = process(owner.said()["server"])

    owner.process.send_signal(number)
    owner.end()

    running.wait(timeout=PATIENCE_SECONDS)


def test_the_server_ends_with_its_owner_though_a_fork_of_it_lives(data: Path) -> None:
    owner = OwnerProcess(data, "fork")
    running = process(owner.said()["server"])
    forked = [child for child in process(owner.process.pid).children() if "keeper.py" not in " ".join(child.cmdline())]

    owner.process.kill()
    owner.process.wait()

    running.wait(timeout=PATIENCE_SECONDS)
    assert [child.is_running() for child in forked] == [True]
    forked[0].kill()
    owner.end()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process of its parent's death")
def test_the_server_ends_with_a_killed_keeper(data: Path) -> None:
    owner = OwnerProcess(data)
    said = owner.said()
    running = process(said["server"])

    process(said["keeper"]).kill()

    running.wait(timeout=PATIENCE_SECONDS)
    owner.end()


async def test_a_server_left_behind_is_stopped_by_the_next_start(data: Path) -> None:
    owner = OwnerProcess(data)
    said = owner.said()
    left = process(said["server"])
    # Stopped, it does not see the signal that the kernel sends when the keeper dies.
    left.suspend()
    keeper = process(said["keeper"])
    keeper.kill()
    owner.process.kill()
    owner.end()
    keeper.wait(timeout=PATIENCE_SECONDS)
    assert inspect(data).state is State.LEFT_BEHIND

    following = start(data)

    assert not left.is_running()
    assert await ask(following.app_url, "SELECT 1") == 1
    following.stop()


async def test_a_second_start_attaches_and_its_stop_stops_nothing(data: Path, server: Server) -> None:
    other = OwnerProcess(data)
    said = other.said()

    assert (said["owned"], said["url"]) == (False, server.app_url)
    other.end()
    assert await ask(server.app_url, "SELECT 1") == 1


def test_a_second_start_in_the_same_process_attaches(data: Path, server: Server) -> None:
    second = start(data)

    second.stop()

    assert (second.owned, second.app_url) == (False, server.app_url)
    assert inspect(data).state is State.RUNNING


def test_of_starts_at_the_same_moment_one_owns_and_all_have_the_same_server(tmp_path: Path) -> None:
    owners = [OwnerProcess(tmp_path / "data") for _ in range(4)]

    said = [owner.said() for owner in owners]

    assert sorted(bool(one["owned"]) for one in said) == [False, False, False, True]
    assert len({one["server"] for one in said}) == 1
    for owner in owners:
        owner.end()


def test_a_start_while_the_last_server_is_stopping_waits_and_owns(data: Path) -> None:
    owner = OwnerProcess(data)
    owner.said()
    owner.process.kill()
    owner.end()

    following = start(data)

    assert following.owned
    following.stop()


@pytest.fixture
def unrelated() -> Iterator[subprocess.Popen[bytes]]:
    sleeping = subprocess.Popen(["sleep", "600"])
    yield sleeping
    sleeping.kill()
    sleeping.wait()


async def test_a_process_number_that_was_used_again_stops_no_start(
    data: Path, unrelated: subprocess.Popen[bytes]
) -> None:
    owner = OwnerProcess(data)
    said = owner.said()
    # Stopped, it does not see the signal that the kernel sends when the keeper dies, and keeps its files.
    process(said["server"]).suspend()
    for killed in (process(said["keeper"]), process(said["server"]), process(owner.process.pid)):
        killed.kill()
    owner.end()
    for pid_file in (data / "cluster" / "postmaster.pid", data / "socket" / ".s.PGSQL.5432.lock"):
        _, *rest = pid_file.read_text().splitlines()
        pid_file.write_text("\n".join([str(unrelated.pid), *rest]) + "\n")

    following = start(data)

    assert await ask(following.app_url, "SELECT 1") == 1
    assert unrelated.poll() is None
    following.stop()


async def test_recovery_is_waited_for_and_reported_however_long_it_takes(data: Path, tmp_path: Path) -> None:
    """Recovery from an archive whose one command waits for the test stands for a long one: the server says the same."""
    waiting, go = tmp_path / "waiting", tmp_path / "go"
    (data / "cluster" / "recovery.signal").touch()
    command = f'touch "{waiting}"; until test -e "{go}"; do sleep 0.05; done; exit 1'
    (data / "cluster" / "postgresql.auto.conf").write_text(f"restore_command = '{command}'\nhot_standby = off\n")
    reports: list[str] = []
    reported = threading.Event()

    def report(line: str) -> None:
        reports.append(line)
        reported.set()

    starting = asyncio.create_task(asyncio.to_thread(start, data, report=report))
    assert await asyncio.to_thread(reported.wait, PATIENCE_SECONDS)
    assert not starting.done()
    assert waiting.exists()
    meanwhile = OwnerProcess(data)
    go.touch()
    recovered = await starting

    assert "still starting or recovering" in reports[0]
    assert await ask(recovered.app_url, "SELECT pg_is_in_recovery()") is False
    assert meanwhile.said()["owned"] is False
    meanwhile.end()
    recovered.stop()


async def test_the_log_does_not_grow_for_ever(server: Server) -> None:
    flood = "DO $$ BEGIN FOR i IN 1..30 LOOP RAISE LOG '%', repeat('x', 1000000); END LOOP; END $$"

    await ask(server.owner_url, flood)
    server.stop()

    logs = list(server.data_directory.glob("postgres.log*"))
    assert sorted(log.name for log in logs) == ["postgres.log", "postgres.log.1"]
    assert sum(log.stat().st_size for log in logs) < 2 * keeper.LOG_LIMIT_BYTES + 200_000


async def test_values_stay_out_of_the_log(server: Server) -> None:
    await ask(server.owner_url, "CREATE TABLE private (name text PRIMARY KEY)")
    await ask(server.app_url, "INSERT INTO private VALUES ('王建国')")

    with pytest.raises(asyncpg.UniqueViolationError):
        await ask(server.app_url, "INSERT INTO private VALUES ('王建国')")

    server.stop()
    assert "duplicate key" in inspect(server.data_directory).log.read_text()
    assert "王建国" not in inspect(server.data_directory).log.read_text()


@pytest.mark.parametrize("name", ["杭州 west", "a,b", "quo'te", 'dou"ble', "p%s{x}@&?", "long" * 40])
async def test_any_path_will_do(created: Path, tmp_path: Path, name: str) -> None:
    running = start(shutil.copytree(created, tmp_path / name))

    assert await ask(running.app_url, "SELECT 1") == 1

    running.stop()
    erase(running.data_directory)


async def test_lost_passwords_are_replaced(data: Path) -> None:
    (data / "passwords.json").unlink()

    running = start(data)

    assert await ask(running.app_url, "SELECT 1") == 1
    running.stop()


async def test_a_creation_that_was_cut_off_is_begun_again(tmp_path: Path) -> None:
    cut_off = tmp_path / "data" / "cluster.unfinished"
    cut_off.mkdir(parents=True)
    (cut_off / "PG_VERSION").write_text("1")

    running = start(tmp_path / "data")

    assert await ask(running.app_url, "SELECT 1") == 1
    running.stop()


def test_a_server_that_cannot_start_says_why_and_leaves_nothing_running(data: Path) -> None:
    (data / "cluster" / "global" / "pg_control").unlink()

    with pytest.raises(PostgresUnavailable, match="pg_control"):
        start(data)

    assert inspect(data).state is State.STOPPED


def test_erasing_is_refused_while_the_data_is_in_use(data: Path, server: Server) -> None:
    with pytest.raises(PostgresUnavailable, match=f"in use by process {os.getpid()}"):
        erase(data)

    server.stop()
    erase(data)
    assert inspect(data).state is State.ABSENT


@pytest.mark.skipif(os.geteuid() != 0, reason="not root: how the server runs for root was NOT tested")
def test_for_root_the_server_runs_without_roots_powers(server: Server) -> None:
    number = inspect(server.data_directory).server_pid
    powers = [line for line in Path(f"/proc/{number}/status").read_text().splitlines() if line.startswith("CapEff")]

    assert powers == ["CapEff:\t0000000000000000"]


def test_an_ordinary_user_needs_nothing_more(data: Path) -> None:
    prefix: tuple[str, ...] = ()
    if os.geteuid() == 0:
        prefix = (sys.executable, "-I", "-S", launch.__file__, "namespace", str(os.getpid()))
        if subprocess.run([*prefix, "/bin/true"], check=False, capture_output=True).returncode != 0:
            pytest.skip("root without user namespaces: how the server runs for an ordinary user was NOT tested")

    owner = OwnerProcess(data, prefix=prefix)

    said = owner.said()
    assert said["owned"]
    assert said["euid"] != 0
    owner.end()
