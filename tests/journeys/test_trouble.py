"""An installation that something is wrong with: told in a sentence that says how to mend it, never a traceback."""

import asyncio
import socket
from pathlib import Path

import asyncpg
import pytest

from service import embedded_postgres
from service.database import asyncpg_url
from tests.processes.installations import Installation, free_port


@pytest.fixture
def unusable(tmp_path: Path) -> Path:
    """A data directory that not even root can use: a file has its name."""
    path = tmp_path / "data"
    path.write_text("")
    return path


def test_the_doctor_tells_of_a_data_directory_that_cannot_be_used(installation: Installation, unusable: Path) -> None:
    told = installation.run("doctor", ONSITE_DATA=str(unusable))

    assert (told.returncode, told.stderr) == (1, "")
    assert "WRONG  data directory" in told.stdout
    assert "ONSITE_DATA" in told.stdout


def test_a_database_whose_files_cannot_be_written_is_told_in_a_sentence(
    installation: Installation, tmp_path: Path
) -> None:
    (tmp_path / "cluster" / "postgresql.conf").mkdir(parents=True)

    refused = installation.run("serve")

    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert f"{tmp_path} cannot be used" in refused.stderr


def test_clearing_away_what_is_no_data_directory_is_refused_in_a_sentence(
    installation: Installation, unusable: Path
) -> None:
    refused = installation.run("reset", "--yes", ONSITE_DATA=str(unusable))

    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert str(unusable) in refused.stderr


@pytest.mark.parametrize("command", [["token", "HZ0107"], ["restored"]])
def test_from_a_wrong_folder_no_new_database_answers(
    installation: Installation, tmp_path: Path, command: list[str]
) -> None:
    refused = installation.run(*command, ONSITE_DATA=str(tmp_path / "elsewhere"))

    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert "ONSITE_DATA" in refused.stderr
    assert not (tmp_path / "elsewhere").exists()


def test_nothing_that_customers_were_photographed_in_outlives_a_reset(
    installation: Installation, tmp_path: Path
) -> None:
    photo, half = tmp_path / "attachments" / "org" / "photo", tmp_path / "uploads" / "half"
    for file in (photo, half, tmp_path / "mine"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("")

    assert installation.run("reset", "--yes").returncode == 0

    assert (photo.exists(), half.exists(), (tmp_path / "mine").exists()) == (False, False, True)


@pytest.mark.parametrize("stubborn", ["cluster", "attachments"])
def test_what_could_not_be_deleted_is_not_said_to_be_gone(
    installation: Installation, tmp_path: Path, stubborn: str
) -> None:
    (tmp_path / stubborn).write_text("a folder that does not let itself be emptied")

    refused = installation.run("reset", "--yes")

    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert "cannot be deleted" in refused.stderr


def test_a_migration_that_cannot_be_made_is_refused_in_a_sentence(installation: Installation, tmp_path: Path) -> None:
    nowhere = installation.run("migrate", DATABASE_URL=f"postgresql://onsite:secret@127.0.0.1:{free_port()}/onsite")
    server = embedded_postgres.start(tmp_path / "external")
    try:
        not_the_owner = installation.run("migrate", DATABASE_URL=server.app_url)
    finally:
        server.stop()

    for refused in (nowhere, not_the_owner):
        assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
        assert "DATABASE_URL" in refused.stderr
    assert "secret" not in nowhere.stderr
    assert "permission denied" in not_the_owner.stderr
    assert ("compose.yaml" in not_the_owner.stderr, "compose.yaml" in nowhere.stderr) == (True, False)


def test_data_of_other_code_is_told_before_anybody_is_served(installation: Installation, tmp_path: Path) -> None:
    assert installation.run("migrate").returncode == 0
    server = embedded_postgres.start(tmp_path)
    try:
        asyncio.run(_execute(server.owner_url, "ALTER TABLE jobs RENAME COLUMN priority TO urgency"))
        refused = [installation.run(command) for command in ("serve", "demo", "migrate")]
        told = installation.run("doctor")
    finally:
        server.stop()

    for each in refused:
        assert (each.returncode, each.stderr.count("\n")) == (1, 1)
        assert "jobs.priority" in each.stderr
        assert "onsite reset" in each.stderr
    assert (told.returncode, "WRONG  migrations" in told.stdout, "onsite reset" in told.stdout) == (1, True, True)


async def _execute(url: str, statement: str) -> None:
    db = await asyncpg.connect(asyncpg_url(url))
    await db.execute(statement)
    await db.close()


def test_an_address_of_another_machine_is_not_blamed_on_the_port(installation: Installation) -> None:
    elsewhere = "203.0.113.1"

    refused = installation.run("serve", ONSITE_HOST=elsewhere)
    told = installation.run("doctor", ONSITE_HOST=elsewhere)

    assert "Correct ONSITE_HOST" in refused.stderr
    assert "Choose another" not in refused.stderr
    assert (told.returncode, "WRONG  port" in told.stdout) == (1, True)


def test_a_taken_port_is_only_a_note_of_the_doctor(installation: Installation) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()

        told = installation.run("doctor", ONSITE_PORT=str(taken.getsockname()[1]))

    assert (told.returncode, "note   port" in told.stdout) == (0, True)
