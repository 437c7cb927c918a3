"""One-time codes: a supervisor's for a price above the list, a customer's for agreeing to fees."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people.actor import Actor
from service.desk import one_time_codes
from service.desk.one_time_codes import MadeCode
from service.http.endpoint import Input, Output, post

Minutes = Annotated[int, Meta(ge=1, le=7 * 24 * 60)]


class NewPriceCode(Input, frozen=True, kw_only=True):
    """Why one item of the job may cost more than the list says, and for how long the code serves."""

    reason: Annotated[str, Meta(min_length=1, max_length=200)]
    valid_minutes: Minutes = 24 * 60


class NewCustomerCode(Input, frozen=True, kw_only=True):
    """For how long the customer may agree with the code."""

    valid_minutes: Minutes = 60


class OneTimeCode(Output, frozen=True, kw_only=True):
    """A code that is told this once. Case, spaces and dashes do not matter when somebody types it."""

    code: str
    valid_until: datetime


@post(
    "/v1/jobs/{job_id}/price-codes",
    right="release_prices",
    status=201,
    problems=("not_found",),
    example=NewPriceCode(reason="高层外墙作业，另需人手"),
    tag="jobs",
)
async def create_price_code(actor: Actor, db: AsyncConnection, job_id: UUID, body: NewPriceCode) -> OneTimeCode:
    """Make a code with which one item of this job may be told and billed above the list price.

    The technician gives it as `supervisor_code` on the line, with a reason, off the net as well. For another item, at
    another price, after its last minute or on another job it does not hold.
    """
    return _shown(await one_time_codes.for_price(db, actor, job_id, body.valid_minutes, body.reason))


@post(
    "/v1/jobs/{job_id}/customer-codes",
    right="send_customer_codes",
    status=201,
    problems=("not_found",),
    example=NewCustomerCode(valid_minutes=60),
    tag="jobs",
)
async def create_customer_code(actor: Actor, db: AsyncConnection, job_id: UUID, body: NewCustomerCode) -> OneTimeCode:
    """Make a code to be sent to the job's customer, who agrees to fees by telling it at the door.

    `fees_acknowledged` with `one_time_code` gives it as `code`. It confirms one disclosure.
    """
    return _shown(await one_time_codes.for_customer(db, actor, job_id, body.valid_minutes))


def _shown(made: MadeCode) -> OneTimeCode:
    return OneTimeCode(code=made.code, valid_until=made.valid_until)
