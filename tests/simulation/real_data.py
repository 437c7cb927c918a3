"""The real database as the checker reads it, and as a backup of it is taken and put back."""

from io import BytesIO
from random import Random
from uuid import UUID

import msgspec
from httpx import AsyncClient
from sqlalchemy import Table, select

from service.database import Database
from service.store.jobs.facts import logs
from service.store.tables import documents, facts, metadata, quarantine, stock_operations
from tests.simulation.ledger import Json
from tests.simulation.orders import refolded
from tests.simulation.port import Final

Backup = dict[str, bytes]

WORK = (
    *("jobs", "facts", "documents", "audience", "purges", "repairs", "bookings", "cases", "quarantine", "stock_uses"),
    *("stock_operations", "refused_numbers", "customers", "sites", "assets"),
)
"""What a restore takes back here, with all that hangs on it; whoever works on which device can go on speaking."""


async def backed_up(database: Database, org_id: UUID) -> Backup:
    """Every row of the tables of work, and the lives of the data."""
    async with database.pull_pool.acquire() as connection:
        lives: list[int] = await connection.fetchval("SELECT lives FROM organisations WHERE org_id = $1", org_id)
        rows: Backup = {"lives": msgspec.json.encode(lives)}
        for table in _work():
            into = BytesIO()
            await connection.copy_from_table(table.name, output=into, format="binary")
            rows[table.name] = into.getvalue()
    return rows


async def put_back(database: Database, org_id: UUID, backup: Backup) -> None:
    """Nothing of what came since is left; transaction ids go on."""
    async with database.pull_pool.acquire() as connection, connection.transaction():
        for table in reversed(_work()):
            await connection.execute(f"DELETE FROM {table.name}")  # noqa: S608 - the tables' own names
        for table in _work():
            await connection.copy_to_table(table.name, source=BytesIO(backup[table.name]), format="binary")
        lives = msgspec.json.decode(backup["lives"])
        await connection.execute("UPDATE organisations SET lives = $2 WHERE org_id = $1", org_id, lives)


async def final(database: Database, client: AsyncClient, desk: dict[str, str], org_id: UUID) -> Final:
    """Everything as plain JSON: tables where they are the truth, addresses where a person looks."""
    log = await _rows(database, facts, org_id)
    bodies = await _rows(database, documents, org_id)
    jobs = {str(row["id"]): msgspec.json.decode(row["body"]) for row in bodies if row["kind"] == "job"}
    lines: dict[str, list[Json]] = {job_id: [] for job_id in jobs}
    for row in sorted(log, key=lambda row: int(row["log_number"])):
        lines[str(row["job_id"])].append(_line(row))
    return Final(
        facts=lines,
        documents=jobs,
        cards={str(row["id"]): msgspec.json.decode(row["body"]) for row in bodies if row["kind"] == "site"},
        vans={str(row["id"]): msgspec.json.decode(row["body"]) for row in bodies if row["kind"] == "van"},
        stock=[_moved(row) for row in await _rows(database, stock_operations, org_id)],
        refolded=await _refolded(database, org_id, [UUID(job_id) for job_id in jobs]),
        quarantine=[_held(row) for row in await _rows(database, quarantine, org_id)],
        cases=[{**each, "text": each["en"]} for each in await _all(client, "/v1/cases", desk)],
        purges={(each["device_id"], each["document_id"]) for each in await _all(client, "/v1/purges", desk)},
    )


def _moved(row: Json) -> Json:
    ends = {name: row[name] and str(row[name]) for name in ("from_location_id", "to_location_id")}
    return {"part_code": row["part_code"], "quantity_thousandths": row["quantity_thousandths"], **ends}


def _work() -> list[Table]:
    names = set(WORK)
    for table in metadata.sorted_tables:
        if any(key.column.table.name in names for key in table.foreign_keys):
            names.add(table.name)
    return [table for table in metadata.sorted_tables if table.name in names]


async def _rows(database: Database, table: Table, org_id: UUID) -> list[Json]:
    async with database.reader() as db:
        found = await db.execute(select(table).where(table.c.org_id == org_id))
        return [dict(row) for row in found.mappings()]


async def _refolded(database: Database, org_id: UUID, job_ids: list[UUID]) -> dict[str, list[Json]]:
    async with database.reader() as db:
        found = await logs(db, org_id, job_ids)
    return {str(job_id): refolded(job_id, log, Random(len(log))) for job_id, log in found.items()}


async def _all(client: AsyncClient, path: str, desk: dict[str, str]) -> list[Json]:
    """All pages of a list."""
    items: list[Json] = []
    parameters = {"limit": "100"}
    while True:
        answer = await client.get(path, params=parameters, headers=desk)
        page = answer.raise_for_status().json()
        items += page["items"]
        if not page["has_more"]:
            return items
        parameters["cursor"] = page["next_cursor"]


def _line(row: Json) -> Json:
    return {
        "log_number": row["log_number"],
        "device_id": str(row["device_id"]),
        "author_id": str(row["author_id"]),
        "corrected_at": row["corrected_at"].isoformat(),
        "recorded_at": row["recorded_at"].isoformat(),
        "grade": row["time_grade"],
        "record": msgspec.json.decode(row["record"]),
    }


def _held(row: Json) -> Json:
    fact_id = None if row["fact_id"] is None else str(row["fact_id"])
    record = msgspec.json.decode(row["record"])
    return {
        "case_id": str(row["id"]),
        "fact_id": fact_id,
        "reason": row["reason"],
        "state": row["state"],
        "record": record,
    }
