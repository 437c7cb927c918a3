"""Hints in the simulation: whoever is not up to date is told, and who loses every hint is up to date after a pull."""

import pytest
from httpx import AsyncClient
from litestar import Litestar

from service.database import Database
from service.pulling.listening import Listener, Listeners
from tests.processes import open_stream
from tests.simulation.against_the_real import a_world
from tests.simulation.faults import Fired
from tests.simulation.hints import end_by_hints
from tests.simulation.history import steps_of


@pytest.fixture(autouse=True)
def listeners(application: Litestar) -> Listeners:
    """Streams of this test alone."""
    fresh = Listeners()
    application.state.listeners = fresh
    return fresh


async def play(client: AsyncClient, application: Litestar, database: Database, first: int, count: int) -> Fired:
    """Play them; fails at the first device that is not up to date."""
    fired = Fired()
    for seed in range(first, first + count):
        world = await a_world(client, database, seed)
        assert await end_by_hints(world, application, seed, steps_of(seed)) == [], f"seed {seed}"
        fired.update(world.fired)
    print(f"seed {first}, {count} histories, {fired['hint_heard']} hints heard, {fired['hint_lost']} lost")  # noqa: T201
    return fired


async def test_a_hint_comes_for_every_change_and_a_lost_one_costs_nothing_but_time(
    client: AsyncClient, application: Litestar, database: Database
) -> None:
    fired = await play(client, application, database, first=1, count=5)
    assert fired["hint_heard"] > 0
    assert fired["hint_lost"] > 0


@pytest.mark.nightly
async def test_in_hundreds_of_histories_too(client: AsyncClient, application: Litestar, database: Database) -> None:
    fired = await play(client, application, database, first=2_000, count=200)
    assert fired["hint_heard"] > 0
    assert fired["hint_lost"] > 0


async def test_a_change_that_nobody_is_told_of_is_seen(
    client: AsyncClient, application: Litestar, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Listener, "hint", lambda _: None)
    monkeypatch.setattr(open_stream, "PATIENCE_SECONDS", 3)
    with pytest.raises(TimeoutError):
        await play(client, application, database, first=1, count=5)
