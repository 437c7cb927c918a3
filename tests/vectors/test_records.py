"""What records come to: the published cases, played by the fold's own functions and in JavaScript."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from domain.job.document import Job
from domain.job.visit import Visit
from domain.repair_record.progress import record_of

FOLDER = Path(__file__).parents[2] / "openapi/vectors/records"
FILES = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}
CASES = {
    f"{stem}/{case['name']}": (content["base"], case) for stem, content in FILES.items() for case in content["cases"]
}
HERE, ELSEWHERE = str(UUID(int=1)), str(UUID(int=2))
AT, DIGEST = "2026-07-06T02:00:00Z", "0" * 64
FACT = {"fact_id": HERE, "at": AT}
PLANTED = {
    "low limits that do not count": ("reading.value_thousandths >= low", "true"),
    "high limits that do not pass": ("reading.value_thousandths <= high", "reading.value_thousandths < high"),
    "reasons that nobody asks for": ("check.reason ? 'not_applicable' : 'unanswered'", "'not_applicable'"),
    "photos of any visit": ("job.attachments.filter((file) => file.of_this_visit)", "job.attachments"),
    "units that do not matter": ("if (reading?.unit !== number.unit)", "if (reading === undefined)"),
    "a routine that is part of the record": ("item.purpose !== 'door_routine'", "true"),
    "optional items that are missed": (
        "item.mandatory && item.verdict === 'unanswered'",
        "item.verdict === 'unanswered'",
    ),
    "answers at the end that come too late": ("[...repair.checks, ...visit.last_checks]", "repair.checks"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_record_comes_out_as_the_case_says(name: str) -> None:
    base, case = CASES[name]
    given = {part: {**base[part], **case.get(part, {})} for part in ("job", "visit", "requirements")}
    visit = visit_of(given["visit"], given["requirements"])

    found = record_of(job_of(given["job"], visit), visit)

    assert msgspec.json.decode(msgspec.json.encode(found)) == case["expect"]


def visit_of(told: dict[str, Any], requirements: dict[str, Any]) -> Visit:
    """The visit as a document holds it."""
    plan = {"technician_id": HERE, "requirements": requirements}
    plan |= dict.fromkeys(("window_start", "window_end", "work_start", "work_end"), AT)
    plain = ("arrived_at", "make_safe", "repair", "test_result", "ended_at", "last_passed", "last_checks")
    shown = {"uniform": {"code": "uniform", "result": "pass"}, "badge": {"code": "badge", "result": "pass"}}
    money = {**FACT, "lines": [], "currency": "CNY"}
    return msgspec.convert(
        {
            **{name: told[name] for name in plain},
            "id": HERE,
            "technician_id": HERE,
            "status": "ended",
            "plan": plan,
            "planned_by": None,
            "diagnosis": told["diagnosis"],
            "work": [{**span, "paused_for": None} for span in told["work"]],
            "parts": [{**FACT, "after_closing": False, "body": part} for part in told["parts"]],
            "check_in": {**FACT, "body": shown} if told["checked_in"] else None,
            "sign_off": sign_off() if told["signed_off"] else None,
            "bills": [{**money, "total_fen": 1}] * told["bills"],
            "disclosures": [disclosure(fen) for fen in told["disclosure_totals_fen"]],
        },
        Visit,
    )


def sign_off() -> dict[str, Any]:
    return {**FACT, "method": "signature", "reason": None, "evidence_digest": None}


def disclosure(total_fen: int) -> dict[str, Any]:
    agreed = dict.fromkeys(("price_list_code", "valid_until", "acknowledged_at", "acknowledged_by", "declined_at"))
    return {**FACT, **agreed, "number": 1, "content_hash": "", "lines": [], "total_fen": total_fen, "currency": "CNY"}


def job_of(told: dict[str, Any], visit: Visit) -> Job:
    """The job around it, with photos of this visit and of another."""
    file = {"digest": DIGEST, "media_type": "image/jpeg", "size_bytes": 1}
    attachments = [
        {**FACT, "visit_id": HERE if each["of_this_visit"] else ELSEWHERE, "body": {**file, "purpose": each["purpose"]}}
        for each in told["attachments"]
    ]
    plain = {name: told[name] for name in ("work_type", "warranty", "details")}
    named = {"id": ELSEWHERE, "version": 1, "status": "completed", "number": "1"}
    job = msgspec.convert({**named, **plain, "attachments": attachments}, Job)
    return msgspec.structs.replace(job, visits=(visit,))


@pytest.fixture
def node() -> str:
    found = shutil.which("node")
    if found is None:
        pytest.skip("no Node on this machine")
    return found


def test_javascript_makes_the_records_of_the_cases(node: str) -> None:
    done = _run(node, FOLDER / "record.mjs")

    assert (done.returncode, done.stdout) == (0, f"{len(CASES)} of {len(CASES)} cases passed\n")


@pytest.mark.parametrize("bug", PLANTED)
def test_a_bug_in_an_apps_records_turns_red(node: str, tmp_path: Path, bug: str) -> None:
    right, wrong = PLANTED[bug]
    source = (FOLDER / "record.mjs").read_text(encoding="utf-8")
    assert right in source
    (tmp_path / "record.mjs").write_text(source.replace(right, wrong), encoding="utf-8")

    done = _run(node, tmp_path / "record.mjs")

    assert done.returncode == 1
    assert re.search(r"^FAILED", done.stdout, re.MULTILINE)


def test_the_readme_counts_the_cases() -> None:
    told = (FOLDER / "README.md").read_text(encoding="utf-8")
    counts = {name: int(count) for name, count in re.findall(r"^\| `([a-z]+)\.json` \| (\d+) \|", told, re.MULTILINE)}

    assert counts == {name: len(content["cases"]) for name, content in FILES.items()}


def _run(node: str, record: Path) -> "subprocess.CompletedProcess[str]":
    command = [node, str(FOLDER / "run.mjs"), "--record", str(record)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
