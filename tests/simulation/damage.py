"""Phones whose storage spoils a document: the app notices by the digest of what it holds, and asks for a repair."""

from random import Random

from tests.simulation.bodies import an_id
from tests.simulation.checker.canonical import digest_of
from tests.simulation.device import Device
from tests.simulation.network import exchange
from tests.simulation.world import World

SPOILT = {"number": "?", "status": "spoilt", "changed_at": None}
"""Fields that nobody edits from: what people do while the document is spoilt stays what they meant."""


MOST_PAGES = 50
REPAIRS_OF_ONE_DOCUMENT = 5
"""So many within an hour, and no more."""


def spoilt(world: World, chance: Random, share: float) -> bool:
    """A phone may hold a document otherwise, not at all, or one that there never was; then its app starts anew."""
    device = chance.choice(world.devices)
    if chance.random() >= share or not device.documents:
        return False
    spoilt_id = chance.choice(sorted([*device.documents, *device.cards]))
    storage = device.documents if spoilt_id in device.documents else device.cards
    document, field = storage[spoilt_id], chance.choice(sorted(SPOILT))
    match chance.choice(("otherwise", "not at all", "never was")):
        case "otherwise":
            storage[spoilt_id] = {**document, field: SPOILT[field]}
        case "not at all":
            del storage[spoilt_id]
        case _:
            never = an_id(chance)
            storage[never], device.heard_in[never] = {**document, "id": never}, device.life
    device.compares = device.spoilt = True
    world.fired["document_spoilt"] += 1
    return True


async def repaired_where_it_differs(world: World, device: Device, chance: Random) -> None:
    """The app has been started anew and has pulled everything: are the digests the same?"""
    if not device.compares or device.digest is None:
        return
    device.compares = False
    if device.digest == digest_of(device.kept):
        return
    if not device.spoilt:
        world.ledger.missed.append(f"{device.person.name} on {device.id[:8]}")
    if await _repaired(world, device, chance, clear=True):
        device.spoilt = False


async def repaired_out_of_turn(world: World, chance: Random) -> None:
    """An app that asks for a repair before it pulls, from where it stands or, mostly, having lost its cursor."""
    device = chance.choice(world.devices)
    if not _is_at_rest(device) or chance.random() >= 0.01:
        return
    if chance.random() < 0.7:
        device.cursor = chance.choice((None, "AAAA"))
        world.fired["repaired_without_cursor"] += 1
    await _repaired(world, device, chance, clear=chance.random() < 0.7)


async def storage_fails(world: World, chance: Random) -> None:
    """A storage that makes up one and the same document again and again; in the end its owner changes the phone."""
    device = chance.choice(world.devices)
    if not _is_at_rest(device) or not device.documents or chance.random() >= 0.01:
        return
    never, document = an_id(chance), next(iter(device.documents.values()))
    for _ in range(REPAIRS_OF_ONE_DOCUMENT + 1):
        device.documents[never], device.heard_in[never] = {**document, "id": never}, device.life
        device.leaving.discard(never)
        if not await _repaired(world, device, chance, clear=True):
            break
    device.documents.pop(never, None)
    device.leaving.discard(never)


def _is_at_rest(device: Device) -> bool:
    """In the hands of somebody, and not between the pages of a pull."""
    return not (device.more or device.found_anew is not None or device.in_a_drawer or device.revoked)


async def _repaired(world: World, device: Device, chance: Random, *, clear: bool) -> bool:
    """Page after page; whether the last of them was heard."""
    for _ in range(MOST_PAGES):
        request = {"held": device.held(), "cursor": device.cursor, "limit": chance.choice((1, 200))}
        if not await exchange(world, device, "repair", request, [], chance, clear=clear):
            return False
        world.fired["document_repaired"] += device.news
        if not device.more:
            return True
    return False
