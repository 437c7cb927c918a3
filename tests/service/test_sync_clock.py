"""A phone's clock may lie: its facts are recorded all the same, put in their true order, and graded."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from domain.job.document import LOW_GRADES
from service.database import Database
from service.store.tables import devices, facts
from tests.builders.fleet import assert_folded, both, fact, outcomes, planned_job, stored
from tests.builders.organisations import Organisation


def ago(minutes: int, ahead: timedelta = timedelta()) -> str:
    """A moment of the past as a clock that is ahead tells it."""
    return (datetime.now(UTC) - timedelta(minutes=minutes) + ahead).isoformat()


async def test_a_phone_three_hours_ahead_is_folded_where_it_belongs(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    desk, phone = both(client, an_organisation)
    job_id, visit_id = await planned_job(desk, an_organisation.outlet_id, phone.person)
    ahead = timedelta(hours=3)
    visit = {"visit_id": str(visit_id)}
    await desk.push(fact(job_id, "note_added", {"text": "二"}, happened_at=ago(30)))
    answer = await phone.push(
        fact(job_id, "note_added", {"text": "三"}, happened_at=ago(10, ahead), **visit),
        fact(job_id, "note_added", {"text": "一"}, happened_at=ago(50, ahead), **visit),
        device_clock=ago(0, ahead),
    )
    assert abs(answer["clock_offset_ms"] - 3 * 3_600_000) < 60_000
    assert [each["answer"]["time_grade"] for each in answer["outcomes"]] == ["offset", "offset"]
    await phone.pull()
    assert [note["text"] for note in phone.jobs[str(job_id)]["notes"]] == ["一", "二", "三"]
    (device,) = await stored(database, devices, devices.c.id == phone.person.actor.device_id)
    assert device["clock_offset_ms"] == answer["clock_offset_ms"]
    await assert_folded(database, an_organisation.org_id, job_id)


async def test_a_wall_clock_that_jumped_between_two_steps_is_seen_through(
    client: AsyncClient, an_organisation: Organisation
) -> None:
    desk, phone = both(client, an_organisation)
    job_id, _ = await planned_job(desk, an_organisation.outlet_id, phone.person)
    jumped: dict[str, Any] = {"happened_at": "2031-01-01T00:00:00Z", "boot_id": "boot-1"}
    answer = await phone.push(
        fact(job_id, uptime_ms=1_000_000, **jumped),
        fact(job_id, uptime_ms=1_600_000, **{**jumped, "happened_at": "2001-01-01T00:00:00Z"}),
        device_clock=ago(0),
        uptime_ms=2_000_000,
        boot_id="boot-1",
    )
    told = [each["answer"] for each in answer["outcomes"]]
    assert [each["time_grade"] for each in told] == ["monotonic", "monotonic"]
    first, second = (datetime.fromisoformat(each["corrected_at"]) for each in told)
    assert second - first == timedelta(minutes=10)
    assert datetime.fromisoformat(told[0]["recorded_at"]) - first == timedelta(seconds=1000)


@pytest.mark.parametrize(
    "more", [{}, {"device_clock": "1970-01-01T00:00:00Z"}, {"device_clock": "9999-12-30T00:00:00Z"}]
)
async def test_facts_of_1970_and_2099_and_of_a_version_to_come_are_recorded_and_graded_low(
    client: AsyncClient, database: Database, an_organisation: Organisation, more: dict[str, Any]
) -> None:
    desk, phone = both(client, an_organisation)
    job_id, _ = await planned_job(desk, an_organisation.outlet_id, phone.person)
    absurd = ["1970-01-01T00:00:00Z", "2099-12-31T23:59:59Z", "0001-01-03T00:00:00Z", "9999-12-28T00:00:00Z"]
    answer = await phone.push(
        *(fact(job_id, happened_at=at) for at in absurd),
        *(fact(job_id, happened_at=at, base_version=2**53) for at in absurd),
        **{"device_clock": None, **more},
    )
    assert set(outcomes(answer)) <= {"recorded", "recorded_with_findings"}
    rows = await stored(database, facts, facts.c.author_id == phone.person.actor.member_id)
    assert len(rows) == len(absurd) * 2
    assert {row["time_grade"] for row in rows} <= {*LOW_GRADES, "offset"}
    assert all(row["corrected_at"] <= row["recorded_at"] for row in rows)
    if not more:
        assert {row["time_grade"] for row in rows} <= LOW_GRADES
    await assert_folded(database, an_organisation.org_id, job_id)
