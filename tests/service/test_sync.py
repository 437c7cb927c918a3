"""Push and pull against the real database: outcomes, scopes, cursors."""

from uuid import uuid4

from httpx import AsyncClient

from tests.builders.organisations import Organisation
from tests.builders.phone import Phone, job_opened, visit_planned

UNIFORM = {"code": "uniform", "result": "pass"}


async def test_a_day_at_the_door_is_recorded_and_seen_by_both_sides(
    client: AsyncClient, an_organisation: Organisation
) -> None:
    desk, phone = Phone(client, an_organisation.dispatcher), Phone(client, an_organisation.technician)
    job_id, visit_id = uuid4(), uuid4()
    technician = an_organisation.technician.actor.member_id

    opened = desk.fact(job_id, "job_opened", job_opened(an_organisation.outlet_id))
    planned = desk.fact(job_id, "visit_planned", visit_planned(technician), visit_id=visit_id, minute=1)
    answer = await desk.push(opened, planned)
    assert [each["outcome"] for each in answer["outcomes"]] == ["recorded", "recorded"]
    await phone.pull()
    assert phone.jobs[str(job_id)]["status"] == "scheduled"

    day = [
        phone.fact(job_id, kind, body, visit_id=visit_id, minute=60 + minute)
        for minute, (kind, body) in enumerate(
            [
                ("visit_accepted", {}),
                ("departed", {}),
                ("arrived", {}),
                ("checked_in", {"uniform": UNIFORM, "badge": {"code": "badge", "result": "pass"}}),
                ("work_started", {}),
            ]
        )
    ]
    pushed = await phone.push(*day)
    assert [each["outcome"] for each in pushed["outcomes"]] == ["recorded"] * 4 + ["recorded_with_findings"]
    assert pushed["outcomes"][4]["answer"]["findings"][0]["code"] == "work_without_acknowledgement"

    again = await phone.push(*day)
    assert [each["outcome"] for each in again["outcomes"]] == ["duplicate"] * 5
    assert [each["answer"] for each in again["outcomes"]] == [each["answer"] for each in pushed["outcomes"]]
    await desk.pull()
    assert desk.jobs[str(job_id)] == phone.jobs[str(job_id)]
    assert desk.jobs[str(job_id)]["version"] == 7
