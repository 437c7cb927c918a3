"""Laws of the three guarantees that hold for every claim, however it was put together."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.calendar.china import CHINA
from domain.facts.words import Warranty
from domain.job.money import COVERED
from domain.warranty.claim import AssetRepair, Claim, Goodwill, PurchaseProof, RepairGuarantee, Terms
from domain.warranty.decision import decide
from domain.warranty.depreciation import depreciation
from domain.warranty.exclusions import answer
from domain.warranty.sayings import EXCLUSIONS, LACKING, SAYINGS
from domain.warranty.terms import corresponding_day
from tests.domain.claims import CLAIMS, COMPRESSOR, DAYS, LABOUR, PROVED, REPAIRS, claim
from tests.domain.claims import EXCLUSIONS as ANY_EXCLUSION

GOODWILL = Goodwill(reason="批次问题")
A_REPAIR = AssetRepair(reported_on=date(2025, 6, 1))


def covered(asked: Claim) -> set[str]:
    return {line.line_id for line in decide(asked, CHINA).lines if line.decision in COVERED}


def decisions(asked: Claim) -> dict[str, Warranty]:
    return {line.line_id: line.decision for line in decide(asked, CHINA).lines}


def ends(asked: Claim) -> tuple[date, date] | None:
    found = decide(asked, CHINA)
    if found.whole_term is None or found.main_part_term is None:
        return None
    return found.whole_term.ends_on, found.main_part_term.ends_on


def not_before(later: tuple[date, date] | None, earlier: tuple[date, date] | None) -> bool:
    if later is None or earlier is None:
        return later is earlier
    return later[0] >= earlier[0] and later[1] >= earlier[1]


@given(CLAIMS)
def test_every_line_is_decided_in_words_and_the_same_way_again(asked: Claim) -> None:
    decided = decide(asked, CHINA)

    assert [line.line_id for line in decided.lines] == [line.line_id for line in asked.lines]
    assert decided == decide(msgspec.json.decode(msgspec.json.encode(asked), type=Claim), CHINA)
    for line in decided.lines:
        assert line.basis.zh
        assert line.basis.en
        assert line.basis.rule == SAYINGS[line.basis.code].rule


@given(CLAIMS, st.sampled_from(["whole_months", "main_part_months", "maker_promise_months"]), st.integers(1, 60))
def test_a_longer_term_never_covers_less(asked: Claim, name: str, months: int) -> None:
    longer: Terms = replace(asked.terms, **{name: getattr(asked.terms, name) + months})

    more = replace(asked, terms=longer)

    assert covered(asked) <= covered(more)
    assert not_before(ends(more), ends(asked))


@given(CLAIMS, st.integers(0, 400), st.integers(0, 400))
def test_a_longer_guarantee_never_covers_less(asked: Claim, labour_days: int, part_days: int) -> None:
    known = asked.guarantee
    better = RepairGuarantee(labour_days=known.labour_days + labour_days, part_days=known.part_days + part_days)

    assert covered(asked) <= covered(replace(asked, guarantee=better))


@given(CLAIMS, REPAIRS)
def test_one_more_repair_shortens_nothing(asked: Claim, repair: Any) -> None:
    more = replace(asked, repairs=(*asked.repairs, repair))

    assert not_before(ends(more), ends(asked))
    assert covered(asked) <= covered(more)


@given(CLAIMS.filter(lambda asked: asked.repairs), st.integers(1, 60), st.data())
def test_more_days_in_repair_never_shorten_the_term(asked: Claim, days: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(asked.repairs) - 1))
    repair = asked.repairs[index]
    took = (repair.finished_on or asked.today) + timedelta(days=days)
    longer = (*asked.repairs[:index], replace(repair, finished_on=took), *asked.repairs[index + 1 :])

    assert not_before(ends(replace(asked, repairs=longer)), ends(asked))


@given(CLAIMS, st.randoms(use_true_random=False))
def test_the_order_of_repairs_and_lines_is_of_no_account(asked: Claim, drawn: Any) -> None:
    shuffled = {}
    for name in ("repairs", "lines"):
        values = list(getattr(asked, name))
        drawn.shuffle(values)
        shuffled[name] = tuple(values)

    other = replace(asked, **shuffled)

    assert decisions(other) == decisions(asked)
    assert ends(other) == ends(asked)


@given(CLAIMS, ANY_EXCLUSION)
def test_an_exclusion_that_lacks_anything_changes_no_decision(asked: Claim, bare: Any) -> None:
    claimed = replace(asked, exclusions=(*asked.exclusions, bare))

    if not answer(claimed, bare).stands:
        assert decisions(claimed) == decisions(asked)
        assert decide(claimed, CHINA).choices == decide(asked, CHINA).choices


@given(CLAIMS)
def test_nothing_is_excluded_without_reason_evidence_and_telling(asked: Claim) -> None:
    for line in decide(asked, CHINA).lines:
        if line.basis.code == "excluded":
            shown = [each for each in asked.exclusions if each.code == line.basis.parameters["exclusion"]]
            assert any(each.reason.strip() and each.evidence_digests and each.customer_told for each in shown)


@given(CLAIMS, ANY_EXCLUSION)
def test_an_exclusion_never_covers_more(asked: Claim, exclusion: Any) -> None:
    claimed = replace(asked, exclusions=(*asked.exclusions, exclusion))

    assert covered(claimed) <= covered(asked)


@given(CLAIMS, DAYS)
def test_today_moves_clocks_and_open_repairs_and_nothing_else(asked: Claim, today: date) -> None:
    finished = tuple(each for each in asked.repairs if each.finished_on is not None)
    asked = replace(asked, repairs=finished)

    assert decisions(replace(asked, today=today)) == decisions(asked)
    assert ends(replace(asked, today=today)) == ends(asked)


@given(CLAIMS, st.integers(0, 10**9), DAYS, st.integers(0, 10_000))
def test_a_return_gives_back_no_more_than_the_price_and_never_less_than_nothing(
    asked: Claim, price_fen: int, returned_on: date, rate: int
) -> None:
    found = depreciation(asked, price_fen, returned_on, rate, CHINA)

    if found.refund_fen is None or found.deducted_fen is None:
        assert found.basis.code in {"rate_unknown", "proof_needed"}
    else:
        assert 0 <= found.refund_fen <= price_fen
        assert found.deducted_fen + found.refund_fen == price_fen
    assert rate or not found.deducted_fen


@given(st.dates(), st.integers(0, 20_000))
def test_months_on_any_day_are_counted(day: date, months: int) -> None:
    found = corresponding_day(day, months)

    assert found >= day
    assert found.day <= day.day or found == date.max


@given(st.dates(), st.dates(), st.dates())
def test_no_date_is_too_absurd_to_be_answered(sold_on: date, reported_on: date, today: date) -> None:
    purchase = replace(claim().purchase, invoiced_on=sold_on)
    repairs = (replace(A_REPAIR, reported_on=sold_on), replace(A_REPAIR, reported_on=today, finished_on=reported_on))
    asked = claim(purchase=purchase, reported_on=reported_on, today=today, repairs=repairs, lines=(LABOUR, COMPRESSOR))

    assert len(decide(asked, CHINA).lines) == 2


def test_a_repair_answers_for_nothing_that_was_reported_before_it_was_done() -> None:
    repaired = replace(A_REPAIR, finished_on=date(2025, 6, 20), faults=("S-1",))
    long_ago = PurchaseProof(invoiced_on=date(2020, 1, 1))
    asked = claim(purchase=long_ago, faults=("S-1",), repairs=(repaired,), today=date(2025, 6, 30))

    assert decisions(replace(asked, reported_on=date(2025, 6, 19))) == {"labour": Warranty.PAID}
    assert decisions(replace(asked, reported_on=date(2025, 6, 20))) == {"labour": Warranty.COVERED_REPAIR_GUARANTEE}


@pytest.mark.parametrize(
    ("sold_on", "more"),
    [
        (date(2027, 1, 30), {}),
        (date(2027, 1, 22), {}),
        (date(2020, 1, 1), {"repairs": (replace(A_REPAIR, finished_on=date(2026, 11, 8)),)}),
        (date(2026, 8, 6), {"exclusions": (PROVED,)}),
    ],
    ids=["seven days to return", "fifteen days to exchange", "ninety days of a guarantee", "six months of proof"],
)
def test_an_end_that_an_unannounced_holiday_may_have_moved_is_told_for_ten_days(
    sold_on: date, more: dict[str, Any]
) -> None:
    asked = claim(purchase=PurchaseProof(invoiced_on=sold_on), today=date(2027, 2, 16), **more)

    def told(day: date) -> bool:
        notices = decide(replace(asked, reported_on=day), CHINA).notices
        return "calendar_unknown" in [each.code for each in notices]

    assert [told(date(2027, 2, day)) for day in (7, 16, 27)] == [True, True, False]


def test_goodwill_takes_nothing_from_what_is_covered() -> None:
    assert decisions(claim(goodwill=(GOODWILL,))) == {"labour": Warranty.COVERED_WHOLE}
    assert decisions(claim(goodwill=(GOODWILL,), exclusions=(PROVED,))) == {"labour": Warranty.GOODWILL}


def test_every_exclusion_and_everything_it_may_lack_has_its_words() -> None:
    for code in EXCLUSIONS:
        bare = replace(PROVED, code=code, reason="", evidence_digests=(), customer_told=False)
        told = answer(claim(purchase=replace(claim().purchase, invoiced_on=None)), bare)
        assert told.lacking == tuple(LACKING)
        assert all(words.zh in told.zh and words.en in told.en for words in LACKING.values())
        assert EXCLUSIONS[code].zh in told.zh
