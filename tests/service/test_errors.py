import string
from pathlib import Path

import pytest
import structlog
from httpx import AsyncClient

from service.database import Database
from service.http.endpoint import Operation
from service.http.errors import LANGUAGES, PROBLEMS, VIOLATIONS
from service.routes import OPERATIONS
from tests.service import probe as probe_module
from tests.service.probe import problem


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("code", PROBLEMS)
def test_both_languages_say_the_same(code: str) -> None:
    kind = PROBLEMS[code]

    assert places(kind.zh.detail) == places(kind.en.detail)
    assert places(kind.zh.title + kind.en.title + kind.zh.advice + kind.en.advice) == set()


@pytest.mark.parametrize("code", VIOLATIONS)
def test_both_languages_say_the_same_about_a_field(code: str) -> None:
    assert set(VIOLATIONS[code]) == set(LANGUAGES)
    assert places(VIOLATIONS[code]["zh"]) == places(VIOLATIONS[code]["en"])


def test_only_what_can_succeed_later_is_retryable() -> None:
    for code, kind in PROBLEMS.items():
        assert not kind.retryable or kind.status in {400, 401, 408, 409, 425, 429, 460, 500, 503, 507}, code


def test_every_code_that_an_operation_names_is_in_the_catalogue() -> None:
    assert [code for operation in OPERATIONS for code in operation.problems if code not in PROBLEMS] == []


def test_every_code_that_the_program_raises_is_in_the_catalogue() -> None:
    for path in Path("service").rglob("*.py"):
        for part in path.read_text(encoding="utf-8").split('Refused("')[1:]:
            assert part.partition('"')[0] in PROBLEMS, path


async def test_prose_comes_in_the_language_that_the_reader_prefers(probe: AsyncClient) -> None:
    for accepted, language in (
        ("en", "en"),
        ("zh-TW", "zh"),
        ("fr, en;q=0.5, zh;q=0.1", "en"),
        ("en;q=0, zh", "zh"),
        ("fr", "zh"),
        ("en;q=x", "zh"),
        ("", "zh"),
    ):
        answer = await probe.get("/nothing", headers={"accept-language": accepted})

        assert (answer.headers["content-language"], answer.headers["vary"]) == (language, "Accept-Language")
        assert answer.json()["title"] == PROBLEMS["not_found"].prose(language).title


async def test_a_problem_says_no_more_of_an_endless_path_or_name_back_than_a_reader_needs(client: AsyncClient) -> None:
    far, named = f"/v1/{'a' * 40_000}", {"b" * 40_000: 1}

    nowhere = await client.get(far)
    refused = await client.post("/v1/sessions", json=named)

    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "not_found")
    assert nowhere.json()["instance"] == far[:199] + "…"
    assert refused.status_code == 422
    assert {"/" + "b" * 198 + "…", "/login"} <= {each["pointer"] for each in refused.json()["errors"]}


async def test_every_problem_type_leads_to_a_page_that_explains_it(client: AsyncClient) -> None:
    refused = (await client.get("/nothing")).json()
    assert refused["type"] == "/v1/problems/not_found"

    for code, kind in PROBLEMS.items():
        explained = await client.get(refused["type"].replace("not_found", code))

        assert (explained.status_code, explained.json()["status"]) == (200, kind.status)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("SELECT 1/0", (422, "value_out_of_range")),
        ("SELECT 'x'::int", (422, "value_out_of_range")),
        ("INSERT INTO organisations (org_id, name) VALUES (uuidv7(), 'x')", (409, "state_conflict")),
        (
            "INSERT INTO organisations (org_id, code, name) VALUES (uuidv7(), 'x', 'x'), (uuidv7(), 'x', 'x')",
            (409, "already_exists"),
        ),
        (
            "INSERT INTO signing_keys (org_id, key_id, private_pem, public_pem) VALUES (uuidv7(), 'x', 'x', 'x')",
            (409, "reference_missing"),
        ),
        ("DO $$ BEGIN RAISE EXCEPTION 'cancelled' USING ERRCODE = '57014'; END $$", (503, "busy")),
        ("SELECT pg_terminate_backend(pg_backend_pid())", (503, "busy")),
        ("SELECT * FROM no_such_table", (500, "internal_error")),
    ],
)
async def test_a_database_error_is_answered_by_its_class(
    probe: AsyncClient, statement: str, expected: tuple[int, str]
) -> None:
    answer = await probe.post("/sql", json={"statement": statement}, timeout=20)

    assert problem(answer) == expected


async def test_the_service_recovers_once_the_database_is_back(probe: AsyncClient) -> None:
    await probe.post("/sql", json={"statement": "SELECT pg_terminate_backend(pg_backend_pid())"})

    assert (await probe.post("/sql", json={"statement": "SELECT 1"})).status_code == 200


async def test_a_busy_service_says_when_to_come_back(probe: AsyncClient) -> None:
    answer = await probe.post("/sql", json={"statement": "SELECT pg_terminate_backend(pg_backend_pid())"})

    assert 1 <= int(answer.headers["retry-after"]) <= 5
    assert answer.json()["retryable"] is True


async def test_a_deadlock_is_tried_again_a_few_times_and_then_reported_as_busy(probe: AsyncClient) -> None:
    probe_module.attempts.clear()
    deadlock = "DO $$ BEGIN RAISE EXCEPTION 'deadlock' USING ERRCODE = '40P01'; END $$"

    answer = await probe.post("/sql", json={"statement": deadlock})

    assert (problem(answer), len(probe_module.attempts)) == ((503, "busy"), 3)


async def test_a_bug_leaves_nothing_half_written(probe: AsyncClient, database: Database) -> None:
    insert = "INSERT INTO organisations (org_id, code, name) VALUES (uuidv7(), 'x', 'x')"

    answer = await probe.post("/sql-then-fail", json={"statement": insert})

    assert problem(answer) == (500, "internal_error")
    assert await database.pull_pool.fetchval("SELECT count(*) FROM organisations") == 0


async def test_a_bug_is_logged_with_its_place_and_without_anybodys_data(probe: AsyncClient) -> None:
    with structlog.testing.capture_logs() as lines:
        answer = await probe.post("/sql-then-fail", json={"statement": "SELECT '王建国'"})

    (line,) = lines
    assert (line["error"], line["operation"]) == ("ValueError", "run_sql_then_fail")
    assert line["request_id"] == answer.json()["request_id"]
    assert "run_sql_then_fail" in str(line["traceback"])
    assert "王建国" not in str(line) + answer.text


def test_every_operation_is_public_or_asks_for_a_right_or_is_known_to_need_sign_in_only() -> None:
    def asks_for_sign_in_only(operation: Operation) -> bool:
        return not operation.public and operation.right is None

    assert {operation.id for operation in OPERATIONS if asks_for_sign_in_only(operation)} <= {
        "sign_out",
        "read_me",
        "list_devices",
        "revoke_device",
        "read_rules",
        "pull_changes",
        "read_hints",
    }
