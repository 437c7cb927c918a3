"""What a sync costs the database: statements, transactions, and the indexes they go by."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import msgspec
import pytest
from httpx import AsyncClient
from msgspec import to_builtins
from sqlalchemy import event, insert

from domain.kpis.query import ReportQuery
from service.database import Database
from service.embedded_postgres import Server
from service.epochs.watching import open_epoch
from service.store.sync.epochs import Reason
from service.store.tables import documents, snapshots, webhooks
from tests.builders.fleet import a_site, both, encoded, fact, planned_job, push_each
from tests.builders.organisations import Organisation
from tests.builders.phone import START, Phone, job_opened, visit_planned

Statement = tuple[str, Any]


class Seen:
    """What went to the database while it was watched."""

    def __init__(self) -> None:
        self.statements: list[Statement] = []
        self.commits = 0


@contextmanager
def watched(database: Database) -> Iterator[Seen]:
    """Note every statement of the engine that is not the look at a token, nor at the keys of all, once a minute."""
    seen, engine = Seen(), database.engine.sync_engine

    def execute(_conn: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if "members.authority_version" not in statement and "FROM signing_keys" not in statement:
            seen.statements.append((statement, parameters))

    def commit(_conn: Any) -> None:
        seen.commits += 1

    event.listen(engine, "before_cursor_execute", execute)
    event.listen(engine, "commit", commit)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", execute)
        event.remove(engine, "commit", commit)


def noted(monkeypatch: pytest.MonkeyPatch) -> list[Statement]:
    """From now on, what goes to the database by the driver alone: the pulls."""
    queries: list[Statement] = []
    execute = asyncpg.Connection._execute  # noqa: SLF001 (the one place that every query goes through)

    async def noting(connection: Any, query: str, args: Any, *rest: Any, **more: Any) -> Any:
        queries.append((query, args))
        return await execute(connection, query, args, *rest, **more)

    monkeypatch.setattr(asyncpg.Connection, "_execute", noting)
    return queries


async def jobs_of(desk: Phone, organisation: Organisation, count: int, **opening: Any) -> list[tuple[UUID, UUID]]:
    """Jobs planned for the technician, in one push."""
    made = [(uuid4(), uuid4()) for _ in range(count)]
    plan = visit_planned(organisation.technician.actor.member_id, minutes=0)
    await desk.push(
        *(desk.fact(job_id, "job_opened", job_opened(organisation.outlet_id, **opening)) for job_id, _ in made),
        *(desk.fact(job_id, "visit_planned", plan, visit_id=visit_id, minute=1) for job_id, visit_id in made),
    )
    return made


async def test_a_push_is_one_transaction_of_as_many_statements_whatever_its_size(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    desk, phone = both(client, an_organisation)
    made = await jobs_of(desk, an_organisation, 51)
    counts, batch = [], list[bytes]()
    for jobs, facts_each in ((made[:1], 2), (made[1:], 4)):
        kinds = ("visit_accepted", "departed", "arrived", "work_started")[:facts_each]
        batch = [
            encoded(phone.fact(job_id, kind, {}, visit_id=visit_id, minute=60 + minute, base_version=2))
            for job_id, visit_id in jobs
            for minute, kind in enumerate(kinds)
        ]
        with watched(database) as seen:
            told = await push_each(client, phone.person, batch)
        assert {each.outcome for each in told} <= {"recorded", "recorded_with_findings"}
        counts.append(len(seen.statements))
        assert seen.commits == 1
    assert len(batch) == 200
    # Findings add two: their cases, and the cases that are over.
    assert counts[1] <= counts[0] + 2 <= 12


async def test_telling_other_systems_costs_one_statement_more_whatever_happened_and_none_while_nobody_listens(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    desk, _ = both(client, an_organisation)
    await jobs_of(desk, an_organisation, 1)
    counts = []
    for number in (50, 1, 50):
        with watched(database) as seen:
            await jobs_of(desk, an_organisation, number)
        counts.append(len(seen.statements))
        if not counts[1:]:
            row = {"org_id": an_organisation.org_id, "id": uuid4(), "url": "", "description": "", "events": []}
            async with database.transaction() as db:
                await db.execute(insert(webhooks).values(row))
    assert counts == [counts[0], counts[0] + 1, counts[0] + 1]


async def test_a_frozen_report_costs_pushes_about_its_days_as_many_statements_whatever_their_size_and_others_none(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    desk, _ = both(client, an_organisation)
    async with database.transaction() as db:
        row = {"org_id": an_organisation.org_id, "id": uuid4(), "url": "", "description": "", "events": []}
        await db.execute(insert(webhooks).values(row))
    await jobs_of(desk, an_organisation, 1)
    before = await costs_of_repairs(desk, an_organisation, database)
    # Long ago: nothing of today is about it, and nothing repeats what was repaired then.
    await frozen_report(database, an_organisation, days_ago=90)
    untouched = await costs_of_repairs(desk, an_organisation, database)
    # What was repaired yesterday may be repeated by any of these: a turn for the asset, and a look.
    await frozen_report(database, an_organisation, days_ago=1)
    looked = await costs_of_repairs(desk, an_organisation, database)
    assert untouched == before == [before[0]] * 2
    assert looked == [before[0] + 2] * 2


async def costs_of_repairs(desk: Phone, organisation: Organisation, database: Database) -> list[int]:
    """Statements of pushes that open one job and fifty, each for an asset."""
    counts = []
    for number in (1, 50):
        with watched(database) as seen:
            await jobs_of(desk, organisation, number, asset_id=str(uuid4()))
        counts.append(len(seen.statements))
    return counts


async def frozen_report(database: Database, organisation: Organisation, days_ago: int) -> None:
    """A frozen report about the day so long ago, as far as a push looks at it."""
    day = START.date() - timedelta(days=days_ago)
    question = to_builtins(ReportQuery(first_day=day, last_day=day))
    values = {"id": uuid4(), "frozen_at": START, "frozen_by": uuid4(), "outlet_ids": [], "body": b"", "sha256": b""}
    async with database.transaction() as db:
        await db.execute(
            insert(snapshots).values(
                org_id=organisation.org_id, first_day=day, last_day=day, question=question, **values
            )
        )


async def test_opening_fifty_jobs_at_as_many_sites_costs_as_many_statements_as_opening_one(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    desk, _ = both(client, an_organisation)
    await desk.pull()
    counts = []
    for number in (1, 50):
        site_ids = [await a_site(database, an_organisation) for _ in range(number)]
        batch = [
            desk.fact(uuid4(), "job_opened", job_opened(an_organisation.outlet_id, site_id=str(site_id)))
            for site_id in site_ids
        ]
        plan = visit_planned(an_organisation.technician.actor.member_id, minutes=0)
        batch += [desk.fact(each["job_id"], "visit_planned", plan, visit_id=uuid4(), minute=1) for each in batch]
        with watched(database) as seen:
            await desk.push(*batch)
        counts.append(len(seen.statements))
        assert seen.commits == 1
    assert counts[1] == counts[0] <= 20


async def test_a_late_fact_in_fifty_jobs_reads_their_logs_by_one_statement(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    desk, _ = both(client, an_organisation)
    made = await jobs_of(desk, an_organisation, 51)
    counts = []
    for jobs in (made[:1], made[1:]):
        with watched(database) as seen:
            await desk.push(
                *(desk.fact(job_id, "note_added", {"text": "a"}, minute=-60, seq=None) for job_id, _ in jobs)
            )
        counts.append(len(seen.statements))
    assert counts[0] == counts[1]


async def test_versions_from_before_a_restore_cost_one_statement_more_whatever_their_number(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    desk, _ = both(client, an_organisation)
    made = await jobs_of(desk, an_organisation, 52)
    counts = []
    for jobs in (made[:1], made[1:2], made[2:]):
        with watched(database) as seen:
            await desk.push(*(desk.fact(job_id, "note_added", {"text": "a"}, minute=60) for job_id, _ in jobs))
        counts.append(len(seen.statements))
        await open_epoch(database, Reason.OPERATOR)
    assert counts == [counts[0], counts[0] + 1, counts[0] + 1]


async def test_a_pull_is_one_statement_and_lets_stored_bytes_through_untouched(
    client: AsyncClient, database: Database, an_organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, _ = both(client, an_organisation)
    job_id, _ = await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)
    await desk.pull()
    planted = b"\xff this is not JSON, and nobody looked"
    async with database.transaction() as db:
        await db.execute(documents.update().where(documents.c.id == job_id).values(body=planted))
    pulls = noted(monkeypatch)
    with watched(database) as seen:
        answer = await client.post("/v1/sync/pull", json={}, headers=desk.person.headers)
    assert answer.status_code == 200
    assert b'"jobs":[%b]' % planted in answer.content
    assert len(pulls) == 1
    assert seen.statements == []


FILL = """
WITH made AS (
    INSERT INTO jobs (org_id, id, number, outlet_id, customer_id, site_id, asset_id, work_type, priority, status,
        technician_ids, planned_start, opened_at, changed_at, open_cases, version, memory, chain)
    SELECT $1, gen_random_uuid(), 'N', $2, NULL, NULL, NULL, 'repair', 'normal', 'open', '{}', NULL,
        now(), now(), 0, 1, '', ''::bytea FROM generate_series(1, 2000) RETURNING id
), written AS (
    INSERT INTO documents SELECT $1, id, 'job', 1,
        convert_to(json_build_object('id', id, 'version', 1, 'x', repeat('x', 400))::text, 'UTF8'), ''
    FROM made RETURNING id
), logged AS (
    INSERT INTO facts SELECT $1, id, 1, gen_random_uuid(), NULL, 'job_opened', $3, 'dispatcher', $3, 1, 0, 1,
        now(), now(), now(), 'offset', '{}', false, '{}', '{}', '{}' FROM made
)
INSERT INTO audience (org_id, scope_id, document_id, visible) SELECT $1, $2, id, true FROM written
"""
LARGE = {"audience", "documents", "facts", "jobs"}


@pytest.fixture
async def a_large_outlet(
    database: Database, migrated: Server, an_organisation: Organisation
) -> AsyncIterator[Organisation]:
    """20,000 jobs, written by ten transactions and cleared away at once: deleting them one by one takes seconds."""
    dispatcher = an_organisation.dispatcher.actor.member_id
    for _ in range(10):
        await database.pull_pool.execute(FILL, an_organisation.org_id, an_organisation.outlet_id, dispatcher)
    await database.pull_pool.execute("ANALYZE audience, documents, facts, jobs")
    yield an_organisation
    owner = await asyncpg.connect(migrated.owner_url)
    try:
        await owner.execute("TRUNCATE audience, documents, facts, jobs CASCADE")
    finally:
        await owner.close()


async def scanned(connection: "asyncpg.Connection[asyncpg.Record]", statement: str, *parameters: Any) -> set[str]:
    """The large tables that the plan reads from end to end, or of whose index it reads more than a scope."""
    (row,) = await connection.fetch(f"EXPLAIN (FORMAT JSON) {statement}", *parameters)
    waiting, found = list(msgspec.json.decode(row[0])), set()
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            waiting += [*node.values()]
            if node.get("Node Type") in {"Seq Scan", "Parallel Seq Scan"}:
                found.add(node["Relation Name"])
            if node.get("Index Name", "").startswith("audience") and not _narrowed(node.get("Index Cond", "")):
                found.add("audience")
        elif isinstance(node, list):
            waiting += node
    return found & LARGE


def _narrowed(condition: str) -> bool:
    return "scope_id" in condition or "document_id" in condition


@pytest.mark.parametrize("plans", ["force_custom_plan", "force_generic_plan"])
async def test_pull_and_push_go_by_indexes_among_twenty_thousand_documents(
    client: AsyncClient,
    database: Database,
    migrated: Server,
    a_large_outlet: Organisation,
    monkeypatch: pytest.MonkeyPatch,
    plans: str,
) -> None:
    desk, phone = both(client, a_large_outlet)
    job_id, visit_id = await planned_job(desk, a_large_outlet.outlet_id, phone.person)
    with watched(database) as seen:
        await phone.push(
            *(phone.fact(job_id, kind, {}, visit_id=visit_id, minute=60) for kind in ("arrived", "work_started")),
            phone.fact(uuid4(), "note_added", {"text": "a"}),
            phone.fact(job_id, "note_added", {"text": "a"}, minute=-60, base_version=1),
        )
    pulls = noted(monkeypatch)
    while (await desk.pull(limit=2000))["more"]:
        pass
    await desk.push(fact(job_id))
    await desk.pull()
    plans_of = [pull for pull in pulls if "pg_visible_in_snapshot" in pull[0]]
    assert len(plans_of) == 12
    connection = await asyncpg.connect(migrated.app_url)
    try:
        await connection.execute(f"SET plan_cache_mode = {plans}; SET jit = off")
        found = {f"pull {at}": await scanned(connection, query, *values) for at, (query, values) in enumerate(plans_of)}
        for statement, parameters in seen.statements:
            found[statement] = await scanned(connection, statement, *parameters)
    finally:
        await connection.close()
    assert len(found) > 10
    # A first page reads most of the tables: there the planner is free.
    assert not {way: tables for way, tables in found.items() if tables and way != "pull 0"}
