"""Freezing a report: what was counted is copied in one statement, and the figures are computed from the copy."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from msgspec import structs
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.calendar.china import CHINA_TIME
from domain.fields import Code
from domain.kpis.kpi import TargetLevel
from domain.kpis.query import Filters, GroupBy, ReportQuery, Span
from domain.kpis.result import KpiResult
from domain.people.actor import Actor
from domain.scoring.profile import ScoringProfile
from domain.scoring.scheme import Scheme
from service.http.errors import Refused, Violation, invalid_body
from service.kpis.periods import PeriodQuery, require_period
from service.kpis.results import MOST_FIGURES, SPREAD, results_of, with_own_targets
from service.openapi import VERSION
from service.scoring import evidence_index, restatements, schemes
from service.scoring.evidence_index import EvidenceIndex
from service.scoring.shipped import DEFAULT, MEASURED
from service.scoring.snapshot import FrozenProfile, Snapshot, read, stored_as
from service.store import locks
from service.store.measures import counting
from service.store.measures.behind import jobs_behind
from service.store.measures.tallies import tallies
from service.store.scoring import snapshots
from service.store.scoring.criteria import Kept
from service.store.scoring.snapshots import Stored

MOST_ITEMS = 1_000_000
_ASKED = ("first_day", "last_day", "group_by", "span", "targets")


class FreezeReport(PeriodQuery, frozen=True, kw_only=True):
    """What is to be frozen. `profile` is one of the organisation's own: its targets go before `targets`.

    With an `id` of the caller's own it may be sent again after a lost answer.
    """

    id: UUID | None = None
    group_by: GroupBy | None = None
    span: Span | None = None
    targets: TargetLevel = TargetLevel.BASE
    profile: Code | None = None
    scheme: Code | None = None


async def freeze(db: AsyncConnection, actor: Actor, asked: FreezeReport) -> Stored:
    """Freeze what is asked for, once: sent again under its id with the same question, it is what was frozen then."""
    if asked.id is not None:
        # Of two at one moment the second waits, and finds what the first froze.
        await locks.lock(db, actor.org_id, [("snapshot", asked.id)])
        if await snapshots.is_taken(db, actor.org_id, asked.id):
            return await _frozen_before(db, actor, asked, asked.id)
    stored, report = await _frozen_now(db, actor, asked, asked.id or uuid4())
    await snapshots.keep(db, actor.org_id, stored, report)
    await restatements.announce_frozen(db, actor.org_id, stored)
    return stored


async def _frozen_now(
    db: AsyncConnection, actor: Actor, asked: FreezeReport, snapshot_id: UUID
) -> tuple[Stored, ReportQuery]:
    """The report with its question; what it counted is copied already."""
    at = datetime.now(UTC)
    report = await _report(db, actor, asked, at)
    own, scheme = await _weighed_by(db, actor, asked)
    count = await _copied(db, actor, snapshot_id, report)
    results = await _results_of(db, actor.org_id, snapshot_id, report, own, at)
    if len(results) > MOST_FIGURES:
        found = Violation("/group_by", "too_many_figures", {"limit": str(MOST_FIGURES)})
        raise invalid_body(found)
    snapshot = Snapshot(
        id=snapshot_id,
        frozen_at=at,
        frozen_by=actor.member_id,
        first_day=report.first_day,
        last_day=report.last_day,
        filters=report.filters,
        group_by=report.group_by,
        span=report.span,
        outlet_ids=actor.outlet_ids if report.filters.outlet_id is None else (report.filters.outlet_id,),
        targets=asked.targets,
        profile=None if own is None else FrozenProfile(**structs.asdict(own)),
        scheme=scheme,
        code_version=VERSION,
        results=results,
        index=await _index_of(db, actor.org_id, snapshot_id, report, scheme, own, at),
        items=count,
        items_sha256=await snapshots.items_digest(db, actor.org_id, snapshot_id),
    )
    return stored_as(snapshot), report


async def _copied(db: AsyncConnection, actor: Actor, snapshot_id: UUID, report: ReportQuery) -> int:
    """Everything that is counted at this moment, copied; answers how much."""
    rows = tallies(actor, report, sorted(MEASURED))
    count = await snapshots.keep_items(db, actor.org_id, snapshot_id, rows)
    if count > MOST_ITEMS:
        raise Refused("report_too_large", limit=MOST_ITEMS)
    return count


async def _results_of(
    db: AsyncConnection,
    org_id: UUID,
    snapshot_id: UUID,
    report: ReportQuery,
    own: Kept[ScoringProfile] | None,
    at: datetime,
) -> tuple[KpiResult, ...]:
    """The figures of what was frozen, as they stood then."""
    rows, timed = snapshots.frozen(org_id, snapshot_id), snapshots.frozen(org_id, snapshot_id, SPREAD)
    counts = await counting.count_rows(db, rows, timed, at)
    return with_own_targets(results_of(counts, report, at), own)


async def _index_of(
    db: AsyncConnection,
    org_id: UUID,
    snapshot_id: UUID,
    report: ReportQuery,
    scheme: Scheme,
    own: Kept[ScoringProfile] | None,
    at: datetime,
) -> EvidenceIndex:
    counts = await counting.count_rows(db, snapshots.ungrouped(org_id, snapshot_id), None, at)
    candidates = evidence_index.candidates_of(scheme)
    behind = []
    if candidates:
        rows = snapshots.frozen(org_id, snapshot_id, candidates)
        behind = await jobs_behind(db, rows, at, evidence_index.MOST_JOBS)
    return evidence_index.scored(scheme, own, replace(report, group_by=None, span=None), at, counts, behind)


async def _report(db: AsyncConnection, actor: Actor, asked: FreezeReport, at: datetime) -> ReportQuery:
    report = await require_period(db, actor, asked, "invalid_body")
    if asked.first_day > at.astimezone(CHINA_TIME).date():
        raise invalid_body(Violation("/first_day", "not_begun"))
    return replace(report, group_by=asked.group_by, span=asked.span, targets=asked.targets)


async def _weighed_by(
    db: AsyncConnection, actor: Actor, asked: FreezeReport
) -> tuple[Kept[ScoringProfile] | None, Scheme]:
    own = None if asked.profile is None else await schemes.profile_of(db, actor, asked.profile)
    scheme = await schemes.scheme_of(db, actor, asked.scheme or (DEFAULT if own is None else own.item.scheme))
    if own is not None and own.item.scheme != scheme.code:
        raise invalid_body(Violation("/scheme", "of_another_scheme"))
    return own, scheme


async def _frozen_before(db: AsyncConnection, actor: Actor, asked: FreezeReport, snapshot_id: UUID) -> Stored:
    stored = await snapshots.find(db, actor, snapshot_id)
    if stored is None:
        raise Refused("already_exists")
    was = read(stored)
    same = {name: getattr(asked, name) == getattr(was, name) for name in _ASKED}
    profile = None if was.profile is None else was.profile.item.code
    named = asked.scheme in (None, was.scheme.code) and asked.profile == profile
    filters = {name: getattr(asked, name) for name in Filters.__struct_fields__}
    if not all(same.values()) or not named or Filters(**filters) != was.filters:
        raise Refused("already_exists")
    return stored
