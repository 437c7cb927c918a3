"""The tallies of a report as rows: who may see which, unnested, and judged where other jobs have a say.

Whether a repair was repeated follows from the other jobs of the asset, and is looked up when it is counted: it is
exact at any moment, and no push has to look at another job than its own.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, DateTime, Select, Subquery, and_, case, cast, func, null, or_, select, true

from domain.kpis.query import Filters, GroupBy, Report
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
_OF_REPEATS = ("org_id", "asset_id", "fault_group", "completed_at", "watched_until")
_LISTS = {
    "kpi": measures.c.kpis,
    "day": measures.c.days,
    "decided_at": measures.c.decided_at,
    "numerator": measures.c.numerators,
    "denominator": measures.c.denominators,
    "excluded": measures.c.excluded,
    "low_graded": measures.c.low_graded,
    "seconds": measures.c.seconds,
}


def seen_by(actor: Actor) -> ColumnElement[bool]:
    """What an actor may see counted: their own work for a technician, the work of their outlets for anybody else."""
    own = measures.c.org_id == actor.org_id
    if actor.role is Role.TECHNICIAN:
        return and_(own, measures.c.technician_id == actor.member_id)
    # All outlets by name: then one index serves any scope.
    every = select(outlets.c.id).where(outlets.c.org_id == actor.org_id)
    return and_(own, measures.c.outlet_id.in_(actor.outlet_ids or every))


def tallies(actor: Actor, report: Report, kpis: Sequence[str], *, job_id: UUID | None = None) -> Subquery:
    """A row for each tally of the report: its KPI, day, counts, and the group and span that it belongs to.

    `nth` of its measure: with job and place it names the row.
    """
    known = _unnested(actor, report, job_id)
    repeat = case((known.c.watched_until.is_not(None) & known.c.kpi.in_(_REPEATED), _repeat(known))).label("repeat")
    within = known.c.day.between(report.first_day, report.last_day) & known.c.kpi.in_(kpis)
    looked_up = select(known, repeat).where(within).subquery("looked_up")
    return _judged(looked_up, report).subquery("tallies")


_FAILED_BY_ANY = (FIXED, QUALITY)
"""A genuine repeat fails these; damage by the user leaves them as they are."""
_REPEATED = (*_FAILED_BY_ANY, FAULT_REPEATED, ANY_REPEATED)
_GENUINE, _DAMAGED = 2, 1


def _unnested(actor: Actor, report: Report, job_id: UUID | None) -> Subquery:
    group = null() if report.group_by is None else _GROUPS[report.group_by]
    plain = [measures.c[name] for name in (*_OWN, *_OF_REPEATS)]
    lists = [func.unnest(column).label(name) for name, column in _LISTS.items()]
    touched = (measures.c.last_day >= report.first_day) & (measures.c.first_day <= report.last_day)
    of_job = true() if job_id is None else measures.c.job_id == job_id
    wanted = and_(seen_by(actor), touched, of_job, *_narrowed(report.filters))
    nth = func.generate_subscripts(measures.c.kpis, 1).label("nth")
    return select(*plain, group.label("grouped"), nth, *lists).where(wanted).subquery("known")


def _narrowed(filters: Filters) -> list[ColumnElement[bool]]:
    return [
        measures.c[name] == value for name in Filters.__struct_fields__ if (value := getattr(filters, name)) is not None
    ]


def _repeat(known: Subquery) -> ColumnElement[int]:
    """Whether the asset was reported again: genuinely, or for damage that its user did; null when it was not."""
    again = measures.alias("again")
    same = or_(known.c.kpi == ANY_REPEATED, again.c.fault_group == known.c.fault_group)
    other = (again.c.org_id == known.c.org_id) & (again.c.asset_id == known.c.asset_id)
    later = (again.c.reported_at > known.c.completed_at) & (again.c.reported_at < known.c.watched_until)
    kind = case((again.c.repeat_of == Repeat.USER_DAMAGE.value, _DAMAGED), else_=_GENUINE)
    found = other & later & same & (again.c.job_id != known.c.job_id) & (again.c.repeat_of != Repeat.NONE.value)
    return select(func.max(kind)).where(found, again.c.place == 0).correlate(known).scalar_subquery()


def _judged(known: Subquery, report: Report) -> Select[Any]:
    genuine, c = known.c.repeat == _GENUINE, known.c
    names = (*_OWN, "nth", "grouped", "day", "kpi", "decided_at", "denominator", "low_graded")
    kept: list[ColumnElement[Any]] = [c[name] for name in names]
    numerator = case(
        (c.kpi.in_((FAULT_REPEATED, ANY_REPEATED)), case((genuine, 1), else_=0)),
        (genuine, 0),
        else_=c.numerator,
    )
    damaged = (c.repeat == _DAMAGED) & c.kpi.not_in(_FAILED_BY_ANY)
    excluded = case((damaged & c.excluded.is_(None), "user_damage"), else_=c.excluded)
    span = null() if report.span is None else cast(func.date_trunc(report.span.value, cast(c.day, DateTime)), Date)
    judged = [numerator.label("numerator"), excluded.label("excluded"), c.seconds, span.label("starts_on")]
    return select(*kept, *judged)
