"""The tallies of a report as rows: who may see which, unnested, and judged where other jobs have a say.

Whether a repair was repeated follows from the other jobs of the asset, and is looked up when it is counted: it is
exact at any moment, and no push has to look at another job than its own.
"""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    DateTime,
    Integer,
    Select,
    Subquery,
    and_,
    case,
    cast,
    false,
    func,
    literal_column,
    null,
    select,
    true,
)

from domain.kpis.query import Filters, GroupBy, ReportQuery, Span
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
    "kpi": "kpis",
    "day": "days",
    "decided_at": "decided_at",
    "numerator": "numerators",
    "denominator": "denominators",
    "excluded": "excluded",
    "low_graded": "low_graded",
    "seconds": "seconds",
}
EVERY = frozenset({*_LISTS, "nth"})
COUNTED = EVERY - {"seconds", "nth"}
TIMED = frozenset({"kpi", "day", "decided_at", "denominator", "excluded", "seconds"})
NAMED = TIMED - {"denominator", "seconds"}
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
    report: ReportQuery,
    kpis: Sequence[str],
    *,
    only: ColumnElement[bool] | None = None,
    lists: Collection[str] = EVERY,
) -> Subquery:
    """A row for each tally of the report: its KPI, day, counts, and the group and span that it belongs to.

    No KPI named: all. `only` these measures; what is asked of the rows instead is looked at after all were made.
    `nth` of its measure: with job and place it names the row.
    """
    touched = (measures.c.last_day >= report.first_day) & (measures.c.first_day <= report.last_day)
    wanted = and_(seen_by(actor), touched, *([] if only is None else [only]), *_narrowed(report.filters))
    wanted &= measures.c.kpis.overlap(kpis) if kpis else true()
    group = null() if report.group_by is None else _GROUPS[report.group_by]
    known = _unnested(wanted, [group.label("grouped")], lists, kpis)
    told = [known.c.grouped, _starts_on(known.c.day, report.span).label("starts_on")]
    return _judged(known, told, lists).where(_asked(known, report, kpis)).subquery("tallies")


def tallies_where(wanted: ColumnElement[bool]) -> Subquery:
    """A row for each tally of these measures, with all by which a report may narrow or group."""
    belongs = [measures.c[name] for name in _BELONGS]
    known = _unnested(wanted, belongs, EVERY, ())
    return _judged(known, [known.c[name] for name in _BELONGS], EVERY).subquery("tallies")


_FAILED_BY_ANY = (FIXED, QUALITY)
"""A genuine repeat fails these; damage by the user leaves them as they are."""
_JUDGED = frozenset({FAULT_REPEATED, ANY_REPEATED, *_FAILED_BY_ANY})
_GENUINE, _DAMAGED, _BASE = 2, 1, 10


def _unnested(
    wanted: ColumnElement[bool], told: Sequence[ColumnElement[Any]], lists: Collection[str], kpis: Sequence[str]
) -> Subquery:
    """The repeats of a measure are looked up once for all of its tallies, and only where they may count."""
    looked_up = "numerator" in lists and (not kpis or not _JUDGED.isdisjoint(kpis))
    again = _repeats() if looked_up else cast(null(), Integer)
    arrays = {name: measures.c[column] for name, column in _LISTS.items() if name in lists}
    plain = [*(measures.c[name] for name in _OWN), *told, again.label("again")]
    # The offset keeps PostgreSQL from looking the repeats up anew for each tally.
    of_measures = select(*plain, *arrays.values()).where(wanted).offset(literal_column("0")).subquery("of_measures")
    carried: list[ColumnElement[Any]] = [of_measures.c[column.name] for column in plain]
    carried += [func.unnest(of_measures.c[column.name]).label(name) for name, column in arrays.items()]
    carried += [func.generate_subscripts(of_measures.c.kpis, 1).label("nth")] if "nth" in lists else []
    return select(*carried).subquery("known")


def _narrowed(filters: Filters) -> list[ColumnElement[bool]]:
    return [
        measures.c[name] == value for name in Filters.__struct_fields__ if (value := getattr(filters, name)) is not None
    ]


def _repeats() -> ColumnElement[int]:
    """Whether the asset was reported again for any fault, and for the same one; null where nothing can repeat it."""
    again = measures.alias("again")
    other = (again.c.org_id == measures.c.org_id) & (again.c.asset_id == measures.c.asset_id)
    later = (again.c.reported_at > measures.c.completed_at) & (again.c.reported_at < measures.c.watched_until)
    kind = case((again.c.repeat_of == Repeat.USER_DAMAGE.value, _DAMAGED), else_=_GENUINE)
    same = func.max(kind).filter(again.c.fault_group == measures.c.fault_group)
    both = func.coalesce(func.max(kind), 0) * _BASE + func.coalesce(same, 0)
    found = other & later & (again.c.job_id != measures.c.job_id) & (again.c.repeat_of != Repeat.NONE.value)
    looked_up = select(both).where(found, again.c.place == 0).correlate(measures).scalar_subquery()
    return case((measures.c.completed_at.is_not(None), looked_up))


def _asked(known: Subquery, report: ReportQuery, kpis: Sequence[str]) -> ColumnElement[bool]:
    """In a CASE: of plain conditions PostgreSQL expects few tallies to pass, and sorts what it could have hashed."""
    c = known.c
    passed_over = [c.day < report.first_day, c.day > report.last_day, *([c.kpi.not_in(kpis)] if kpis else [])]
    return case(*((condition, false()) for condition in passed_over), else_=true())


def _starts_on(day: ColumnElement[date], span: Span | None) -> ColumnElement[Any]:
    return null() if span is None else cast(func.date_trunc(span.value, cast(day, DateTime)), Date)


def _judged(known: Subquery, told: Sequence[ColumnElement[Any]], lists: Collection[str]) -> Select[Any]:
    c = known.c
    kept: list[ColumnElement[Any]] = [*(c[name] for name in _OWN), *told]
    kept += [c[name] for name in (*_LISTS, "nth") if name in lists and name not in ("numerator", "excluded")]
    if "numerator" not in lists:
        return select(*kept, c.excluded)
    again, any_fault, same_fault = c.again > 0, c.again // _BASE, c.again % _BASE
    repeated = case(
        ((c.kpi == FAULT_REPEATED) & (same_fault == _GENUINE), 1),
        ((c.kpi == ANY_REPEATED) & (any_fault == _GENUINE), 1),
        (c.kpi.in_(_FAILED_BY_ANY) & (same_fault == _GENUINE), 0),
        else_=c.numerator,
    )
    damaged = ((c.kpi == FAULT_REPEATED) & (same_fault == _DAMAGED)) | (
        (c.kpi == ANY_REPEATED) & (any_fault == _DAMAGED)
    )
    numerator = case((again, repeated), else_=c.numerator)
    excluded = case((again & damaged & c.excluded.is_(None), "user_damage"), else_=c.excluded)
    return select(*kept, numerator.label("numerator"), excluded.label("excluded"))
