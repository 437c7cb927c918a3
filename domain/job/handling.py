"""How the request was handled: first act, answers, priority, holds, report, recoveries, what figures leave out."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from domain.facts.handling import AnswerMeans, ExclusionReason, FailureKind, HoldReason
from domain.facts.words import PartNeed, Priority
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


class ReportDelivery(Struct, frozen=True, kw_only=True):
    """The service report went to the customer."""

    fact_id: UUID
    at: datetime
    channel: str
    digest: str | None


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
