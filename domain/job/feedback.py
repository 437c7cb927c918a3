"""What was heard and done about a job: complaints, reviews, errors, holds, recoveries, exclusions."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from domain.facts.door.customer import Rated
from domain.facts.feedback import (
    AnswerMeans,
    ErrorConfirmed,
    ExclusionReason,
    FailureKind,
    HoldReason,
    VoidReason,
)
from domain.facts.words import PartNeed, Priority, Result
from domain.people.actor import Role


class FirstAct(Struct, frozen=True, kw_only=True):
    """The first thing that a human did about the request: it stops the clock of the response (K01)."""

    fact_id: UUID
    at: datetime
    kind: str


class RequestAnswer(Struct, frozen=True, kw_only=True):
    """The request was taken up; `solved` says whether this contact alone helped (K05)."""

    fact_id: UUID
    at: datetime
    means: AnswerMeans
    solved: bool | None
    imported: bool


class PriorityChange(Struct, frozen=True, kw_only=True):
    """The priority was raised or lowered. Raised, the urgent limit runs from `at`; lowered counts from a supervisor."""

    fact_id: UUID
    at: datetime
    was: Priority
    now: Priority
    reason: str | None
    by: UUID
    role: Role


class Complaint(Struct, frozen=True, kw_only=True):
    """A complaint with its clocks: contact (K18), solution (K19), result told and rating asked (K19b).

    `opened_at` is its receipt. `solved_at` also is an offer of a solution, where none was offered before.
    """

    id: UUID
    fact_id: UUID
    visit_id: UUID | None
    cause_code: str
    opened_at: datetime
    answered_at: datetime | None
    solution_offered_at: datetime | None
    solved_at: datetime | None
    result_told_at: datetime | None
    rating_asked_at: datetime | None
    closed_at: datetime | None
    upheld: bool | None
    fact_ids: tuple[UUID, ...]


class Voided(Struct, frozen=True, kw_only=True):
    """Why a rating does not count, and who said so."""

    fact_id: UUID
    at: datetime
    by: UUID
    reason: VoidReason
    note: str | None


class Review(Struct, frozen=True, kw_only=True):
    """An inspection, a follow-up call or a customer's rating. `rating` and `voided` are of a rating only."""

    fact_id: UUID
    at: datetime
    kind: str
    visit_id: UUID | None
    result: Result | None
    score: int | None
    text: str | None
    by: UUID
    role: Role
    reached: bool | None
    rating: Rated | None
    voided: Voided | None


class RatingRequest(Struct, frozen=True, kw_only=True):
    """The customer was asked to rate, until when."""

    fact_id: UUID
    at: datetime
    until: datetime | None
    complaint_id: UUID | None


class ReportDelivery(Struct, frozen=True, kw_only=True):
    """The service report went to the customer."""

    fact_id: UUID
    at: datetime
    channel: str
    digest: str | None


class ConfirmedError(Struct, frozen=True, kw_only=True):
    """An error in the repair, by whom it was confirmed. `proven` is false where what it rests on is not on record."""

    fact_id: UUID
    at: datetime
    visit_id: UUID | None
    by: UUID
    proven: bool
    body: ErrorConfirmed


class Hold(Struct, frozen=True, kw_only=True):
    """The job waited. It ends when it is released, or when somebody arrives."""

    fact_id: UUID
    at: datetime
    ended_at: datetime | None
    reason: HoldReason
    parts: tuple[PartNeed, ...]
    expected_at: datetime | None


class Recovery(Struct, frozen=True, kw_only=True):
    """What was done to make a failure good (K28)."""

    fact_id: UUID
    at: datetime
    failure: FailureKind
    action: str
    failed_fact_id: UUID | None


class Exclusion(Struct, frozen=True, kw_only=True):
    """Left out of figures: reason, actor, time. `approved`: a supervisor said so and why, which holds at any time."""

    fact_id: UUID
    at: datetime
    reason: ExclusionReason
    measures: tuple[str, ...]
    by: UUID
    role: Role
    note: str | None
    approved: bool


def excludes(exclusion: Exclusion, measure: str, deadline: datetime) -> bool:
    """Whether the exclusion holds for a measure whose outcome is certain at `deadline`.

    Force majeure always needs a supervisor (domain 3.1, rule 5).
    """
    named = not exclusion.measures or measure in exclusion.measures
    in_time = exclusion.at <= deadline and exclusion.reason is not ExclusionReason.FORCE_MAJEURE
    return named and (in_time or exclusion.approved)
