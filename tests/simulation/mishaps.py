"""What happens to phones: lost, cloned, restored, handed over; and data that no app should send."""

from collections.abc import Awaitable, Callable
from random import Random

from tests.simulation.clocks import meddled
from tests.simulation.device import Device
from tests.simulation.ledger import Typed
from tests.simulation.restores import server_restored
from tests.simulation.world import World

Mishap = Callable[[World, Random], Awaitable[None]]


async def clock_meddled(world: World, chance: Random) -> None:
    """A phone's clock is set, or the phone starts anew."""
    meddled(chance.choice(world.devices).clock, chance, world.port.now(), world.fired)


async def phone_backed_up(world: World, chance: Random) -> None:
    """The phone's storage is copied somewhere."""
    device = chance.choice(world.devices)
    world.phone_backups.append((device, device.backup()))


async def phone_restored(world: World, chance: Random) -> None:
    """A phone becomes what it was: old outbox, old cursor, old counter. What it had not sent since is gone."""
    if not world.phone_backups:
        return await phone_backed_up(world, chance)
    device, backup = chance.choice(world.phone_backups)
    if device.in_a_drawer:  # Nobody could know what it holds again.
        return None
    world.fired["phone_restored"] += 1
    world.fired["seq_reused"] += backup.seq < device.seq
    for typed in device.restore(backup):
        typed.forgotten = True
    return None


async def phone_cloned(world: World, chance: Random) -> None:
    """Two phones with one identity."""
    device = chance.choice(world.devices)
    if sum(other.twin for other in world.devices) < 2:
        world.fired["phone_cloned"] += 1
        world.devices.append(device.clone())


async def device_revoked(world: World, chance: Random) -> None:
    """A device is revoked; its owner enrols the phone anew, and it sends what waits as made on the earlier one."""
    device = chance.choice(world.devices)
    if device.revoked:
        return
    world.fired["device_revoked"] += 1
    await world.port.revoke(device.id)
    for other in world.devices:
        other.revoked |= other.id == device.id
    taken_over = await world.equip(device.person, chance)
    _take_over(taken_over, device)


async def phone_handed_over(world: World, chance: Random) -> None:
    """Somebody else signs in on a phone whose owner left facts in it: they are sent in the owner's name, or wait."""
    device = chance.choice([each for each in world.devices if each.person.role == "technician"])
    other = chance.choice(world.company.technicians)
    if device.twin or other is device.person or device.revoked:
        return
    world.fired["phone_handed_over"] += 1
    taken_over = await world.equip(other, chance)
    for typed in device.outbox:
        typed.disowned = True
    _take_over(taken_over, device)
    device.documents.clear()
    device.cards.clear()
    device.cursor = device.cursor_before = None
    device.leaving.clear()


def _take_over(new: Device, device: Device) -> None:
    """The same phone under another enrolment: what waits, and whether it was brought back, and what was answered."""
    new.outbox, new.answered, new.clock = [*device.outbox], [*device.answered], device.clock
    new.brought_back = set(device.brought_back)
    device.outbox.clear()


async def phone_in_a_drawer(world: World, chance: Random) -> None:
    """A phone is not used any more, and nobody says so."""
    device = chance.choice(world.devices)
    if sum(each.in_a_drawer for each in world.devices) == 0 and not device.twin:
        world.fired["phone_in_a_drawer"] += 1
        device.in_a_drawer = True


async def nonsense_recorded(world: World, chance: Random) -> None:
    """A fact that no app should send, or one that a newer or an older app does."""
    device = chance.choice(world.devices)
    typed = world.type_fact(device, chance)
    what = chance.choice(("fact_unreadable", "kind_unknown", "field_unknown", "null_left_out", "schema_old"))
    world.fired[what] += 1
    _SPOILT[what](typed, chance)


async def fact_id_reused(world: World, chance: Random) -> None:
    """A phone gives a new fact the id of an older one of its own."""
    device = chance.choice(world.devices)
    own = [typed for typed in device.answered if typed.device == device.id and not typed.broken]
    if own:
        typed = world.type_fact(device, chance, "note_added")
        typed.fact["id"] = chance.choice(own).id
        world.fired["fact_id_reused"] += 1
        world.reused.append(typed)


async def base_version_wrong(world: World, chance: Random) -> None:
    """An app that says it had seen nothing, or more than there is."""
    typed = world.type_fact(chance.choice(world.devices), chance, chance.choice(("note_added", "rated")))
    typed.fact["base_version"] = chance.choice((0, 2**53))
    world.fired["base_version_wrong"] += 1


async def cursor_spoilt(world: World, chance: Random) -> None:
    """A cursor that nobody wrote."""
    device: Device = chance.choice(world.devices)
    device.cursor = chance.choice(("AAAA", "", "[1,2,3]", "x" * 500))
    world.fired["cursor_forged"] += 1


async def cursor_replayed(world: World, chance: Random) -> None:
    """A phone asks again from where it stood before."""
    device = chance.choice(world.devices)
    if device.cursor_before is not None:
        device.cursor = device.cursor_before
        world.fired["cursor_replayed"] += 1


def _unreadable(typed: Typed, chance: Random) -> None:
    if chance.random() < 0.5:
        typed.fact["happened_at"] = "yesterday"
    else:
        typed.fact[typed.kind] = chance.choice(([], "x", 5, True))
    typed.broken = True


def _unknown_kind(typed: Typed, _chance: Random) -> None:
    typed.fact["battery_swapped"] = typed.fact.pop(typed.kind)
    typed.broken = True


def _unknown_field(typed: Typed, _chance: Random) -> None:
    typed.fact["app_theme"] = "dark"
    typed.fact[typed.kind] = {**typed.body, "of_a_later_version": [1, {"a": None}]}


def _nulls_left_out(typed: Typed, _chance: Random) -> None:
    typed.fact[typed.kind] = {name: value for name, value in typed.body.items() if value is not None}


def _old_shape(typed: Typed, _chance: Random) -> None:
    for name in ("uptime_ms", "boot_id"):
        del typed.fact[name]


_SPOILT: dict[str, Callable[[Typed, Random], None]] = {
    "fact_unreadable": _unreadable,
    "kind_unknown": _unknown_kind,
    "field_unknown": _unknown_field,
    "null_left_out": _nulls_left_out,
    "schema_old": _old_shape,
}
MISHAPS: tuple[Mishap, ...] = (
    *(clock_meddled, clock_meddled, phone_backed_up, phone_restored, phone_restored, phone_cloned, device_revoked),
    *(phone_handed_over, phone_in_a_drawer, nonsense_recorded, nonsense_recorded, fact_id_reused, base_version_wrong),
    *(cursor_spoilt, cursor_replayed, server_restored, server_restored),
)
