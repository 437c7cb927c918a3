"""Snapshots: what a frozen report holds, and how it is read again."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct, structs
from msgspec.structs import replace

from domain.kpis.kpi import TargetLevel
from domain.kpis.query import Filters, GroupBy, ReportQuery, Span
from domain.kpis.result import KpiResult
from domain.people.actor import Actor, Role
from domain.scoring.profile import ScoringProfile
from domain.scoring.scheme import Scheme
from service.scoring.evidence_index import EvidenceIndex
from service.store.scoring.criteria import Kept
from service.store.scoring.snapshots import Stored
from sync.digest import canonical, digest


class FrozenProfile(Struct, frozen=True, kw_only=True):
    """A profile as it was, and who had set it when."""

    version: int
    changed_by: UUID
    changed_at: datetime
    item: ScoringProfile


class Snapshot(Struct, frozen=True, kw_only=True):
    """A report as it was reported. It never changes: not by facts, profiles, schemes or releases that come later.

    `outlet_ids` is whose work it counts, none: every outlet's. `items` were counted; `items_sha256` is over all of
    them, as they are kept. `targets` are those of the product; `profile`, the organisation's own if it was judged by
    one, goes before them. It and `scheme` are as they were, whole.
    """

    id: UUID
    frozen_at: datetime
    frozen_by: UUID
    first_day: date
    last_day: date
    filters: Filters
    group_by: GroupBy | None
    span: Span | None
    outlet_ids: tuple[UUID, ...]
    targets: TargetLevel
    profile: FrozenProfile | None
    scheme: Scheme
    code_version: str
    results: tuple[KpiResult, ...]
    index: EvidenceIndex
    items: int
    items_sha256: str


def read(stored: Stored) -> Snapshot:
    """What was reported."""
    return msgspec.json.decode(stored.body, type=Snapshot)


def is_whole(stored: Stored) -> bool:
    """Whether the report is byte for byte what was frozen."""
    return digest(stored.body) == stored.sha256


def profile_of(snapshot: Snapshot) -> Kept[ScoringProfile] | None:
    """The organisation's own profile as it was."""
    frozen = snapshot.profile
    return None if frozen is None else Kept(**structs.asdict(frozen))


def report_of(snapshot: Snapshot) -> ReportQuery:
    """The question that the report answered."""
    return ReportQuery(
        first_day=snapshot.first_day,
        last_day=snapshot.last_day,
        filters=snapshot.filters,
        group_by=snapshot.group_by,
        span=snapshot.span,
        targets=snapshot.targets,
    )


def in_the_name_of(actor: Actor, snapshot: Snapshot) -> Actor:
    """An actor who sees exactly the work that the report counts."""
    return replace(actor, role=Role.AUDITOR, outlet_ids=snapshot.outlet_ids)


def stored_as(snapshot: Snapshot) -> Stored:
    """The report in its canonical form, with its digest."""
    body = canonical(msgspec.to_builtins(snapshot))
    whose: dict[str, Any] = {name: getattr(snapshot, name) for name in Stored.__struct_fields__[:6]}
    return Stored(**whose, body=body, sha256=digest(body))
