"""A measure: what one visit, or one job, counts for each KPI, and under which outlet, technician and product.

It says what holds if nothing more happens: what was not done before its limit counts as missed at the limit, also while
the limit is still to come. A report passes over what is decided only after its own moment: that is pending. So time
that merely passes changes no measure.
"""

import enum
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from domain.facts.words import Priority, WorkType


class Repeat(enum.StrEnum):
    """What a job is to an earlier repair of the same asset: a request, one for proven user damage, or none at all."""

    REQUEST = "request"
    USER_DAMAGE = "user_damage"
    NONE = "none"


class Tally(Struct, frozen=True):
    """What a visit or a job counts for one KPI.

    It counts in the period of `at`: when its outcome became certain, by the event or the limit, whichever came first
    (3.1 rule 1), or the completion for a KPI of a cohort. Until `decided_at`, where that is later, it is pending.
    `denominator` is how many things are counted, part lines for example, also where `excluded` says why they are not.
    `seconds` is the interval behind it.
    """

    kpi: str
    at: datetime
    numerator: int
    denominator: int = 1
    excluded: str | None = None
    low_graded: bool = False
    seconds: int | None = None
    decided_at: datetime | None = None


class Measure(Struct, frozen=True, kw_only=True):
    """All tallies of one visit, or those of the job as a whole where `visit_id` is null. Days are those at the site."""

    visit_id: UUID | None
    outlet_id: UUID
    technician_id: UUID | None
    product_code: str | None
    fault_group: str | None
    work_type: WorkType
    priority: Priority
    time_zone: str
    asset_id: UUID | None
    """Of a repair order, so that a repeated repair is found (K06, K08)."""
    reported_at: datetime | None
    repeat_of: Repeat
    completed_at: datetime | None
    """Of a solved repair order: what is reported of its asset from here on, until `watched_until`, is a repeat."""
    watched_until: datetime | None
    tallies: tuple[Tally, ...]
    days: tuple[date, ...]
    """Of each tally's `at`."""
