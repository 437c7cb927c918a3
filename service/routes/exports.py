"""Exports: measures and figures as CSV, XLSX or Parquet, and the evidence pack that anybody can verify offline."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import msgspec
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.facts.words import Line
from domain.kpis.kpi import TargetLevel
from domain.kpis.query import GroupBy, Span
from domain.people.actor import Actor, may
from domain.people.consent import NEEDED, ExportPurpose
from service.attachments.vault import FileGone, open_vault
from service.database import Database
from service.exports.making import EXPORT, TELLS_OF_PEOPLE, ExportFormat, ExportSubject, MakeExport, key_of
from service.http.answers import Headers
from service.http.endpoint import Download, HeadersOnly, get, post
from service.http.errors import Refused, Violation, invalid_body, unknown_value
from service.http.made_to_order import not_there
from service.http.paging import Paging, Slice
from service.http.ranges import is_held, span_of
from service.http.reading import HttpRequest
from service.kpis.periods import PeriodQuery, require_period
from service.seed.company import sample_id
from service.store.exports import exports
from service.store.exports.exports import DataExport
from service.store.privacy import accesses
from service.store.privacy.accesses import AccessKind
from service.store.work import tasks
from service.store.work.tasks import TaskState

KEPT_FOR = timedelta(days=7)
CONTACTS_KEPT_FOR = timedelta(days=1)
"""Somebody may take their consent back meanwhile."""
MOST_WAITING = 5
"""Of one member: they are made one after the other, and others wait behind them."""
ZIP, XLSX = "application/zip", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PARQUET = "application/vnd.apache.parquet"
MEDIA = {"csv": (ZIP, "csv.zip"), "xlsx": (XLSX, "xlsx"), "parquet": (PARQUET, "parquet"), "zip": (ZIP, "zip")}


class NewExport(PeriodQuery, frozen=True, kw_only=True):
    """What, of which period, in which form. Evidence is a `zip`; `group_by` and `span` are for `kpi_results`.

    `purpose`, with a `purpose_note` if you like, is needed for what tells of people: `evidence` and `contacts`.
    """

    subject: ExportSubject
    format: ExportFormat
    purpose: ExportPurpose | None = None
    purpose_note: Line | None = None
    group_by: GroupBy | None = None
    span: Span | None = None
    targets: TargetLevel = TargetLevel.BASE


class ExportPage(Slice[DataExport], frozen=True, kw_only=True):
    """Exports, the newest first."""


_EXAMPLE = NewExport(
    subject=ExportSubject.MEASURES,
    format=ExportFormat.CSV,
    first_day=date(2025, 7, 1),
    last_day=date(2025, 7, 31),
    outlet_id=sample_id("outlet", "HZ01"),
)


@post(
    "/v1/exports",
    right="read_figures",
    status=202,
    made_at="/v1/exports/{id}",
    problems=("not_permitted", "too_many_waiting", "export_purpose_missing", "export_purpose_refused"),
    example=_EXAMPLE,
)
async def make_export(actor: Actor, db: AsyncConnection, body: NewExport) -> DataExport:
    """Have an export made in the background. The file can be fetched for a week, in parts if need be.

    It holds what you may see. Free text and exact positions are left out for roles that need not read them; the
    dictionary of columns goes along. An evidence pack holds whole logs and documents with their digests and chains, and
    `verify.py`, which checks all of it offline. `contacts` are the customers of the period's jobs; for marketing and
    transfer, those of them who agreed. Who had data of people leave, and what for, is in the access log.
    """
    _require_sense(body)
    _require_purpose(actor, body)
    asked = await require_period(db, actor, body)
    report = replace(asked, group_by=body.group_by, span=body.span, targets=body.targets)
    if await exports.unfinished(db, actor) >= MOST_WAITING:
        raise Refused("too_many_waiting", headers=((b"retry-after", b"30"),), most=MOST_WAITING)
    export_id = uuid4()
    values = {
        "subject": body.subject.value,
        "format": body.format.value,
        "purpose": body.purpose and body.purpose.value,
        "purpose_note": body.purpose_note,
        "period": msgspec.to_builtins(report),
        "expires_at": datetime.now(UTC) + (CONTACTS_KEPT_FOR if body.subject is ExportSubject.CONTACTS else KEPT_FOR),
    }
    await exports.add(db, actor, export_id, values)
    details = MakeExport(export_id, actor, report, body.subject, body.format.value, body.purpose)
    task_id = await tasks.ask(db, actor.org_id, EXPORT.name, details, key=str(export_id))
    await exports.begin(db, actor.org_id, export_id, task_id)
    made = await _found(db, actor, export_id)
    await accesses.log(db, actor, AccessKind.ASKED, made)
    return made


@get("/v1/exports", right="read_figures")
async def list_exports(actor: Actor, db: AsyncConnection, query: Paging) -> ExportPage:
    """List the exports that you asked for; an administrator sees everybody's.

    Those that hold more than you may see by now, with another role or fewer outlets, are not listed and not found.
    """
    items, next_cursor = await exports.page(db, actor, query)
    return ExportPage(items=tuple(items), next_cursor=next_cursor, has_more=next_cursor is not None)


@get("/v1/exports/{export_id}", right="read_figures", problems=("not_found",))
async def read_export(actor: Actor, db: AsyncConnection, export_id: UUID) -> DataExport:
    """Read how far an export is."""
    return await _found(db, actor, export_id)


@get(
    "/v1/exports/{export_id}/file",
    right="read_figures",
    problems=("not_found", "file_not_ready", "file_failed", "range_not_satisfiable"),
    response=Download,
    media_types=tuple(dict.fromkeys(kind for kind, _ in MEDIA.values())),
)
async def read_export_file(
    actor: Actor, database: Database, request: HttpRequest, export_id: UUID
) -> Download | HeadersOnly:
    """Fetch the file, or go on fetching it (`Range`). Its ETag is its digest."""
    async with database.reader() as db:
        found = await _found(db, actor, export_id)
    if found.state is not TaskState.DONE or found.size_bytes is None or found.sha256 is None:
        raise not_there(failed=found.state is TaskState.FAILED)
    media_type, extension = MEDIA[found.format]
    name = f'attachment; filename="{found.subject}-{found.created_at:%Y%m%d-%H%M}.{extension}"'
    headers: Headers = (
        (b"etag", f'"{found.sha256}"'.encode()),
        (b"cache-control", b"private, no-cache"),
        (b"content-disposition", name.encode()),
        (b"accept-ranges", b"bytes"),
    )
    if is_held(request, found.sha256):
        return HeadersOnly(headers, status=304)
    start, end = span_of(request, found.sha256, found.size_bytes)
    async with database.transaction() as db:
        await accesses.log(db, actor, AccessKind.FETCHED, found)
    try:
        chunks = await open_vault(request.app.state.settings).read(key_of(actor.org_id, export_id), (start, end))
    except FileGone:
        raise Refused("not_found") from None
    if (start, end) == (0, found.size_bytes):
        return Download(200, media_type, end, chunks, headers)
    told = (b"content-range", b"bytes %d-%d/%d" % (start, end - 1, found.size_bytes))
    return Download(206, media_type, end - start, chunks, (*headers, told))


async def _found(db: AsyncConnection, actor: Actor, export_id: UUID) -> DataExport:
    found = await exports.find(db, actor, export_id)
    if found is None:
        raise Refused("not_found")
    return found


def _require_purpose(actor: Actor, body: NewExport) -> None:
    """What tells of people leaves by who may, and for a purpose that holds for all who are in it (R13)."""
    right = TELLS_OF_PEOPLE.get(body.subject)
    if right is None:
        return
    if not may(actor, right):
        raise Refused("not_permitted", role=actor.role.value)
    if body.purpose is None:
        raise Refused("export_purpose_missing")
    if body.subject is ExportSubject.EVIDENCE and body.purpose in NEEDED:
        raise Refused("export_purpose_refused", purpose=body.purpose.value)


def _require_sense(body: NewExport) -> None:
    """Refuse a form that does not fit the subject: evidence is a pack, all else is a table."""
    if (body.subject is ExportSubject.EVIDENCE) != (body.format is ExportFormat.ZIP):
        is_pack = body.subject is ExportSubject.EVIDENCE
        fitting = (each for each in ExportFormat if (each is ExportFormat.ZIP) == is_pack)
        raise invalid_body(unknown_value("/format", fitting))
    if body.subject is not ExportSubject.KPI_RESULTS and (body.group_by or body.span):
        raise invalid_body(Violation("/group_by" if body.group_by else "/span", "not_of_this_kind"))
