"""Which members each role may appoint, enrol and revoke, within the outlets that they work for themselves."""

from collections.abc import Collection
from uuid import UUID

from domain.people.actor import Actor, Role

APPOINTS: dict[Role, frozenset[Role]] = {
    Role.SUPERVISOR: frozenset({Role.TECHNICIAN, Role.DISPATCHER}),
    Role.ADMIN: frozenset(Role) - {Role.CUSTOMER},
}
"""Which roles the members of a role may give, change and take away."""

ANSWERS_FOR: dict[Role, frozenset[Role]] = {
    Role.DISPATCHER: frozenset({Role.TECHNICIAN}),
    Role.SUPERVISOR: frozenset({Role.TECHNICIAN, Role.DISPATCHER, Role.INSPECTOR}),
    Role.ADMIN: frozenset(Role),
}
"""Whose devices: whoever can hand out a member's sign-in can act as that member."""


def may_appoint(actor: Actor, role: Role, outlet_ids: Collection[UUID]) -> bool:
    """Whether the actor may make somebody this: a lower role, and no outlet beyond the actor's own."""
    return role in APPOINTS.get(actor.role, frozenset()) and _reaches(actor, outlet_ids)


def answers_for(actor: Actor, role: Role, outlet_ids: Collection[UUID]) -> bool:
    """Whether the actor may enrol and revoke a member of this role, who works for these outlets."""
    return role in ANSWERS_FOR.get(actor.role, frozenset()) and _reaches(actor, outlet_ids)


def _reaches(actor: Actor, outlet_ids: Collection[UUID]) -> bool:
    """Whether the actor works for all of these outlets; none means every one, as it does of the actor."""
    return not actor.outlet_ids or (bool(outlet_ids) and set(outlet_ids) <= set(actor.outlet_ids))
