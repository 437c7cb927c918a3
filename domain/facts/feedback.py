"""What is heard of the work: inspections, calls back, ratings, complaints, and the errors that they show."""

import enum
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from domain.facts.words import Code, Instant, Line, Result, Text


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


class ComplaintClosed(Struct, frozen=True, kw_only=True):
    """A complaint is closed and judged: upheld or not (K10, K19b, K28)."""

    complaint_id: UUID
    upheld: bool
    reason: Annotated[str, Meta(min_length=1, max_length=200)]
