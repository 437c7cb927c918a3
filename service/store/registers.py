"""The kinds of record that the desk keeps: for each its table, its Struct, who sees which, how it is sorted."""

from sqlalchemy import ColumnElement, func, or_, select

from domain.people import Absence, Member, MemberCertificate
from domain.places import Asset, Customer, Outlet, Site
from service.store import scopes
from service.store.registry import Register
from service.store.tables import absences, assets, certificates, customers, members, outlets, sites

OUTLETS = Register(table=outlets, kind=Outlet, seen=scopes.outlets_seen, order="code")
MEMBERS = Register(table=members, kind=Member, seen=scopes.members_seen, order="login")
CERTIFICATES = Register(table=certificates, kind=MemberCertificate, seen=scopes.certificates_seen)
ABSENCES = Register(table=absences, kind=Absence, seen=scopes.absences_seen)
CUSTOMERS = Register(table=customers, kind=Customer, seen=scopes.customers_seen)
SITES = Register(table=sites, kind=Site, seen=scopes.sites_seen)
ASSETS = Register(table=assets, kind=Asset, seen=scopes.assets_seen)


def customers_matching(text: str) -> ColumnElement[bool]:
    """Customers with `text` in name, phone or one of their addresses; a phone matches however it is spaced."""
    digits = "".join(character for character in text if character.isascii() and character.isdigit())
    at_address = select(sites.c.customer_id).where(
        sites.c.org_id == customers.c.org_id, sites.c.address.icontains(text, autoescape=True)
    )
    ways = [customers.c.name.icontains(text, autoescape=True), customers.c.id.in_(at_address)]
    if digits and not any(character.isalpha() for character in text):
        ways.append(func.regexp_replace(customers.c.phone, "[^0-9]", "", "g").contains(digits))
    return or_(*ways)
