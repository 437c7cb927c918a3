"""The job document: what the facts of one job come to. Phones and desks read exactly this.

Every field is always present. Times are corrected times. Nothing in here identifies a customer; `customer_id` and
`site_id` point to where personal data lives.
"""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from domain.facts import TimeGrade
from domain.facts.desk import WarrantyDecided
from domain.facts.requirements import FrozenHolidays
from domain.facts.shared import AttachmentAdded, Detail
from domain.facts.words import Channel, Priority, SpecialWork, Warranty, WorkType
from domain.job.cases import Conflict, Finding
from domain.job.feedback import Complaint, ConfirmedError, RatingRequest, Review
from domain.job.handling import Exclusion, FirstAct, Hold, PriorityChange, Recovery, ReportDelivery, RequestAnswer
from domain.job.money import Invoice, Money, Payment, RefundDue, RefundRequest
from domain.job.reasons import GivenReason
from domain.job.statuses import JobStatus
from domain.job.visit import Visit


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


class Cancellation(Struct, frozen=True, kw_only=True):
    """The job was called off."""

    fact_id: UUID
    at: datetime
    side: str
    reason: str


class Job(Struct, frozen=True, kw_only=True):
    """One promise to a customer, as its facts stand now. `version` rises with every fact, and is to be copied.

    The fold counts facts in it; what is stored and shown also names the life of the data in which they were counted.
    `holidays` were told with plans and refunds, the newest last, beyond what is built in.
    `cancellation` is the one that stands; `reasons` are all that were given for cancelling, closing and reopening.
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
    first_act: FirstAct | None = None
    answers: tuple[RequestAnswer, ...] = ()
    priority_changes: tuple[PriorityChange, ...] = ()
    details: dict[Detail, str | None] = {}
    warranty: Warranty = Warranty.UNKNOWN
    warranty_decision: WarrantyDecided | None = None
    visits: tuple[Visit, ...] = ()
    cancellation: Cancellation | None = None
    closed_at: datetime | None = None
    reopened_at: datetime | None = None
    reasons: tuple[GivenReason, ...] = ()
    notes: tuple[Note, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    retractions: tuple[Retraction, ...] = ()
    complaints: tuple[Complaint, ...] = ()
    reviews: tuple[Review, ...] = ()
    rating_requests: tuple[RatingRequest, ...] = ()
    report: ReportDelivery | None = None
    errors: tuple[ConfirmedError, ...] = ()
    holds: tuple[Hold, ...] = ()
    recoveries: tuple[Recovery, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    refund_requests: tuple[RefundRequest, ...] = ()
    refunds: tuple[Payment, ...] = ()
    refund: RefundDue | None = None
    holidays: tuple[FrozenHolidays, ...] = ()
    invoice_requested_at: datetime | None = None
    invoices: tuple[Invoice, ...] = ()
    money: Money = Money(
        disclosed_fen=0, acknowledged_fen=0, charged_fen=0, paid_fen=0, refund_due_fen=0, refunded_fen=0
    )
    findings: tuple[Finding, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    low_graded_times: int = 0
    changed_at: datetime | None = None


LOW_GRADES = frozenset({TimeGrade.ASSUMED, TimeGrade.UNMEASURED, TimeGrade.CLAMPED})
