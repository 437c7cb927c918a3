"""Saying aloud what could not be tested here, and why: as the reason of the skip, and in the summary of the run."""

from typing import NoReturn

import pytest

NOT_TESTED: dict[str, str] = {}


def not_tested(what: str, why: str) -> NoReturn:
    NOT_TESTED[what] = why
    pytest.skip(f"NOT TESTED: {what} ({why})")
