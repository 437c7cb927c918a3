"""The official tus client as the judge: killed at random points, with the server's workers, no byte differs."""

from pathlib import Path

import pytest

from tests.contract.killed_uploads import play


def test_uploads_that_are_killed_end_byte_identical(tus_client: Path, tmp_path: Path) -> None:
    tally = play(tmp_path, tus_client, uploads=4, megabytes=(1, 3), seed=5)

    assert tally.uploads == 4
    assert tally.clients_killed >= 1
    assert tally.resumed >= 1


@pytest.mark.nightly
def test_a_hundred_uploads_of_up_to_twenty_megabytes_that_are_killed_end_byte_identical(
    tus_client: Path, tmp_path: Path
) -> None:
    tally = play(tmp_path, tus_client, uploads=100, megabytes=(1, 20), seed=20261122)

    assert tally.uploads == 100
    assert tally.clients_killed > 100
    assert tally.workers_killed > 3
