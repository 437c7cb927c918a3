"""What was heard of the work: complaints, inspections, calls back, ratings, and the errors that they show."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from domain.facts.door.customer import Rated
from domain.facts.feedback import ErrorConfirmed, VoidReason
from domain.facts.words import Result
from domain.people.actor import Role


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


class ConfirmedError(Struct, frozen=True, kw_only=True):
    """An error in the repair, by whom it was confirmed. `proven` is false where what it rests on is not on record."""

    fact_id: UUID
    at: datetime
    visit_id: UUID | None
    by: UUID
    proven: bool
    body: ErrorConfirmed
