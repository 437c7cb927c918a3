"""Data of people leaves for a stated purpose only, and for marketing of nobody who did not agree."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from httpx import Response

from service.exports.making import EXPORT
from service.seed.company import sample_id
from service.settings import Settings
from service.work.crew import Crew
from tests.builders.attendance import Attendance, attendance_of, finished
from tests.builders.sample_desk import ADMIN, AUDITOR, DISPATCHER, SUPERVISOR, TECHNICIAN, Desk
from tests.builders.sample_plans import THESE_DAYS
from tests.service.test_exports import Row, csv_of

CUSTOMER = str(sample_id("customer", "顾客 001"))
MARKETING = {"kind": "marketing", "channel": "phone", "notice": "隐私告知 2025-06"}
CONTACTS = {**THESE_DAYS, "subject": "contacts", "format": "csv"}
Made = Callable[..., Awaitable[list[Row]]]


@pytest.fixture
async def attendance(desk: Desk) -> Attendance:
    found = await attendance_of(desk, customer_id=CUSTOMER, site_id=str(sample_id("site", "顾客 001")))
    await finished(found)
    return found


@pytest.fixture
def customer_id() -> str:
    return CUSTOMER


@pytest.fixture
def contacts(desk: Desk, settings: Settings) -> Made:
    """The customers that leave for this purpose."""

    async def make(purpose: str, login: str = ADMIN) -> list[Row]:
        asked = await desk.ask(login, "POST", "/v1/exports", json={**CONTACTS, "purpose": purpose})
        assert asked.status_code == 202, asked.text
        crew = Crew(desk.database, settings, [EXPORT])
        await crew.look()
        await crew.idle()
        return csv_of((await desk.ask(login, "GET", f"/v1/exports/{asked.json()['id']}/file")).content)

    return make


async def say(desk: Desk, customer_id: str, days_ago: int, *, given: bool, **more: Any) -> Response:
    said_at = (datetime.now(UTC) - timedelta(days=days_ago)).isoformat()
    word = {**MARKETING, "given": given, "said_at": said_at, **more}
    return await desk.ask(DISPATCHER, "POST", f"/v1/customers/{customer_id}/consents", json=word)


@pytest.mark.parametrize("wanted", [CONTACTS, {**THESE_DAYS, "subject": "evidence", "format": "zip"}])
async def test_without_a_purpose_nothing_leaves_that_tells_of_people(desk: Desk, wanted: Row) -> None:
    refused = await desk.ask(ADMIN, "POST", "/v1/exports", json=wanted)
    unknown = await desk.ask(ADMIN, "POST", "/v1/exports", json={**wanted, "purpose": "curiosity"})
    assert (refused.status_code, refused.json()["code"]) == (422, "export_purpose_missing")
    assert (unknown.status_code, unknown.json()["code"]) == (422, "invalid_body")
    assert (await desk.ask(ADMIN, "GET", "/v1/accesses")).json()["items"] == []


async def test_who_has_contacts_leave_and_what_for_is_in_the_access_log(
    contacts: Made, attendance: Attendance, customer_id: str
) -> None:
    desk = attendance.desk
    (row,) = await contacts("service", SUPERVISOR)
    log = (await desk.ask(AUDITOR, "GET", "/v1/accesses")).json()["items"]
    assert row["customer_id"] == customer_id
    assert row["name"]
    assert row["addresses"]
    assert [(each["action"], each["subject"], each["purpose"]) for each in log] == [
        ("fetched", "contacts", "service"),
        ("asked", "contacts", "service"),
    ]
    assert {each["member_id"] for each in log} == {str(desk.member_id(SUPERVISOR))}


@pytest.mark.parametrize("purpose", ["marketing", "transfer"])
async def test_for_marketing_and_transfer_only_who_agreed_leaves(
    contacts: Made, attendance: Attendance, customer_id: str, purpose: str
) -> None:
    assert await contacts(purpose) == []
    desk, other = attendance.desk, {"marketing": "transfer", "transfer": "marketing"}[purpose]
    await say(desk, customer_id, 3, given=True, kind=other)
    assert await contacts(purpose) == []
    await say(desk, customer_id, 2, given=True, kind=purpose)
    assert [row["customer_id"] for row in await contacts(purpose)] == [customer_id]
    await say(desk, customer_id, 1, given=False, kind=purpose)
    assert await contacts(purpose) == []


async def test_a_word_that_is_written_down_late_does_not_outdo_a_later_one(
    contacts: Made, attendance: Attendance, customer_id: str
) -> None:
    desk = attendance.desk
    await say(desk, customer_id, 1, given=False)
    await say(desk, customer_id, 5, given=True)

    read = (await desk.ask(DISPATCHER, "GET", f"/v1/customers/{customer_id}/consents")).json()

    assert (read["standing"], [each["given"] for each in read["items"]]) == ([], [False, True])
    assert await contacts("marketing") == []


async def test_a_pack_cannot_be_narrowed_to_who_agreed_and_does_not_leave_for_marketing(desk: Desk) -> None:
    wanted = {**THESE_DAYS, "subject": "evidence", "format": "zip", "purpose": "marketing"}
    refused = await desk.ask(ADMIN, "POST", "/v1/exports", json=wanted)
    assert (refused.status_code, refused.json()["code"]) == (422, "export_purpose_refused")


@pytest.mark.parametrize("login", [DISPATCHER, AUDITOR])
async def test_contacts_are_for_who_answers_for_them(desk: Desk, login: str) -> None:
    answer = await desk.ask(login, "POST", "/v1/exports", json={**CONTACTS, "purpose": "service"})
    assert (answer.status_code, answer.json()["code"]) == (403, "not_permitted")


async def test_another_outlets_customers_do_not_leave(contacts: Made, attendance: Attendance) -> None:
    assert await contacts("service", "supervisor.sz01") == []


async def test_a_word_sent_again_is_one_word(attendance: Attendance, customer_id: str) -> None:
    desk, consent_id, at = attendance.desk, str(uuid4()), datetime.now(UTC).isoformat()
    first = await say(desk, customer_id, 1, given=True, id=consent_id, said_at=at)
    again = await say(desk, customer_id, 1, given=True, id=consent_id, said_at=at)
    other = await say(desk, customer_id, 1, given=False, id=consent_id, said_at=at)
    assert (first.status_code, again.json(), other.json()["code"]) == (201, first.json(), "already_exists")


@pytest.mark.parametrize(("days_ago", "kind"), [(-1, "marketing"), (1, "position"), (1, "photo")])
async def test_a_word_of_tomorrow_or_about_something_else_is_refused(
    attendance: Attendance, customer_id: str, days_ago: int, kind: str
) -> None:
    refused = await say(attendance.desk, customer_id, days_ago, given=True, kind=kind)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_body")


async def test_who_may_not_read_the_access_log_is_refused(desk: Desk) -> None:
    for login in (TECHNICIAN, DISPATCHER, SUPERVISOR):
        assert (await desk.ask(login, "GET", "/v1/accesses")).status_code == 403
