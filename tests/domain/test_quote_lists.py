"""Which list a quote is made from, what a list may hold, and what is above a list."""

from datetime import date
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from domain.calendar.holidays import after_holiday, is_known, is_working_day
from domain.catalogue import PriceList
from domain.facts.words import FeeKind
from domain.prices.lists import superseded_on
from domain.prices.rules import Occasion
from domain.quoting.above_list import above_list
from domain.quoting.tariffs import tariff_of
from tests.domain.bodies import line
from tests.domain.quotes import PRICES, tariff

MARCH, JULY = PRICES.price_lists["sample"]
JUNE = date(2025, 6, 10)


def _told(**changes: Any) -> Any:
    return line(**{"fen": 12_000, "code": "F-LABOUR-MEDIUM", **changes})


def test_the_list_in_force_is_the_one_that_began_last() -> None:
    assert tariff(date(2025, 6, 30)).price_list == MARCH
    assert tariff(date(2025, 7, 1)).price_list == JULY
    assert tariff_of(PRICES.price_lists["sample"], (), PRICES.calendar, date(2025, 2, 28)) is None
    assert tariff_of(PRICES.price_lists["sample"], (), PRICES.calendar, JUNE, "FS-NONE") is None


def test_a_list_ends_when_the_next_one_begins() -> None:
    assert superseded_on((JULY, MARCH), MARCH) == date(2025, 7, 1)
    assert superseded_on((JULY, MARCH), JULY) is None


@pytest.mark.parametrize(
    "change",
    [
        {"lines": (*MARCH.lines, replace(MARCH.lines[0], code="F-VISIT-TWO"))},
        {"lines": (*MARCH.lines, replace(MARCH.lines[0], code="F-VISIT-ALL", areas=()))},
        {"rules": {"occasions": []}},
        {"rules": {"occasions": [*msgspec.to_builtins(MARCH.rules.occasions)][1:]}},
        {"rules": {"occasions": [*msgspec.to_builtins(MARCH.rules.occasions)] * 2}},
    ],
)
def test_a_list_in_which_a_fee_has_two_prices_or_an_occasion_none_is_refused(change: dict[str, Any]) -> None:
    body = msgspec.to_builtins(MARCH)
    changed = {**body, **change, "rules": {**body["rules"], **change.get("rules", {})}}

    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(msgspec.to_builtins(changed), PriceList)


def test_every_occasion_has_its_rule() -> None:
    assert [JULY.rules.on(each).occasion for each in Occasion] == list(Occasion)


@pytest.mark.parametrize(
    ("disclosed", "allowed"),
    [
        (_told(), []),
        (_told(amount_fen=6_000), []),
        (_told(unit_price_fen=12_001), [False]),
        (_told(amount_fen=12_001), [False]),
        (_told(unit_price_fen=13_000, supervisor_code="S-1"), [False]),
        (_told(unit_price_fen=13_000, supervisor_code="S-1", reason="困难"), [True]),
        (_told(code="L-MEDIUM"), [False]),
        (_told(code="L-MEDIUM", amount_fen=0), []),
        (_told(fen=90_000, kind=FeeKind.CRANE, code="F-CRANE"), []),
        (_told(fen=3_500, kind=FeeKind.PART, code="P-AC-011"), []),
        (_told(fen=3_501, kind=FeeKind.PART, code="P-AC-011"), [False]),
        (_told(fen=-100, kind=FeeKind.DISCOUNT, code="DISCOUNT"), []),
    ],
)
def test_a_disclosed_line_is_held_to_the_list(disclosed: Any, allowed: list[bool]) -> None:
    found = above_list((disclosed,), tariff(JUNE))

    assert [each.allowed for each in found] == allowed


def test_a_calendar_knows_holidays_make_up_days_and_where_it_ends() -> None:
    calendar = PRICES.calendar

    assert not is_working_day(calendar, date(2025, 10, 8))
    assert is_working_day(calendar, date(2025, 10, 9))
    assert is_working_day(calendar, date(2025, 10, 11))
    assert not is_working_day(calendar, date(2025, 10, 12))
    assert after_holiday(calendar, date(2025, 10, 1)) == date(2025, 10, 9)
    assert is_known(calendar, date(2025, 1, 1), date(2026, 12, 31))
    assert not is_known(calendar, date(2026, 12, 31), date(2027, 1, 1))
