"""Making a one-time code for a job: it is shown once; the log keeps its digest."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.facts.issued_codes import CustomerCodeIssued, PriceCodeIssued, code_digest
from domain.people.actor import Actor
from service.desk import actions
from service.desk.actions import Action
from service.sign_in.enrolment_codes import new_code


class MadeCode(Struct, frozen=True):
    """The code, which is shown only here, and until when it can be used."""

    code: str
    valid_until: datetime


async def for_price(db: AsyncConnection, actor: Actor, job_id: UUID, minutes: int, reason: str) -> MadeCode:
    """Allow one item of the job at a price above the list."""
    made = _made(minutes)
    body = PriceCodeIssued(digest=code_digest(job_id, made.code), valid_until=made.valid_until, reason=reason)
    await actions.act(db, actor, Action(job_id=job_id, body=body))
    return made


async def for_customer(db: AsyncConnection, actor: Actor, job_id: UUID, minutes: int) -> MadeCode:
    """A code by which the job's customer agrees to fees."""
    made = _made(minutes)
    body = CustomerCodeIssued(digest=code_digest(job_id, made.code), valid_until=made.valid_until)
    await actions.act(db, actor, Action(job_id=job_id, body=body))
    return made


def _made(minutes: int) -> MadeCode:
    return MadeCode(new_code(), datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=minutes))
