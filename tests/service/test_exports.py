"""Exports: the same figures as tables, and a pack that anybody can verify and nobody can touch unseen."""

import csv
import io
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook
from sqlalchemy.ext.asyncio import AsyncConnection

from service.attachments.vault import open_vault
from service.exports import making
from service.exports.cells import harmless
from service.exports.making import CLEAR_EXPORTS, EXPORT
from service.privacy.erasing import ERASING
from service.routes.exports import MOST_WAITING
from service.seed.company import sample_id
from service.settings import Settings
from service.store import tables
from service.store.exports import exports
from service.work.crew import Crew
from tests.builders.attendance import Attendance, attendance_of, finished
from tests.builders.sample_desk import ADMIN, AUDITOR, DISPATCHER, SUPERVISOR, Desk
from tests.builders.sample_plans import THESE_DAYS
from tests.service.daily import run_now

SZ01 = str(sample_id("outlet", "SZ01"))
Row = dict[str, Any]
Made = Callable[..., Awaitable[bytes]]


@pytest.fixture
async def attendance(desk: Desk) -> Attendance:
    """A whole paid visit, with a remark that begins like a formula."""
    found = await attendance_of(desk)
    await finished(found)
    note = {"text": "=cmd|' /C calc'!A0 \x1f 师傅的电话在纸上"}
    assert (await desk.ask(DISPATCHER, "POST", f"/v1/jobs/{found.job_id}/notes", json=note)).status_code == 201
    return found


async def ask(desk: Desk, login: str, **more: Any) -> Any:
    return await desk.ask(login, "POST", "/v1/exports", json={**THESE_DAYS, **more})


@pytest.fixture
def made(settings: Settings) -> Made:
    """Asks for an export, has it made, and fetches it."""

    async def make(desk: Desk, login: str = ADMIN, **more: Any) -> bytes:
        asked = await ask(desk, login, **{"purpose": "assessment", **more})
        assert asked.status_code == 202, asked.text
        crew = Crew(desk.database, settings, [EXPORT])
        await crew.look()
        await crew.idle()
        export = (await desk.ask(login, "GET", f"/v1/exports/{asked.json()['id']}")).json()
        assert export["state"] == "done"
        content = (await desk.ask(login, "GET", f"/v1/exports/{export['id']}/file")).content
        assert len(content) == export["size_bytes"]
        return content

    return make


async def counted(desk: Desk) -> dict[str, tuple[int, int]]:
    """Numerator and denominator by KPI, as the API gives them."""
    figures = (await desk.ask(ADMIN, "GET", "/v1/kpis/results", params=THESE_DAYS)).json()["results"]
    return {each["kpi"]: (each["numerator"], each["denominator"]) for each in figures if each["denominator"]}


def summed(rows: list[Row]) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for row in rows:
        if not row["excluded"] and row["pending"] in (False, "false") and int(row["denominator"]):
            numerator, denominator = found.get(row["kpi"], (0, 0))
            found[row["kpi"]] = (numerator + int(row["numerator"]), denominator + int(row["denominator"]))
    return found


def csv_of(content: bytes, name: str = "table.csv") -> list[Row]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig"))))


def xlsx_of(content: bytes) -> list[Row]:
    names, *rows = load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True)
    return [dict(zip(map(str, names), row, strict=True)) for row in rows]


def parquet_of(content: bytes) -> list[Row]:
    return list(pq.read_table(io.BytesIO(content)).to_pylist())


@pytest.mark.parametrize(("form", "read"), [("csv", csv_of), ("xlsx", xlsx_of), ("parquet", parquet_of)])
async def test_the_rows_of_each_form_add_up_to_the_figures(
    made: Made, attendance: Attendance, form: str, read: Callable[[bytes], list[Row]]
) -> None:
    rows = read(await made(attendance.desk, subject="measures", format=form))
    figures = await counted(attendance.desk)
    assert len(figures) > 10
    assert {kpi: found for kpi, found in summed(rows).items() if kpi in figures} == figures


async def test_a_table_brings_its_dictionary(made: Made, attendance: Attendance) -> None:
    content = await made(attendance.desk, subject="measures", format="csv")
    assert {row["column"] for row in csv_of(content, "dictionary.csv")} == set(csv_of(content)[0])
    parquet = pq.read_schema(io.BytesIO(await made(attendance.desk, subject="measures", format="parquet")))
    assert parquet.field("kpi").metadata[b"en"] == b"Number of the KPI"
    book = load_workbook(io.BytesIO(await made(attendance.desk, subject="kpi_results", format="xlsx")))
    assert book.sheetnames[-1] == "dictionary"


async def test_results_are_exported_as_the_api_gives_them(made: Made, attendance: Attendance) -> None:
    rows = csv_of(await made(attendance.desk, subject="kpi_results", format="csv", group_by="technician"))
    asked = {**THESE_DAYS, "group_by": "technician"}
    figures = (await attendance.desk.ask(ADMIN, "GET", "/v1/kpis/results", params=asked)).json()["results"]
    names = ("kpi", "group", "numerator", "denominator", "value_hundredths")
    assert [tuple(row[name] for name in names) for row in rows] == [
        tuple("" if each[name] is None else str(each[name]) for name in names) for each in figures
    ]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1", "\r\n=1"])
def test_text_that_would_be_a_formula_stays_text(text: str) -> None:
    assert harmless(text) == "'" + text


@pytest.mark.parametrize("text", ["", "abc", "1-1", "王建国", "a=b"])
def test_text_that_is_text_is_left_as_it_is(text: str) -> None:
    assert harmless(text) == text


async def test_a_download_that_broke_off_goes_on_where_it_stopped(made: Made, attendance: Attendance) -> None:
    desk = attendance.desk
    whole = await made(desk, subject="measures", format="csv")
    export = (await desk.ask(ADMIN, "GET", "/v1/exports")).json()["items"][0]
    path, tag = f"/v1/exports/{export['id']}/file", f'"{export["sha256"]}"'
    rest = await desk.ask(ADMIN, "GET", path, headers={"Range": "bytes=100-", "If-Range": tag})
    assert (rest.status_code, rest.content) == (206, whole[100:])
    assert (await desk.ask(ADMIN, "GET", path, headers={"If-None-Match": tag})).status_code == 304


def verified(pack: bytes, folder: Path) -> "subprocess.CompletedProcess[str]":
    """What the pack's own program says of it, run by a Python that knows nothing of us."""
    path = folder / "pack.zip"
    path.write_bytes(pack)
    with zipfile.ZipFile(path) as archive:
        archive.extract("verify.py", folder)
    command = [sys.executable, "-I", str(folder / "verify.py"), str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("login", [ADMIN, AUDITOR])
async def test_an_assessor_verifies_a_pack_offline(
    made: Made, attendance: Attendance, login: str, tmp_path: Path
) -> None:
    pack = await made(attendance.desk, login, subject="evidence", format="zip")
    said = verified(pack, tmp_path)
    assert said.returncode == 0, said.stdout + said.stderr
    assert "GENUINE" in said.stdout
    assert "jobs 1, facts 1" in said.stdout
    assert ("masked 0" in said.stdout) == (login == ADMIN)


async def test_an_auditor_reads_no_free_text_and_no_position(made: Made, attendance: Attendance) -> None:
    pack = await made(attendance.desk, AUDITOR, subject="evidence", format="zip")
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        assert "师傅的电话" not in archive.read("jobs.jsonl").decode()
        assert "text" in json.loads(archive.read("manifest.json"))["masked_fields"]


@pytest.fixture
async def long_ago(made: Made, attendance: Attendance, settings: Settings) -> Attendance:
    """A visit whose exact positions were erased in the night."""
    desk = attendance.desk
    other = await attendance_of(desk, hours=9)
    await other.said("acceptances")
    here = {"latitude": 30.2705, "longitude": 120.15, "accuracy_metres": 9, "coordinate_system": "wgs84"}
    await other.said("departures", {"position": here})
    async with desk.database.transaction() as db:
        await db.execute(tables.facts.update().values(corrected_at=tables.facts.c.corrected_at - timedelta(days=91)))
    await run_now(desk.database, settings, desk.card.org_id, ERASING)
    return other


@pytest.mark.parametrize("login", [ADMIN, AUDITOR])
async def test_a_pack_with_erased_positions_verifies_and_says_how_many(
    made: Made, long_ago: Attendance, login: str, tmp_path: Path
) -> None:
    pack = await made(long_ago.desk, login, subject="evidence", format="zip")
    said = verified(pack, tmp_path)
    assert (said.returncode, "erased 1" in said.stdout) == (0, True), said.stdout + said.stderr


async def test_what_is_said_to_be_erased_may_not_be_there(made: Made, long_ago: Attendance, tmp_path: Path) -> None:
    pack = await made(long_ago.desk, subject="evidence", format="zip")
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        files = {each: archive.read(each) for each in archive.namelist()}
    files["jobs.jsonl"] = files["jobs.jsonl"].replace(b'\\"position\\":null', b'\\"position\\":{}')
    assert "still holds what is said to be erased" in verified(zipped(files), tmp_path).stdout


def in_fact(**changed: str) -> Callable[[Row], object]:
    return lambda job: job["facts"][3].update(changed)


TOUCHES: dict[str, Callable[[Row], object]] = {
    "a content": lambda job: job["facts"][3].update(record=job["facts"][3]["record"].replace("-", "+")),
    "a digest": in_fact(digest="0" * 64),
    "a chain": in_fact(chain="0" * 64),
    "a fact in the middle": lambda job: job["facts"].pop(3),
    "the last fact": lambda job: job["facts"].pop(),
    "an author": in_fact(author_id="00000000-0000-0000-0000-000000000000"),
    "a time": in_fact(recorded_at="2020-01-01T00:00:00+00:00"),
    "the document": lambda job: job.update(document=job["document"].replace("7000", "9000")),
}


@pytest.mark.parametrize("name", TOUCHES)
async def test_nobody_touches_a_pack_unseen(made: Made, attendance: Attendance, name: str, tmp_path: Path) -> None:
    """Even with a manifest that was made to fit."""
    pack = await made(attendance.desk, subject="evidence", format="zip")
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        files = {each: archive.read(each) for each in archive.namelist()}
    job = json.loads(files["jobs.jsonl"])
    TOUCHES[name](job)
    assert job != json.loads(files["jobs.jsonl"])
    files["jobs.jsonl"] = json.dumps(job).encode() + b"\n"
    manifest = json.loads(files["manifest.json"])
    manifest["counts"]["facts"] = len(job["facts"])
    for each in manifest["files"]:
        each["sha256"] = sha256(files[each["name"]]).hexdigest()
    files["manifest.json"] = json.dumps(manifest).encode()
    said = verified(zipped(files), tmp_path)
    assert (said.returncode, "NOT GENUINE" in said.stdout) == (1, True)


async def test_a_file_changed_without_its_manifest_is_seen(made: Made, attendance: Attendance, tmp_path: Path) -> None:
    pack = await made(attendance.desk, subject="evidence", format="zip")
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        files = {each: archive.read(each) for each in archive.namelist()}
    files["kpis.csv"] += b"\n"
    assert "kpis.csv is not what the manifest says" in verified(zipped(files), tmp_path).stdout


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


async def test_a_supervisor_exports_their_own_outlets_only(made: Made, attendance: Attendance) -> None:
    mine = csv_of(await made(attendance.desk, SUPERVISOR, subject="measures", format="csv"))
    theirs = csv_of(await made(attendance.desk, "supervisor.sz01", subject="measures", format="csv"))
    assert mine
    assert theirs == []


async def test_evidence_is_for_who_answers_for_it(attendance: Attendance) -> None:
    answer = await ask(attendance.desk, DISPATCHER, subject="evidence", format="zip", purpose="assessment")
    assert (answer.status_code, answer.json()["code"]) == (403, "not_permitted")


@pytest.mark.parametrize(
    "body",
    [
        {"subject": "evidence", "format": "csv"},
        {"subject": "measures", "format": "zip"},
        {"subject": "measures", "format": "csv", "group_by": "outlet"},
        {"subject": "everything", "format": "csv"},
        {"subject": "measures", "format": "docx"},
        {"subject": "measures", "format": "csv", "last_day": "1999-01-01"},
        {"subject": "measures", "format": "csv", "outlet_id": "00000000-0000-0000-0000-000000000000"},
    ],
)
async def test_an_absurd_export_is_refused(desk: Desk, body: dict[str, str]) -> None:
    answer = await ask(desk, ADMIN, **body)
    assert answer.status_code == 422, answer.text


@pytest.mark.parametrize("vainly", ["UPDATE tasks SET state = 'failed'", "DELETE FROM tasks"])
async def test_a_file_that_could_not_be_made_is_not_waited_for(desk: Desk, vainly: str) -> None:
    asked = (await ask(desk, ADMIN, subject="measures", format="csv")).json()
    await desk.database.pull_pool.execute(vainly)

    answer = await desk.ask(ADMIN, "GET", f"/v1/exports/{asked['id']}/file")
    found = await desk.ask(ADMIN, "GET", f"/v1/exports/{asked['id']}")

    assert (answer.status_code, answer.json()["code"], answer.json()["retryable"]) == (409, "file_failed", False)
    assert "retry-after" not in answer.headers
    assert found.json()["state"] == "failed"


async def test_a_file_that_is_being_made_is_to_be_asked_for_again(desk: Desk) -> None:
    asked = (await ask(desk, ADMIN, subject="measures", format="csv")).json()
    answer = await desk.ask(ADMIN, "GET", f"/v1/exports/{asked['id']}/file")
    assert (answer.status_code, answer.json()["code"]) == (409, "file_not_ready")
    assert (await desk.ask(SUPERVISOR, "GET", f"/v1/exports/{asked['id']}")).status_code == 404


async def test_only_so_many_exports_of_one_member_wait(attendance: Attendance) -> None:
    desk, wanted = attendance.desk, {"subject": "kpi_results", "format": "csv"}
    for _ in range(MOST_WAITING):
        assert (await ask(desk, ADMIN, **wanted)).status_code == 202
    refused = await ask(desk, ADMIN, **wanted)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_waiting")
    assert int(refused.headers["retry-after"]) > 0
    assert (await ask(desk, SUPERVISOR, **wanted)).status_code == 202, "each waits for their own"


@pytest.mark.parametrize("subject", ["evidence", "measures", "report"])
@pytest.mark.parametrize("change", [{"role": "dispatcher"}, {"outlet_ids": [SZ01]}])
async def test_who_may_see_less_by_now_cannot_fetch_what_was_made_before(
    attendance: Attendance, subject: str, change: Row
) -> None:
    desk = attendance.desk
    kinds = {"evidence": "zip", "measures": "csv"}
    wanted: Row = {} if subject == "report" else {"subject": subject, "format": kinds[subject], "purpose": "dispute"}
    path = "/v1/written-reports" if subject == "report" else "/v1/exports"
    asked = await desk.ask(SUPERVISOR, "POST", path, json={**THESE_DAYS, **wanted})
    assert asked.status_code == 202, asked.text
    await changed(desk, change)
    own = f"{path}/{asked.json()['id']}"
    for address in (own, f"{own}/{'paper' if subject == 'report' else 'file'}"):
        assert (await desk.ask(SUPERVISOR, "GET", address)).status_code == 404
    assert (await desk.ask(SUPERVISOR, "GET", path)).json()["items"] == []
    assert (await desk.ask(ADMIN, "GET", own)).status_code == 200


async def test_an_administrator_of_one_outlet_is_not_given_what_was_made_for_all(attendance: Attendance) -> None:
    desk = attendance.desk
    asked = await ask(desk, ADMIN, subject="measures", format="csv")
    await changed(desk, {"role": "admin"})
    assert (await desk.ask(SUPERVISOR, "GET", f"/v1/exports/{asked.json()['id']}")).status_code == 404
    assert (await desk.ask(SUPERVISOR, "GET", "/v1/exports")).json()["items"] == []


async def changed(desk: Desk, change: Row) -> None:
    """The supervisor is somebody else by now, and signs in again."""
    path = f"/v1/members/{desk.member_id(SUPERVISOR)}"
    stored = (await desk.ask(ADMIN, "GET", path)).json()
    content = {name: value for name, value in stored.items() if name not in {"id", "version"}} | change
    answer = await desk.ask(ADMIN, "PUT", path, version=stored["version"], json=content)
    assert answer.status_code == 200, answer.text
    desk.tokens.pop(SUPERVISOR, None)


@pytest.fixture
def empty_vault(settings: Settings) -> None:
    """Without what other tests had made: the folder outlives them."""
    vault = open_vault(settings)
    assert vault.folder is not None
    shutil.rmtree(vault.folder / "exports", ignore_errors=True)


async def listed(desk: Desk, login: str = ADMIN) -> list[str]:
    found = await desk.ask(login, "GET", "/v1/exports")
    return [each["id"] for each in found.json()["items"]]


def files_of(settings: Settings, desk: Desk) -> set[str]:
    vault = open_vault(settings)
    assert vault.folder is not None
    return {each.name for each in vault.folder.glob(f"exports/{desk.card.org_id}/*")}


@pytest.mark.usefixtures("empty_vault")
async def test_the_newest_of_each_member_are_kept_for_their_time_and_nothing_is_left_of_the_others(
    made: Made, desk: Desk, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "MOST_KEPT", 2)
    for login in (ADMIN, ADMIN, ADMIN, SUPERVISOR):
        await made(desk, login, subject="kpi_results", format="csv")
    of_supervisor, *of_admin = await listed(desk)
    assert files_of(settings, desk) == {of_supervisor, *of_admin}

    await run_now(desk.database, settings, desk.card.org_id, CLEAR_EXPORTS)
    assert await listed(desk) == [of_supervisor, *of_admin[:2]]
    assert files_of(settings, desk) == {of_supervisor, *of_admin[:2]}

    async with desk.database.transaction() as db:
        over = tables.exports.c.id == UUID(of_admin[0])
        await db.execute(tables.exports.update().where(over).values(expires_at=datetime.now(UTC)))
    await run_now(desk.database, settings, desk.card.org_id, CLEAR_EXPORTS)
    assert files_of(settings, desk) == {of_supervisor, of_admin[1]}
    assert await desk.database.pull_pool.fetchval("SELECT count(*) FROM exports") == 2


@pytest.mark.usefixtures("empty_vault")
async def test_no_file_is_left_of_an_export_that_is_forgotten_while_it_is_made(
    desk: Desk, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def forgotten(db: AsyncConnection, org_id: UUID, export_id: UUID, *_: object) -> bool:
        await exports.remove(db, org_id, [export_id])
        return False

    monkeypatch.setattr(exports, "finish", forgotten)
    assert (await ask(desk, ADMIN, subject="kpi_results", format="csv")).status_code == 202
    crew = Crew(desk.database, settings, [EXPORT])
    await crew.look()
    await crew.idle()
    assert (await listed(desk), files_of(settings, desk)) == ([], set())
