"""Technicians who plan a visit of their own, at a door that nobody sent them to or in a job that they have."""

from random import Random
from uuid import UUID, uuid5

from tests.simulation.world import World


async def planned_at_the_door(world: World, chance: Random) -> None:
    """Now and then somebody opens a job where they stand, or goes once more to one of theirs, and plans it."""
    phones = [each for each in world.devices if each.person.role == "technician" and not each.revoked]
    if not phones or chance.random() >= 0.04:
        return
    phone = chance.choice(phones)
    opens = not phone.documents or chance.random() < 0.5
    job = world.type_fact(phone, chance, "job_opened").job if opens else chance.choice(sorted(phone.documents))
    world.type_fact(phone, chance, "visit_planned", job)
    world.fired["planned_at_the_door"] += 1


async def escape_tried(world: World, chance: Random) -> None:
    """Now and then somebody takes back what the server froze for their own plan, whose id an app can work out."""
    plans = [typed for typed in world.ledger.typed if typed.kind == "visit_planned" and typed.role == "technician"]
    if not plans or chance.random() >= 0.03:
        return
    plan = chance.choice(plans)
    own = [each for each in world.devices if each.person.id == plan.member and not each.revoked]
    if own:
        typed = world.type_fact(chance.choice(own), chance, "fact_retracted", plan.job)
        typed.body["fact_id"] = str(uuid5(UUID(plan.id), "plan_frozen"))
        world.fired["escape_tried"] += 1
