"""Judging one technician for one piece of work: every reason, and no reason that is not one."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from domain.catalogue import AnswerKind, Checklist, ChecklistItem
from domain.dispatch.candidates import Engagement, Errand, Technician, clashes, judge, load_minutes
from domain.dispatch.remarks import REMARKS
from domain.dispatch.requirements import frozen_certificates, requirements_of
from domain.facts.requirements import ChecklistPurpose
from domain.facts.words import SpecialWork, WorkType
from domain.people.members import Absence, MemberCertificate
from domain.steps.safety_checks import safety_checks_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
NINE = datetime(2025, 7, 15, 9, tzinfo=SHANGHAI)
HOUR = timedelta(hours=1)

ERRAND = Errand(
    starts_at=NINE,
    ends_at=NINE + HOUR,
    zone=SHANGHAI,
    skill=None,
    special_work=(SpecialWork.HEIGHT,),
    declined_by=frozenset(),
    distance_km=None,
)
HEIGHT = MemberCertificate(
    id=UUID(int=1),
    version=1,
    member_id=UUID(int=2),
    kind=SpecialWork.HEIGHT,
    number="T-JX0302-HEIGHT",
    valid_from=date(2019, 7, 16),
    valid_until=date(2025, 7, 15),
    review_due_on=None,
)
SHEN = Technician(
    id=UUID(int=2),
    login="JX0302",
    name="沈浩",
    active=True,
    skills=("electricity", "height"),
    daily_minutes=480,
    certificates=(HEIGHT,),
    absences=(),
    engagements=(),
)


def against(technician: Technician, errand: Errand = ERRAND) -> set[str]:
    return {remark.code for remark, _ in judge(technician, errand).reasons if remark.excludes}


def engaged(start: datetime, end: datetime, **more: Any) -> Technician:
    engagement = Engagement(
        visit_id=UUID(int=9),
        job_id=uuid4(),
        outlet_id=uuid4(),
        job_number=more.pop("job_number", "JX-1"),
        starts_at=start,
        ends_at=end,
    )
    return replace(SHEN, engagements=(engagement,), **more)


def on(day: datetime) -> Errand:
    return replace(ERRAND, starts_at=day, ends_at=day + HOUR)


def test_a_certificate_holds_through_its_last_day_at_the_site_and_not_a_day_longer() -> None:
    assert against(SHEN) == set()
    assert against(SHEN, on(datetime(2025, 7, 15, 22, 59, tzinfo=SHANGHAI))) == set()
    assert against(SHEN, on(datetime(2025, 7, 16, 0, 0, tzinfo=SHANGHAI))) == {"certificate_expired"}
    assert against(SHEN, on(datetime(2025, 7, 15, 15, 30, tzinfo=UTC))) == {"certificate_expired"}


def test_work_into_the_night_needs_the_certificate_on_both_days() -> None:
    night = replace(ERRAND, starts_at=datetime(2025, 7, 15, 23, tzinfo=SHANGHAI), ends_at=NINE + 15 * HOUR)

    assert against(SHEN, night) == set()
    assert against(SHEN, replace(night, ends_at=night.ends_at + timedelta(seconds=1))) == {"certificate_expired"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"kind": SpecialWork.GAS}, "certificate_missing"),
        ({"valid_from": date(2025, 7, 16), "valid_until": date(2026, 1, 1)}, "certificate_not_begun"),
        ({"review_due_on": date(2025, 7, 14)}, "review_overdue"),
        ({"review_due_on": date(2025, 7, 15)}, None),
    ],
)
def test_a_certificate_that_does_not_cover_the_day_says_why(change: dict[str, Any], code: str | None) -> None:
    technician = replace(SHEN, certificates=(replace(HEIGHT, **change),))

    assert against(technician) == ({code} if code else set())


def test_one_valid_certificate_among_lapsed_ones_is_enough() -> None:
    lapsed = replace(HEIGHT, valid_until=date(2030, 1, 1), review_due_on=date(2020, 1, 1))

    assert against(replace(SHEN, certificates=(lapsed, HEIGHT))) == set()


def test_touching_ends_do_not_overlap_and_a_microsecond_does() -> None:
    before, after = engaged(NINE - HOUR, NINE), engaged(NINE + HOUR, NINE + 2 * HOUR)
    into = engaged(NINE - HOUR, NINE + timedelta(microseconds=1))

    assert [clashes(each, ERRAND) for each in (before, after)] == [[], []]
    assert against(into) == {"double_booked"}
    assert against(engaged(NINE - HOUR, NINE + 2 * HOUR, job_number=None)) == {"booked_elsewhere"}


def test_the_visit_that_is_moved_gives_up_its_hours() -> None:
    technician, moved = engaged(NINE, NINE + HOUR), replace(ERRAND, moved_visit_id=UUID(int=9))

    assert against(technician, moved) == set()
    assert load_minutes(technician, moved) == 60


def test_an_absence_excludes_where_it_touches_the_work() -> None:
    def away(start: datetime, end: datetime) -> Technician:
        return replace(
            SHEN,
            absences=(Absence(id=uuid4(), version=1, member_id=SHEN.id, starts_at=start, ends_at=end, reason="年假"),),
        )

    assert against(away(NINE - HOUR, NINE)) == set()
    assert against(away(NINE + HOUR, NINE + 2 * HOUR)) == set()
    assert against(away(NINE + HOUR / 2, NINE + 2 * HOUR)) == {"absent"}


def test_the_load_counts_the_days_own_minutes_and_may_reach_the_limit() -> None:
    overnight = engaged(NINE - 12 * HOUR, NINE - 8 * HOUR)

    assert load_minutes(overnight, ERRAND) == 60 + 60
    assert against(engaged(NINE + HOUR, NINE + 8 * HOUR)) == set()
    assert against(engaged(NINE + HOUR, NINE + 8 * HOUR + timedelta(minutes=1))) == {"load_exceeded"}


def test_who_left_lacks_the_skill_or_declined_is_excluded() -> None:
    assert against(replace(SHEN, active=False)) == {"inactive"}
    assert against(SHEN, replace(ERRAND, skill="gas")) == {"skill_missing"}
    assert against(SHEN, replace(ERRAND, declined_by=frozenset({SHEN.id}))) == {"declined"}


def test_every_reason_reads_in_both_languages() -> None:
    fitting = replace(ERRAND, skill="height", distance_km=12)
    nobody = replace(engaged(NINE, NINE + 9 * HOUR), active=False, certificates=(), skills=())
    for technician in (SHEN, nobody):
        for remark, parameters in judge(technician, fitting).reasons:
            assert remark.zh.format_map(parameters)
            assert remark.en.format_map(parameters)


def test_only_certificates_and_absences_can_be_overridden() -> None:
    assert {code for code, remark in REMARKS.items() if remark.overridable} == {
        "certificate_missing",
        "certificate_expired",
        "certificate_not_begun",
        "review_overdue",
        "absent",
    }


def test_a_certificate_is_frozen_until_the_day_on_which_it_ends_or_its_review_is_due() -> None:
    reviewed = replace(HEIGHT, valid_until=date(2030, 1, 1), review_due_on=date(2027, 2, 28))
    later = replace(HEIGHT, valid_from=date(2026, 1, 1), valid_until=date(2032, 1, 1))

    frozen = frozen_certificates((HEIGHT, reviewed, later), date(2025, 7, 15))

    assert [(each.valid_from, each.valid_until) for each in frozen] == [
        (HEIGHT.valid_from.isoformat(), "2027-02-28"),
        (HEIGHT.valid_from.isoformat(), "2025-07-15"),
        ("2026-01-01", "2032-01-01"),
    ]


def test_a_visit_must_show_the_kit_of_its_work_and_the_checks_of_its_special_work() -> None:
    def kit(code: str, **more: Any) -> Checklist:
        how: dict[str, Any] = {"answer": AnswerKind.TICK, "limits": (), "choices": ()}
        item = ChecklistItem(code=code, name_zh="垫布", name_en="Mat", required=True, **how)
        plain: dict[str, Any] = {"work_types": (), "groups": (), "purpose": ChecklistPurpose.KIT}
        return Checklist(code=code, name_zh="件", name_en="Kit", items=(item,), **{**plain, **more})

    lists = (
        kit("ALL"),
        kit("AC", groups=("AC",)),
        kit("INSTALL", work_types=(WorkType.INSTALL,)),
        kit("DOOR", purpose=ChecklistPurpose.DOOR_ROUTINE),
    )

    required = requirements_of(WorkType.REPAIR, "AC", (SpecialWork.GAS, SpecialWork.CHEMICALS), lists)

    assert required.kit_items == ("ALL", "AC")
    assert required.safety_checks == ("gas_shut_off", "room_aired", "no_ignition_source", "gloves_and_goggles")
    assert requirements_of(WorkType.REPAIR, None, (), lists).kit_items == ("ALL",)
    assert all(safety_checks_of(work) for work in SpecialWork)
