"""Laws of every quote, over generated requests."""

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.facts.door.fees import FeesDisclosed
from domain.facts.words import FeeKind, Warranty
from domain.prices.line_checks import sum_gap
from domain.prices.rules import Occasion
from domain.quoting.above_list import above_list
from domain.quoting.answer import Quote, Unquotable
from domain.quoting.quote import quote
from domain.quoting.request import QuoteRequest, WorkLine
from domain.quoting.words import RULES
from tests.domain.quotes import tariff

REASON = "约定"
LABOUR = ("F-LABOUR-SMALL", "F-LABOUR-MEDIUM", "F-LABOUR-LARGE", "F-AC-LEAK", "F-AC-RECHARGE")
GOODS = ("P-AC-011", "P-AC-014", "P-AC-018", "P-AC-019", "P-WP-071")
OTHER = ("F-CLEANING-WALL", "F-AC-MOVING")
DAY = "2025-07-{day:02}T{hour:02}:{minute:02}:00Z"


@st.composite
def work_lines(draw: st.DrawFn, *, at_list_price: bool = False) -> dict[str, Any]:
    """A line that can be quoted; its id comes later."""
    code = draw(st.sampled_from((*LABOUR, *GOODS, *OTHER)))
    line: dict[str, Any] = {"code": code, "appliance": draw(st.sampled_from((None, "A", "B")))}
    if code in ("P-AC-018", "P-AC-019"):
        line["quantity_thousandths"] = draw(st.integers(1, 20_000))
    elif code in GOODS:
        line["quantity_thousandths"] = draw(st.integers(1, 5)) * 1000
    if draw(st.integers(0, 3)) == 0:
        line |= {"warranty": draw(st.sampled_from(("covered_whole", "goodwill"))), "basis": REASON}
    elif not at_list_price and draw(st.booleans()):
        price_fen = draw(st.integers(0, 40_000))
        line |= {"agreed_unit_price_fen": price_fen, "reason": REASON, "supervisor_code": "S-1"}
    return line


@st.composite
def requests(draw: st.DrawFn, *, at_list_price: bool = False) -> QuoteRequest:
    """A request that has no problem, unless its discounts are too large."""
    moment = {"day": draw(st.integers(1, 28)), "hour": draw(st.integers(0, 23)), "minute": draw(st.integers(0, 59))}
    lines = draw(st.lists(work_lines(at_list_price=at_list_price), max_size=8))
    asked = {
        "occasion": "work_accepted" if lines else draw(st.sampled_from([each.value for each in Occasion])),
        "diagnosis": draw(st.booleans()),
        "area": draw(st.sampled_from(("city", "county"))),
        "quoted_at": DAY.format(**moment),
        "begins_at": DAY.format(**moment),
        "distance_metres": draw(st.integers(0, 60_000)),
        "fall_height_centimetres": draw(st.integers(0, 400)),
        "charged_before": draw(st.sampled_from(((), ("visit",), ("visit", "distance")))),
        "language": draw(st.sampled_from(("zh", "en"))),
        "lines": [{"line_id": f"L{number}", **line} for number, line in enumerate(lines)],
        "discounts": draw(_discounts()),
    }
    return msgspec.convert(asked, QuoteRequest)


@st.composite
def _discounts(draw: st.DrawFn) -> list[dict[str, Any]]:
    amounts = draw(st.lists(st.integers(1, 3_000), max_size=2))
    found = [{"line_id": f"D{number}", "amount_fen": fen, "reason": REASON} for number, fen in enumerate(amounts)]
    if draw(st.booleans()):
        found.append({"line_id": "DP", "percent": draw(st.integers(1, 100)), "reason": REASON})
    return found


def priced(request: QuoteRequest) -> Quote | None:
    """None where discounts come to more than the rest, which is the only problem that these requests have."""
    found = quote(request, tariff(request.quoted_at.date(), "FS-2025-07"))
    if isinstance(found, Unquotable):
        assert {each.code for each in found.problems} == {"discount_exceeds_total"}
        return None
    return found


@given(requests())
def test_the_total_is_the_sum_of_the_lines_and_never_below_zero(request: QuoteRequest) -> None:
    if (found := priced(request)) is not None:
        assert found.total_fen == sum(line.amount_fen for line in found.lines) >= 0
        assert all(line.amount_fen >= 0 for line in found.lines if line.kind is not FeeKind.DISCOUNT)


@given(requests(), st.randoms(use_true_random=False))
def test_the_order_of_what_is_asked_changes_nothing(request: QuoteRequest, chance: Any) -> None:
    lines, discounts = list(request.lines), list(request.discounts)
    chance.shuffle(lines)
    chance.shuffle(discounts)

    shuffled = replace(request, lines=tuple(lines), discounts=tuple(discounts))

    assert msgspec.json.encode(priced(shuffled)) == msgspec.json.encode(priced(request))


@given(requests())
def test_quoting_twice_gives_the_same_bytes(request: QuoteRequest) -> None:
    again = msgspec.json.decode(msgspec.json.encode(request), type=QuoteRequest)

    assert msgspec.json.encode(priced(again)) == msgspec.json.encode(priced(request))


@given(requests(at_list_price=True), work_lines(at_list_price=True))
def test_another_line_never_makes_it_cheaper(request: QuoteRequest, more: dict[str, Any]) -> None:
    """But for the exceptions that have tests of their own below."""
    added = replace(request, lines=(*request.lines, _line(more)), occasion=Occasion.WORK_ACCEPTED)
    before, after = priced(replace(request, occasion=Occasion.WORK_ACCEPTED)), priced(added)
    first_free_work = not request.lines and more["code"] == "P-WP-071"

    if before is not None and not first_free_work:
        assert after is not None
        assert after.total_fen >= before.total_fen


def test_exception_a_change_of_filter_takes_the_visit_fee_away() -> None:
    bare = msgspec.convert(_bare(), QuoteRequest)

    with_filter = _total(replace(bare, lines=(_line({"code": "P-WP-071"}),)))

    assert (_total(bare), with_filter) == (5_000, 3_500)


def test_exception_a_reduced_labour_line_keeps_its_place_by_list_price() -> None:
    one = msgspec.convert(_bare(lines=[{"line_id": "L", "code": "F-LABOUR-MEDIUM"}]), QuoteRequest)
    waived = _line({"code": "F-LABOUR-LARGE", "agreed_unit_price_fen": 0, "reason": REASON})

    both = _total(replace(one, lines=(*one.lines, waived)))

    assert (_total(one), both) == (18_000, 11_500)


@given(requests())
def test_a_reduced_or_free_line_says_why_and_every_line_names_a_rule(request: QuoteRequest) -> None:
    if (found := priced(request)) is None:
        return
    explained = {each.line_id for each in found.explanations}
    for line in found.lines:
        full_fen = (line.quantity_thousandths * line.unit_price_fen + 500) // 1000
        assert bool(line.reason) or line.amount_fen == full_fen
        assert line.line_id in explained
    assert {each.code for each in found.explanations} <= RULES.keys()


@given(requests())
def test_a_quote_is_a_disclosure_that_breaks_no_rule_of_its_list(request: QuoteRequest) -> None:
    if (found := priced(request)) is None:
        return
    told = msgspec.json.encode({"lines": found.lines, "total_fen": found.total_fen, "currency": found.currency})
    disclosed = msgspec.json.decode(told, type=FeesDisclosed)

    above = above_list(disclosed.lines, tariff(request.quoted_at.date(), "FS-2025-07"))

    assert disclosed.lines == found.lines
    assert sum_gap("disclosure_does_not_add_up", disclosed.lines, disclosed.total_fen) == []
    assert all(each.allowed for each in above)


@given(requests(), st.sampled_from(list(Warranty)[1:5]))
def test_what_is_covered_is_free_whatever_else_is_agreed(request: QuoteRequest, warranty: Warranty) -> None:
    lines = tuple(replace(line, warranty=warranty, basis=REASON) for line in request.lines)

    found = priced(replace(request, lines=lines, discounts=()))

    assert found is not None
    ids = {line.line_id for line in lines}
    assert all((each.amount_fen, each.reason) == (0, REASON) for each in found.lines if each.line_id in ids)


def _line(told: dict[str, Any]) -> WorkLine:
    return msgspec.convert({"line_id": "added", **told}, WorkLine)


def _bare(**more: Any) -> dict[str, Any]:
    moment = "2025-07-08T02:00:00Z"
    return {
        "occasion": "work_accepted",
        "diagnosis": False,
        "area": "city",
        "quoted_at": moment,
        "begins_at": moment,
        **more,
    }


def _total(request: QuoteRequest) -> int:
    found = priced(request)
    assert found is not None
    return found.total_fen
