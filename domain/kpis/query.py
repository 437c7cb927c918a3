"""The question that a report answers: which days, narrowed to what, grouped by what."""

import enum
from datetime import date
from uuid import UUID

from msgspec import Struct

from domain.facts.words import Priority, WorkType
from domain.kpis.kpi import TargetLevel


class GroupBy(enum.StrEnum):
    """What figures are grouped by."""

    OUTLET = "outlet"
    TECHNICIAN = "technician"
    PRODUCT = "product"
    FAULT_GROUP = "fault_group"
    WORK_TYPE = "work_type"
    PRIORITY = "priority"


class Span(enum.StrEnum):
    """The periods that figures are split into, in days at the site; a week begins on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Filters(Struct, frozen=True, kw_only=True):
    """Which visits and jobs are counted; None means no limit."""

    outlet_id: UUID | None = None
    technician_id: UUID | None = None
    product_code: str | None = None
    fault_group: str | None = None
    work_type: WorkType | None = None
    priority: Priority | None = None


class ReportQuery(Struct, frozen=True, kw_only=True):
    """A question: the days from `first_day` to `last_day`, both included, at the site; without `kpis`, all KPIs."""

    first_day: date
    last_day: date
    kpis: tuple[str, ...] = ()
    filters: Filters = Filters()
    group_by: GroupBy | None = None
    span: Span | None = None
    targets: TargetLevel = TargetLevel.BASE


class FigurePart(enum.StrEnum):
    """Which of the visits and jobs behind a figure; `missed` are in the denominator and not in the numerator."""

    NUMERATOR = "numerator"
    MISSED = "missed"
    DENOMINATOR = "denominator"
    EXCLUDED = "excluded"
    PENDING = "pending"
