"""The tallies of a report as rows: who may see which, unnested, and judged where other jobs have a say.

Whether a repair was repeated follows from the other jobs of the asset, and is looked up when it is counted: it is
exact at any moment, and no push has to look at another job than its own.
"""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    DateTime,
    Select,
    Subquery,
    and_,
    case,
    cast,
    func,
    null,
    select,
    true,
)
from sqlalchemy.sql.selectable import LateralFromClause

from domain.kpis.query import Filters, GroupBy, Report, Span
from domain.measures.evidence import QUALITY
from domain.measures.measure import Repeat
from domain.people.actor import Actor, Role
from service.store.tables import measures, outlets

FAULT_REPEATED, ANY_REPEATED, FIXED = "K08", "K08b", "K06"

_GROUPS: dict[GroupBy, ColumnElement[Any]] = {
    GroupBy.OUTLET: measures.c.outlet_id,
    GroupBy.TECHNICIAN: measures.c.technician_id,
    GroupBy.PRODUCT: measures.c.product_code,
    GroupBy.FAULT_GROUP: measures.c.fault_group,
    GroupBy.WORK_TYPE: measures.c.work_type,
    GroupBy.PRIORITY: measures.c.priority,
}
_OWN = ("job_id", "place", "visit_id", "outlet_id", "technician_id")
_BELONGS = ("product_code", "fault_group", "work_type", "priority")
_LISTS = {
    "kpi": func.unnest(measures.c.kpis),
    "day": func.unnest(measures.c.days),
    "decided_at": func.unnest(measures.c.decided_at),
    "numerator": func.unnest(measures.c.numerators),
    "denominator": func.unnest(measures.c.denominators),
    "excluded": func.unnest(measures.c.excluded),
    "low_graded": func.unnest(measures.c.low_graded),
    "seconds": func.unnest(measures.c.seconds),
    "nth": func.generate_subscripts(measures.c.kpis, 1),
}
EVERY = frozenset(_LISTS)
COUNTED = EVERY - {"seconds", "nth"}
TIMED = frozenset({"kpi", "day", "decided_at", "excluded", "seconds"})
"""What of a tally is needed: unnesting is what a report of a whole organisation takes its time for."""


def seen_by(actor: Actor) -> ColumnElement[bool]:
    """What an actor may see counted: their own work for a technician, the work of their outlets for anybody else."""
    own = measures.c.org_id == actor.org_id
    if actor.role is Role.TECHNICIAN:
        return and_(own, measures.c.technician_id == actor.member_id)
    # All outlets by name: then one index serves any scope.
    every = select(outlets.c.id).where(outlets.c.org_id == actor.org_id)
    return and_(own, measures.c.outlet_id.in_(actor.outlet_ids or every))


def tallies(
    actor: Actor,
    report: Report,
    kpis: Sequence[str],
    *,
    job_id: UUID | None = None,
    lists: Collection[str] = EVERY,
) -> Subquery:
    """A row for each tally of the report: its KPI, day, counts, and the group and span that it belongs to.

    No KPI named: all. `nth` of its measure: with job and place it names the row.
    """
    touched = (measures.c.last_day >= report.first_day) & (measures.c.first_day <= report.last_day)
    of_job = true() if job_id is None else measures.c.job_id == job_id
    wanted = and_(seen_by(actor), touched, of_job, *_narrowed(report.filters))
    group = null() if report.group_by is None else _GROUPS[report.group_by]
    known = _unnested(wanted, [group.label("grouped")], lists)
    within = [known.c.day.between(report.first_day, report.last_day)]
    within += [known.c.kpi.in_(kpis)] if kpis else []
    span = (
        null() if report.span is None else cast(func.date_trunc(report.span.value, cast(known.c.day, DateTime)), Date)
    )
    told = [known.c.grouped, span.label("starts_on")]
    return _judged(known, told, lists).where(*within).subquery("tallies")


def tallies_where(wanted: ColumnElement[bool]) -> Subquery:
    """A row for each tally of these measures, with all by which a report may narrow or group."""
    belongs = [measures.c[name] for name in _BELONGS]
    known = _unnested(wanted, belongs, EVERY)
    return _judged(known, [known.c[name] for name in _BELONGS], EVERY).subquery("tallies")


_FAILED_BY_ANY = (FIXED, QUALITY)
"""A genuine repeat fails these; damage by the user leaves them as they are."""
_GENUINE, _DAMAGED = 2, 1


def _unnested(wanted: ColumnElement[bool], told: Sequence[ColumnElement[Any]], lists: Collection[str]) -> Subquery:
    """The repeats of a measure are looked up once for all of its tallies, and only where they may count."""
    plain = [*(measures.c[name] for name in _OWN), *told]
    unnested = [column.label(name) for name, column in _LISTS.items() if name in lists]
    if "numerator" not in lists:
        return select(*plain, *unnested).where(wanted).subquery("known")
    again = _repeats()
    columns = [*plain, again.c.same_fault, again.c.any_fault, *unnested]
    return select(*columns).join_from(measures, again, true()).where(wanted).subquery("known")


def _narrowed(filters: Filters) -> list[ColumnElement[bool]]:
    return [
        measures.c[name] == value for name in Filters.__struct_fields__ if (value := getattr(filters, name)) is not None
    ]


def _repeats() -> LateralFromClause:
    """Whether the asset was reported again: genuinely, or for damage that its user did; null when it was not."""
    again = measures.alias("again")
    other = (again.c.org_id == measures.c.org_id) & (again.c.asset_id == measures.c.asset_id)
    later = (again.c.reported_at > measures.c.completed_at) & (again.c.reported_at < measures.c.watched_until)
    kind = case((again.c.repeat_of == Repeat.USER_DAMAGE.value, _DAMAGED), else_=_GENUINE)
    same = again.c.fault_group == measures.c.fault_group
    found = other & later & (again.c.job_id != measures.c.job_id) & (again.c.repeat_of != Repeat.NONE.value)
    return (
        select(func.max(kind).label("any_fault"), func.max(kind).filter(same).label("same_fault"))
        .where(found, again.c.place == 0)
        .correlate(measures)
        .lateral("repeats")
    )


def _starts_on(day: ColumnElement[date], span: Span | None) -> ColumnElement[Any]:
    return null() if span is None else cast(func.date_trunc(span.value, cast(day, DateTime)), Date)


def _judged(known: Subquery, told: Sequence[ColumnElement[Any]], lists: Collection[str]) -> Select[Any]:
    c = known.c
    kept: list[ColumnElement[Any]] = [*(c[name] for name in _OWN), *told]
    kept += [c[name] for name in _LISTS if name in lists and name not in ("numerator", "excluded")]
    if "numerator" not in lists:
        return select(*kept, c.excluded)
    numerator = case(
        (c.kpi == FAULT_REPEATED, case((c.same_fault == _GENUINE, 1), else_=0)),
        (c.kpi == ANY_REPEATED, case((c.any_fault == _GENUINE, 1), else_=0)),
        (c.kpi.in_(_FAILED_BY_ANY) & (c.same_fault == _GENUINE), 0),
        else_=c.numerator,
    )
    damaged = ((c.kpi == FAULT_REPEATED) & (c.same_fault == _DAMAGED)) | (
        (c.kpi == ANY_REPEATED) & (c.any_fault == _DAMAGED)
    )
    excluded = case((damaged & c.excluded.is_(None), "user_damage"), else_=c.excluded)
    return select(*kept, numerator.label("numerator"), excluded.label("excluded"))
