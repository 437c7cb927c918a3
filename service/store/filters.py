"""Filters of lists, as conditions of a query. A filter that is None lets everything through."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Table, func, or_, select

from domain.facts.words import SpecialWork
from domain.people.actor import Role
from service.store.tables import absences, assets, certificates, customers, members, sites

Conditions = list[ColumnElement[bool]]


def of_customers(org_id: UUID, outlet_id: UUID | None, search: str | None) -> Conditions:
    found = [] if search is None else [_customers_matching(org_id, search)]
    return [*_equal(customers, outlet_id=outlet_id), *found]


def of_sites(customer_id: UUID | None) -> Conditions:
    return _equal(sites, customer_id=customer_id)


def of_assets(
    org_id: UUID, *, customer_id: UUID | None, site_id: UUID | None, product_code: str | None, serial_number: str | None
) -> Conditions:
    conditions = _equal(assets, site_id=site_id, product_code=product_code, serial_number=serial_number)
    if customer_id is not None:
        theirs = select(sites.c.id).where(sites.c.org_id == org_id, sites.c.customer_id == customer_id)
        conditions.append(assets.c.site_id.in_(theirs))
    return conditions


def of_members(outlet_id: UUID | None, role: Role | None, skill: str | None, *, active: bool | None) -> Conditions:
    conditions = _equal(members, role=role and role.value, active=active)
    if outlet_id is not None:
        conditions.append(members.c.outlet_ids.contains([outlet_id]))
    if skill is not None:
        conditions.append(members.c.skills.contains([skill]))
    return conditions


def of_certificates(member_id: UUID | None, kind: SpecialWork | None, lapses_before: date | None) -> Conditions:
    conditions = _equal(certificates, member_id=member_id, kind=kind and kind.value)
    if lapses_before is not None:
        conditions.append(func.least(certificates.c.valid_until, certificates.c.review_due_on) < lapses_before)
    return conditions


def of_absences(member_id: UUID | None, from_time: datetime | None, until_time: datetime | None) -> Conditions:
    """Absences that overlap with the span."""
    conditions = _equal(absences, member_id=member_id)
    if from_time is not None:
        conditions.append(absences.c.ends_at > from_time)
    if until_time is not None:
        conditions.append(absences.c.starts_at < until_time)
    return conditions


def _equal(table: Table, **wanted: object) -> Conditions:
    return [table.c[name] == value for name, value in wanted.items() if value is not None]


def _customers_matching(org_id: UUID, text: str) -> ColumnElement[bool]:
    """Customers with `text` in name, phone or one of their addresses; a phone matches however it is spaced."""
    digits = "".join(character for character in text if character.isascii() and character.isdigit())
    # Not the customer's organisation: then all sites would be looked through anew for each customer.
    at_address = select(sites.c.customer_id).where(
        sites.c.org_id == org_id, sites.c.address.icontains(text, autoescape=True)
    )
    ways = [customers.c.name.icontains(text, autoescape=True), customers.c.id.in_(at_address)]
    if digits and not any(character.isalpha() for character in text):
        ways.append(func.regexp_replace(customers.c.phone, "[^0-9]", "", "g").contains(digits))
    return or_(*ways)
