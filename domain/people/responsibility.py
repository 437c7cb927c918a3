"""Which members each role may enrol and revoke: whoever can hand out a member's sign-in can act as that member."""

from collections.abc import Collection
from uuid import UUID

from domain.people.actor import Actor, Role

ANSWERS_FOR: dict[Role, frozenset[Role]] = {
    Role.DISPATCHER: frozenset({Role.TECHNICIAN}),
    Role.SUPERVISOR: frozenset({Role.TECHNICIAN, Role.DISPATCHER, Role.INSPECTOR}),
    Role.ADMIN: frozenset(Role),
}


def answers_for(actor: Actor, role: Role, outlet_ids: Collection[UUID]) -> bool:
    """Whether the actor may enrol and revoke a member of this role, who works for these outlets (none: every one)."""
    within = not actor.outlet_ids or (bool(outlet_ids) and set(outlet_ids) <= set(actor.outlet_ids))
    return within and role in ANSWERS_FOR.get(actor.role, frozenset())
