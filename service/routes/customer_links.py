"""Links for customers: who comes, what it costs; and a way to agree, sign, rate and complain without signing in."""

from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID, uuid4

from msgspec import Meta
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people.actor import Actor
from service.customer_page.token import token
from service.http.endpoint import Input, Output, get, post
from service.http.errors import Refused
from service.http.reading import HttpRequest
from service.store.jobs import customer_links, job_pages
from service.store.jobs.customer_links import CustomerLink

LONGEST_HOURS = 30 * 24


class NewCustomerLink(Input, frozen=True, kw_only=True):
    """For how long the customer may see the job."""

    hours: Annotated[int, Meta(ge=1, le=LONGEST_HOURS)] = 72


class MadeCustomerLink(Output, frozen=True, kw_only=True):
    """A new link. `url` is told this once: whoever has it may see the job and speak as its customer."""

    id: UUID
    url: str
    expires_at: datetime


class CustomerLinks(Output, frozen=True, kw_only=True):
    """The links of one job, the newest first."""

    items: tuple[CustomerLink, ...]


@post(
    "/v1/jobs/{job_id}/customer-links",
    right="give_customer_links",
    status=201,
    problems=("not_found", "links_full"),
    example=NewCustomerLink(hours=72),
)
async def create_customer_link(
    actor: Actor, db: AsyncConnection, request: HttpRequest, job_id: UUID, body: NewCustomerLink
) -> MadeCustomerLink:
    """Make a link for the job's customer, to be sent to them or shown as a code on the phone.

    The page shows who is at the door and what it will cost, in Chinese or English, and works without JavaScript.
    """
    await _require_seen(db, actor, job_id)
    if not await customer_links.has_room(db, actor.org_id, job_id):
        raise Refused("links_full", most=customer_links.MOST_OF_A_JOB)
    link_id, expires_at = uuid4(), datetime.now(UTC) + timedelta(hours=body.hours)
    made = await customer_links.make(db, actor.org_id, link_id, job_id, actor.member_id, expires_at)
    text = token(actor.org_id, link_id, await customer_links.key(db, actor.org_id))
    return MadeCustomerLink(
        id=made.id, url=f"{request.app.state.settings.base_url}/c/{text}", expires_at=made.expires_at
    )


@get("/v1/jobs/{job_id}/customer-links", right="give_customer_links", problems=("not_found",))
async def list_customer_links(actor: Actor, db: AsyncConnection, job_id: UUID) -> CustomerLinks:
    """List the links of a job: until when, whether opened, whether taken back."""
    await _require_seen(db, actor, job_id)
    return CustomerLinks(items=tuple(await customer_links.of_job(db, actor.org_id, job_id)))


@post(
    "/v1/jobs/{job_id}/customer-links/{link_id}/revocation",
    right="give_customer_links",
    status=204,
    problems=("not_found",),
)
async def revoke_customer_link(actor: Actor, db: AsyncConnection, job_id: UUID, link_id: UUID) -> None:
    """Take a link back at once; it then shows nothing of the job."""
    await _require_seen(db, actor, job_id)
    if not await customer_links.revoke(db, actor.org_id, job_id, link_id):
        raise Refused("not_found")


async def _require_seen(db: AsyncConnection, actor: Actor, job_id: UUID) -> None:
    if await job_pages.document(db, actor, job_id) is None:
        raise Refused("not_found")
