"""Bugs planted into what heals after a restore: the checker must find each of them."""

import pytest
from msgspec.structs import replace

from sync import versions
from tests.simulation import memory_offer
from tests.simulation.device import Device
from tests.simulation.ledger import Json
from tests.simulation.memory_server import MemoryServer
from tests.simulation.planted_in_sync import Plant, everywhere


def base_of_another_life_believed(patch: pytest.MonkeyPatch) -> None:
    """After a restore, a version of the lost log counts as one of the new."""
    everywhere(patch, versions.seen, lambda version, _lives, _left: versions.decoded(version)[1])


def refused_when_it_came_back(patch: pytest.MonkeyPatch) -> None:
    """What was asked for strictly, and lost with a restore, is asked for once more."""
    everywhere(patch, versions.is_of_a_lost_log, lambda _version, _lives: False)


def brought_back_as_if_new(patch: pytest.MonkeyPatch) -> None:
    """What was asked for strictly before anything was seen, and lost with a restore, is asked for once more."""
    real = MemoryServer._push
    patch.setattr(
        MemoryServer,
        "_push",
        lambda self, by, request, fate: real(self, by, replace(request, brought_back=False), fate),
    )


def unreadable_not_offered(patch: pytest.MonkeyPatch) -> None:
    """After a restore, phones offer only what could be read."""
    real = Device.offer

    def offer(self: Device) -> Json:
        return {"held": [each for each in real(self)["held"] if each["digest"] is not None]}

    patch.setattr(Device, "offer", offer)


def offers_compared_by_id_alone(patch: pytest.MonkeyPatch) -> None:
    """After a restore, whatever bears an offered id is taken for the fact itself."""
    real = memory_offer.lost
    everywhere(patch, real, lambda data, held: real(data, [replace(each, digest=None) for each in held]))


IN_RESTORES: dict[str, Plant] = {
    plant.__name__: plant
    for plant in (
        base_of_another_life_believed,
        refused_when_it_came_back,
        brought_back_as_if_new,
        unreadable_not_offered,
        offers_compared_by_id_alone,
    )
}
