"""Snapshots: reports as they were reported, and how their figures have changed since."""

from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people.actor import Actor
from service.http.endpoint import EncodedJson, Output, get, post
from service.http.errors import Refused
from service.http.paging import Paging, Slice
from service.scoring import freezing, snapshot
from service.scoring.difference import SnapshotDifference, difference
from service.scoring.freezing import FreezeReport
from service.scoring.snapshot import Snapshot
from service.store.scoring import snapshots
from service.store.scoring.snapshots import Stored


class FrozenReport(Output, frozen=True, kw_only=True):
    """A frozen report. `sha256` is that of `snapshot` in canonical form (RFC 8785)."""

    sha256: str
    whole: bool
    snapshot: Snapshot


class FrozenReportEntry(Output, frozen=True, kw_only=True):
    """A frozen report in the list."""

    id: UUID
    frozen_at: datetime
    frozen_by: UUID
    first_day: date
    last_day: date
    outlet_ids: tuple[UUID, ...]
    sha256: str


class FrozenReportPage(Slice[FrozenReportEntry], frozen=True, kw_only=True):
    """Part of the list of frozen reports, the newest first."""


@post(
    "/v1/snapshots",
    right="freeze_reports",
    status=201,
    problems=("not_found", "already_exists", "report_too_large"),
    response=FrozenReport,
    example=FreezeReport(first_day=date(2025, 7, 1), last_day=date(2025, 7, 31)),
)
async def freeze_report(actor: Actor, db: AsyncConnection, body: FreezeReport) -> EncodedJson:
    """Freeze the figures and the index of a period, with everything that was counted for them.

    It never changes: later facts restate today's figures, not those that were reported. Scheme, profile and release
    are kept with it.
    """
    stored = await freezing.freeze(db, actor, body)
    return _answer(stored)


@get("/v1/snapshots", right="read_figures")
async def list_snapshots(actor: Actor, db: AsyncConnection, query: Paging) -> FrozenReportPage:
    """List the frozen reports about your outlets, the newest first."""
    shown, cursor = await snapshots.page(db, actor, query)
    return FrozenReportPage(
        items=tuple(_entry(each) for each in shown), next_cursor=cursor, has_more=cursor is not None
    )


@get("/v1/snapshots/{snapshot_id}", right="read_figures", problems=("not_found",), response=FrozenReport)
async def read_snapshot(actor: Actor, db: AsyncConnection, snapshot_id: UUID) -> EncodedJson:
    """Read a report as it was reported. `whole` is false when somebody has changed it in the database since."""
    return _answer(await _find(db, actor, snapshot_id))


@get("/v1/snapshots/{snapshot_id}/difference", right="read_figures", problems=("not_found",))
async def read_snapshot_difference(actor: Actor, db: AsyncConnection, snapshot_id: UUID) -> SnapshotDifference:
    """Compare a frozen report with today: which figures differ, because of which jobs and which late facts."""
    return await difference(db, actor, await _find(db, actor, snapshot_id), datetime.now(UTC))


async def _find(db: AsyncConnection, actor: Actor, snapshot_id: UUID) -> Stored:
    stored = await snapshots.find(db, actor, snapshot_id)
    if stored is None:
        raise Refused("not_found")
    return stored


def _answer(stored: Stored) -> EncodedJson:
    """The bytes that were frozen, whatever shape a report has in this release."""
    whole = b"true" if snapshot.is_whole(stored) else b"false"
    return EncodedJson(b'{"sha256":"%b","whole":%b,"snapshot":%b}' % (stored.sha256.hex().encode(), whole, stored.body))


def _entry(stored: Stored) -> FrozenReportEntry:
    return FrozenReportEntry(
        id=stored.id,
        frozen_at=stored.frozen_at,
        frozen_by=stored.frozen_by,
        first_day=stored.first_day,
        last_day=stored.last_day,
        outlet_ids=stored.outlet_ids,
        sha256=stored.sha256.hex(),
    )
