"""How a request is handled besides the work: answered, held, reported, a failure made good, left out of figures."""

import enum
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from domain.facts.words import Code, Digest, Instant, Line, PartNeed, Text


class AnswerMeans(enum.StrEnum):
    """How a request was answered; `automatic` is a receipt that no human made and stops no clock (K01)."""

    ACCEPTED = "accepted"
    CALLED = "called"
    DIAGNOSED_REMOTELY = "diagnosed_remotely"
    AUTOMATIC = "automatic"


class HoldReason(enum.StrEnum):
    """What a job waits for (K09, K21)."""

    PARTS = "parts"
    TOOLS = "tools"
    CUSTOMER = "customer"
    COMPANY = "company"
    WEATHER = "weather"


class FailureKind(enum.StrEnum):
    """What is to be made good (K28)."""

    LATE = "late"
    ERROR = "error"
    LOW_RATING = "low_rating"
    COMPLAINT = "complaint"


class ExclusionReason(enum.StrEnum):
    """Why a job is left out of figures; there is no other reason."""

    CUSTOMER_CANCELLED = "customer_cancelled"
    DUPLICATE = "duplicate"
    TEST = "test"
    OUTSIDE_SERVICE_AREA = "outside_service_area"
    FORCE_MAJEURE = "force_majeure"


class RequestAnswered(Struct, frozen=True, kw_only=True):
    """The customer's request was taken up, before anybody was sent or by another system (K01, K05).

    `solved`: whether this contact alone helped; absent where nobody asked. `answered_at` is another system's time:
    it counts from an integration only.
    """

    means: AnswerMeans
    solved: bool | None = None
    answered_at: Instant | None = None
    note: Text | None = None


class ReportDelivered(Struct, frozen=True, kw_only=True):
    """The customer has the service report (K17)."""

    channel: Code = "link"
    digest: Digest | None = None


class JobHeld(Struct, frozen=True, kw_only=True):
    """The job waits, for what, and perhaps until when (K09, K21)."""

    reason: HoldReason
    parts: Annotated[tuple[PartNeed, ...], Meta(max_length=50)] = ()
    expected_at: Instant | None = None
    note: Text | None = None


class JobReleased(Struct, frozen=True, kw_only=True):
    """The job waits no longer."""

    note: Text | None = None


class RecoveryMade(Struct, frozen=True, kw_only=True):
    """Something was done to make a failure good (K28)."""

    failure: FailureKind
    action: Code
    failed_fact_id: UUID | None = None
    note: Text | None = None


class JobExcluded(Struct, frozen=True, kw_only=True):
    """The job is left out of figures; `measures` names which, none: of all.

    Recorded after the deadline it counts from a supervisor only, who says why in `note`.
    """

    reason: ExclusionReason
    measures: Annotated[tuple[Code, ...], Meta(max_length=50)] = ()
    duplicate_of_job_id: UUID | None = None
    note: Line | None = None
