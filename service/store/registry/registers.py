"""The kinds of record that the desk keeps: for each its table, its Struct, who sees which, how it is sorted."""

from uuid import UUID

from sqlalchemy import ColumnElement, and_, case

from domain.customers import Asset, Customer, Site
from domain.outlets import Outlet
from domain.people.actor import Role
from domain.people.members import Absence, Member, MemberCertificate
from service.store import scopes
from service.store.registry.registry import Register
from service.store.tables import absences, assets, certificates, customers, members, outlets, sites

OUTLETS = Register(table=outlets, kind=Outlet, seen=scopes.outlets_seen, order="code")
MEMBERS = Register(table=members, kind=Member, seen=scopes.members_seen, order="login")
CERTIFICATES = Register(table=certificates, kind=MemberCertificate, seen=scopes.certificates_seen)
ABSENCES = Register(table=absences, kind=Absence, seen=scopes.absences_seen)
CUSTOMERS = Register(table=customers, kind=Customer, seen=scopes.customers_seen)
SITES = Register(table=sites, kind=Site, seen=scopes.sites_seen)
ASSETS = Register(table=assets, kind=Asset, seen=scopes.assets_seen)


def authority_version(role: Role, outlet_ids: tuple[UUID, ...], *, active: bool) -> ColumnElement[int]:
    """A member's authority version from now on: raised when what their tokens say no longer holds."""
    unchanged = and_(members.c.role == role.value, members.c.outlet_ids == list(outlet_ids), members.c.active == active)
    return case((unchanged, members.c.authority_version), else_=members.c.authority_version + 1)
