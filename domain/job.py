"""The job document: what the facts of one job come to. Phones and desks read exactly this.

Every field is always present. Times are corrected times. Nothing in here identifies a customer; `customer_id` and
`site_id` point to where personal data lives.
"""

import enum
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from domain.actor import Role
from domain.facts import TimeGrade
from domain.facts.desk import Choice, VisitPlanned, WarrantyDecided
from domain.facts.door import (
    CheckedIn,
    Consent,
    Diagnosed,
    IncidentReported,
    PartUsed,
    PauseReason,
    PaymentMethod,
    RepairRecorded,
    VisitOutcome,
)
from domain.facts.shared import AttachmentAdded, Detail
from domain.facts.words import Channel, FeeLine, Priority, Result, SpecialWork, Warranty, WorkType


class VisitStatus(enum.StrEnum):
    """Where one attendance stands. Phones drive only this; the job's status is derived."""

    PLANNED = "planned"
    ACCEPTED = "accepted"
    TRAVELLING = "travelling"
    ARRIVED = "arrived"
    CHECKED_IN = "checked_in"
    WORKING = "working"
    PAUSED = "paused"
    FINISHED = "finished"
    SIGNED_OFF = "signed_off"
    ENDED = "ended"
    DECLINED = "declined"
    NO_ACCESS = "no_access"
    UNABLE = "unable"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"


class JobStatus(enum.StrEnum):
    """Where the promise to the customer stands; always derived, never set."""

    OPEN = "open"
    SCHEDULED = "scheduled"
    IN_PROGRESS = "in_progress"
    NEEDS_REVISIT = "needs_revisit"
    COMPLETED = "completed"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    CANCELLED_WITH_WORK = "cancelled_with_work"
    REOPENED = "reopened"


class Severity(enum.StrEnum):
    """How much a finding matters."""

    INFO = "info"
    WARNING = "warning"
    SERIOUS = "serious"


class Blocks(enum.StrEnum):
    """What a finding stops until somebody decides it."""

    NOTHING = "nothing"
    CHARGING = "charging"
    CLOSING = "closing"


class MergeRule(enum.StrEnum):
    """Which row of the merge table chose between two values that were set unaware of each other.

    `desk_owns` and `door_owns`: one of the two is from the field's owner. `latest_of_…`: both are, `latest_without_…`:
    neither is, so the later one stands. `latest_wins`: nobody owns the field.
    """

    DESK_OWNS = "desk_owns"
    LATEST_OF_DESK = "latest_of_desk"
    LATEST_WITHOUT_DESK = "latest_without_desk"
    DOOR_OWNS = "door_owns"
    LATEST_OF_DOOR = "latest_of_door"
    LATEST_WITHOUT_DOOR = "latest_without_door"
    LATEST_WINS = "latest_wins"


class Outdated(enum.StrEnum):
    """Why the two values of a decided conflict stand against each other no longer.

    `late_value`: what arrived later stands between them; the decision still counts as an edit. `taken_back`: one of
    the two was retracted. `given_up`: its author had gone back to what was there before.
    """

    LATE_VALUE = "late_value"
    TAKEN_BACK = "taken_back"
    GIVEN_UP = "given_up"


class FieldChange(Struct, frozen=True, kw_only=True):
    """What a decision did to the field: an undo puts back what was."""

    was: str | None
    now: str | None


class Decision(Struct, frozen=True, kw_only=True):
    """What a person decided about a case. `undoes` names the decision that an undo takes back.

    `change` is null where the decision left the field as it was, or lost to one made at the same time.
    """

    choice: Choice
    value: str | None
    reason: str
    by: UUID
    role: Role
    device_id: UUID
    at: datetime
    time_grade: TimeGrade
    fact_id: UUID
    undoes: UUID | None
    change: FieldChange | None


class Finding(Struct, frozen=True, kw_only=True):
    """A rule that the facts break; counted, visible, and blocking until decided where the rule says so."""

    id: UUID
    code: str
    rule: str
    severity: Severity
    blocks: Blocks
    visit_id: UUID | None
    fact_ids: tuple[UUID, ...]
    at: datetime
    parameters: dict[str, str]
    decision: Decision | None


class Claim(Struct, frozen=True, kw_only=True):
    """One of two concurrent values, with who said it, on which device, and when."""

    value: str | None
    fact_id: UUID
    author_id: UUID
    role: Role
    device_id: UUID
    at: datetime
    time_grade: TimeGrade


class Conflict(Struct, frozen=True, kw_only=True):
    """Two concurrent facts about one field: both values, and the rule that chose. Nothing typed is lost (I4).

    `decision` is the one that stands, `decisions` are all of them in their order, the undone ones and the undos too.
    """

    id: UUID
    field: str
    rule: MergeRule
    base: str | None
    chosen: Claim
    other: Claim
    decision: Decision | None
    decisions: tuple[Decision, ...]
    outdated: Outdated | None


class CheckIn(Struct, frozen=True, kw_only=True):
    """The check-in that counts: the first one."""

    fact_id: UUID
    at: datetime
    body: CheckedIn


class Acknowledgement(Struct, frozen=True, kw_only=True):
    """Who agreed, and what shows it."""

    fact_id: UUID
    relation: str
    reference: str | None
    reason: str | None
    evidence_digest: str | None


class Disclosure(Struct, frozen=True, kw_only=True):
    """One version of the fees told, named by the hash of its content."""

    fact_id: UUID
    at: datetime
    number: int
    content_hash: str
    lines: tuple[FeeLine, ...]
    total_fen: int
    currency: str
    price_list_code: str | None
    valid_until: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: Consent | None
    declined_at: datetime | None
    acknowledgement: Acknowledgement | None = None


class WorkSpan(Struct, frozen=True, kw_only=True):
    """Tools out until tools in, or until a pause."""

    started_at: datetime
    ended_at: datetime | None
    paused_for: PauseReason | None


class PartLine(Struct, frozen=True, kw_only=True):
    """A part that was fitted; `fact_id` is its ledger id."""

    fact_id: UUID
    at: datetime
    after_closing: bool
    body: PartUsed


class Bill(Struct, frozen=True, kw_only=True):
    """The settlement list at the end of a visit. `content_hash` is what a sign-off names."""

    fact_id: UUID
    at: datetime
    lines: tuple[FeeLine, ...]
    total_fen: int
    currency: str
    content_hash: str = ""
    invoice_asked: bool = False


class Payment(Struct, frozen=True, kw_only=True):
    """Money that came in, or went back when negative."""

    fact_id: UUID
    at: datetime
    amount_fen: int
    method: PaymentMethod | None
    reference: str | None


class RefundRequest(Struct, frozen=True, kw_only=True):
    """Somebody said that money is to go back."""

    fact_id: UUID
    at: datetime
    amount_fen: int
    reason: str


class RefundDue(Struct, frozen=True, kw_only=True):
    """What is still to go back, since when, and its two last days, both included (R08).

    Where `calendar_known` is false, holidays not yet announced may move the days.
    """

    amount_fen: int
    fell_due_at: datetime
    in_time_until: date
    lawful_until: date
    calendar_known: bool


class SignOff(Struct, frozen=True, kw_only=True):
    """The customer's signature, or why there is none."""

    fact_id: UUID
    at: datetime
    method: Consent
    reason: str | None
    evidence_digest: str | None
    relation: str = "customer"
    content_hash: str | None = None


class Incident(Struct, frozen=True, kw_only=True):
    """Harm or danger at the site; a serious one is a finding as well."""

    fact_id: UUID
    at: datetime
    body: IncidentReported


class Visit(Struct, frozen=True, kw_only=True):
    """One attendance of one technician."""

    id: UUID
    technician_id: UUID
    status: VisitStatus
    plan: VisitPlanned | None
    planned_by: UUID | None
    window_moved_by: str | None = None
    superseded_by: UUID | None = None
    worked_after: VisitStatus | None = None
    accepted_at: datetime | None = None
    contacted_at: datetime | None = None
    departed_at: datetime | None = None
    arrived_at: datetime | None = None
    check_in: CheckIn | None = None
    diagnosis: Diagnosed | None = None
    disclosures: tuple[Disclosure, ...] = ()
    acknowledged_fen: int | None = None
    acknowledged_at: datetime | None = None
    work: tuple[WorkSpan, ...] = ()
    make_safe: bool = False
    parts: tuple[PartLine, ...] = ()
    repair: RepairRecorded | None = None
    guidance: tuple[str, ...] = ()
    finished_at: datetime | None = None
    bills: tuple[Bill, ...] = ()
    payments: tuple[Payment, ...] = ()
    charged_fen: int = 0
    paid_fen: int = 0
    sign_off: SignOff | None = None
    ended_at: datetime | None = None
    outcome: VisitOutcome | None = None
    outcome_reason: str | None = None
    missing_parts: tuple[str, ...] = ()
    incidents: tuple[Incident, ...] = ()


class Note(Struct, frozen=True, kw_only=True):
    """A remark; all are kept."""

    fact_id: UUID
    at: datetime
    author_id: UUID
    text: str


class Attachment(Struct, frozen=True, kw_only=True):
    """A file by digest; its bytes may still be on their way."""

    fact_id: UUID
    at: datetime
    visit_id: UUID | None
    body: AttachmentAdded


class Retraction(Struct, frozen=True, kw_only=True):
    """A fact that its author took back; it stays in the log."""

    fact_id: UUID
    retracted_fact_id: UUID
    at: datetime
    reason: str


class Complaint(Struct, frozen=True, kw_only=True):
    """A complaint with its two clocks (K18, K19)."""

    id: UUID
    cause_code: str
    opened_at: datetime
    answered_at: datetime | None
    solved_at: datetime | None


class Review(Struct, frozen=True, kw_only=True):
    """An inspection, a follow-up call or a customer's rating."""

    fact_id: UUID
    at: datetime
    kind: str
    visit_id: UUID | None
    result: Result | None
    score: int | None
    text: str | None


class Cancellation(Struct, frozen=True, kw_only=True):
    """The job was called off."""

    fact_id: UUID
    at: datetime
    side: str
    reason: str


class Money(Struct, frozen=True, kw_only=True):
    """The job's money in one place, in fen.

    `refund_due_fen` is what was asked back, `overpaid_fen` what was paid above the bills. The greater of the two goes
    back, unasked; `refund_open_fen` is what of it has not.
    """

    disclosed_fen: int
    acknowledged_fen: int
    charged_fen: int
    paid_fen: int
    refund_due_fen: int
    refunded_fen: int
    overpaid_fen: int = 0
    refund_open_fen: int = 0


class Job(Struct, frozen=True, kw_only=True):
    """One promise to a customer, as its facts stand now. `version` rises with every fact, and is to be copied.

    The fold counts facts in it; what is stored and shown also names the life of the data in which they were counted.
    """

    id: UUID
    version: int
    status: JobStatus
    number: str
    outlet_id: UUID | None = None
    customer_id: UUID | None = None
    site_id: UUID | None = None
    asset_id: UUID | None = None
    product_code: str | None = None
    work_type: WorkType = WorkType.REPAIR
    priority: Priority = Priority.NORMAL
    channel: Channel = Channel.PHONE
    time_zone: str = "Asia/Shanghai"
    special_work: tuple[SpecialWork, ...] = ()
    skill: str | None = None
    estimated_minutes: int = 60
    follows_job_id: UUID | None = None
    opened_by: UUID | None = None
    opened_at: datetime | None = None
    reported_at: datetime | None = None
    first_response_at: datetime | None = None
    details: dict[Detail, str | None] = {}
    warranty: Warranty = Warranty.UNKNOWN
    warranty_decision: WarrantyDecided | None = None
    visits: tuple[Visit, ...] = ()
    cancellation: Cancellation | None = None
    closed_at: datetime | None = None
    reopened_at: datetime | None = None
    notes: tuple[Note, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    retractions: tuple[Retraction, ...] = ()
    complaints: tuple[Complaint, ...] = ()
    reviews: tuple[Review, ...] = ()
    refund_requests: tuple[RefundRequest, ...] = ()
    refunds: tuple[Payment, ...] = ()
    refund: RefundDue | None = None
    money: Money = Money(
        disclosed_fen=0, acknowledged_fen=0, charged_fen=0, paid_fen=0, refund_due_fen=0, refunded_fen=0
    )
    findings: tuple[Finding, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    low_graded_times: int = 0
    changed_at: datetime | None = None


LOW_GRADES = frozenset({TimeGrade.ASSUMED, TimeGrade.UNMEASURED, TimeGrade.CLAMPED})
