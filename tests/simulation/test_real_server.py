"""The same histories against the real application and PostgreSQL."""

from typing import get_origin, get_type_hints

import pytest
from httpx import AsyncClient

from service.database import Database
from service.routes.sync.pull import PullAnswer
from tests.simulation.against_the_real import against_the_real
from tests.simulation.faults import CLASSES, IN_THE_STORE_ALONE, Fired, never


def test_every_kind_of_document_that_a_pull_carries_is_to_be_met() -> None:
    lists = {name for name, kind in get_type_hints(PullAnswer).items() if get_origin(kind) is tuple} - {"withdrawn"}
    assert {f"{name}_pulled" for name in lists} <= {*CLASSES, *IN_THE_STORE_ALONE}


async def play(client: AsyncClient, database: Database, first: int, count: int) -> Fired:
    """Play them; fails at the first broken promise, and says which seed it was."""
    fired = Fired()
    for seed in range(first, first + count):
        told = await against_the_real(client, database, seed)
        assert told.violations == [], f"seed {seed}"
        fired.update(told.fired)
    print(f"seed {first}, {count} histories, fired {dict(fired)}")  # noqa: T201
    return fired


async def test_no_history_breaks_a_promise_on_the_real_server(client: AsyncClient, database: Database) -> None:
    await play(client, database, first=1, count=40)


@pytest.mark.nightly
@pytest.mark.parametrize("first", range(1_000, 3_000, 250))
async def test_thousands_of_histories_break_no_promise_and_every_fault_fires(
    client: AsyncClient, database: Database, first: int
) -> None:
    fired = await play(client, database, first, count=250)
    assert never(fired, (*CLASSES, *IN_THE_STORE_ALONE)) == []


async def test_a_phone_set_back_replaces_nothing_without_a_trace(client: AsyncClient, database: Database) -> None:
    assert (await against_the_real(client, database, 135)).violations == []


async def test_after_a_restore_nobody_replaces_what_they_never_saw(client: AsyncClient, database: Database) -> None:
    assert (await against_the_real(client, database, 42)).violations == []
