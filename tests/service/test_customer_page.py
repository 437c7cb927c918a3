"""The customer's page: what a link shows and records, and all the links that show nothing."""

import base64
import hashlib
import io
import re
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from httpx import AsyncClient, Response
from PIL import Image

from domain.people.actor import Role
from service.customer_page import drawing, speaking
from service.customer_page.token import token
from service.service_report.setting import SERVICE_REPORT
from service.settings import Settings
from service.store.jobs import customer_links
from service.work.crew import Crew
from tests.builders.attendance import FEES, Attendance, attendance_of, charged, disclosed, finished
from tests.builders.sample_desk import ADMIN, DISPATCHER, SUPERVISOR, TECHNICIAN, Desk
from tests.builders.sample_plans import TODAY, WANG, opened, plan, planned

ENGLISH = {"Accept-Language": "en"}
NOTHING = "This link is not valid"


class Customer:
    """Somebody who holds a link, with a browser that sends forms."""

    def __init__(self, client: AsyncClient, path: str) -> None:
        self.client, self.path = client, path

    async def look(self, **headers: str) -> Response:
        return await self.client.get(self.path, headers={**ENGLISH, **headers})

    async def send(self, form: str, **fields: str) -> Response:
        return await self.client.post(f"{self.path}/{form}", data=fields, headers=ENGLISH)

    async def hash_shown(self) -> str:
        found = re.search(r'name="content_hash" value="([0-9a-f]{64})"', (await self.look()).text)
        assert found is not None
        return found[1]


@pytest.fixture
async def attendance(desk: Desk) -> Attendance:
    return await attendance_of(desk)


@pytest.fixture
async def customer(attendance: Attendance) -> Customer:
    return Customer(attendance.desk.client, await link(attendance))


async def link(attendance: Attendance, login: str = DISPATCHER, **body: int) -> str:
    """A new link's path."""
    made = await attendance.desk.ask(login, "POST", f"/v1/jobs/{attendance.job_id}/customer-links", json=body)
    assert made.status_code == 201, made.text
    return str(made.json()["url"].partition("/c/")[1] + made.json()["url"].partition("/c/")[2])


async def facts_by_customer(attendance: Attendance) -> list[dict[str, Any]]:
    log = await attendance.desk.ask(DISPATCHER, "GET", f"/v1/jobs/{attendance.job_id}/facts?limit=200")
    return [each for each in log.json()["items"] if each["author_role"] == Role.CUSTOMER]


async def test_the_page_says_who_comes_with_badge_and_certificates(customer: Customer) -> None:
    shown = await customer.look()

    assert shown.status_code == 200
    assert shown.headers["content-type"] == "text/html; charset=utf-8"
    height = "valid until 2027-02-28" if date(2027, 2, 28) >= TODAY else "not valid (2027-02-28)"
    for words in ("王建国", "HZ0107", "T-HZ0107-HEIGHT", height, "100-0000-0001", "FS-2025-07"):
        assert words in shown.text


async def test_the_page_is_in_chinese_unless_english_is_asked_for(customer: Customer) -> None:
    assert "谁来上门" in (await customer.client.get(customer.path, headers={"Accept-Language": "zh-CN"})).text
    assert "Who comes" in (await customer.client.get(f"{customer.path}?lang=en&utm_source=sms")).text


async def test_nothing_of_the_page_is_kept_or_leaves_for_another_host(customer: Customer) -> None:
    shown = await customer.look()

    assert shown.headers["cache-control"] == "no-store"
    assert shown.headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in shown.headers["content-security-policy"]
    assert re.findall(r'(?:src|href|action)="(?!/|data:,)', shown.text) == []


async def test_a_customer_agrees_to_exactly_the_fees_that_were_shown(
    customer: Customer, attendance: Attendance
) -> None:
    await disclosed(attendance)
    agreed = await customer.send("acknowledgement", content_hash=await customer.hash_shown())

    assert agreed.status_code == 303
    assert "Your agreement is recorded" in (await customer.client.get(agreed.headers["location"])).text
    disclosure = (await attendance.visit())["disclosures"][0]
    assert (disclosure["acknowledged_by"], disclosure["declined_at"]) == ("link", None)
    assert (await attendance.said("work-starts"))["answer"]["findings"] == []


async def test_fees_that_changed_meanwhile_are_shown_again_instead_of_agreed_to(
    customer: Customer, attendance: Attendance
) -> None:
    await disclosed(attendance)
    seen = await customer.hash_shown()
    dearer = {**FEES, "lines": [{**FEES["lines"][0], "unit_price_fen": 6000, "amount_fen": 6000}], "total_fen": 6000}
    await attendance.said("fee-disclosures", dearer)
    answer = await customer.send("acknowledgement", content_hash=seen)

    assert answer.status_code == 409
    assert "The fees have just changed" in answer.text
    assert await facts_by_customer(attendance) == []


async def test_a_form_sent_twice_is_said_once(customer: Customer, attendance: Attendance) -> None:
    await disclosed(attendance)
    shown = await customer.hash_shown()
    answers = [await customer.send("acknowledgement", content_hash=shown) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert len(await facts_by_customer(attendance)) == 1


async def test_a_customer_declines_and_may_agree_after_all(customer: Customer, attendance: Attendance) -> None:
    await disclosed(attendance)
    shown = await customer.hash_shown()
    assert (await customer.send("decline", content_hash=shown, reason="太贵")).status_code == 303
    assert (await attendance.visit())["disclosures"][0]["declined_at"] is not None
    assert (await customer.send("acknowledgement", content_hash=shown)).status_code == 303
    assert (await attendance.visit())["acknowledged_fen"] == 7000


async def test_a_customer_signs_for_the_bill(customer: Customer, attendance: Attendance) -> None:
    await charged(attendance)
    shown = await customer.hash_shown()
    assert (await customer.send("signature", content_hash=shown, drawing="")).status_code == 303
    sign_off = (await attendance.visit())["sign_off"]
    assert (sign_off["method"], sign_off["content_hash"]) == ("link", shown)


async def test_a_drawn_signature_is_kept_as_evidence_of_the_job(customer: Customer, attendance: Attendance) -> None:
    await charged(attendance)
    drawn = picture("PNG")
    encoded = base64.b64encode(drawn).decode()
    answer = await customer.send("signature", content_hash=await customer.hash_shown(), drawing=encoded)

    assert answer.status_code == 303
    sign_off = (await attendance.visit())["sign_off"]
    assert (sign_off["method"], sign_off["evidence_digest"]) == ("signature", hashlib.sha256(drawn).hexdigest())
    kept = await attendance.desk.ask(DISPATCHER, "GET", f"/v1/attachments/{sign_off['evidence_digest']}")
    assert kept.content == drawn


@pytest.mark.parametrize("drawing", ["x", "////", base64.b64encode(b"<svg/>").decode(), "é"])
async def test_a_drawing_that_is_no_picture_is_refused_and_nothing_is_signed(
    customer: Customer, attendance: Attendance, drawing: str
) -> None:
    await charged(attendance)
    answer = await customer.send("signature", content_hash=await customer.hash_shown(), drawing=drawing)
    assert answer.status_code == 400
    assert (await attendance.visit())["sign_off"] is None


async def test_the_page_shows_the_photo_of_who_comes_and_of_nobody_else(customer: Customer, desk: Desk) -> None:
    assert "<img" not in (await customer.look()).text
    assert (await customer.client.get(f"{customer.path}/photo")).status_code == 404
    await put_photo(desk, WANG, picture("JPEG"))

    assert f'src="{customer.path}/photo"' in (await customer.look()).text
    shown = await customer.client.get(f"{customer.path}/photo")
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
    assert b"Exif" not in shown.content


@pytest.mark.parametrize("content", [b"", b"<svg/>", b"\xff\xd8\xff but no picture", b"%PDF-1.7"])
async def test_a_photo_is_a_picture(desk: Desk, content: bytes) -> None:
    answer = await put_photo(desk, WANG, content)
    assert answer.status_code in {400, 415, 422}
    assert (await desk.ask(DISPATCHER, "GET", f"/v1/members/{WANG}/photo")).status_code == 404


async def test_photos_are_set_by_who_manages_members_in_their_outlets(desk: Desk) -> None:
    assert (await put_photo(desk, WANG, picture("PNG"), DISPATCHER)).status_code == 403
    assert (await put_photo(desk, WANG, picture("PNG"), "supervisor.sz01")).status_code == 404
    assert (await put_photo(desk, WANG, picture("WEBP"))).status_code == 204


async def test_nobody_sets_the_face_of_whom_they_could_not_appoint(desk: Desk) -> None:
    """Who comes to the door is known by it: an inspector's or an administrator's is not a supervisor's to change."""
    refused = await put_photo(desk, str(desk.member_id(SUPERVISOR)), picture("PNG"))
    assert (refused.status_code, refused.json()["code"]) == (403, "not_permitted")
    assert (await put_photo(desk, str(desk.member_id(SUPERVISOR)), picture("PNG"), ADMIN)).status_code == 204


async def put_photo(desk: Desk, member_id: str, content: bytes, login: str = SUPERVISOR) -> Response:
    headers = {**await desk.headers(login), "Content-Type": "image/jpeg"}
    return await desk.client.put(f"/v1/members/{member_id}/photo", content=content, headers=headers)


def picture(kind: str) -> bytes:
    """A small picture with an Exif remark where its kind has room for one."""
    out, remarks = io.BytesIO(), Image.Exif()
    remarks[0x010E] = "taken at home"
    Image.new("RGB", (40, 30), "white").save(out, kind, exif=remarks)
    return out.getvalue()


async def test_a_customer_rates_and_the_last_rating_counts(customer: Customer, attendance: Attendance) -> None:
    await charged(attendance)
    for score in ("2", "5"):
        assert (await customer.send("rating", score=score, text="师傅很细心")).status_code == 303
    assert "You rated: 5" in (await customer.look()).text


async def test_a_rating_given_again_after_another_one_counts(customer: Customer, attendance: Attendance) -> None:
    await charged(attendance)
    for score in ("5", "3", "5", "5"):
        assert (await customer.send("rating", score=score, text="")).status_code == 303
    assert "You rated: 5" in (await customer.look()).text
    assert len(await facts_by_customer(attendance)) == 3


async def test_through_one_link_no_more_is_said_than_a_customer_says(
    customer: Customer, attendance: Attendance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speaking, "MOST_WORDS", 2)
    answers = [await customer.send("complaint", cause="fees", text=f"收费不符 {number}") for number in range(3)]
    assert [answer.status_code for answer in answers] == [303, 303, 409]
    assert "Enough was said" in answers[2].text
    assert (await customer.send("complaint", cause="fees", text="收费不符 0")).status_code == 303, "said before"
    assert len(await facts_by_customer(attendance)) == 2


async def test_drawings_through_one_link_do_not_fill_the_disk(
    customer: Customer, attendance: Attendance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is refused as a signature, for the work is not done; but it is kept before that is known."""
    await disclosed(attendance)
    monkeypatch.setattr(drawing, "MOST_DRAWINGS", 2)
    shown, refused = await customer.hash_shown(), []
    for width in (10, 20, 30):
        out = io.BytesIO()
        Image.new("RGB", (width, 10), "white").save(out, "PNG")
        drawn = base64.b64encode(out.getvalue()).decode()
        refused.append((await customer.send("signature", content_hash=shown, drawing=drawn)).status_code)
    assert refused[2] == 429
    assert 429 not in refused[:2]


async def test_a_job_has_so_many_valid_links_and_no_more(
    attendance: Attendance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(customer_links, "MOST_OF_A_JOB", 2)
    path = f"/v1/jobs/{attendance.job_id}/customer-links"
    for _ in range(2):
        await link(attendance)
    full = await attendance.desk.ask(DISPATCHER, "POST", path, json={})
    assert (full.status_code, full.json()["code"]) == (409, "links_full")
    first = (await attendance.desk.ask(DISPATCHER, "GET", path)).json()["items"][0]["id"]
    await attendance.desk.ask(DISPATCHER, "POST", f"{path}/{first}/revocation")
    assert await link(attendance)


@pytest.mark.parametrize(
    "query", ["&".join(["a=1"] * 5000), "%", "lang=%00", "code=%ff%fe", "code=%00", "said=x&said", "é"]
)
async def test_no_decoration_of_a_link_breaks_the_page(customer: Customer, attendance: Attendance, query: str) -> None:
    await disclosed(attendance)
    assert (await customer.client.get(f"{customer.path}?{query}")).status_code == 200
    shown = await customer.hash_shown()
    said = await customer.client.post(f"{customer.path}/acknowledgement?{query}", data={"content_hash": shown})
    assert said.status_code == 303
    assert said.headers["location"].startswith(customer.path)


async def test_a_report_is_not_kept_by_the_browser_of_whoever_held_the_link(
    customer: Customer, attendance: Attendance
) -> None:
    await finished(attendance)
    path = f"/v1/jobs/{attendance.job_id}/visits/{attendance.visit_id}/service-reports"
    report = (await attendance.desk.ask(TECHNICIAN, "POST", path, json={})).json()
    crew = Crew(attendance.desk.database, Settings(), [SERVICE_REPORT])
    await crew.look()
    await crew.idle()
    theirs = await customer.client.get(f"{customer.path}/service-reports/{report['id']}/file")
    path = f"/v1/jobs/{attendance.job_id}/service-reports/{report['id']}/file"
    ours = await attendance.desk.ask(DISPATCHER, "GET", path)
    assert (theirs.status_code, theirs.headers["cache-control"]) == (200, "no-store")
    assert "Authorization" in ours.headers.get_list("vary", split_commas=True)


async def test_a_complaint_reaches_the_desk_once(customer: Customer, attendance: Attendance) -> None:
    for _ in range(2):
        assert (await customer.send("complaint", cause="fees", text="收费与告知不符")).status_code == 303
    job = (await attendance.desk.ask(DISPATCHER, "GET", f"/v1/jobs/{attendance.job_id}")).json()
    assert [each["cause_code"] for each in job["complaints"]] == ["fees"]


async def test_what_people_wrote_is_shown_as_text(customer: Customer, attendance: Attendance) -> None:
    await disclosed(attendance)
    line = {**FEES["lines"][0], "description": "<script>alert(1)</script>"}
    await attendance.said("fee-disclosures", {**FEES, "lines": [line]})
    shown = (await customer.look()).text
    assert "<script>alert" not in shown
    assert "&lt;script&gt;" in shown


async def test_a_technician_gives_links_for_their_own_jobs_only(attendance: Attendance) -> None:
    assert await link(attendance, TECHNICIAN)
    path = f"/v1/jobs/{attendance.job_id}/customer-links"
    assert (await attendance.desk.ask("HZ0112", "POST", path, json={})).status_code == 404
    assert (await attendance.desk.ask("dispatch.sz01", "POST", path, json={})).status_code == 404


async def test_a_link_ends_by_its_time(attendance: Attendance, clock: time_machine.Traveller) -> None:
    customer = Customer(attendance.desk.client, await link(attendance, hours=1))
    clock.shift(timedelta(minutes=59))
    assert (await customer.look()).status_code == 200
    clock.shift(timedelta(minutes=1))
    await shows_nothing(customer)


async def test_a_link_taken_back_ends_at_once(customer: Customer, attendance: Attendance) -> None:
    path = f"/v1/jobs/{attendance.job_id}/customer-links"
    (made,) = (await attendance.desk.ask(DISPATCHER, "GET", path)).json()["items"]
    taken_back = await attendance.desk.ask(DISPATCHER, "POST", f"{path}/{made['id']}/revocation")
    assert taken_back.status_code == 204
    await shows_nothing(customer)


def tampered(path: str, byte: int) -> str:
    raw = bytearray(base64.urlsafe_b64decode(path.removeprefix("/c/")))
    raw[byte] ^= 1
    return "/c/" + base64.urlsafe_b64encode(raw).decode()


@pytest.mark.parametrize("byte", [0, 15, 16, 31, 32, 47])
async def test_a_link_with_one_bit_changed_leads_nowhere(customer: Customer, byte: int) -> None:
    await shows_nothing(Customer(customer.client, tampered(customer.path, byte)))


@pytest.mark.parametrize("text", ["x", "é", "A" * 63, "A" * 64, "A" * 4000, "..%2f"])
async def test_a_guess_leads_nowhere(desk: Desk, text: str) -> None:
    await shows_nothing(Customer(desk.client, f"/c/{text}"))


async def test_a_link_proven_with_a_foreign_key_leads_nowhere(attendance: Attendance) -> None:
    forged = token(attendance.desk.card.org_id, UUID(attendance.job_id), b"a key of somebody else")
    await shows_nothing(Customer(attendance.desk.client, f"/c/{forged}"))


@pytest.mark.parametrize(
    ("form", "fields"),
    [
        ("acknowledgement", {"content_hash": ""}),
        ("acknowledgement", {"content_hash": "0"}),
        ("acknowledgement", {"content_hash": "0" * 64, "more": "1"}),
        ("rating", {"score": "6"}),
        ("rating", {"score": "five"}),
        ("rating", {"score": "5", "text": "x" * 2001}),
        ("rating", {"score": "5", "text": "\x00"}),
        ("complaint", {"cause": "unheard of", "text": "x"}),
        ("complaint", {"cause": "fees", "text": ""}),
        ("complaint", {"cause": "fees", "text": "   "}),
    ],
)
async def test_a_form_that_does_not_fit_is_told_on_the_page(
    customer: Customer, attendance: Attendance, form: str, fields: dict[str, str]
) -> None:
    answer = await customer.send(form, **fields)
    assert answer.status_code == 400
    assert "This cannot be done now" in answer.text
    assert await facts_by_customer(attendance) == []


async def test_a_form_is_sent_as_a_form(customer: Customer) -> None:
    sent = await customer.client.post(f"{customer.path}/rating", json={"score": 5}, headers=ENGLISH)
    assert sent.status_code == 415


async def shows_nothing(customer: Customer) -> None:
    """The same page for every reason, and no way to say anything."""
    looks = [
        await customer.look(),
        await customer.send("rating", score="5"),
        await customer.send("acknowledgement", content_hash="0" * 64),
    ]
    for look in looks:
        assert look.status_code == 404
        assert NOTHING in look.text
        assert "王建国" not in look.text
    assert len({look.text for look in looks}) == 1


async def test_a_link_says_nothing_about_another_job(customer: Customer, attendance: Attendance) -> None:
    other = Attendance(attendance.desk, await another(attendance.desk))
    await disclosed(other)
    theirs = (await other.visit())["disclosures"][0]["content_hash"]

    answer = await customer.send("acknowledgement", content_hash=theirs)

    assert answer.status_code == 409
    assert (await other.visit())["acknowledged_fen"] is None
    assert await facts_by_customer(attendance) == []


async def another(desk: Desk) -> dict[str, Any]:
    """A visit of the same technician, later."""
    return await planned(desk, (await opened(desk, warranty="paid"))["id"], plan(WANG, 5))
