"""What a phone holds of its technician's van."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.stock import MOST_VAN_PARTS, van_stock
from sync.digest import canonical

VAN = UUID("0197f3c2-0000-7000-8000-000000000001")
BALANCES = st.dictionaries(st.text("AB-019", min_size=1, max_size=8), st.integers(-(10**9), 10**9), max_size=40)


@given(BALANCES)
def test_it_tells_each_part_that_lies_there_once_in_the_order_of_codes(balances: dict[str, int]) -> None:
    told = van_stock(VAN, balances)
    assert {each.part_code: each.quantity_thousandths for each in told.parts} == {
        k: v for k, v in balances.items() if v
    }
    assert [each.part_code for each in told.parts] == sorted(each.part_code for each in told.parts)
    assert told.parts_are_whole


@given(BALANCES)
def test_the_same_balance_is_the_same_document_whatever_was_told_first(balances: dict[str, int]) -> None:
    assert van_stock(VAN, balances) == van_stock(VAN, dict(reversed(balances.items())))


@pytest.mark.parametrize(("count", "whole"), [(MOST_VAN_PARTS, True), (MOST_VAN_PARTS + 1, False)])
def test_it_never_outgrows_a_pull_and_says_when_it_is_cut(count: int, whole: bool) -> None:  # noqa: FBT001
    told = van_stock(VAN, {f"P-{'X' * 60}-{number:05}": 1_000_000_000 for number in range(count)})
    assert (len(told.parts), told.parts_are_whole) == (MOST_VAN_PARTS, whole)
    assert len(canonical(told)) < 150_000
