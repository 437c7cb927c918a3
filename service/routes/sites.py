"""Sites: where a customer's appliances stand."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.customers import NewSite, Site, SiteContent
from domain.people.actor import Actor
from service.http.endpoint import get, post, put
from service.http.paging import Paging, Slice
from service.http.time_zones import require_time_zone
from service.seed import examples
from service.store import filters
from service.store.jobs import site_cards
from service.store.registry import registry
from service.store.registry.registers import CUSTOMERS, SITES


class SiteQuery(Paging, frozen=True, kw_only=True):
    """Which sites to list."""

    customer_id: UUID | None = None


class SitePage(Slice[Site], frozen=True, kw_only=True):
    """Part of the list of sites."""


@post(
    "/v1/sites",
    right="edit_customers",
    status=201,
    problems=("already_exists",),
    example=examples.NEW_SITE,
    response_example=examples.SITE,
)
async def create_site(actor: Actor, db: AsyncConnection, body: NewSite) -> Site:
    """Register an address of a customer.

    Sent again with the same `id` and content, it answers the site that is stored.
    """
    require_time_zone(body.time_zone)
    await registry.require(db, CUSTOMERS, actor, {body.customer_id}, "/customer_id")
    return await registry.create(db, SITES, actor, body)


@get("/v1/sites", right="read_customers", response_example=examples.page(SitePage, examples.SITE))
async def list_sites(actor: Actor, db: AsyncConnection, query: SiteQuery) -> SitePage:
    """List the sites of your outlets' customers; a technician gets those of the jobs they hold."""
    conditions = filters.of_sites(query.customer_id)
    return await registry.page(db, SITES, actor, query, SitePage, conditions)


@get("/v1/sites/{site_id}", right="read_customers", problems=("not_found",), response_example=examples.SITE)
async def read_site(actor: Actor, db: AsyncConnection, site_id: UUID) -> Site:
    """Read one site."""
    return await registry.read(db, SITES, actor, site_id)


@put(
    "/v1/sites/{site_id}",
    right="edit_customers",
    problems=("not_found", "version_changed"),
    example=examples.content(SiteContent, examples.NEW_SITE),
    response_example=examples.SITE,
)
async def update_site(
    actor: Actor, db: AsyncConnection, site_id: UUID, body: SiteContent, expected_version: int
) -> Site:
    """Replace what is known about a site; it stays with its customer.

    Phones that hold the site get the change with their next pull.
    """
    require_time_zone(body.time_zone)
    changed = await registry.change(db, SITES, actor, site_id, expected_version, body)
    await site_cards.refresh(db, actor.org_id, [site_id])
    return changed
