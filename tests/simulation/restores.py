"""The server's data goes back to a backup, and what meets there while phones know of a lost future."""

from collections import Counter
from dataclasses import dataclass
from random import Random

from tests.simulation.bodies import an_id
from tests.simulation.device import Device
from tests.simulation.ledger import Typed, number_of_facts
from tests.simulation.network import exchange, pull, push
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
    asked = await _asked_strictly(world, Random(len(world.ledger.typed)))
    world.ledger.note_places(world.port.life, await world.port.numbers())
    await world.port.restore(world.server_backup)
    left = await world.port.numbers()
    world.ledger.note_places(world.port.life, left)
    for each in asked:
        world.fired["strict_and_lost"] += each.typed.is_recorded and each.typed.id not in left
        each.come_back()
    await _two_meet_unheard(world, chance)
    if chance.random() < 0.3:
        await _lost_id_given_again(world, chance, left)


async def offered_in_trouble(world: World, chance: Random) -> None:
    """A phone that has something to offer does so over a network that loses, repeats and crosses what it says."""
    offering = [each for each in world.devices if each.must_offer and not each.revoked and not each.in_a_drawer]
    if offering and chance.random() < 0.3:
        device = chance.choice(offering)
        world.fired["offered_in_trouble"] += 1
        await exchange(world, device, "offer", device.offer(), [], chance, clear=False)


@dataclass
class Asked:
    """A strict fact that is heard just before the data goes back; its phone may be set back as well, to before that."""

    typed: Typed
    device: Device
    backup: Device | None

    def come_back(self) -> None:
        """Where the phone was set back it no longer knows that it was answered."""
        if self.backup is not None:
            self.device.restore(self.backup)


async def _asked_strictly(world: World, chance: Random) -> list[Asked]:
    """Somebody asks strictly about a job that will be lost too: looking at it, or seeing nothing of it."""
    live = [device for device in world.devices if not device.revoked and not device.in_a_drawer]
    desks = [device for device in live if device.person.role == "dispatcher"]
    phones = [device for device in live if device.person.role == "technician"]
    if not desks or not phones or chance.random() < 0.5:
        return []
    device = chance.choice(phones)
    job = await _planned(world, desks[0], device, chance)
    looks = chance.random() < 0.5
    if looks:
        await pull(world, device, chance, clear=True)
    typed = world.type_fact(device, chance, "note_added", job)
    typed.fact |= {"strict": True, "visit_id": None}
    backup = device.backup()
    await push(world, device, chance, clear=True)
    return [Asked(typed, device, backup if looks else None)]


async def _planned(world: World, desk: Device, phone: Device, chance: Random) -> str:
    """A new job with a visit of the phone's owner, as the desk pushes it."""
    opened = world.type_fact(desk, chance, "job_opened")
    opened.body["outlet_id"] = desk.person.outlets[0]
    planned = world.type_fact(desk, chance, "visit_planned", opened.job)
    planned.body["technician_id"] = phone.person.id
    await push(world, desk, chance, clear=True)
    return opened.job


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
