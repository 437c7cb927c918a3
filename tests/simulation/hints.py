"""The end of a history on the real server for phones that listen: told of a change they pull, and otherwise they wait.

A hint is never the only way to learn of a change: a phone that loses its hints is up to date after its next pull.
"""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from random import Random
from typing import cast

from litestar import Litestar

from tests.processes.open_stream import OpenStream, opened
from tests.simulation.checker.replicas import same_everywhere
from tests.simulation.device import Device
from tests.simulation.history import Step, morning, step_of, synced
from tests.simulation.network import deliver, exchange, pull, push
from tests.simulation.world import World

ROUNDS = 12


@dataclass(frozen=True)
class Speaker:
    """A device as the server knows it."""

    headers: dict[str, str]


@dataclass(frozen=True)
class Listening:
    """A device with its stream. One that is deaf loses every hint."""

    device: Device
    stream: OpenStream
    is_deaf: bool


async def end_by_hints(world: World, application: Litestar, seed: int, steps: Sequence[Step]) -> list[str]:
    """Who is not up to date in the end. Fails where somebody is not, and is told of nothing."""
    await morning(world, Random(f"morning {seed}"))
    for step in steps:
        await step_of(world, Random(step))
    chance = Random(f"hints {seed}")
    while world.late:
        await deliver(world, chance)
    await world.port.settle()
    async with AsyncExitStack() as stack:
        listening = [await _listening(world, application, stack, device, chance) for device in _alone(world)]
        for each in listening:
            world.type_fact(each.device, chance)
        for _ in range(ROUNDS):
            if not [
                True for each in listening if await _spoke(world, each, chance) or await _heard(world, each, chance)
            ]:
                break
        return [each.device.person.name for each in listening if not await _is_exact(world, each, chance)]


def _alone(world: World) -> list[Device]:
    """Devices that nobody shares: of two streams of one device the second replaces the first."""
    shared = {device.id for device in world.devices if device.twin}
    live = [each for each in world.devices if not each.revoked and not each.in_a_drawer]
    return [each for each in live if each.id not in shared]


async def _listening(
    world: World, application: Litestar, stack: AsyncExitStack, device: Device, chance: Random
) -> Listening:
    """A stream begins with a hint for what was missed; a cursor that nobody wrote takes a second pull to get over."""
    speaker = Speaker(cast("dict[str, str]", device.handle))
    stream = await stack.enter_async_context(opened(application, speaker))
    assert await stream.event() == "changed"
    for _ in range(ROUNDS):
        if await synced(world, device, chance):
            break
    return Listening(device, stream, is_deaf=chance.random() < 0.3)


async def _spoke(world: World, each: Listening, chance: Random) -> bool:
    """Whether the device had anything to say."""
    device = each.device
    had = bool(device.outbox or device.purged or device.must_offer)
    if device.must_offer:
        await exchange(world, device, "offer", device.offer(), [], chance, clear=True)
    while (device.outbox or device.purged) and await push(world, device, chance, clear=True):
        device.let_go()
    return had


async def _heard(world: World, each: Listening, chance: Random) -> bool:
    """Whether there was something to pull for a device that can hear: then it is told so, sooner or later."""
    if each.is_deaf or not await _differs(world, each.device):
        return False
    while await _differs(world, each.device):
        assert await each.stream.event() == "changed"
        world.fired["hint_heard"] += 1
        await _pull(world, each.device, chance)
    return True


async def _is_exact(world: World, each: Listening, chance: Random) -> bool:
    """Up to date: a device that lost its hints after the pull that it makes every few minutes anyway."""
    if each.is_deaf and await _differs(world, each.device):
        world.fired["hint_lost"] += 1
        await synced(world, each.device, chance)
        await synced(world, each.device, chance)
    return not await _differs(world, each.device)


async def _pull(world: World, device: Device, chance: Random) -> None:
    while await pull(world, device, chance, clear=True) and device.more:
        pass
    device.let_go()


async def _differs(world: World, device: Device) -> bool:
    """Whether the device holds anything otherwise than it should, apart from what it has not yet said of its purges."""
    found = same_everywhere(world.company, [device], await world.port.final(), world.port.life)
    return any("is still asked to" not in each.why for each in found)
