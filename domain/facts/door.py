"""What is recorded at the customer's door."""

import enum
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from domain.facts.words import (
    Check,
    Code,
    Count,
    Digest,
    FeeLine,
    Fen,
    Instant,
    Line,
    Minutes,
    PartNeed,
    Position,
    Quantity,
    Reading,
    SpecialWork,
    Text,
    Warranty,
)


class ArrivalEvidence(enum.StrEnum):
    """What shows that the technician was there; `unverified` is a value (G5)."""

    POSITION = "position"
    CUSTOMER_CODE = "customer_code"
    PLATE_SCAN = "plate_scan"
    DESK_CALL = "desk_call"
    UNVERIFIED = "unverified"


class Consent(enum.StrEnum):
    """How the customer agreed, or that they could or would not."""

    SIGNATURE = "signature"
    ONE_TIME_CODE = "one_time_code"
    LINK = "link"
    SPOKEN = "spoken"
    REFUSED = "refused"
    ABSENT = "absent"


class PauseReason(enum.StrEnum):
    """Why work stopped for a while."""

    PARTS = "parts"
    CUSTOMER = "customer"
    BREAK = "break"
    SAFETY = "safety"
    WORKSHOP = "workshop"
    OTHER = "other"


class VisitOutcome(enum.StrEnum):
    """How the attendance ended."""

    SOLVED = "solved"
    TEMPORARY = "temporary"
    NEEDS_REVISIT = "needs_revisit"
    NO_FAULT_FOUND = "no_fault_found"
    CUSTOMER_DECLINED = "customer_declined"
    NO_ACCESS = "no_access"
    UNABLE = "unable"


class PartSource(enum.StrEnum):
    """Where the part came from."""

    VAN = "van"
    DEPOT = "depot"
    PURCHASED = "purchased"
    CUSTOMER = "customer"


class PartGrade(enum.StrEnum):
    """What kind of part it is (R30)."""

    MAKER = "maker"
    THIRD_PARTY = "third_party"
    RECLAIMED = "reclaimed"


class OldPart(enum.StrEnum):
    """What became of the removed part (R11)."""

    NONE = "none"
    LEFT_WITH_CUSTOMER = "left_with_customer"
    RETURNED = "returned"
    SCRAPPED = "scrapped"


class PaymentMethod(enum.StrEnum):
    """Methods of 004 8.4.2; only a reference is kept, never card data."""

    CASH = "cash"
    BANK_CARD = "bank_card"
    CHEQUE = "cheque"
    TERMINAL = "terminal"
    ONLINE = "online"
    COMPANY_ACCOUNT = "company_account"


class VisitAccepted(Struct, frozen=True, kw_only=True):
    """The technician takes the visit."""

    note: Text | None = None


class VisitDeclined(Struct, frozen=True, kw_only=True):
    """The technician cannot take it; the visit goes back to the desk."""

    reason: Line


class CustomerContacted(Struct, frozen=True, kw_only=True):
    """A call or message before the visit."""

    reached: bool
    channel: Code = "phone"
    note: Text | None = None


class Departed(Struct, frozen=True, kw_only=True):
    """On the way."""

    position: Position | None = None


class Arrived(Struct, frozen=True, kw_only=True):
    """At the door (K03)."""

    position: Position | None = None
    evidence: ArrivalEvidence = ArrivalEvidence.UNVERIFIED


class CheckedIn(Struct, frozen=True, kw_only=True):
    """Shown to the customer: uniform, badge, the items brought along (004 6.2.3 a, R17, K32). Bad news too."""

    uniform: Check
    badge: Check
    badge_number: Code | None = None
    kit_items: Annotated[tuple[Check, ...], Meta(max_length=20)] = ()
    position: Position | None = None
    evidence: ArrivalEvidence = ArrivalEvidence.UNVERIFIED
    photo_digests: Annotated[tuple[Digest, ...], Meta(max_length=20)] = ()


class Diagnosed(Struct, frozen=True, kw_only=True):
    """What the technician found; the customer's own words stay untouched on the job."""

    symptom_confirmed: bool = True
    symptom_code: Code | None = None
    cause_code: Code | None = None
    condition_code: Code | None = None
    fault_found: bool = True
    note: Text | None = None


class FeesDisclosed(Struct, frozen=True, kw_only=True):
    """Every fee, item by item, told before work (004 8.4.1, R01-R03). A change is a new disclosure."""

    lines: Annotated[tuple[FeeLine, ...], Meta(max_length=200)]
    total_fen: Fen
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")] = "CNY"
    price_list_code: Code | None = None
    price_list_shown: bool = False
    valid_until: Instant | None = None
    expected_finish_at: Instant | None = None
    language: Code = "zh"


class FeesAcknowledged(Struct, frozen=True, kw_only=True):
    """The customer agreed to one disclosure, named by the hash of its content (R04, R10).

    `reference` names the one-time code or the link that was used; never the code itself.
    """

    content_hash: Digest
    method: Consent
    relation: Code = "customer"
    evidence_digest: Digest | None = None
    reason: Line | None = None
    reference: Code | None = None


class FeesDeclined(Struct, frozen=True, kw_only=True):
    """The customer said no to a disclosure; only what was disclosed for coming may be charged (R09)."""

    content_hash: Digest | None = None
    reason: Line | None = None


class WorkStarted(Struct, frozen=True, kw_only=True):
    """Tools out. `make_safe` is free work against a danger and needs no acknowledgement (G2)."""

    make_safe: bool = False
    special_work: Annotated[tuple[SpecialWork, ...], Meta(max_length=10)] = ()
    safety_checks: Annotated[tuple[Check, ...], Meta(max_length=50)] = ()


class WorkPaused(Struct, frozen=True, kw_only=True):
    """Work stopped for a while, for a stated reason."""

    reason: PauseReason
    note: Text | None = None


class WorkResumed(Struct, frozen=True, kw_only=True):
    """Work goes on."""

    note: Text | None = None


class PartUsed(Struct, frozen=True, kw_only=True):
    """A part was fitted: what, from where, which serial or batch came in and went out (K23)."""

    part_code: Code
    description: Line | None = None
    quantity_thousandths: Quantity = 1000
    unit: Code = "piece"
    source: PartSource = PartSource.VAN
    grade: PartGrade = PartGrade.MAKER
    warranty: Warranty = Warranty.PAID
    unit_price_fen: Fen = 0
    fee_line_id: Code | None = None
    serial_in: Code | None = None
    serial_out: Code | None = None
    batch: Code | None = None
    old_part: OldPart = OldPart.NONE
    photo_digests: Annotated[tuple[Digest, ...], Meta(max_length=20)] = ()


class RepairRecorded(Struct, frozen=True, kw_only=True):
    """The repair file: symptom as told, cause as found, measures, readings, result (001 二(三), K24)."""

    symptom_code: Code | None = None
    condition_code: Code | None = None
    cause_code: Code
    measure_codes: Annotated[tuple[Code, ...], Meta(min_length=1, max_length=20)]
    result: VisitOutcome
    responsibility: Code | None = None
    readings: Annotated[tuple[Reading, ...], Meta(max_length=50)] = ()
    checks: Annotated[tuple[Check, ...], Meta(max_length=100)] = ()
    photo_digests: Annotated[tuple[Digest, ...], Meta(max_length=50)] = ()
    text: Text | None = None


class GuidanceGiven(Struct, frozen=True, kw_only=True):
    """The customer was shown how to use or look after it (K27)."""

    topics: Annotated[tuple[Code, ...], Meta(max_length=20)]


class WorkFinished(Struct, frozen=True, kw_only=True):
    """Tools in; tested or not, tidied or not."""

    tested: bool = True
    tidied: bool = True


class Charged(Struct, frozen=True, kw_only=True):
    """The bill, item by item (R05, R06)."""

    lines: Annotated[tuple[FeeLine, ...], Meta(max_length=200)]
    total_fen: Fen
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")] = "CNY"
    settlement_shown: bool = True
    invoice_asked: bool = False


class Paid(Struct, frozen=True, kw_only=True):
    """Money came in."""

    amount_fen: Fen
    method: PaymentMethod
    reference: Line | None = None
    receipt_given: bool = True


class SignedOff(Struct, frozen=True, kw_only=True):
    """The customer signed, or a refusal or absence with its reason (R10).

    `content_hash` is that of the bill, or of the disclosure where there is no bill, that they signed.
    """

    method: Consent
    relation: Code = "customer"
    evidence_digest: Digest | None = None
    reason: Line | None = None
    content_hash: Digest | None = None


class VisitEnded(Struct, frozen=True, kw_only=True):
    """The technician leaves, or never got in."""

    outcome: VisitOutcome
    reason: Line | None = None
    waited_minutes: Minutes | None = None
    contact_attempts: Count | None = None
    missing_parts: Annotated[tuple[PartNeed, ...], Meta(max_length=50)] = ()


class IncidentReported(Struct, frozen=True, kw_only=True):
    """Harm or danger: a person, property, an unsafe site (K31)."""

    kind: Code
    serious: bool
    text: Text | None = None


class Rated(Struct, frozen=True, kw_only=True):
    """The customer's rating, unedited (K14, K16)."""

    score: Annotated[int, Meta(ge=1, le=5)]
    text: Text | None = None
    rating_id: UUID | None = None
