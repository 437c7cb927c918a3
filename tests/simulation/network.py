"""Exchanges between a device and the server, over a network that loses, delays, repeats, crosses and cuts."""

from random import Random

import msgspec

from tests.simulation.device import Device
from tests.simulation.ledger import Json, Typed
from tests.simulation.port import Reply
from tests.simulation.world import Late, World

FATES = (
    "request_lost",
    "reply_lost_after_commit",
    "request_delayed",
    "request_duplicated",
    "requests_crossed",
    "commit_slow",
    "transaction_rolled_back",
    "captive_portal",
)
SENT_BEFORE = ("request_duplicated", "reply_lost_after_commit")
UNHEARD = ("request_lost", "reply_lost_after_commit", "request_delayed")
HELD_UP = {"commit_slow": "slow", "transaction_rolled_back": "rolled_back"}
PORTAL = Reply(200, b"<html>Sign in to this network</html>")


async def push(world: World, device: Device, chance: Random, *, clear: bool = False) -> bool:
    """One push with whatever fate; whether the phone heard an answer."""
    batch = device.batch(500 if clear else chance.choice((1, 2, 5, 100)))
    if not clear and len(batch) > 1 and chance.random() < 0.1:
        world.fired["batch_reordered"] += 1
        batch = chance.sample(batch, len(batch) - 1)
    for typed in batch:
        typed.knows_its_time &= typed.clock is device.clock.setting and device.clock.is_honest
    request = {**device.push(batch), **device.clock.readings(world.port.now()), "schema": 1}
    if device.cursor is not None and chance.random() < 0.5:
        request["cursor"] = device.cursor
    return await exchange(world, device, "push", request, batch, chance, clear=clear)


async def pull(world: World, device: Device, chance: Random, *, clear: bool = False) -> bool:
    """One page of a pull."""
    limit = 200 if clear else chance.choice((1, 2, 200))
    request = {"cursor": device.cursor, "limit": limit, "digest": device.compares}
    return await exchange(world, device, "pull", request, [], chance, clear=clear)


async def exchange(
    world: World, device: Device, path: str, request: Json, batch: list[Typed], chance: Random, *, clear: bool
) -> bool:
    """Send, perhaps be heard, perhaps hear; a phone that heard nothing keeps everything and asks again."""
    body = msgspec.json.encode(request)
    fate = None if clear or chance.random() < 0.6 else chance.choice(FATES)
    if fate in ("commit_slow", "transaction_rolled_back", "requests_crossed") and path != "push":
        fate = None
    if fate is not None:
        world.fired[fate] += 1
    reply = await _sent(world, device, path, body, batch, fate, chance)
    return reply is not None and _heard(world, device, path, request, reply, batch)


async def push_slowly(world: World, device: Device) -> None:
    """A push whose transaction stays open; whoever sent it has given up waiting."""
    batch = device.batch(3)
    if batch:
        world.fired["commit_slow"] += 1
        for typed in batch:
            typed.knows_its_time &= typed.clock is device.clock.setting and device.clock.is_honest
        request = {**device.push(batch), **device.clock.readings(world.port.now())}
        await world.port.say(device.handle, "push", msgspec.json.encode(request), fate="slow")


async def deliver(world: World, chance: Random) -> None:
    """One of the requests that were on their way arrives; nobody waits for its answer."""
    late = world.late.pop(chance.randrange(len(world.late)))
    for typed in late.batch:
        typed.knows_its_time = False
    await world.port.say(late.device.handle, late.path, late.body)


async def _sent(
    world: World, device: Device, path: str, body: bytes, batch: list[Typed], fate: str | None, chance: Random
) -> Reply | None:
    say, handle = world.port.say, device.handle
    if fate in SENT_BEFORE:
        await say(handle, path, body)
    if fate == "request_delayed":
        world.late.append(Late(device, path, body, batch))
    if fate == "requests_crossed":
        return await world.port.say_twice(handle, path, body)
    if fate in UNHEARD:
        return None
    return PORTAL if fate == "captive_portal" else await say(handle, path, body, fate=HELD_UP.get(fate or ""))


def _heard(world: World, device: Device, path: str, request: Json, reply: Reply, batch: list[Typed]) -> bool:
    """Whether the reply is one of the server's own, and taken in."""
    try:
        answer = msgspec.json.decode(reply.body)
    except msgspec.DecodeError:
        return False
    if reply.status == 401:
        device.revoked = True
    if path == "pull" and answer.get("code") == "cursor_invalid":
        device.cursor = None
    world.fired["repairing_too_often"] += reply.status == 429
    if reply.status != 200:
        return False
    if path == "push":
        device.heard(batch, request, answer, world.port.life)
    elif path in ("pull", "repair"):
        world.fired["page_cut"] += answer["more"]
        for kind in [each for each in answer if isinstance(answer[each], list) and each != "withdrawn"]:
            world.fired[f"{kind}_pulled"] += len(answer[kind])
        world.fired["card_withdrawn"] += any(gone["kind"] == "site" for gone in answer["withdrawn"])
        device.pulled(answer, world.port.life)
    else:
        device.offered(answer["lost"])
    return True
