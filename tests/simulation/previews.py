"""Somebody asks what a push would do, and then pushes the same: it does just that, and asking did nothing."""

from random import Random
from typing import Any

import msgspec

from tests.simulation.ledger import Json
from tests.simulation.port import Reply
from tests.simulation.world import World


async def push_foretold(world: World, chance: Random) -> None:
    """Now and then, where the server can tell; over a clear network, and with nobody in between.

    Without the clock of that moment: by it, what two people did at one time may stand in another order a moment later.
    """
    waiting = [each for each in world.devices if each.outbox and not each.revoked and not each.in_a_drawer]
    if not waiting or chance.random() >= 0.05:
        return
    device = chance.choice(waiting)
    batch = device.batch(5)
    request = device.push(batch)
    body = msgspec.json.encode(request)
    foretold = await world.port.preview(device.handle, body)
    if foretold is None:
        return
    before = await world.port.numbers(), await world.port.held()
    await world.port.preview(device.handle, body)
    if before != (await world.port.numbers(), await world.port.held()):
        world.ledger.foretold_wrongly.append(f"{device.person.name} was told what would be, and it was done")
    for typed in batch:
        typed.knows_its_time = False
    reply = await world.port.say(device.handle, "push", body)
    assert reply is not None, "the network is clear"
    if (wrong := _differences(foretold, reply)) is not None:
        world.ledger.foretold_wrongly.append(f"{device.person.name}: {wrong}")
    device.revoked |= reply.status == 401
    if reply.status == 200:
        device.heard(batch, request, msgspec.json.decode(reply.body), world.port.life)
        world.fired["push_foretold"] += 1


def _differences(foretold: Reply, reply: Reply) -> str | None:
    if foretold.status != reply.status:
        return f"{foretold.status} was foretold, {reply.status} came"
    said, done = ([_told(each) for each in _outcomes(answer)] for answer in (foretold, reply))
    return None if said == done else f"{said} was foretold, {done} came"


def _outcomes(reply: Reply) -> list[Json]:
    outcomes: list[Json] = msgspec.json.decode(reply.body).get("outcomes", [])
    return outcomes


def _told(outcome: Json) -> tuple[Any, ...]:
    """All but the moment of recording."""
    answer = outcome["answer"]
    findings = [each["code"] for each in answer["findings"]]
    return outcome["outcome"], answer["code"], answer["log_number"], answer["case_id"], findings
