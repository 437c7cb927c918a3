"""What the server in memory answers to a fact that was made under another member's enrolment."""

from datetime import datetime
from uuid import UUID

from sync.protocol import Answer, Outcome
from sync.record import Record

MADE_BY_ANOTHER = "made_by_another"


def waits_for_its_owner(each: Record, case_id: UUID, recorded_at: datetime) -> Answer:
    """Quarantined, until a person lets it out in the name of the member who made it."""
    return Answer(
        fact_id=each.fact_id,
        outcome=Outcome.QUARANTINED,
        job_id=each.job_id,
        log_number=None,
        recorded_at=recorded_at,
        corrected_at=None,
        time_grade=None,
        findings=(),
        code=MADE_BY_ANOTHER,
        pointer=None,
        detail=None,
        case_id=case_id,
    )
