"""One attendance of one technician, as far as its facts tell."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from domain.facts.desk import VisitPlanned
from domain.facts.door.attendance import ArrivalEvidence, CheckedIn, IncidentReported, VisitOutcome
from domain.facts.door.fees import Consent
from domain.facts.door.work import Diagnosed, PartUsed, PauseReason, RepairRecorded
from domain.facts.words import Check, PartNeed, Result, Side, SpecialWork
from domain.job.money import Bill, Disclosure, Payment
from domain.job.reasons import GivenReason
from domain.job.statuses import VisitStatus
from domain.job.visit_record import VisitRecord


class CheckIn(Struct, frozen=True, kw_only=True):
    """The check-in that counts: the first one, without its exact position, which stays in the fact."""

    fact_id: UUID
    at: datetime
    body: CheckedIn


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


class Contact(Struct, frozen=True, kw_only=True):
    """A call or message before the visit (K35, K36)."""

    fact_id: UUID
    at: datetime
    reached: bool
    channel: str
    late_until: datetime | None


class CallOff(Struct, frozen=True, kw_only=True):
    """The attendance was called off before it was made."""

    fact_id: UUID
    at: datetime
    side: Side
    reason: str


class Visit(Struct, frozen=True, kw_only=True):
    """One attendance of one technician. `outcome_reason` is the reason that counts, `reasons` are all.

    `special_work` is what was begun, `uncertified` those of it without a certificate valid on the day of work (K25).
    `last_passed` and `last_checks` are the answers given at the end. `record` is null until somebody came to the door.
    """

    id: UUID
    technician_id: UUID
    status: VisitStatus
    plan: VisitPlanned | None
    planned_by: UUID | None
    window_moved_by: str | None = None
    call_off: CallOff | None = None
    superseded_by: UUID | None = None
    worked_after: VisitStatus | None = None
    accepted_at: datetime | None = None
    contacted_at: datetime | None = None
    contacts: tuple[Contact, ...] = ()
    departed_at: datetime | None = None
    arrived_at: datetime | None = None
    arrival_evidence: ArrivalEvidence | None = None
    check_in: CheckIn | None = None
    diagnosis: Diagnosed | None = None
    disclosures: tuple[Disclosure, ...] = ()
    acknowledged_fen: int | None = None
    acknowledged_at: datetime | None = None
    work: tuple[WorkSpan, ...] = ()
    make_safe: bool = False
    special_work: tuple[SpecialWork, ...] = ()
    uncertified: tuple[SpecialWork, ...] = ()
    parts: tuple[PartLine, ...] = ()
    repair: RepairRecorded | None = None
    guidance: tuple[str, ...] = ()
    finished_at: datetime | None = None
    test_result: Result | None = None
    bills: tuple[Bill, ...] = ()
    payments: tuple[Payment, ...] = ()
    charged_fen: int = 0
    paid_fen: int = 0
    sign_off: SignOff | None = None
    ended_at: datetime | None = None
    outcome: VisitOutcome | None = None
    outcome_reason: str | None = None
    reasons: tuple[GivenReason, ...] = ()
    missing_parts: tuple[str, ...] = ()
    short: tuple[PartNeed, ...] = ()
    missing_tools: tuple[str, ...] = ()
    last_passed: tuple[str, ...] = ()
    last_checks: tuple[Check, ...] = ()
    incidents: tuple[Incident, ...] = ()
    record: VisitRecord | None = None
