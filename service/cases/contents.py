"""What a case holds, as lists and the case's own address show it, and as the store keeps it."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from domain.cases.kinds import CaseChoice, CaseKind, CaseState
from domain.job.cases import Conflict, Finding, Severity
from domain.people.actor import Role
from service.http.endpoint import Output
from service.http.paging import Slice
from service.store.cases.alarms import ExchangeGround
from service.store.cases.patterns import PatternFound
from service.store.evidence.cases import MissingEvidence
from service.store.jobs.money_references import ReferenceRepeated
from service.store.stock.cases import SerialFitted, StockShortage
from service.store.sync.device_marks import Suspicion


class CaseLine(Output, frozen=True, kw_only=True):
    """A case as lists show it."""

    id: UUID
    kind: CaseKind
    code: str
    outlet_id: UUID | None
    job_id: UUID | None
    severity: Severity
    state: CaseState
    opened_at: datetime
    zh: str
    en: str


class CasePage(Slice[CaseLine], frozen=True, kw_only=True):
    """Part of the list of cases, oldest first."""


class CaseDecision(Struct, frozen=True, kw_only=True):
    """What a person decided, and why."""

    choice: CaseChoice
    value: str | None
    reason: str
    by: UUID
    at: datetime


class Decided(Struct, frozen=True, kw_only=True):
    """Of what is kept of a case of any kind: the decision that stands."""

    decision: CaseDecision | None = None


class CollidingVisit(Struct, frozen=True, kw_only=True):
    """The planned work of one visit. Job and number are null where the reader may not see the job."""

    job_id: UUID | None
    job_number: str | None
    visit_id: UUID
    starts_at: datetime
    ends_at: datetime


class DoubleBooking(Struct, frozen=True, kw_only=True):
    """Visits of one technician of which each overlaps with another one: all of them, up to the first fifty.

    The case stays the same while visits join and leave, and is cleared when none overlaps any more. Once decided it is
    asked again, as another case, when a visit joins.
    """

    technician_id: UUID
    starts_at: datetime
    ends_at: datetime
    visit_count: int
    visits: tuple[CollidingVisit, ...]


class HeldFact(Struct, frozen=True, kw_only=True):
    """A fact that was set aside. `record` is what was sent; bytes that are no UTF-8 show as U+FFFD.

    `delivered_by` handed it over when that was not its author: releasing it records it in its author's name.
    `pointer` and `detail`: where in the record it is that cannot be read, and why; null for what is `readable`.
    """

    fact_id: UUID | None
    author_id: UUID
    author_role: Role
    device_id: UUID
    delivered_by: UUID | None
    recorded_at: datetime
    reason: str
    readable: bool
    pointer: str | None
    detail: str | None
    schema: int
    record: str


class SuspectedDevice(Suspicion, frozen=True, kw_only=True):
    """A device and two facts that cannot both be its own. `seq`: the number that both bear, when it was the number."""


class Shortage(StockShortage, frozen=True, kw_only=True):
    """A balance below zero, as it is now, and the visit that used the part last."""

    quantity_thousandths: int


class RepeatedSerial(SerialFitted, frozen=True, kw_only=True):
    """One serial number in more than one job: the other jobs that the reader may see."""


class EvidenceGap(MissingEvidence, frozen=True, kw_only=True):
    """Files by digest whose bytes are overdue, or damaged, and the members who have them, or had."""


class GroundForExchange(ExchangeGround, frozen=True, kw_only=True):
    """A ground for an exchange (R26 to R28), and of the jobs that it rests on those that the reader may see."""


class RepeatedReference(ReferenceRepeated, frozen=True, kw_only=True):
    """One number of a voucher or a payment in more than one job: the other jobs that the reader may see."""


class RepairPattern(PatternFound, frozen=True, kw_only=True):
    """Repairs that stand out together (R11): of them, those that the reader may see."""


class Case(CaseLine, frozen=True, kw_only=True):
    """One case. Of the fields from finding to pattern, that of its kind is set."""

    choices: tuple[CaseChoice, ...]
    suggested_choice: CaseChoice | None
    decision: CaseDecision | None
    finding: Finding | None
    conflict: Conflict | None
    booking: DoubleBooking | None
    held: HeldFact | None
    device: SuspectedDevice | None
    shortage: Shortage | None
    serial: RepeatedSerial | None
    evidence: EvidenceGap | None
    exchange: GroundForExchange | None
    reference: RepeatedReference | None
    pattern: RepairPattern | None
