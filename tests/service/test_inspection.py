"""A database is looked at before it is used: how old its server is, and as whom one signs in."""

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from service.database import sqlalchemy_url
from service.embedded_postgres import Server
from service.running import installation
from service.running.inspection import Inspected, inspect, too_mighty, too_old
from service.running.installation import InstallationError, Urls, bring_up_to_date, looked_at, make_current
from service.running.migrate import newest_revision
from service.settings import Settings

WELL = Inspected(
    revision=newest_revision(),
    superuser=False,
    server_version=160_000,
    clock_ahead_seconds=0.0,
    durable=True,
    differing=[],
)
EXTERNAL = Settings(database_url="postgresql://onsite@db.internal/onsite")
URLS = Urls(EXTERNAL.database_url or "", EXTERNAL.database_url or "")


async def test_what_is_found_is_what_is_there(migrated: Server) -> None:
    found = await looked_at(migrated.app_url)
    engine = create_async_engine(sqlalchemy_url(migrated.app_url), poolclass=NullPool)
    async with engine.connect() as db:
        version = (await db.execute(text("SHOW server_version_num"))).scalar_one()
    assert (found.revision, found.superuser, found.server_version) == (newest_revision(), False, int(version))
    assert abs(found.clock_ahead_seconds) < 60
    assert (too_old(found), too_mighty(found), found.differing) == (None, None, [])


async def test_commits_that_a_crash_could_lose_are_found(migrated: Server) -> None:
    engine = create_async_engine(
        sqlalchemy_url(migrated.app_url),
        poolclass=NullPool,
        connect_args={"server_settings": {"synchronous_commit": "off"}},
    )
    async with engine.connect() as hasty:
        assert not (await inspect(hasty)).durable
    assert (await looked_at(migrated.app_url)).durable


def finding(monkeypatch: pytest.MonkeyPatch, **changes: object) -> None:
    """A server that nobody here can start: what looking at it would find."""

    async def looked_at(_url: str) -> Inspected:
        return Inspected(**{**{name: getattr(WELL, name) for name in WELL.__struct_fields__}, **changes})

    monkeypatch.setattr(installation, "looked_at", looked_at)


def test_a_server_that_is_too_old_serves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    finding(monkeypatch, server_version=150_004)
    with pytest.raises(InstallationError, match="PostgreSQL 15; Onsite needs 16"):
        make_current(EXTERNAL, URLS, print)


async def test_a_server_that_is_too_old_is_not_migrated(monkeypatch: pytest.MonkeyPatch) -> None:
    finding(monkeypatch, server_version=150_004, revision=None)
    with pytest.raises(InstallationError, match="PostgreSQL 15"):
        await bring_up_to_date(URLS.owner_url)


def test_a_superuser_serves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    finding(monkeypatch, superuser=True)
    with pytest.raises(InstallationError, match="superuser"):
        make_current(EXTERNAL, URLS, print)


@pytest.mark.parametrize(
    ("change", "differing"),
    [
        ("ALTER TABLE jobs DROP COLUMN priority", ["jobs.priority"]),
        ("ALTER TABLE jobs ALTER COLUMN priority TYPE uuid USING null", ["jobs.priority"]),
        ("ALTER TABLE jobs ADD COLUMN invented text NOT NULL", ["jobs.invented"]),
        ("ALTER TABLE jobs ALTER COLUMN status DROP NOT NULL", ["jobs.status"]),
        ("ALTER TABLE sites ALTER COLUMN version DROP DEFAULT", ["sites.version"]),
        ("DROP INDEX tasks_org_id_kind_key_index", ["tasks (org_id, kind, key)"]),
        ("CREATE UNIQUE INDEX ON jobs (org_id, status)", ["jobs (org_id, status)"]),
        ("ALTER TABLE jobs ADD FOREIGN KEY (org_id) REFERENCES organisations", ["jobs (org_id)"]),
        ("DROP TABLE refused_numbers", ["refused_numbers"]),
        ("ALTER TABLE jobs ADD COLUMN noted_by_the_operator text", []),
        ("CREATE TABLE of_the_operator (id uuid PRIMARY KEY)", []),
        ("CREATE INDEX ON jobs (org_id, priority)", []),
        ("CREATE UNIQUE INDEX ON jobs (org_id, lower(number))", []),
    ],
)
async def test_tables_of_other_code_under_the_right_number_are_found(
    migrated: Server, change: str, differing: list[str]
) -> None:
    engine = create_async_engine(sqlalchemy_url(migrated.owner_url), poolclass=NullPool)
    async with engine.connect() as db:
        # What the test before has left in the tables is in the way of some changes. All of it is rolled back.
        await db.execute(text("TRUNCATE organisations CASCADE"))
        await db.execute(text(change))

        assert (await inspect(db)).differing == differing


def test_tables_of_other_code_serve_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    finding(monkeypatch, differing=["a", "b", "c", "d"])
    with pytest.raises(InstallationError, match=r"what differs: a, b, c and 1 more. Run the code that made it"):
        make_current(EXTERNAL, URLS, print)


@pytest.mark.parametrize("database_url", [None, EXTERNAL.database_url])
def test_what_a_newer_release_has_migrated_is_left_alone(
    monkeypatch: pytest.MonkeyPatch, database_url: str | None
) -> None:
    finding(monkeypatch, revision="9999")
    with pytest.raises(InstallationError, match=r"migration 9999, and this release knows .* a newer one has made it"):
        make_current(Settings(database_url=database_url), URLS, print)


def test_a_database_that_is_well_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    finding(monkeypatch)
    make_current(EXTERNAL, URLS, print)
