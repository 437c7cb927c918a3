"""Who did not agree to positions and photos of theirs is named, and so is a missing assessment; nobody is stopped."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from httpx import Response
from time_machine import Traveller

from tests.builders.sample_desk import ADMIN, AUDITOR, DISPATCHER, SUPERVISOR, TECHNICIAN, Desk
from tests.builders.sample_plans import WANG
from tests.builders.sending import photo

TODAY = datetime.now(UTC).date()
WEIGHED = {"necessity": "核实到场", "risks": "可能推断行踪", "measures": "无连续轨迹，90 天后只留距离"}


async def missing(desk: Desk, login: str = AUDITOR) -> set[tuple[str, str]]:
    told = (await desk.ask(login, "GET", "/v1/sensitive-data")).json()["without_consent"]
    return {(each["member_id"], each["kind"]) for each in told}


async def say(desk: Desk, kind: str, *, given: bool, login: str = SUPERVISOR, **more: Any) -> Response:
    said = {"kind": kind, "given": given, "said_at": datetime.now(UTC).isoformat(), "channel": "paper"}
    word = {**said, "notice": "员工隐私告知 2025-06", **more}
    return await desk.ask(login, "POST", f"/v1/members/{WANG}/consents", json=word)


async def test_an_assessment_of_this_morning_is_none_of_the_future(desk: Desk, clock: Traveller) -> None:
    clock.move_to(datetime(2026, 11, 22, 23, 30, tzinfo=UTC))
    answers = [
        await desk.ask(ADMIN, "POST", "/v1/impact-assessments", json={**WEIGHED, "made_on": day})
        for day in ("2026-11-23", "2026-11-24")
    ]
    assert [answer.status_code for answer in answers] == [201, 422]


async def test_a_technician_is_named_until_they_agree_and_again_when_they_take_it_back(desk: Desk) -> None:
    before = await missing(desk)
    assert (await say(desk, "position", given=True)).status_code == 201
    agreed = await missing(desk)
    await say(desk, "position", given=False)
    assert (str(WANG), "position") in before
    assert before - agreed == {(str(WANG), "position")}
    assert await missing(desk) == before


async def test_a_photo_asks_for_a_word_of_its_own(desk: Desk) -> None:
    await say(desk, "position", given=True)
    headers = {**await desk.headers(SUPERVISOR), "Content-Type": "image/jpeg"}
    put = await desk.client.put(f"/v1/members/{WANG}/photo", content=photo(), headers=headers)
    named = await missing(desk)
    await say(desk, "photo", given=True)
    assert put.status_code == 204
    assert (str(WANG), "photo") in named
    assert str(WANG) not in {member_id for member_id, _ in await missing(desk)}
    read = (await desk.ask(AUDITOR, "GET", f"/v1/members/{WANG}/consents")).json()
    assert read["standing"] == ["photo", "position"]


@pytest.mark.parametrize(("days", "left"), [(0, 404), (3, 200)])
async def test_the_photo_of_who_takes_their_word_back_is_removed(desk: Desk, days: int, left: int) -> None:
    """Unless they agreed again since."""
    headers = {**await desk.headers(SUPERVISOR), "Content-Type": "image/jpeg"}
    await desk.client.put(f"/v1/members/{WANG}/photo", content=photo(), headers=headers)
    yesterday = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    await say(desk, "photo", given=True, said_at=yesterday)
    await say(desk, "position", given=False)
    assert (await desk.ask(SUPERVISOR, "GET", f"/v1/members/{WANG}/photo")).status_code == 200
    await say(desk, "photo", given=False, said_at=(datetime.now(UTC) - timedelta(days=days)).isoformat())
    assert (await desk.ask(SUPERVISOR, "GET", f"/v1/members/{WANG}/photo")).status_code == left


async def test_another_outlets_supervisor_reads_of_their_own_people(desk: Desk) -> None:
    assert str(WANG) not in {member_id for member_id, _ in await missing(desk, "supervisor.sz01")}


@pytest.mark.parametrize(("days", "assessed"), [(0, True), (1090, True), (1100, False)])
async def test_an_assessment_speaks_for_three_years_and_stays(desk: Desk, days: int, assessed: bool) -> None:  # noqa: FBT001
    made_on = (TODAY - timedelta(days=days)).isoformat()
    assert (await desk.ask(AUDITOR, "GET", "/v1/sensitive-data")).json()["assessed"] is False
    answer = await desk.ask(ADMIN, "POST", "/v1/impact-assessments", json={**WEIGHED, "made_on": made_on})
    assert answer.status_code == 201, answer.text
    told = (await desk.ask(AUDITOR, "GET", "/v1/sensitive-data")).json()
    assert (told["assessed"], told["newest_assessment"]) == (assessed, answer.json())
    assert (await desk.ask(AUDITOR, "GET", "/v1/impact-assessments")).json()["items"] == [answer.json()]


async def test_an_assessment_sent_again_is_one(desk: Desk) -> None:
    asked = {**WEIGHED, "made_on": TODAY.isoformat(), "id": str(uuid4())}
    first, again = [await desk.ask(ADMIN, "POST", "/v1/impact-assessments", json=asked) for _ in range(2)]
    other = await desk.ask(ADMIN, "POST", "/v1/impact-assessments", json={**asked, "risks": "无"})
    assert (first.status_code, again.json(), other.json()["code"]) == (201, first.json(), "already_exists")


@pytest.mark.parametrize("change", [{"made_on": (TODAY + timedelta(days=2)).isoformat()}, {"risks": ""}, {"why": "?"}])
async def test_an_absurd_assessment_is_refused(desk: Desk, change: dict[str, str]) -> None:
    asked = {**WEIGHED, "made_on": TODAY.isoformat(), **change}
    assert (await desk.ask(ADMIN, "POST", "/v1/impact-assessments", json=asked)).json()["code"] == "invalid_body"


async def test_it_is_for_who_answers_for_privacy(desk: Desk) -> None:
    assessment = {**WEIGHED, "made_on": TODAY.isoformat()}
    assert (await desk.ask(SUPERVISOR, "POST", "/v1/impact-assessments", json=assessment)).status_code == 403
    assert (await say(desk, "position", given=True, login=DISPATCHER)).status_code == 403
    assert (await say(desk, "marketing", given=True)).json()["code"] == "invalid_body"
    for login in (TECHNICIAN, DISPATCHER):
        assert (await desk.ask(login, "GET", "/v1/sensitive-data")).status_code == 403
