"""The server's data goes back to a backup, and what meets there while phones know of a lost future."""

from collections import Counter
from random import Random

from tests.simulation.bodies import an_id
from tests.simulation.ledger import number_of_facts
from tests.simulation.network import pull, push
from tests.simulation.world import World


async def server_restored(world: World, chance: Random) -> None:
    """The server's data becomes what it was at the last backup; or another backup is taken."""
    if world.server_backup is None or chance.random() < 0.3:
        world.server_backup = await world.port.backup()
        return
    world.fired["server_restored"] += 1
    for device in [each for each in world.devices if not each.revoked]:
        if chance.random() < 0.5 and await push(world, device, chance, clear=True):
            await pull(world, device, chance, clear=True)
    world.ledger.note_places(world.port.life, await world.port.numbers())
    await world.port.restore(world.server_backup)
    left = await world.port.numbers()
    world.ledger.note_places(world.port.life, left)
    await _two_meet_unheard(world, chance)
    if chance.random() < 0.3:
        await _lost_id_given_again(world, chance, left)


async def _two_meet_unheard(world: World, chance: Random) -> None:
    """Two people edit a job whose last facts were lost, of which neither has heard; one of them is heard at once."""
    left = await world.port.numbers()
    kept = Counter(typed.job for typed in world.ledger.typed if typed.id in left)
    held = [
        (device, job_id)
        for device in world.devices
        for job_id, document in device.documents.items()
        if not device.revoked and number_of_facts(document) > kept[job_id]
    ]
    _, job = chance.choice([*held, (None, "")])
    both = [device for device, job_id in held if job_id == job][:2]
    for device in [*both] * 3:
        world.type_fact(device, chance, "details_amended", job)
    if both:
        await push(world, both[0], chance, clear=True)


async def _lost_id_given_again(world: World, chance: Random, left: dict[str, int]) -> None:
    """A phone gives the id of a fact that was lost to another one, and that one is heard first."""
    lost = [
        (device, typed.id)
        for device in world.devices
        for typed in device.answered
        if typed.is_recorded and typed.id not in left and typed.device == device.id and not device.revoked
    ]
    if not lost:
        return
    device, fact_id = chance.choice(lost)
    typed = world.type_fact(device, chance, "note_added", chance.choice((None, an_id(chance))))
    typed.fact["id"] = fact_id
    world.fired["lost_id_given_again"] += 1
    world.reused.append(typed)
    await push(world, device, chance, clear=True)
