"""The written report: every figure on the paper is the API's, cell by cell."""

import io
from typing import Any
from uuid import UUID

import pytest
from pypdf import PdfReader

from domain.kpis.table import KPI_BY_ID
from service.settings import Settings
from service.work.crew import Crew
from service.written_report import making
from service.written_report.making import CLEAR_REPORTS, WRITTEN_REPORT
from service.written_report.printer import hundredths
from tests.builders.attendance import Attendance, attendance_of, finished
from tests.builders.sample_desk import ADMIN, DISPATCHER, SUPERVISOR, TECHNICIAN, Desk
from tests.builders.sample_plans import HZ01, NEXT_MONTH, THESE_DAYS, WANG
from tests.service.daily import run_now


@pytest.fixture
async def attendance(desk: Desk) -> Attendance:
    """A whole paid visit, at the door today."""
    found = await attendance_of(desk)
    await finished(found)
    return found


async def ask(desk: Desk, login: str = ADMIN, **more: Any) -> Any:
    return await desk.ask(login, "POST", "/v1/written-reports", json={**THESE_DAYS, **more})


async def written(desk: Desk, login: str = ADMIN, **more: Any) -> dict[str, Any]:
    answer = await ask(desk, login, **more)
    assert answer.status_code == 202, answer.text
    assert answer.headers["location"] == f"/v1/written-reports/{answer.json()['id']}"
    crew = Crew(desk.database, Settings(), [WRITTEN_REPORT])
    await crew.look()
    await crew.idle()
    report = (await desk.ask(login, "GET", f"/v1/written-reports/{answer.json()['id']}")).json()
    assert (report["state"], report["steps_done"], report["steps_total"]) == ("done", 3, 3)
    return dict(report)


async def text_of(desk: Desk, report: dict[str, Any], login: str = ADMIN) -> str:
    paper = await desk.ask(login, "GET", f"/v1/written-reports/{report['id']}/file")
    assert (paper.status_code, paper.headers["content-type"]) == (200, "application/pdf")
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(paper.content)).pages)


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_every_cell_is_the_figure_of_the_api(attendance: Attendance, language: str) -> None:
    desk = attendance.desk
    said = await text_of(desk, await written(desk, language=language, outlet_id=HZ01))
    figures = await counted(desk)
    words = said.split()

    assert len(figures) > 40
    assert sum(figure["denominator"] for figure in figures) > 10
    for figure in figures:
        kpi = KPI_BY_ID[figure["kpi"]]
        cells = [str(figure["numerator"]), str(figure["denominator"])]
        cells += hundredths(figure["value_hundredths"], kpi.unit).split()
        low, high = figure["interval_low_hundredths"], figure["interval_high_hundredths"]
        if low is not None:
            cells += [*hundredths(low, kpi.unit).split(), "–", *hundredths(high, kpi.unit).split()]
        assert holds(words, kpi.id, cells), (kpi.id, cells)


async def counted(desk: Desk) -> list[dict[str, Any]]:
    """The figures as the API gives them."""
    answer = await desk.ask(ADMIN, "GET", "/v1/kpis/results", params={**THESE_DAYS, "outlet_id": HZ01})
    return list(answer.json()["results"])


def holds(words: list[str], name: str, cells: list[str]) -> bool:
    """Whether a row begins with this name, and bears these cells side by side after it."""
    places = [place for place, word in enumerate(words) if word == name]
    return any(cells == words[start : start + len(cells)] for place in places for start in range(place, place + 25))


async def test_the_index_on_paper_is_that_of_the_api(attendance: Attendance) -> None:
    desk = attendance.desk
    said = await text_of(desk, await written(desk, language="en"))
    index = (await desk.ask(ADMIN, "GET", "/v1/index", params=THESE_DAYS)).json()
    number, covered = index["index_hundredths"], index["covered_points_hundredths"]
    assert f"{number // 100}.{number % 100:02}" in said
    assert f"{covered // 100}.{covered % 100:02} of 100 points" in said
    for each in index["not_measured_here"]:
        assert each["clause"] in said


async def test_a_report_about_a_technician_has_no_index(attendance: Attendance) -> None:
    said = await text_of(attendance.desk, await written(attendance.desk, language="en", technician_id=WANG))
    assert "HZ0107 王建国" in said
    assert "On-site evidence index" not in said


async def test_what_changed_since_the_last_snapshot_of_the_period_is_told(attendance: Attendance) -> None:
    desk = attendance.desk
    assert "There is no snapshot" in await text_of(desk, await written(desk, language="en"))
    frozen = await desk.ask(ADMIN, "POST", "/v1/snapshots", json=THESE_DAYS)
    assert frozen.status_code == 201, frozen.text
    await attendance.said("endings", {"outcome": "solved"})
    report = await text_of(desk, await written(desk, language="en"))
    difference = (await desk.ask(ADMIN, "GET", f"/v1/snapshots/{frozen.json()['snapshot']['id']}/difference")).json()
    assert difference["figures"]
    for each in difference["figures"]:
        assert each["kpi"] in report.partition("Restated since")[2].partition("Not measured")[0]


async def test_actions_stand_in_the_report_with_their_figures(attendance: Attendance) -> None:
    desk = attendance.desk
    about = {"kpi": "K12a", "outlet_id": HZ01, "title": "告知费用", "action": "先报价后动手", "due_on": NEXT_MONTH}
    owner = str(desk.member_id(SUPERVISOR))
    made = await desk.ask(SUPERVISOR, "POST", "/v1/improvements", json={**THESE_DAYS, **about, "owner_id": owner})
    assert made.status_code == 201, made.text
    said = await text_of(desk, await written(desk, language="en", outlet_id=HZ01))
    section = said.partition("Improvement actions")[2].partition("Restated since")[0]
    assert "告知费用" in section
    assert f"{NEXT_MONTH} planned" in section


async def test_the_font_is_inside_and_the_paper_can_be_archived(attendance: Attendance) -> None:
    report = await written(attendance.desk)
    paper = (await attendance.desk.ask(ADMIN, "GET", f"/v1/written-reports/{report['id']}/file")).content
    assert b"/FontFile" in paper
    told = PdfReader(io.BytesIO(paper)).root_object["/Metadata"].get_data().decode()  # type: ignore[attr-defined]
    assert "pdfaid:part>2<" in told


async def test_a_report_without_anything_counted_is_a_report(desk: Desk) -> None:
    report = await written(desk, first_day="2020-01-01", last_day="2020-01-31", language="en")
    assert "No sample of this period counts for the index." in await text_of(desk, report)


async def test_a_paper_that_is_being_written_is_to_be_asked_for_again(desk: Desk) -> None:
    asked = (await ask(desk)).json()
    paper = await desk.ask(ADMIN, "GET", f"/v1/written-reports/{asked['id']}/file")
    assert asked["state"] == "waiting"
    assert (paper.status_code, paper.json()["code"]) == (409, "file_not_ready")


async def test_a_paper_that_could_not_be_written_is_not_waited_for(desk: Desk) -> None:
    asked = (await ask(desk)).json()
    await desk.database.pull_pool.execute("UPDATE tasks SET state = 'failed'")

    paper = await desk.ask(ADMIN, "GET", f"/v1/written-reports/{asked['id']}/file")

    assert (paper.status_code, paper.json()["code"]) == (409, "file_failed")


async def test_a_supervisor_reads_of_their_own_outlets_only(attendance: Attendance) -> None:
    desk = attendance.desk
    mine = await written(desk, SUPERVISOR, language="en")
    theirs = await ask(desk, "supervisor.sz01", outlet_id=HZ01)
    assert (await desk.ask("supervisor.sz01", "GET", f"/v1/written-reports/{mine['id']}")).status_code == 404
    assert (await desk.ask("supervisor.sz01", "GET", f"/v1/written-reports/{mine['id']}/file")).status_code == 404
    assert (theirs.status_code, theirs.json()["code"]) == (422, "invalid_query")


@pytest.mark.parametrize(
    "body",
    [
        {"first_day": "2026-12-01", "last_day": "2026-11-01"},
        {"first_day": "1900-01-01", "last_day": "2026-11-01"},
        {"first_day": "2026-02-30", "last_day": "2026-11-01"},
        {"outlet_id": "00000000-0000-0000-0000-000000000000"},
        {"language": "fr"},
        {"targets": "heroic"},
    ],
)
async def test_an_absurd_request_is_refused(desk: Desk, body: dict[str, str]) -> None:
    answer = await ask(desk, **body)
    assert answer.status_code == 422
    assert answer.json()["code"] in {"invalid_body", "invalid_query"}


async def test_a_technician_asks_for_no_report_of_others(desk: Desk) -> None:
    assert (await ask(desk, TECHNICIAN)).status_code in {403, 422}
    assert (await desk.ask(DISPATCHER, "GET", "/v1/written-reports")).status_code in {200, 403}


async def test_the_newest_of_each_member_are_kept_for_so_long_and_no_paper_of_the_others(
    desk: Desk, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "MOST_KEPT", 2)
    for login in (ADMIN, ADMIN, ADMIN, SUPERVISOR):
        assert (await ask(desk, login)).status_code == 202
    rows = await desk.database.pull_pool.fetch("SELECT id, made_by FROM written_reports ORDER BY created_at DESC")
    of_supervisor, *of_admin = [row["id"] for row in rows]

    await run_now(desk.database, settings, desk.card.org_id, CLEAR_REPORTS)
    assert await kept(desk) == {of_supervisor, *of_admin[:2]}

    await desk.database.pull_pool.execute(
        "UPDATE written_reports SET created_at = created_at - interval '401 days' WHERE id = $1", of_admin[0]
    )
    await run_now(desk.database, settings, desk.card.org_id, CLEAR_REPORTS)
    assert await kept(desk) == {of_supervisor, of_admin[1]}


async def kept(desk: Desk) -> set[UUID]:
    return {row["id"] for row in await desk.database.pull_pool.fetch("SELECT id FROM written_reports")}
