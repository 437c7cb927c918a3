"""Bugs planted into repairs on the server in memory: the checker must find each of them."""

import msgspec
import pytest

from tests.simulation import memory_repair
from tests.simulation.planted_in_sync import Plant, everywhere


def repair_takes_nothing_away(patch: pytest.MonkeyPatch) -> None:
    """What a device should not hold stays there when it asks for a repair."""
    real = memory_repair.repair
    everywhere(patch, real, lambda *said: msgspec.structs.replace(real(*said), withdrawn=[]))


def repair_sends_nothing(patch: pytest.MonkeyPatch) -> None:
    """A repair takes away, and brings nothing."""
    real = memory_repair.repair
    everywhere(patch, real, lambda *said: msgspec.structs.replace(real(*said), jobs=[]))


def repair_gives_a_fresh_cursor(patch: pytest.MonkeyPatch) -> None:
    """Whoever repairs without a cursor, or with one of another life, hears nothing of a restore."""
    patch.setattr(memory_repair, "reads", lambda _text, _life: True)


IN_REPAIRS: dict[str, Plant] = {
    plant.__name__: plant for plant in (repair_takes_nothing_away, repair_sends_nothing, repair_gives_a_fresh_cursor)
}
