"""Outlets: the branches, each with its dispatchers, technicians and customers."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.outlets import NewOutlet, Outlet, OutletContent
from domain.people.actor import Actor
from service.http.endpoint import get, post, put
from service.http.paging import Paging, Slice
from service.http.time_zones import require_time_zone
from service.seed import examples
from service.store.registry import registry
from service.store.registry.registers import OUTLETS


class OutletPage(Slice[Outlet], frozen=True, kw_only=True):
    """Part of the list of outlets, by code."""


@post(
    "/v1/outlets",
    right="manage_outlets",
    status=201,
    problems=("already_exists",),
    example=examples.NEW_OUTLET,
    response_example=examples.OUTLET,
)
async def create_outlet(actor: Actor, db: AsyncConnection, body: NewOutlet) -> Outlet:
    """Add an outlet.

    Sent again with the same `id` and content, it answers the outlet that is stored.
    """
    require_time_zone(body.time_zone)
    return await registry.create(db, OUTLETS, actor, body)


@get("/v1/outlets", right="read_outlets", response_example=examples.page(OutletPage, examples.OUTLET))
async def list_outlets(actor: Actor, db: AsyncConnection, query: Paging) -> OutletPage:
    """List the outlets that you work for."""
    return await registry.page(db, OUTLETS, actor, query, OutletPage)


@get("/v1/outlets/{outlet_id}", right="read_outlets", problems=("not_found",), response_example=examples.OUTLET)
async def read_outlet(actor: Actor, db: AsyncConnection, outlet_id: UUID) -> Outlet:
    """Read one outlet."""
    return await registry.read(db, OUTLETS, actor, outlet_id)


@put(
    "/v1/outlets/{outlet_id}",
    right="manage_outlets",
    problems=("not_found", "already_exists", "version_changed"),
    example=examples.content(OutletContent, examples.NEW_OUTLET),
    response_example=examples.OUTLET,
)
async def update_outlet(
    actor: Actor, db: AsyncConnection, outlet_id: UUID, body: OutletContent, expected_version: int
) -> Outlet:
    """Replace what is known about an outlet."""
    require_time_zone(body.time_zone)
    return await registry.change(db, OUTLETS, actor, outlet_id, expected_version, body)
