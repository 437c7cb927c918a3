"""Making exports in the background: into a file of the spool, then whole into the vault."""

import enum
from collections.abc import AsyncIterator
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.kpis.query import ReportQuery
from domain.people.actor import Actor
from domain.people.consent import ExportPurpose
from service.attachments import spool
from service.attachments.vault import open_vault
from service.exports.cells import written
from service.exports.columns import CONTACTS, KPI_RESULTS, MEASURES
from service.exports.pack import Pack, csv_bytes
from service.exports.tables import contact_rows, kpi_rows, measure_rows
from service.exports.writers import WRITERS, dictionary
from service.openapi import VERSION
from service.store.exports import exports, rows
from service.work.turn import Kind, NoDetails, Turn


class ExportSubject(enum.StrEnum):
    """What is exported."""

    MEASURES = "measures"
    KPI_RESULTS = "kpi_results"
    EVIDENCE = "evidence"
    CONTACTS = "contacts"


class ExportFormat(enum.StrEnum):
    """In which form. A CSV comes zipped with its dictionary; evidence is a `zip`."""

    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"
    ZIP = "zip"


COLUMNS = {ExportSubject.MEASURES: MEASURES, ExportSubject.KPI_RESULTS: KPI_RESULTS, ExportSubject.CONTACTS: CONTACTS}
ROWS = {ExportSubject.MEASURES: measure_rows, ExportSubject.KPI_RESULTS: kpi_rows}
TELLS_OF_PEOPLE = {ExportSubject.EVIDENCE: "export_evidence", ExportSubject.CONTACTS: "export_contacts"}
"""What leaves for a stated purpose only (R13), and the right that it takes."""


MOST_KEPT = 50
"""Of one member's exports, the newest; each for as long as its kind is kept."""


class MakeExport(Struct, frozen=True):
    """Which export, and for whose eyes."""

    export_id: UUID
    actor: Actor
    report: ReportQuery
    subject: ExportSubject
    format: str
    purpose: ExportPurpose | None = None


def key_of(org_id: UUID, export_id: UUID) -> str:
    """Where the file lies in the vault: not among what facts name, which is kept for ever."""
    return f"exports/{org_id}/{export_id}"


async def make(turn: Turn, details: MakeExport) -> None:
    """Begun anew after a crash. What lies in the spool meanwhile is nobody's."""
    at = datetime.now(UTC)
    path = spool.path_of(turn.settings, turn.org_id, details.export_id)
    await spool.in_thread(spool.begin, path)
    try:
        number = await (_packed if details.subject is ExportSubject.EVIDENCE else _tabled)(turn, details, path, at)
        digest, size = await spool.in_thread(spool.digest_of, path), await spool.in_thread(spool.size_of, path)
        await open_vault(turn.settings).put(key_of(turn.org_id, details.export_id), path)
        async with turn.database.transaction() as db:
            wanted = await exports.finish(db, turn.org_id, details.export_id, number, size, digest)
        if not wanted:
            await open_vault(turn.settings).delete([key_of(turn.org_id, details.export_id)])
    finally:
        await spool.in_thread(spool.remove, path)


async def clear(turn: Turn, _details: NoDetails) -> None:
    """Forget what is over, the files first, so that none is left behind."""
    async with turn.database.reader() as db:
        over = await exports.over(db, turn.org_id, MOST_KEPT)
    await open_vault(turn.settings).delete([key_of(turn.org_id, each) for each in over])
    async with turn.database.transaction() as db:
        await exports.remove(db, turn.org_id, over)


async def _tabled(turn: Turn, details: MakeExport, path: Path, at: datetime) -> int:
    """One table; how many rows."""
    writer = await spool.in_thread(WRITERS[details.format], path, COLUMNS[details.subject])
    number = 0
    async with turn.database.patient_reader() as db:
        total = await rows.count_jobs(db, details.actor, details.report)
        done = 0
        async for batch in _rows(db, details, at):
            await spool.in_thread(writer.write, batch)
            number, done = number + len(batch), min(done + rows.JOBS_AT_ONCE, total)
            await turn.progress(done, max(total, 1))
    await spool.in_thread(writer.close)
    return number


def _rows(db: AsyncConnection, details: MakeExport, at: datetime) -> AsyncIterator[list[tuple[Any, ...]]]:
    if details.subject is ExportSubject.CONTACTS:
        return contact_rows(db, details.actor, details.report, details.purpose)
    return ROWS[details.subject](db, details.actor, details.report, at)


async def _packed(turn: Turn, details: MakeExport, path: Path, at: datetime) -> int:
    """The evidence pack; how many jobs."""
    pack = await spool.in_thread(Pack, path, details.actor.role)
    async with turn.database.patient_reader() as db:
        await _jobs(turn, db, details, pack)
        await _figures(db, details, pack, at)
    told = {
        "made_at": at.isoformat(),
        "made_for": str(details.actor.member_id),
        "role": details.actor.role.value,
        "organisation": str(turn.org_id),
        "release": VERSION,
        "report": msgspec.to_builtins(details.report),
    }
    await spool.in_thread(pack.close, told)
    return pack.counts["jobs"]


async def _jobs(turn: Turn, db: AsyncConnection, details: MakeExport, pack: Pack) -> None:
    total = await rows.count_jobs(db, details.actor, details.report)
    out = pack.begin("jobs.jsonl")
    async for chosen in rows.job_ids(db, details.actor, details.report, rows.PACKED_AT_ONCE):
        for job in await rows.packed(db, turn.org_id, chosen):
            await spool.in_thread(out.write, pack.line_of(job))
        await turn.progress(min(pack.counts["jobs"], total), max(total, 1))
    out.close()


async def _figures(db: AsyncConnection, details: MakeExport, pack: Pack, at: datetime) -> None:
    for name, subject in (("measures.csv", ExportSubject.MEASURES), ("kpis.csv", ExportSubject.KPI_RESULTS)):
        out = pack.begin(name)
        out.write(csv_bytes([[column.name for column in COLUMNS[subject]]]))
        async for batch in ROWS[subject](db, details.actor, details.report, at):
            await spool.in_thread(out.write, csv_bytes([[written(cell) for cell in row] for row in batch]))
        out.close()
    told = [
        [name, *line]
        for name, columns in (("measures.csv", MEASURES), ("kpis.csv", KPI_RESULTS))
        for line in dictionary(columns)
    ]
    pack.put("dictionary.csv", csv_bytes([["file", "column", "kind", "zh", "en"], *told]))


EXPORT = Kind(name="export", details=MakeExport, handle=make, heavy=True, seconds=3600)
CLEAR_EXPORTS = Kind(name="clear_exports", details=NoDetails, handle=clear, daily_at=time(3, 50))
