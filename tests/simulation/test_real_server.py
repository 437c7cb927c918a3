"""The same histories against the real application and PostgreSQL."""

from httpx import AsyncClient

from service.database import Database
from tests.conftest import DELETE_EVERYTHING
from tests.simulation.against_the_real import against_the_real

SEED, HISTORIES = 1, 40


async def test_no_history_breaks_a_promise_on_the_real_server(client: AsyncClient, database: Database) -> None:
    failures: list[str] = []
    for seed in range(SEED, SEED + HISTORIES):
        await database.pull_pool.execute(DELETE_EVERYTHING)
        told = await against_the_real(client, database, seed)
        failures += [f"seed {seed}: {each}" for each in told.violations]
    assert failures == []
