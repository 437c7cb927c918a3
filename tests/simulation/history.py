"""One history: steps that follow from a seed, played against a server until everything comes to rest, then judged."""

from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any, TypeVar

from tests.simulation.besides import BESIDES
from tests.simulation.bodies import an_id
from tests.simulation.catalogues import kept
from tests.simulation.checker import Violation, judge
from tests.simulation.checker.plans import added_by_the_server
from tests.simulation.damage import repaired_where_it_differs, spoilt
from tests.simulation.desks import quarantine_looked_at, vans_loaded
from tests.simulation.device import Device, Person
from tests.simulation.evening import evening, overtaken_at_last
from tests.simulation.faults import Fired
from tests.simulation.memory_server import MemoryServer
from tests.simulation.mishaps import MISHAPS
from tests.simulation.network import deliver, exchange, pull, push
from tests.simulation.world import DAWN, Company, World

STEPS = 30
ROUNDS = 12

Answer = TypeVar("Answer")
Step = int
"""A step is its own seed, so that leaving out another one changes nothing about it."""


@dataclass
class Told:
    """What became of one history."""

    violations: list[Violation]
    fired: Fired
    facts: int
    kinds: set[str]


def steps_of(seed: int) -> list[Step]:
    """The steps of a history."""
    chance = Random(seed)
    return [chance.getrandbits(48) for _ in range(chance.randint(STEPS // 2, STEPS * 3 // 2))]


def company(seed: int) -> Company:
    """The people; their ids follow from the seed."""
    chance = Random(f"company {seed}")
    west, east = sorted((an_id(chance), an_id(chance)))
    people = (
        *(Person(name, an_id(chance), "technician", (west,)) for name in ("HZ0107", "HZ0112", "HZ0115")),
        Person("HZ01-DISPATCH", an_id(chance), "dispatcher", (west,)),
        Person("SUPERVISOR", an_id(chance), "supervisor", ()),
    )
    sites = tuple((an_id(chance), an_id(chance)) for _ in range(3))
    return Company((west, east), people, sites, has_catalogue=chance.random() < 0.5)


def in_memory(seed: int, steps: Sequence[Step] | None = None, server: type[MemoryServer] = MemoryServer) -> Told:
    """Play a history against the server in memory, and judge it."""
    who = company(seed)
    time = _Time()
    port = server(time.now, who.outlets, seed)
    port.data.catalogue = kept() if who.has_catalogue else {}
    world = World(who, port, Fired())
    time.of = world
    return at_once(played(world, seed, steps_of(seed) if steps is None else steps))


async def played(world: World, seed: int, steps: Sequence[Step]) -> Told:
    """A history from the first morning until everything has come to rest."""
    await morning(world, Random(f"morning {seed}"))
    for step in steps:
        await step_of(world, Random(step))
        spoilt(world, Random(f"spoilt {step}"), 0.02)
        for name, happens in BESIDES.items():
            await happens(world, Random(f"{name} {step}"))
    await _rest(world)
    world.ledger.note_places(world.port.life, await world.port.numbers())
    final = await world.port.final()
    kinds = {typed.kind for typed in world.ledger.typed if typed.is_recorded}
    world.fired["commits_out_of_order"] += getattr(world.port, "overtaken", 0)
    lines = [line for log in final.facts.values() for line in log]
    world.fired["plan_completed"] += len(added_by_the_server(world.ledger, lines))
    found = judge(world.company, world.devices, world.ledger, final, world.port.life)
    return Told(found, world.fired, len(world.ledger.typed), kinds)


def at_once(story: Coroutine[Any, Any, Answer]) -> Answer:
    """Run what never waits for anything, without an event loop."""
    try:
        story.send(None)
    except StopIteration as end:
        answer: Answer = end.value
        return answer
    raise AssertionError("the server in memory never waits")


class _Time:
    """The world's time, for a server that is made before the world."""

    of: World | None = None

    def now(self) -> datetime:
        return DAWN if self.of is None else self.of.now


async def morning(world: World, chance: Random) -> None:
    """Devices are handed out, two jobs are opened and planned, everybody has them; the server is backed up."""
    for person in world.company.people:
        await world.equip(person, chance)
    desk = next(device for device in world.devices if device.person.role == "dispatcher")
    for _ in range(2):
        job = world.type_fact(desk, chance, "job_opened").job
        for _ in world.company.technicians:
            world.type_fact(desk, chance, "visit_planned", job)
    await vans_loaded(world)
    await _instep(world, chance)
    world.server_backup = await world.port.backup()


async def step_of(world: World, chance: Random) -> None:
    world.pass_time(chance)
    device = chance.choice(world.devices)
    dice = chance.random()
    if not device.documents and dice < 0.85:
        await pull(world, device, chance)
    elif dice < 0.45:
        for _ in range(chance.choice((1, 1, 2, 4))):
            world.type_fact(device, chance)
    elif dice < 0.62:
        await push(world, device, chance)
    elif dice < 0.80:
        await pull(world, device, chance)
        device.let_go()
    elif dice < 0.84 and world.late:
        await deliver(world, chance)
    elif dice < 0.88:
        await world.port.go_on(chance)
    elif dice < 0.90:
        await quarantine_looked_at(world, chance)
    else:
        await chance.choice(MISHAPS)(world, chance)


async def _rest(world: World) -> None:
    """The network is well again, and everybody syncs until nobody has anything left to say or to hear."""
    chance = Random(len(world.ledger.typed))
    while world.late:
        await deliver(world, chance)
    if chance.random() < 0.5:
        await evening(world, chance)
    await world.port.settle()
    for device in world.devices:
        device.compares |= chance.random() < world.port.share_that_compares
    await _instep(world, chance)
    if spoilt(world, chance, 0.2) or await overtaken_at_last(world, chance, 0.2):
        await _instep(world, chance)


async def _instep(world: World, chance: Random) -> None:
    for _ in range(ROUNDS):
        quiet = True
        for device in [each for each in world.devices if not each.revoked and not each.in_a_drawer]:
            quiet &= await synced(world, device, chance)
        if quiet:
            return


async def synced(world: World, device: Device, chance: Random) -> bool:
    """One whole sync without trouble; whether there was nothing to do.

    Pages that began earlier end at a moment that is past: what came since is for the next sync.
    """
    had_to_speak = bool(device.outbox or device.purged or device.must_offer or device.more)
    if device.must_offer:
        await exchange(world, device, "offer", device.offer(), [], chance, clear=True)
    while (device.outbox or device.purged) and await push(world, device, chance, clear=True):
        pass
    heard_of = 0
    while reached := await pull(world, device, chance, clear=True):
        heard_of += device.news
        if not device.more:
            break
    if reached:
        await repaired_where_it_differs(world, device, chance)
    device.let_go()
    return reached and not had_to_speak and heard_of == 0 and not (device.purged or device.must_offer)
