"""A full disk: nothing acknowledged is lost, clients are told to come back, and all goes on when there is room."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.upheaval.full_disk import Full, log_full, tables_full
from tests.upheaval.small_disk import why_not

pytestmark = [
    pytest.mark.nightly,
    pytest.mark.skipif(why_not() is not None, reason=f"{why_not()}: a full disk was NOT tested"),
]


@pytest.mark.parametrize("fill", [tables_full, log_full])
async def test_a_full_disk_loses_nothing_and_is_got_over_without_help(
    fill: Callable[[Path, int], Awaitable[Full]], tmp_path: Path
) -> None:
    result = await fill(tmp_path, 1)

    assert result.violations == []
    assert result.acknowledged > 30
    assert set(result.answers) == {"200", "503 with Retry-After"}
