"""The checker is checked against the real application too: each planted bug breaks a promise soon."""

import pytest
from httpx import AsyncClient

from service.database import Database
from tests.simulation.against_the_real import against_the_real
from tests.simulation.planted_in_service import IN_THE_REAL

WITHIN = 300


@pytest.mark.nightly
@pytest.mark.parametrize("bug", IN_THE_REAL)
async def test_a_bug_planted_into_the_application_is_caught(
    bug: str, client: AsyncClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    IN_THE_REAL[bug](monkeypatch)
    caught: list[str] = []
    seed = 0
    while not caught and seed < WITHIN:
        seed += 1
        told = await against_the_real(client, database, seed)
        caught = [str(each) for each in told.violations]
    print(f"{bug}: caught after {seed} histories, {caught[:1]}")  # noqa: T201
    assert caught
