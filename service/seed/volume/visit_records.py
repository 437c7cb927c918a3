"""What happened on one visit, in plain records: promised, moved, attended, charged."""

from datetime import date, datetime

from msgspec import Struct


class Record(Struct, frozen=True, kw_only=True):
    """Something that happened at a moment."""

    at: datetime


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
    """A part that was fitted. `replaces`: something came out for it; `fate` is what became of that, if it was said.

    `tracked`: the catalogue asks for its serial or batch.
    """

    code: str
    unit: str
    tracked: bool
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
