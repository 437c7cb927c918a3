"""Fixtures of more than one journey."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes.installations import Installation


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    made = Installation(tmp_path)
    yield made
    for process in made.started:
        process.kill()
        process.wait()
        assert process.stderr is not None
        process.stderr.close()
