"""What still commits while everybody syncs for the last time: nothing that comes later brings it to light again."""

from random import Random

from tests.simulation.network import pull, push, push_slowly
from tests.simulation.world import World


async def evening(world: World, chance: Random) -> None:
    """Some pushes are still being written while everybody else syncs for the last time but one."""
    live = [device for device in world.devices if not device.revoked]
    for device in chance.sample(live, len(live)):
        await push_slowly(world, device)
        await push(world, chance.choice(live), chance, clear=True)
        await pull(world, chance.choice(live), chance, clear=True)


async def overtaken_at_last(world: World, chance: Random, share: float) -> bool:
    """Now and then one desk's note on a job is overtaken by another's new job, which all desks have before the note.

    Whoever then looks for what is newer than the newest that they have never hears of the first.
    """
    desks = [each for each in world.devices if each.person.role != "technician" and not each.revoked]
    desks = [each for each in desks if not each.in_a_drawer]
    if chance.random() >= share or len({each.id for each in desks}) < 2 or not desks[0].documents:
        return False
    world.type_fact(desks[0], chance, "note_added", chance.choice(sorted(desks[0].documents)))
    await push_slowly(world, desks[0])
    other = next(each for each in desks if each.id != desks[0].id)
    world.type_fact(other, chance, "job_opened")
    await push(world, other, chance, clear=True)
    for desk in desks:
        await pull(world, desk, chance, clear=True)
        desk.compares = True
    await world.port.settle()
    world.fired["overtaken_at_last"] += 1
    return True
