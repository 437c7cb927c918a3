"""Why a visit or a job did not go on as it was meant to: every reason that somebody gave, whichever counts now."""

import enum
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from domain.facts.words import Side
from domain.people.actor import Role


class ReasonFor(enum.StrEnum):
    """The kinds of facts whose reasons are kept."""

    VISIT_CANCELLED = "visit_cancelled"
    VISIT_DECLINED = "visit_declined"
    VISIT_ENDED = "visit_ended"
    JOB_CANCELLED = "job_cancelled"
    JOB_CLOSED = "job_closed"
    JOB_REOPENED = "job_reopened"


class GivenReason(Struct, frozen=True, kw_only=True):
    """One reason with who gave it, and when; `side` says on whose account something was called off."""

    kind: ReasonFor
    fact_id: UUID
    at: datetime
    author_id: UUID
    role: Role
    side: Side | None
    text: str
