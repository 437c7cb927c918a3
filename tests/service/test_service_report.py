"""The service report: a visit frozen, set as PDF, and checked by its code."""

import io
import re
from typing import Any

import pytest
from pypdf import PdfReader

from service.service_report.setting import SERVICE_REPORT
from service.settings import Settings
from service.work.crew import Crew
from tests.builders.attendance import Attendance, attendance_of, charged, finished
from tests.builders.sample_desk import DISPATCHER, TECHNICIAN, Desk
from tests.builders.sample_plans import WANG, opened, plan, planned


@pytest.fixture
async def attendance(desk: Desk) -> Attendance:
    return await attendance_of(desk)


async def ask(attendance: Attendance, language: str = "zh", login: str = TECHNICIAN) -> Any:
    path = f"/v1/jobs/{attendance.job_id}/visits/{attendance.visit_id}/service-reports"
    return await attendance.desk.ask(login, "POST", path, json={"language": language})


async def made(attendance: Attendance, language: str = "zh") -> dict[str, Any]:
    answer = await ask(attendance, language)
    assert answer.status_code == 202, answer.text
    at = f"/v1/jobs/{attendance.job_id}/service-reports/{answer.json()['id']}"
    assert (answer.headers["location"], answer.headers["retry-after"]) == (at, "2")
    return dict(answer.json())


async def set_all(attendance: Attendance) -> None:
    crew = Crew(attendance.desk.database, Settings(), [SERVICE_REPORT])
    await crew.look()
    await crew.idle()


async def paper(attendance: Attendance, report: dict[str, Any]) -> bytes:
    path = f"/v1/jobs/{attendance.job_id}/service-reports/{report['id']}"
    state = (await attendance.desk.ask(DISPATCHER, "GET", path)).json()["state"]
    answer = await attendance.desk.ask(DISPATCHER, "GET", f"{path}/file")
    assert state == "done"
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    return answer.content


def text_of(paper: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages)


async def test_the_paper_says_who_did_what_for_how_much_in_both_languages(attendance: Attendance) -> None:
    await finished(attendance)
    for language, words in (
        (
            "zh",
            (
                "上门服务单",
                "王建国",
                "HZ0107",
                "AC-C02 室外电容",
                "M03 调整",
                "合计",
                "70.00 元",
                "顾客本人",
                "手写签名",
            ),
        ),
        ("en", ("Service report", "HZ0107", "Fault and repair", "Total", "CNY 70.00", "the customer", "signature")),
    ):
        report = await made(attendance, language)
        await set_all(attendance)
        said = text_of(await paper(attendance, report))
        assert [each for each in (*words, report["code"]) if each not in said] == []


async def test_the_paper_is_for_archives_and_screen_readers_with_its_font_inside(attendance: Attendance) -> None:
    await finished(attendance)
    report = await made(attendance)
    await set_all(attendance)
    content = await paper(attendance, report)

    told = PdfReader(io.BytesIO(content)).root_object["/Metadata"].get_data().decode()  # type: ignore[attr-defined]
    assert re.search(r"pdfaid:part>2<.*pdfaid:conformance>A<", told, re.DOTALL)
    assert "pdfuaid:part>1<" in told
    assert (
        0
        < content.count(b"/FontFile")
        == content.count(b"/Type /FontDescriptor") + content.count(b"/Type/FontDescriptor")
    )


async def test_the_paper_does_not_name_the_customer(desk: Desk) -> None:
    customers = (await desk.ask(DISPATCHER, "GET", "/v1/customers")).json()["items"]
    sites = (await desk.ask(DISPATCHER, "GET", "/v1/sites")).json()["items"]
    site = next(each for each in sites if each["customer_id"] == customers[0]["id"])
    job = await opened(desk, warranty="paid", customer_id=customers[0]["id"], site_id=site["id"])
    attendance = Attendance(desk, await planned(desk, job["id"], plan(WANG)))
    await finished(attendance)
    report = await made(attendance)
    await set_all(attendance)
    said = text_of(await paper(attendance, report))
    assert [each for each in (customers[0]["name"], site["address"]) if each in said] == []


async def test_a_visit_that_is_not_over_has_no_report(attendance: Attendance) -> None:
    answer = await ask(attendance)
    assert (answer.status_code, answer.json()["code"]) == (409, "visit_not_over")


async def test_asked_again_it_is_the_same_report_until_something_is_recorded(attendance: Attendance) -> None:
    await finished(attendance)
    first, again = await made(attendance), await made(attendance)
    await set_all(attendance)
    before = await paper(attendance, first)
    await attendance.desk.ask(DISPATCHER, "POST", f"/v1/jobs/{attendance.job_id}/notes", json={"text": "顾客来电"})
    later = await made(attendance)
    await set_all(attendance)

    assert again["id"] == first["id"]
    assert later["code"] != first["code"]
    assert await paper(attendance, first) == before


async def test_a_paper_that_is_being_set_is_to_be_asked_for_again(attendance: Attendance) -> None:
    await finished(attendance)
    report = await made(attendance)
    path = f"/v1/jobs/{attendance.job_id}/service-reports/{report['id']}"
    found = await attendance.desk.ask(DISPATCHER, "GET", path)
    answer = await attendance.desk.ask(DISPATCHER, "GET", f"{path}/file")
    assert (found.status_code, found.json()) == (200, report)
    assert (report["state"], report["steps_done"]) == ("waiting", None)
    assert (answer.status_code, answer.json()["code"], answer.json()["retryable"]) == (409, "file_not_ready", True)
    assert answer.headers["retry-after"] == "2"


async def test_a_report_that_could_not_be_set_is_set_when_it_is_asked_for_again(attendance: Attendance) -> None:
    await finished(attendance)
    report = await made(attendance)
    await attendance.desk.database.pull_pool.execute("UPDATE tasks SET state = 'failed'")
    path = f"/v1/jobs/{attendance.job_id}/service-reports/{report['id']}/file"

    answer = await attendance.desk.ask(DISPATCHER, "GET", path)
    again = await made(attendance)
    await set_all(attendance)

    assert (answer.status_code, answer.json()["code"]) == (409, "file_failed")
    assert again["id"] == report["id"]
    assert await paper(attendance, again)


async def test_nobody_else_reads_it(attendance: Attendance) -> None:
    await finished(attendance)
    report = await made(attendance)
    path = f"/v1/jobs/{attendance.job_id}/service-reports"
    for login in ("dispatch.sz01", "HZ0112"):
        assert (await attendance.desk.ask(login, "GET", path)).status_code == 404
        assert (await attendance.desk.ask(login, "GET", f"{path}/{report['id']}")).status_code == 404
        assert (await attendance.desk.ask(login, "GET", f"{path}/{report['id']}/file")).status_code == 404
        assert (await ask(attendance, login=login)).status_code == 404


async def test_the_customer_reads_it_and_checks_its_code(attendance: Attendance) -> None:
    await finished(attendance)
    report = await made(attendance)
    await set_all(attendance)
    page = await customer_path(attendance)
    client, english = attendance.desk.client, {"Accept-Language": "en"}

    shown = await client.get(page, headers=english)
    assert f"{page}/service-reports/{report['id']}/file" in shown.text
    assert (await client.get(f"{page}/service-reports/{report['id']}/file")).content == await paper(attendance, report)
    typed = report["code"].lower().replace("-", " ")
    assert "is genuine" in (await client.get(page, params={"code": typed}, headers=english)).text
    assert "is of no report" in (await client.get(page, params={"code": "AAAA-AAAA"}, headers=english)).text


async def test_a_code_of_another_job_is_not_genuine_here(attendance: Attendance) -> None:
    other = Attendance(
        attendance.desk,
        await planned(attendance.desk, (await opened(attendance.desk, warranty="paid"))["id"], plan(WANG, 5)),
    )
    await finished(other)
    theirs = await made(other)
    await set_all(other)
    page, english = await customer_path(attendance), {"Accept-Language": "en"}
    answer = await attendance.desk.client.get(page, params={"code": theirs["code"]}, headers=english)
    assert "is of no report" in answer.text
    assert (await attendance.desk.client.get(f"{page}/service-reports/{theirs['id']}/file")).status_code == 404


async def customer_path(attendance: Attendance) -> str:
    made = await attendance.desk.ask(DISPATCHER, "POST", f"/v1/jobs/{attendance.job_id}/customer-links", json={})
    return "/c/" + str(made.json()["url"]).partition("/c/")[2]


HOSTILE = '#panic(1) [x] $a$ \\ *b* `c` <l> @ref // = #sys.inputs "#read("/etc/passwd")'


async def test_what_people_wrote_is_set_as_they_wrote_it_and_never_run(attendance: Attendance) -> None:
    report = await with_remark(attendance, HOSTILE)
    said = text_of(await paper(attendance, report))
    assert "".join(HOSTILE.split()) in "".join(said.split())


@pytest.mark.parametrize("letters", ["😀", "ไทย", "\ue000", "\x01", "\ufeff", "\U0010ffff", "👩‍🔧"])
async def test_a_letter_that_no_font_shows_keeps_nobody_from_the_paper(attendance: Attendance, letters: str) -> None:
    report = await with_remark(attendance, f"已修好{letters}测试")
    said = text_of(await paper(attendance, report))
    assert "已修好□" in said


async def with_remark(attendance: Attendance, text: str) -> dict[str, Any]:
    """A report of a visit whose repair record says this."""
    await charged(attendance)
    await attendance.said("repair-records", {**await attendance.repair(), "text": text})
    report = await made(attendance)
    await set_all(attendance)
    return report
