"""Customers: whom the work is for. Their names and phones are kept here and nowhere else."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.customers import Customer, CustomerContent, NewCustomer
from domain.people.actor import Actor
from service.http.endpoint import get, post, put
from service.http.paging import Paging, Slice
from service.seed import examples
from service.store import filters
from service.store.jobs import site_cards
from service.store.registry import registry
from service.store.registry.registers import CUSTOMERS, OUTLETS

Search = Annotated[str, Meta(min_length=1, max_length=100, description="Part of a name, phone or address")]


class CustomerQuery(Paging, frozen=True, kw_only=True):
    """Which customers to list."""

    outlet_id: UUID | None = None
    search: Search | None = None


class CustomerPage(Slice[Customer], frozen=True, kw_only=True):
    """Part of the list of customers."""


@post(
    "/v1/customers",
    right="edit_customers",
    status=201,
    problems=("already_exists",),
    example=examples.NEW_CUSTOMER,
    response_example=examples.CUSTOMER,
)
async def create_customer(actor: Actor, db: AsyncConnection, body: NewCustomer) -> Customer:
    """Register a customer with one of your outlets.

    Sent again with the same `id` and content, it answers the customer that is stored.
    """
    await registry.require(db, OUTLETS, actor, {body.outlet_id}, "/outlet_id")
    return await registry.create(db, CUSTOMERS, actor, body)


@get("/v1/customers", right="read_customers", response_example=examples.page(CustomerPage, examples.CUSTOMER))
async def list_customers(actor: Actor, db: AsyncConnection, query: CustomerQuery) -> CustomerPage:
    """List the customers of your outlets; a technician gets those of the jobs they hold."""
    conditions = filters.of_customers(actor.org_id, query.outlet_id, query.search)
    return await registry.page(db, CUSTOMERS, actor, query, CustomerPage, conditions)


@get("/v1/customers/{customer_id}", right="read_customers", problems=("not_found",), response_example=examples.CUSTOMER)
async def read_customer(actor: Actor, db: AsyncConnection, customer_id: UUID) -> Customer:
    """Read one customer."""
    return await registry.read(db, CUSTOMERS, actor, customer_id)


@put(
    "/v1/customers/{customer_id}",
    right="edit_customers",
    problems=("not_found", "version_changed"),
    example=examples.content(CustomerContent, examples.NEW_CUSTOMER),
    response_example=examples.CUSTOMER,
)
async def update_customer(
    actor: Actor, db: AsyncConnection, customer_id: UUID, body: CustomerContent, expected_version: int
) -> Customer:
    """Replace what is known about a customer; a field that is left out becomes empty.

    Phones that hold one of the customer's sites get the change with their next pull. Who was erased because the time of
    their records was over is a customer again.
    """
    await registry.require(db, OUTLETS, actor, {body.outlet_id}, "/outlet_id")
    changed = await registry.change(db, CUSTOMERS, actor, customer_id, expected_version, body, erased_at=None)
    await site_cards.refresh_of_customer(db, actor.org_id, customer_id)
    return changed
