"""What people do at a desk besides recording: decide on what was set aside, correct an address, load a van."""

from random import Random

from tests.simulation.bodies import VAN_PART
from tests.simulation.device import Person
from tests.simulation.world import World


async def quarantine_looked_at(world: World, chance: Random) -> None:
    """A person releases or discards one of the facts that were set aside."""
    held = await world.port.held()
    if held:
        choice = chance.choice(("release", "release", "discard"))
        world.fired["quarantine_released" if choice == "release" else "quarantine_discarded"] += 1
        await world.port.decide(chance.choice(held), choice)


async def site_corrected(world: World, chance: Random) -> None:
    """Now and then the desk hears that an address was not right."""
    if chance.random() < 0.06:
        world.fired["site_corrected"] += await world.port.correct_site(chance.choice(world.company.sites)[0], chance)


async def moved_to_another_outlet(world: World, chance: Random) -> None:
    """Now and then somebody at a desk takes over another outlet, or gives one up."""
    if chance.random() >= 0.015:
        return
    west, east = world.company.outlets
    person = next(each for each in world.company.people if each.role == "dispatcher")
    others = [each for each in ((west,), (east,), (west, east)) if each != person.outlets]
    await world.port.move(person, chance.choice(others))
    world.fired["scopes_changed"] += 1


async def van_loaded(world: World, chance: Random) -> None:
    """Now and then the desk puts parts into a van, takes them out again, or finds more or less there."""
    if chance.random() < 0.06:
        await _loaded(world, chance.choice(world.company.technicians), chance)


async def vans_loaded(world: World) -> None:
    """Before anybody leaves."""
    for technician in world.company.technicians:
        await _loaded(world, technician, Random(technician.id))


async def _loaded(world: World, technician: Person, chance: Random) -> None:
    world.fired["van_loaded"] += await world.port.move_stock(technician.id, VAN_PART, chance)
