"""What happened, in plain records: the scenario. No fact, no rule and no figure is in here.

Times are in UTC. Words are those that facts use.
"""

from datetime import date, datetime

from msgspec import Struct

from service.seed.volume.visit_records import CallOff, Record, Visit


class Reply(Record, frozen=True, kw_only=True):
    """The request was taken up. `imported`: another system told so, and whether that contact alone `solved` it."""

    means: str
    imported: bool = False
    solved: bool | None = None


class PriorityChange(Record, frozen=True, kw_only=True):
    """Raised to urgent, or lowered, by a dispatcher or a supervisor."""

    now: str
    by_supervisor: bool


class Hold(Record, frozen=True, kw_only=True):
    """The order waits for something, until it is released or somebody comes."""

    reason: str
    released_at: datetime | None


class WarrantyDecision(Record, frozen=True, kw_only=True):
    """Covered or not, with what shows it."""

    covered: bool
    shown: bool
    misuse: bool = False


class Rating(Record, frozen=True, kw_only=True):
    """The customer's word. `voided_at`: a supervisor took it out, for a reason."""

    score: int
    dimensions: tuple[tuple[str, int], ...] = ()
    given_on: str = "customer"
    identity_denied: bool = False
    voided_at: datetime | None = None
    void_reason: str | None = None


class FollowUp(Record, frozen=True, kw_only=True):
    """A call back after the work."""

    reached: bool


class Complaint(Record, frozen=True, kw_only=True):
    """A complaint with what was done about it."""

    answered_at: datetime | None
    offered_at: datetime | None
    told_at: datetime | None
    rating_asked_at: datetime | None
    closed_at: datetime | None
    upheld: bool


class Inspection(Record, frozen=True, kw_only=True):
    """A quality inspection of one visit; an error that it showed was confirmed at `error_at`."""

    visit: int
    passed: bool
    error_at: datetime | None = None


class Recovery(Record, frozen=True, kw_only=True):
    """Something was done to make a failure good."""

    failure: str


class Refund(Record, frozen=True, kw_only=True):
    """Money was owed back, and went back at `paid_at`."""

    fen: int
    paid_at: datetime | None


class Exclusion(Record, frozen=True, kw_only=True):
    """Left out of figures. `approved`: a supervisor said so and why."""

    reason: str
    approved: bool


class Order(Struct, frozen=True, kw_only=True):
    """One promise to a customer, from the request to whatever came of it."""

    number: str
    outlet: str
    work_type: str
    product: str
    asset: str
    symptom: str | None
    warranty: str
    special_work: tuple[str, ...]
    urgent: bool
    requested_at: datetime
    recorded_at: datetime
    """When the desk wrote it down."""
    replies: tuple[Reply, ...] = ()
    priority_changes: tuple[PriorityChange, ...] = ()
    visits: tuple[Visit, ...] = ()
    cancelled: CallOff | None = None
    holds: tuple[Hold, ...] = ()
    decision: WarrantyDecision | None = None
    report_at: datetime | None = None
    follow_ups: tuple[FollowUp, ...] = ()
    rating_until: datetime | None = None
    rating_asked_at: datetime | None = None
    ratings: tuple[Rating, ...] = ()
    complaints: tuple[Complaint, ...] = ()
    inspections: tuple[Inspection, ...] = ()
    recoveries: tuple[Recovery, ...] = ()
    refunds: tuple[Refund, ...] = ()
    invoice_at: datetime | None = None
    exclusions: tuple[Exclusion, ...] = ()
    closed_at: datetime | None = None
    waived_at: datetime | None = None
    """A supervisor forgave, on the phone, that work began before the fees were agreed to."""


class Household(Struct, frozen=True, kw_only=True):
    """A customer with one site and one appliance."""

    number: int
    outlet: str
    product: str
    asset: str
    bought_on: date


class Scenario(Struct, frozen=True, kw_only=True):
    """The whole half year, as far as it was known at `now`."""

    seed: int
    first_day: date
    last_day: date
    now: datetime
    households: tuple[Household, ...]
    orders: tuple[Order, ...]
