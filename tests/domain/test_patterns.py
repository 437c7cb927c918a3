"""Which patterns over several jobs stand out, and from when on (R11)."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from domain.patterns import ORIGINS, Fitting, PatternLimits, Share, replaced_again, replaced_often
from tests.domain.builders import named

LIMITS = PatternLimits()
DAY = date(2026, 3, 1)
ASSET, OUTLET, WANG = named("asset"), named("outlet"), named("wang")


def fitted(job: str, days: int, part_code: str = "P-AC-011", asset: str = "asset") -> Fitting:
    on = DAY + timedelta(days=days)
    return Fitting(named(asset), part_code, named(job), OUTLET, datetime.combine(on, time(10), UTC), on)


def share(replaced: int, repairs: int) -> Share:
    return Share(WANG, OUTLET, "AC", "P-AC-011", repairs, tuple(named(f"job {n}") for n in range(replaced)))


@pytest.mark.parametrize(
    ("fittings", "times"),
    [
        ((fitted("a", 0), fitted("b", 180)), "2"),
        ((fitted("a", 0), fitted("b", 181)), None),
        ((fitted("a", 0), fitted("a", 5)), None),
        ((fitted("a", 0), fitted("b", 9, part_code="P-AC-014")), None),
        ((fitted("a", 0), fitted("b", 9, asset="another")), None),
        ((fitted("b", 90), fitted("a", 0), fitted("c", 180)), "3"),
        ((fitted("a", 0), fitted("b", 90), fitted("c", 400)), "2"),
    ],
)
def test_one_part_replaced_on_one_appliance_in_another_job_before_long_stands_out(
    fittings: tuple[Fitting, ...], times: str | None
) -> None:
    found = list(replaced_again(fittings, LIMITS))

    assert [each.parameters["times"] for each in found] == ([] if times is None else [times])


def test_a_run_is_about_its_last_job_names_all_of_them_and_stays_the_same_until_another_comes() -> None:
    run = (fitted("a", 0), fitted("b", 20))
    (first,) = replaced_again(run, LIMITS)
    (again,) = replaced_again(reversed(run), LIMITS)
    (longer,) = replaced_again((*run, fitted("c", 30)), LIMITS)

    assert first == again
    assert (first.job_id, first.job_ids, first.since) == (named("b"), (named("a"), named("b")), DAY)
    assert first.parameters == {"part_code": "P-AC-011", "times": "2", "days": "20"}
    assert longer.id != first.id


@pytest.mark.parametrize(("replaced", "repairs", "percents"), [(14, 20, ["70"]), (13, 20, []), (19, 19, [])])
def test_one_part_replaced_in_most_of_a_technician_s_repairs_stands_out_once_they_are_enough(
    replaced: int, repairs: int, percents: list[str]
) -> None:
    found = list(replaced_often([share(replaced, repairs)], LIMITS))

    assert [each.parameters["percent"] for each in found] == percents
    assert all(each.technician_id == WANG and each.job_id is None for each in found)


def test_every_limit_tells_where_its_default_comes_from() -> None:
    assert [each.limit for each in ORIGINS] == list(PatternLimits.__struct_fields__)
