"""A server as an app team runs it."""

from collections.abc import Iterator

import pytest

from openapi.vectors.runner.__main__ import DEMO_PASSWORD
from openapi.vectors.runner.http import Server
from openapi.vectors.runner.server import Cast
from tests.contract.serving import served


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(tmp_path_factory.mktemp("vectors")) as url:
        yield Server(url, "anxin", DEMO_PASSWORD)


@pytest.fixture(scope="session")
def cast(server: Server) -> Cast:
    return Cast(server)
