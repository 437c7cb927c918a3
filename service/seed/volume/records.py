"""What happened, in plain records: the scenario. No fact, no rule and no figure is in here.

Times are in UTC. Words are those that facts use.
"""

from datetime import date, datetime

from msgspec import Struct


class Record(Struct, frozen=True, kw_only=True):
    """Something that happened at a moment."""

    at: datetime


class Reply(Record, frozen=True, kw_only=True):
    """The request was taken up. `imported`: another system told so, and whether that contact alone `solved` it."""

    means: str
    imported: bool = False
    solved: bool | None = None


class PriorityChange(Record, frozen=True, kw_only=True):
    """Raised to urgent, or lowered, by a dispatcher or a supervisor."""

    now: str
    by_supervisor: bool


class Promise(Record, frozen=True, kw_only=True):
    """A window that the customer was promised; the first one is nobody's change."""

    start: datetime
    end: datetime
    asked_by: str | None = None
    agreed: bool = False


class Contact(Record, frozen=True, kw_only=True):
    """A call before the visit; with `late_until` the customer hears that it will be late."""

    reached: bool
    late_until: datetime | None = None


class CallOff(Record, frozen=True, kw_only=True):
    """A visit or a whole order is off."""

    side: str


class Line(Struct, frozen=True, kw_only=True):
    """One fee: what is asked for one unit, and what the price list says."""

    code: str
    kind: str
    fen: int
    list_fen: int


class Quote(Record, frozen=True, kw_only=True):
    """Fees told, item by item."""

    lines: tuple[Line, ...]
    list_shown: bool
    finish_by: datetime | None
    agreed_at: datetime | None
    declined_at: datetime | None = None

    @property
    def total_fen(self) -> int:
        return sum(line.fen for line in self.lines)


class Bill(Record, frozen=True, kw_only=True):
    """Fees charged."""

    lines: tuple[Line, ...]
    settlement_shown: bool
    invoice_asked: bool

    @property
    def total_fen(self) -> int:
        return sum(line.fen for line in self.lines)


class Payment(Record, frozen=True, kw_only=True):
    """Money that came in."""

    fen: int
    receipt: bool


class Span(Struct, frozen=True, kw_only=True):
    """Tools out, until they were in again or work paused for a reason."""

    begins: datetime
    ends: datetime
    pause: str | None = None


class Fitted(Record, frozen=True, kw_only=True):
    """A part that was fitted. `replaces`: something came out for it; `fate` is what became of that, if it was said."""

    code: str
    unit: str
    thousandths: int
    serial: str | None
    batch: str | None
    replaces: bool
    fate: str | None
    price_fen: int


class Item(Struct, frozen=True, kw_only=True):
    """An item of a checklist, and how it was answered: passed, failed, not_applicable (with a reason), unanswered."""

    code: str
    purpose: str
    mandatory: bool
    answer: str


class Signature(Record, frozen=True, kw_only=True):
    """The customer signed, refused or was away."""

    method: str
    reason: str | None = None


class Incident(Record, frozen=True, kw_only=True):
    """Harm or danger."""

    kind: str


class Attendance(Struct, frozen=True, kw_only=True):
    """What the technician's phone recorded of one visit, and when it was pushed. Its clock was ahead by so much."""

    pushed_at: datetime
    pushed_twice: bool = False
    clock_ahead_seconds: int = 0
    accepted_at: datetime | None = None
    calls: tuple[Contact, ...] = ()
    departed_at: datetime | None = None
    arrived_at: datetime | None = None
    arrival_shown_by: str = "position"
    checked_in_at: datetime | None = None
    uniform: bool = True
    badge: bool = True
    diagnosed_at: datetime | None = None
    quotes: tuple[Quote, ...] = ()
    make_safe: bool = False
    spans: tuple[Span, ...] = ()
    parts: tuple[Fitted, ...] = ()
    recorded_at: datetime | None = None
    measures: tuple[str, ...] = ()
    guidance: tuple[str, ...] = ()
    guided_at: datetime | None = None
    finished_at: datetime | None = None
    tested: bool = True
    test_failed: bool = False
    bills: tuple[Bill, ...] = ()
    payments: tuple[Payment, ...] = ()
    signature: Signature | None = None
    incidents: tuple[Incident, ...] = ()
    items: tuple[Item, ...] = ()
    ended_at: datetime | None = None
    outcome: str | None = None
    short: tuple[tuple[str, int], ...] = ()
    """Parts that were missing, in thousandths."""


class Certificate(Struct, frozen=True, kw_only=True):
    """A technician's certificate as it stood when the visit was planned; both days are inclusive."""

    kind: str
    number: str
    valid_from: date
    valid_until: date


class Visit(Struct, frozen=True, kw_only=True):
    """One attendance that was promised. `replaces` is the place of the visit that gave way to it."""

    technician: str
    promises: tuple[Promise, ...]
    certificates: tuple[Certificate, ...]
    calls: tuple[Contact, ...] = ()
    """Made by the desk."""
    call_off: CallOff | None = None
    replaces: int | None = None
    superseded: bool = False
    several_planned: bool = False
    attendance: Attendance | None = None

    @property
    def planned_at(self) -> datetime:
        return self.promises[0].at if self.replaces is None else self.promises[-1].at


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
