"""What is heard and done about a job besides the work: answers, ratings, errors, holds, reports, what counts not."""

import enum
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from domain.facts.words import Code, Digest, Instant, Line, PartNeed, Result, Text


class AnswerMeans(enum.StrEnum):
    """How a request was answered; `automatic` is a receipt that no human made and stops no clock (K01)."""

    ACCEPTED = "accepted"
    CALLED = "called"
    DIAGNOSED_REMOTELY = "diagnosed_remotely"
    AUTOMATIC = "automatic"


class ErrorKind(enum.StrEnum):
    """What was done wrong in a repair (K10)."""

    WRONG_DIAGNOSIS = "wrong_diagnosis"
    WRONG_PART = "wrong_part"
    POOR_WORKMANSHIP = "poor_workmanship"
    DAMAGE_CAUSED = "damage_caused"
    SAFETY_CHECK_FAILED = "safety_check_failed"
    CHARGE_ERROR = "charge_error"


class ErrorSource(enum.StrEnum):
    """What showed the error: no other word confirms one (K10)."""

    INSPECTION = "inspection"
    REPEAT_VISIT = "repeat_visit"
    COMPLAINT = "complaint"


class VoidReason(enum.StrEnum):
    """Why a rating does not count; it stays on record, and is counted openly (K14)."""

    WRONG_JOB = "wrong_job"
    DUPLICATE = "duplicate"
    TEST = "test"
    NOT_BY_CUSTOMER = "not_by_customer"


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


class Inspected(Struct, frozen=True, kw_only=True):
    """A quality inspection of a visit (001 一(三), K10)."""

    result: Result
    checks: Annotated[tuple[Code, ...], Meta(max_length=50)] = ()
    note: Text | None = None


class FollowedUp(Struct, frozen=True, kw_only=True):
    """The customer was called back after the visit (K20)."""

    reached: bool
    solved: bool | None = None
    satisfied: bool | None = None
    note: Text | None = None


class ComplaintOpened(Struct, frozen=True, kw_only=True):
    """A complaint about this job; both clocks start (K18, K19), at `received_at` where it came in before."""

    complaint_id: UUID
    cause_code: Code
    text: Text | None = None
    received_at: Instant | None = None


class ComplaintAnswered(Struct, frozen=True, kw_only=True):
    """The customer heard back from a human (K18). A solution offered, or one that solved it, stops the second clock.

    `result_told` and `rating_asked` are what closes the loop (K19b).
    """

    complaint_id: UUID
    solved: bool
    answer: Text
    solution_offered: bool = False
    result_told: bool = False
    rating_asked: bool = False


class RequestAnswered(Struct, frozen=True, kw_only=True):
    """The customer's request was taken up, before anybody was sent or by another system (K01, K05).

    `solved`: whether this contact alone helped; absent where nobody asked. `answered_at` is another system's time:
    it counts from an integration only.
    """

    means: AnswerMeans
    solved: bool | None = None
    answered_at: Instant | None = None
    note: Text | None = None


class ErrorConfirmed(Struct, frozen=True, kw_only=True):
    """Somebody who may judge it confirms an error in a visit's work, and names what showed it (K10).

    A complaint shows an error once it was upheld; a repeat visit is named by its job.
    """

    kind: ErrorKind
    source: ErrorSource
    complaint_id: UUID | None = None
    repeat_job_id: UUID | None = None
    note: Text | None = None


class RatingAsked(Struct, frozen=True, kw_only=True):
    """The customer was asked for a rating, until when (K16); for a complaint's outcome where one is named (K19b)."""

    until: Instant | None = None
    complaint_id: UUID | None = None
    channel: Code = "link"


class RatingVoided(Struct, frozen=True, kw_only=True):
    """A rating does not count, for a reason (K14)."""

    rating_fact_id: UUID
    reason: VoidReason
    note: Line | None = None


class ReportDelivered(Struct, frozen=True, kw_only=True):
    """The customer has the service report (K17)."""

    channel: Code = "link"
    digest: Digest | None = None


class ComplaintClosed(Struct, frozen=True, kw_only=True):
    """A complaint is closed and judged: upheld or not (K10, K19b, K28)."""

    complaint_id: UUID
    upheld: bool
    reason: Annotated[str, Meta(min_length=1, max_length=200)]


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
