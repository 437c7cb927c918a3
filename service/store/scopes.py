"""Which records an actor may see, as conditions of a query: what is out of scope is not found, never refused.

People of the desk see the outlets that they work for. A technician sees the customers, sites and assets of the jobs
in their own scope only, which is what their phone may hold: personal data goes no further than the work does.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Table, and_, func, or_, select, true

from domain.people.actor import Actor, Role
from service.store.tables import absences, assets, audience, certificates, customers, jobs, members, outlets, sites


def outlets_seen(actor: Actor) -> ColumnElement[bool]:
    return _of_outlets(actor, outlets.c.id)


def jobs_seen(actor: Actor) -> ColumnElement[bool]:
    """The outlets' jobs for people of the desk; for a technician those that their phone may hold."""
    if actor.role is not Role.TECHNICIAN:
        return _of_outlets(actor, jobs.c.outlet_id)
    held = select(audience.c.document_id).where(
        audience.c.org_id == actor.org_id, audience.c.scope_id == actor.member_id, audience.c.visible
    )
    return jobs.c.id.in_(held)


def customers_seen(actor: Actor) -> ColumnElement[bool]:
    if actor.role is Role.TECHNICIAN:
        return customers.c.id.in_(_of_held_jobs(actor, jobs.c.customer_id))
    return _of_outlets(actor, customers.c.outlet_id)


def sites_seen(actor: Actor) -> ColumnElement[bool]:
    if actor.role is Role.TECHNICIAN:
        return sites.c.id.in_(_of_held_jobs(actor, jobs.c.site_id))
    if not actor.outlet_ids:
        return true()
    return sites.c.customer_id.in_(
        select(customers.c.id).where(customers.c.org_id == actor.org_id, customers_seen(actor))
    )


def assets_seen(actor: Actor) -> ColumnElement[bool]:
    """Every asset at a site that is seen: a technician may find another one of the household to be broken."""
    if not actor.outlet_ids and actor.role is not Role.TECHNICIAN:
        return true()
    return assets.c.site_id.in_(select(sites.c.id).where(sites.c.org_id == actor.org_id, sites_seen(actor)))


def members_seen(actor: Actor) -> ColumnElement[bool]:
    """Oneself, and whoever works for one of the actor's outlets."""
    if not actor.outlet_ids:
        return true()
    return or_(members.c.id == actor.member_id, members.c.outlet_ids.overlap(list(actor.outlet_ids)))


def certificates_seen(actor: Actor) -> ColumnElement[bool]:
    return _of_members(actor, certificates.c.member_id)


def absences_seen(actor: Actor) -> ColumnElement[bool]:
    return _of_members(actor, absences.c.member_id)


def made_seen(actor: Actor, made: Table) -> ColumnElement[bool]:
    """What was made for one reader is seen by them and by administrators, as long as they may still see all of it.

    Whoever has another role or fewer outlets by now may not read on what they could have made before.
    """
    theirs = and_(made.c.made_by == actor.member_id, made.c.role == actor.role.value)
    whose = true() if actor.role is Role.ADMIN else theirs
    if not actor.outlet_ids:
        return whose
    within = made.c.outlet_ids.contained_by(list(actor.outlet_ids))
    return and_(whose, func.cardinality(made.c.outlet_ids) > 0, within)


def _of_outlets(actor: Actor, outlet_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    return outlet_id.in_(actor.outlet_ids) if actor.outlet_ids else true()


def _of_members(actor: Actor, member_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    if not actor.outlet_ids:
        return true()
    return member_id.in_(select(members.c.id).where(members.c.org_id == actor.org_id, members_seen(actor)))


def _of_held_jobs(actor: Actor, column: ColumnElement[Any]) -> Select[Any]:
    held = (audience.c.org_id == jobs.c.org_id) & (audience.c.document_id == jobs.c.id)
    return (
        select(column)
        .join_from(jobs, audience, held)
        .where(audience.c.org_id == actor.org_id, audience.c.scope_id == actor.member_id, audience.c.visible)
    )
