"""A phone's word that it purged a job, which arrives when the job has come back and was withdrawn once more."""

from random import Random

import msgspec

from tests.simulation.device import Device
from tests.simulation.network import pull, push
from tests.simulation.world import Late, World


async def purge_overtaken(world: World, chance: Random) -> None:
    """The word stays on its way; the phone holds the job again, and is put away for good before it hears the end."""
    desk, phone = _desk(world), _phone(world)
    if desk is None or phone is None or chance.random() >= 0.005:
        return
    jobs = sorted(phone.documents.keys() & desk.documents.keys())
    if not jobs or phone.kept.keys() != (phone.documents | phone.cards).keys():
        return
    job = chance.choice(jobs)
    await _says(world, desk, "job_closed", job, chance)
    await _hears(world, phone, chance)
    if job not in phone.purged:
        return
    world.late.append(Late(phone, "push", msgspec.json.encode(phone.push([])), []))
    await _says(world, desk, "job_reopened", job, chance)
    await _hears(world, phone, chance)
    if job not in phone.documents:
        return
    await _says(world, desk, "job_closed", job, chance)
    phone.in_a_drawer = True
    world.fired["purge_overtaken"] += 1


def _desk(world: World) -> Device | None:
    """Of somebody who may close a job of any outlet."""
    desks = [each for each in world.devices if each.person.role == "supervisor"]
    return next((each for each in desks if _is_in_use(each)), None)


def _phone(world: World) -> Device | None:
    """One that nobody shares; no two are put away, or too few would be left that sync to the end."""
    if any(each.in_a_drawer for each in world.devices):
        return None
    shared = {each.id for each in world.devices if each.twin}
    phones = [each for each in world.devices if each.person.role == "technician" and each.id not in shared]
    return next((each for each in phones if _is_in_use(each) and each.documents and not each.more), None)


def _is_in_use(device: Device) -> bool:
    return not (device.revoked or device.in_a_drawer)


async def _says(world: World, desk: Device, kind: str, job: str, chance: Random) -> None:
    """With a clear network, and what else waits on the desk."""
    world.type_fact(desk, chance, kind, job)
    while desk.outbox and await push(world, desk, chance, clear=True):
        pass


async def _hears(world: World, phone: Device, chance: Random) -> None:
    """First what the phone has to say, or it may not purge; then every page."""
    while phone.outbox and await push(world, phone, chance, clear=True):
        pass
    while await pull(world, phone, chance, clear=True) and phone.more:
        pass
    phone.let_go()
