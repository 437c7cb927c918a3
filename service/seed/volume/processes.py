"""Half a year recorded by several processes, each the work of one outlet: folding is what takes the time."""

import asyncio

import msgspec
from msgspec import Struct

from service.database import open_database
from service.seed.volume.planting import Planted, PlantingError, plant, record_outlet
from service.seed.volume.scenario import JOBS, SEED, scenario
from service.settings import Settings
from service.work.own_process import in_own_process
from service.work.turn import TurnFailed

CONNECTIONS = 2


class OutletShare(Struct, frozen=True):
    """What a process is told: which outlet of which scenario, and where to. It goes through a pipe."""

    app_url: str
    seed: int
    jobs: int
    outlet: str


async def plant_by_processes(settings: Settings, app_url: str, seed: int = SEED, jobs: int = JOBS) -> Planted:
    """As `plant`: the largest outlet's work by this process, that of each other by one of its own."""

    async def elsewhere(outlet: str) -> None:
        given = msgspec.json.encode(OutletShare(app_url, seed, jobs, outlet))
        try:
            said = await in_own_process(record_share, given)
        except TurnFailed as broken:
            raise PlantingError(f"The work of {outlet} could not be recorded: {broken}") from None
        if said:
            raise PlantingError(said.decode())

    async with open_database(app_url, settings) as database:
        return await plant(database, scenario(seed, jobs), elsewhere)


def record_share(given: bytes) -> bytes:
    """What keeps it from being recorded, in words; nothing once all of it is."""
    try:
        asyncio.run(_record(msgspec.json.decode(given, type=OutletShare)))
    except PlantingError as trouble:
        return str(trouble).encode()
    return b""


async def _record(share: OutletShare) -> None:
    async with open_database(share.app_url, Settings(connections=CONNECTIONS)) as database:
        await record_outlet(database, scenario(share.seed, share.jobs), share.outlet)
