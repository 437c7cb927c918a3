"""Customers: whom the work is for. Their names and phones are kept here and nowhere else."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.actor import Actor
from domain.places import Customer, CustomerContent, NewCustomer
from service.endpoint import get, post, put
from service.paging import Paging, Slice
from service.store import registry
from service.store.registers import CUSTOMERS, OUTLETS, customers_matching
from service.store.tables import customers


class CustomerQuery(Paging, frozen=True, kw_only=True):
    """`search` finds part of a name, phone or address."""

    outlet_id: UUID | None = None
    search: Annotated[str, Meta(min_length=1, max_length=100)] | None = None


class CustomerPage(Slice[Customer], frozen=True, kw_only=True):
    """Part of the list of customers."""


@post("/v1/customers", right="edit_customers", status=201, problems=("already_exists",))
async def create_customer(actor: Actor, db: AsyncConnection, body: NewCustomer) -> Customer:
    """Register a customer with one of your outlets.

    Sent again with the same `id` and content, it answers the customer that is stored.
    """
    await registry.require(db, OUTLETS, actor, {body.outlet_id}, "/outlet_id")
    return await registry.create(db, CUSTOMERS, actor, body)


@get("/v1/customers", right="read_customers")
async def list_customers(actor: Actor, db: AsyncConnection, query: CustomerQuery) -> CustomerPage:
    """List the customers of your outlets; a technician gets those of the jobs they hold."""
    conditions = []
    if query.outlet_id is not None:
        conditions.append(customers.c.outlet_id == query.outlet_id)
    if query.search is not None:
        conditions.append(customers_matching(query.search))
    return await registry.page(db, CUSTOMERS, actor, query, CustomerPage, conditions)


@get("/v1/customers/{customer_id}", right="read_customers", problems=("not_found",))
async def read_customer(actor: Actor, db: AsyncConnection, customer_id: UUID) -> Customer:
    """Read one customer."""
    return await registry.read(db, CUSTOMERS, actor, customer_id)


@put("/v1/customers/{customer_id}", right="edit_customers", problems=("not_found", "version_changed"))
async def update_customer(
    actor: Actor, db: AsyncConnection, customer_id: UUID, body: CustomerContent, expected_version: int
) -> Customer:
    """Replace what is known about a customer; a field that is left out becomes empty."""
    await registry.require(db, OUTLETS, actor, {body.outlet_id}, "/outlet_id")
    return await registry.change(db, CUSTOMERS, actor, customer_id, expected_version, body)
