"""The on-site evidence index: exact, by the scheme's own points, and silent on what visits do not show (domain 2)."""

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.scoring.checks import SchemeFault, faults
from domain.scoring.evidence_index import Index, Samples, index_of
from domain.scoring.scheme import Scheme, evidence_of, indicators, points_of, share_of

FILE = Path(__file__).parents[2] / "domain/schemes/gb-t-27922-2011.json"
GB: Scheme = msgspec.json.decode(FILE.read_bytes(), type=Scheme)
MEASURED = evidence_of(GB)
WORKED_EXAMPLE = {
    "E-material": Samples(188, 200),
    "K27": Samples(190, 200),
    "E-installation": Samples(27, 30),
    "E-quality": Samples(160, 170),
    "E-records": Samples(168, 170),
    "E-promise": Samples(199, 200),
    "K23": Samples(95, 100),
    "K26": Samples(80, 100),
    "K01": Samples(186, 190),
    "K02": Samples(10, 10),
    "K20": Samples(180, 200),
    "E-complaint": Samples(4, 5),
    "K19b": Samples(5, 5),
}
COMPLAINTS = ("E-complaint", "K19b")


def without(*codes: str) -> dict[str, Samples]:
    return {code: found for code, found in WORKED_EXAMPLE.items() if code not in codes}


def changed(change: Any) -> Scheme:
    """The scheme with something done to its JSON."""
    raw = msgspec.json.decode(FILE.read_bytes())
    change(raw)
    return msgspec.convert(raw, Scheme)


def split(staffing: int, rules: int) -> Scheme:
    parts = [{"clause": "5.1.2", "points": staffing}, {"clause": "5.1.4", "points": rules}]
    return changed(lambda raw: raw["sections"][0]["joint_blocks"][0].update(split=parts))


def test_the_worked_example_comes_to_what_the_requirements_say() -> None:
    index = index_of(GB, WORKED_EXAMPLE)
    assert (index.index_hundredths, index.coverage_hundredths) == (9348, 3933)


def test_without_complaints_both_of_their_aspects_drop_out_and_the_rest_is_counted_anew() -> None:
    index = index_of(GB, without(*COMPLAINTS))
    assert (index.index_hundredths, index.coverage_hundredths) == (9419, 3267)


def test_without_installations_coverage_is_less_by_their_two_points() -> None:
    assert index_of(GB, without("E-installation")).coverage_hundredths == 3733


def test_nothing_counted_is_no_figure_neither_nothing_nor_everything() -> None:
    index = index_of(GB, {})
    assert (index.index_hundredths, index.coverage_hundredths, index.samples) == (None, 0, 0)
    assert index_of(GB, {"K27": Samples(0, 0)}).index_hundredths is None


def test_all_that_was_counted_failing_is_zero() -> None:
    assert index_of(GB, {"K27": Samples(0, 7)}).index_hundredths == 0


def test_what_has_joint_points_only_is_shown_as_a_ratio_and_moves_no_figure() -> None:
    known = {**WORKED_EXAMPLE, "K25": Samples(1, 2), "K11b": Samples(0, 90)}
    index = index_of(GB, known)
    assert (index.index_hundredths, index.coverage_hundredths) == (9348, 3933)
    ratios = [(each.clause, each.ratio_hundredths, each.points_hundredths, each.samples) for each in index.ratios]
    assert ratios == [("5.1.2", 5000, None, 2), ("5.1.4", 0, None, 90)]


def test_with_a_split_from_a_copy_of_the_standard_their_points_count() -> None:
    index = index_of(split(4, 8), {**WORKED_EXAMPLE, "K25": Samples(1, 1), "K11b": Samples(1, 1)})
    assert index.coverage_hundredths == 3933 + 200 + 400
    assert index.ratios == ()


def test_every_point_of_the_scheme_is_covered_or_listed_as_not_measured_or_joint() -> None:
    index = index_of(GB, WORKED_EXAMPLE)
    unmeasured = sum(each.points_hundredths or 0 for each in index.not_measured_here)
    # Each third of ten points is rounded for itself.
    assert abs(index.covered_points_hundredths + unmeasured + 1200 - 10_000) <= 2


def test_what_could_be_measured_but_had_no_sample_is_told_from_what_cannot() -> None:
    listed = {each.code or each.clause: each.measurable for each in index_of(GB, without("K27")).not_measured_here}
    assert listed["guidance"]
    assert not listed["training"]
    assert not listed["5.1.7"]


def test_an_indicator_that_does_not_apply_leaves_the_scheme_and_is_not_listed_as_unmeasured() -> None:
    index = index_of(GB, without("E-installation"), not_applicable={"5.2.3"})
    assert index.applicable_points == 96
    assert index.coverage_hundredths == 3889
    assert "5.2.3" not in [each.clause for each in index.not_measured_here]
    assert "5.2.3" not in [each.clause for each in index.aspects]


def test_to_call_everything_unmeasured_inapplicable_is_another_figure_than_to_measure_it() -> None:
    kept, left_out = index_of(GB, {"K27": Samples(1, 2)}), index_of(GB, {"K27": Samples(1, 2)}, {"5.1.7", "5.2.1"})
    assert kept.index_hundredths == left_out.index_hundredths == 5000
    assert kept.coverage_hundredths < left_out.coverage_hundredths


@pytest.mark.parametrize("gone", [{"5.1.2"}, {"5.1.4"}])
def test_points_that_are_not_known_apart_are_not_taken_off_apart(gone: set[str]) -> None:
    assert index_of(GB, {}, gone).applicable_points == 100
    assert index_of(GB, {}, {"5.1.2", "5.1.4"}).applicable_points == 88
    assert index_of(split(5, 7), {}, gone).applicable_points in (95, 93)


def test_small_samples_are_marked_and_no_star_is_anywhere() -> None:
    index = index_of(GB, WORKED_EXAMPLE)
    small = {each.code for each in index.aspects if each.small_sample}
    assert small == {"complaint_process", "complaint_result"}
    assert not any("star" in name or "grade" in name for name in Index.__struct_fields__)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=13, max_size=13))
def test_the_index_is_the_quotient_of_exact_sums_rounded_once(counts: list[tuple[int, int]]) -> None:
    samples = {code: Samples(min(pair), max(pair)) for code, pair in zip(sorted(WORKED_EXAMPLE), counts, strict=True)}
    index = index_of(GB, samples)
    earned, covered = independently(samples)
    if covered == 0:
        assert index.index_hundredths is None
    else:
        assert abs(Fraction(index.index_hundredths or 0) - earned / covered * 10_000) <= Fraction(1, 2)
    assert 0 <= (index.index_hundredths or 0) <= 10_000


def independently(samples: Mapping[str, Samples]) -> tuple[Fraction, Fraction]:
    """Earned and covered points, by a table of shares written from the requirements and not from the scheme."""
    third = Fraction(10, 3)
    shares = [
        *((("E-material",), Fraction(2)), (("K27",), Fraction(3)), (("E-installation",), Fraction(2))),
        *((("E-quality",), third), (("E-records",), third), (("E-promise",), Fraction(7, 2))),
        *((("K23",), Fraction(7, 2)), (("K26",), Fraction(2)), (("K01", "K02"), Fraction(5))),
        *((("K20",), Fraction(5)), (("E-complaint",), third), (("K19b",), third)),
    ]
    earned = covered = Fraction(0)
    for codes, share in shares:
        total = sum(samples[code].total for code in codes)
        if total:
            covered += share
            earned += share * Fraction(sum(samples[code].conforming for code in codes), total)
    return earned, covered


def test_the_shipped_scheme_adds_up_and_names_what_is_measured() -> None:
    assert faults(GB, MEASURED) == ()
    assert points_of(GB)["5.2.3"] == 4
    assert sum(
        share_of(points_of(GB)[each.clause], each) for each in indicators(GB) if each.clause == "5.2.4"
    ) == Fraction(10, 3)


@pytest.mark.parametrize(("staffing", "rules"), [(4, 8), (6, 6), (12, 0)])
def test_any_split_that_sums_to_twelve_is_taken(staffing: int, rules: int) -> None:
    assert faults(split(staffing, rules), MEASURED) == ()


@pytest.mark.parametrize(("staffing", "rules"), [(4, 7), (6, 7), (0, 0)])
def test_a_split_that_does_not_sum_to_twelve_is_refused(staffing: int, rules: int) -> None:
    (fault,) = faults(split(staffing, rules), MEASURED)
    assert (fault.code, fault.stated, fault.counted) == ("split_does_not_add_up", 12, staffing + rules)


def _one_point_less(raw: Any) -> None:
    raw["sections"][1]["indicators"][2]["points"] = 3


def _no_joint_block(raw: Any) -> None:
    del raw["sections"][0]["joint_blocks"]


def _unknown_measure(raw: Any) -> None:
    raw["sections"][1]["indicators"][1]["aspects"][0]["evidence"] = ["K99"]


def _same_clause(raw: Any) -> None:
    raw["sections"][2]["indicators"][1]["clause"] = "5.3.1"


def _other_total(raw: Any) -> None:
    raw["total_points"] = 110


def _half_a_split(raw: Any) -> None:
    raw["sections"][0]["joint_blocks"][0]["split"] = [{"clause": "5.1.2", "points": 12}]


def _points_in_a_joint_block(raw: Any) -> None:
    raw["sections"][0]["indicators"][1]["points"] = 0


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        (_one_point_less, {"section_does_not_add_up"}),
        (_no_joint_block, {"section_does_not_add_up", "block_missing"}),
        (_unknown_measure, {"evidence_unknown"}),
        (_same_clause, {"clause_repeated"}),
        (_other_total, {"section_does_not_add_up"}),
        (_half_a_split, {"split_incomplete"}),
        (_points_in_a_joint_block, {"joint_with_points"}),
    ],
)
def test_a_scheme_that_cannot_be_what_it_says_is_refused_with_every_reason(change: Any, codes: set[str]) -> None:
    assert {fault.code for fault in faults(changed(change), MEASURED)} == codes


def test_the_seed_s_own_gap_is_a_fault_and_not_a_lower_score() -> None:
    """Section 5.1 without its block sums to the 28 points that the seed lists of 40."""
    (gap,) = [fault for fault in faults(changed(_no_joint_block), MEASURED) if fault.stated is not None]
    assert gap == SchemeFault("/sections/0/points", "section_does_not_add_up", 40, 28)


def test_another_edition_is_a_file_like_any_other() -> None:
    other = replace(GB, code="own-2026", edition="自定义 2026")
    assert index_of(other, WORKED_EXAMPLE) == index_of(GB, WORKED_EXAMPLE)
