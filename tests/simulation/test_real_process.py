"""A few of the histories against a server in processes of its own, over real sockets."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from httpx import AsyncClient

from tests.processes.installations import PATIENCE_SECONDS, Installation
from tests.processes.town import the_database
from tests.simulation.test_real_server import play

FIRST, COUNT = 500, 40


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Installation]:
    """Onsite as a person runs it."""
    installation = Installation(tmp_path / "data")
    server = installation.start("serve")
    yield installation
    server.terminate()
    server.communicate(timeout=PATIENCE_SECONDS)


@pytest.mark.nightly
async def test_no_history_breaks_a_promise_on_a_server_process(serving: Installation) -> None:
    async with the_database(serving) as database, AsyncClient(base_url=serving.url, timeout=PATIENCE_SECONDS) as client:
        await play(client, database, FIRST, COUNT)
