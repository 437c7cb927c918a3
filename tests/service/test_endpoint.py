import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from typing import Any, cast
from uuid import uuid4

import pytest
from httpx import AsyncClient, Response
from litestar.types import HTTPDisconnectEvent, HTTPRequestEvent

from service.database import Database
from service.settings import Settings
from tests.organisations import Organisation
from tests.service.probe import probe_app

JSON = {"content-type": "application/json"}
ORDER = {"name": "滤网", "at": "2026-03-02T02:05:00Z", "parts": [{"code": "P1", "count": 2}]}


def problem(answer: Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == answer.status_code
    return answer.status_code, answer.json()["code"]


def errors(answer: Response) -> dict[str, str]:
    return {error["pointer"]: error["code"] for error in answer.json()["errors"]}


async def test_a_handler_gets_its_body_typed(probe: AsyncClient) -> None:
    answer = await probe.post("/order", json=ORDER)

    assert answer.json() == {"said": "滤网", "version": 1}


MALFORMED = {
    "empty": (b"", "body_missing"),
    "invalid UTF-8": (b'{"name": "\xff"}', "malformed_json"),
    "invalid UTF-8 outside of any text": (b"\xff\xfe", "malformed_json"),
    "byte order mark": (b'\xef\xbb\xbf{"name": "a"}', "malformed_json"),
    "raw NUL": (b'{"name": "a\x00"}', "malformed_json"),
    "lone surrogate": (rb'{"name": "\ud800"}', "malformed_json"),
    "trailing garbage": (b'{"name": "a"} x', "malformed_json"),
    "trailing garbage behind a body that does not fit": (b'{"nam": "a"} x', "malformed_json"),
    "cut short": (b'{"name": "a"', "malformed_json"),
    "NaN": (b'{"name": NaN}', "malformed_json"),
    "single quotes": (b"{'name': 'a'}", "malformed_json"),
    "deep junk": (b'{"x":' + b"[" * 100_000, "nested_too_deeply"),
    "deep nesting": (b'{"name": ' + b'{"a":' * 5000 + b"1" + b"}" * 5001, "nested_too_deeply"),
}


@pytest.mark.parametrize("name", MALFORMED)
async def test_a_body_that_is_no_json_is_a_400_with_a_stable_code(probe: AsyncClient, name: str) -> None:
    body, code = MALFORMED[name]

    answer = await probe.post("/order", content=body, headers=JSON)

    assert problem(answer) == (400, code)


UNFIT = {
    "another type": (b"[]", {"": "wrong_type"}),
    "null": (b"null", {"": "wrong_type"}),
    "number as text": (b'{"name": 5}', {"/name": "wrong_type"}),
    "text as number": (b'{"name": "a", "parts": [{"code": "P", "count": "5"}]}', {"/parts/0/count": "wrong_type"}),
    "beyond int64": (
        b'{"name":"a","parts":[{"code":"P","count":9223372036854775808}]}',
        {"/parts/0/count": "out_of_range"},
    ),
    "escaped NUL": (rb'{"name": "a\u0000b"}', {"/name": "holds_nul"}),
    "naive time": (b'{"name": "a", "at": "2026-03-02T02:05:00"}', {"/at": "offset_missing"}),
    "no year in UTC": (b'{"name": "a", "at": "0001-01-01T00:00:00+14:00"}', {"/at": "out_of_bounds"}),
    "year ten thousand in UTC": (b'{"name": "a", "at": "9999-12-31T23:59:59-12:00"}', {"/at": "out_of_bounds"}),
    "a time that is none": (b'{"name": "a", "at": "yesterday"}', {"/at": "malformed_time"}),
    "unknown field": (b'{"name": "a", "nmae": 1}', {"/nmae": "unknown_field"}),
    "too many parts": (
        json.dumps({"name": "a", "parts": [{"code": "P", "count": 1}] * 4}).encode(),
        {"/parts": "too_long"},
    ),
    "a slash in a name": (b'{"name": "a", "x/y~z": 1}', {"/x~1y~0z": "unknown_field"}),
}


@pytest.mark.parametrize("name", UNFIT)
async def test_a_body_that_does_not_fit_is_a_422_that_points_to_the_field(probe: AsyncClient, name: str) -> None:
    body, expected = UNFIT[name]

    answer = await probe.post("/order", content=body, headers=JSON)

    assert (problem(answer), errors(answer)) == ((422, "invalid_body"), expected)


async def test_every_field_error_is_told_at_once(probe: AsyncClient) -> None:
    answer = await probe.post("/order", json={"at": 1, "parts": [{"code": "", "count": -1}, {"kode": "P"}], "x": 0})

    assert errors(answer) == {
        "/at": "wrong_type",
        "/parts/0/code": "too_short",
        "/parts/0/count": "out_of_range",
        "/parts/1/kode": "unknown_field",
        "/parts/1/code": "missing",
        "/parts/1/count": "missing",
        "/x": "unknown_field",
        "/name": "missing",
    }


async def test_an_escaped_backslash_before_u0000_is_an_ordinary_text(probe: AsyncClient) -> None:
    answer = await probe.post("/order", content=rb'{"name": "a\\u0000"}', headers=JSON)

    assert answer.json()["said"] == r"a\u0000"


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("content-type", "text/plain")],
        [("content-type", "application/json"), ("content-type", "application/json")],
        [("content-type", "application/json; charset=gbk")],
        [("content-type", "application/jsonp")],
        [("content-type", "application/json"), ("content-encoding", "gzip")],
    ],
)
async def test_a_body_that_is_not_declared_as_plain_json_is_a_415(
    probe: AsyncClient, headers: list[tuple[str, str]]
) -> None:
    answer = await probe.post("/order", content=b'{"name": "a"}', headers=headers)

    assert problem(answer) == (415, "media_type_unsupported")


@pytest.mark.parametrize("declared", ["application/json; charset=utf-8", 'Application/JSON;charset="UTF-8"'])
async def test_utf8_may_be_said_aloud(probe: AsyncClient, declared: str) -> None:
    answer = await probe.post("/order", content=b'{"name": "a"}', headers={"content-type": declared})

    assert answer.status_code == 200


async def test_a_body_over_the_limit_is_a_413_before_anything_is_parsed(probe: AsyncClient) -> None:
    answer = await probe.post("/order", content=b"[]," * 3_500_000, headers=JSON)

    assert problem(answer) == (413, "body_too_large")


async def test_a_body_that_hides_its_size_is_counted_as_it_arrives(probe: AsyncClient) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b" " * 500

    answer = await probe.post("/small", content=chunks(), headers=JSON)

    assert (problem(answer), "content-length" in answer.request.headers) == ((413, "body_too_large"), False)


async def test_a_query_is_typed_and_repeats_only_lists(probe: AsyncClient) -> None:
    answer = await probe.get("/search?limit=5&statuses=open&statuses=closed")

    assert answer.json()["said"] == "5 open,closed"


async def test_every_query_error_is_told_at_once(probe: AsyncClient) -> None:
    answer = await probe.get("/search?limit=0&sinse=1&since=x&statuses=")

    assert (problem(answer), errors(answer)) == (
        (422, "invalid_query"),
        {"/limit": "out_of_range", "/sinse": "unknown_field", "/since": "malformed_time", "/statuses/0": "too_short"},
    )


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("limit=1&limit=2", {"/limit": "given_twice"}),
        ("limit=%FF", {"": "malformed_text"}),
        ("limit=%D9%A1", {"/limit": "wrong_type"}),
        ("statuses=a%00b", {"/statuses/0": "holds_nul"}),
        ("limit=99999999999999999999", {"/limit": "out_of_range"}),
        ("&".join(f"a{n}=1" for n in range(200)), {"": "malformed_text"}),
    ],
)
async def test_a_query_that_cannot_be_read_is_a_422(probe: AsyncClient, query: str, expected: dict[str, str]) -> None:
    answer = await probe.get(f"/search?{query}")

    assert (problem(answer), errors(answer)) == ((422, "invalid_query"), expected)


@pytest.mark.parametrize("path", ["/things/1", "/things/%00", "/nothing", "/things/", "/things/..%2F..%2Fsql", "//"])
async def test_an_address_with_nothing_behind_it_is_a_404(probe: AsyncClient, path: str) -> None:
    answer = await probe.get(path)

    assert problem(answer) == (404, "not_found")


async def test_a_wrong_method_is_a_405_that_lists_the_right_ones(probe: AsyncClient) -> None:
    answer = await probe.delete("/search")

    assert (problem(answer), answer.headers["allow"]) == ((405, "method_not_allowed"), "GET, HEAD, OPTIONS")


async def test_head_answers_as_get_does_without_the_body(probe: AsyncClient) -> None:
    answer = await probe.head("/search")

    assert (answer.status_code, answer.content, answer.headers["etag"]) == (200, b"", '"7"')


async def test_any_accept_header_is_tolerated(probe: AsyncClient) -> None:
    answer = await probe.get("/search", headers={"accept": "image/png"})

    assert answer.headers["content-type"] == "application/json"


async def test_an_answer_with_a_version_is_not_sent_twice(probe: AsyncClient) -> None:
    path = f"/things/{uuid4()}"
    tag = (await probe.get(path)).headers["etag"]

    again = await probe.get(path, headers={"if-none-match": f'"1", W/{tag}'})

    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", '"7"')


async def test_a_change_must_say_which_version_it_was_made_from(probe: AsyncClient) -> None:
    path = f"/things/{uuid4()}"

    assert problem(await probe.put(path)) == (428, "version_required")
    assert problem(await probe.put(path, headers={"if-match": "7"})) == (422, "invalid_header")
    assert (await probe.put(path, headers={"if-match": '"7"'})).json()["version"] == 8


async def test_a_right_that_the_role_lacks_is_a_403(probe: AsyncClient, an_organisation: Organisation) -> None:
    allowed = await probe.get("/plan", headers=an_organisation.dispatcher.headers)
    refused = await probe.get("/plan", headers=an_organisation.technician.headers)

    assert (allowed.status_code, problem(refused)) == (200, (403, "not_permitted"))


async def test_nobody_without_a_token_gets_past_sign_in(probe: AsyncClient) -> None:
    answer = await probe.get("/plan")

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_a_long_answer_is_compressed_for_those_who_can_read_it(probe: AsyncClient) -> None:
    packed = await probe.get("/ready-made", headers={"accept-encoding": "br;q=1, gzip"})
    plain = await probe.get("/ready-made", headers={"accept-encoding": "gzip;q=0.0, identity"})

    assert (packed.headers["content-encoding"], "content-encoding" in plain.headers) == ("gzip", False)
    assert packed.json() == plain.json()
    assert int(packed.headers["content-length"]) < len(gzip.compress(plain.content)) * 2


async def test_an_event_stream_is_sent_as_it_comes_and_never_compressed(probe: AsyncClient) -> None:
    answer = await probe.get("/events")

    assert (answer.text, answer.headers["content-type"]) == ("data: 1\n\ndata: 2\n\n", "text/event-stream")
    assert "content-encoding" not in answer.headers


async def test_a_sane_request_id_is_kept_and_any_other_replaced(probe: AsyncClient) -> None:
    kept = await probe.get("/search", headers={"x-request-id": "phone-0107.42"})
    replaced = await probe.get("/search", headers={"x-request-id": "a b\tc<script>"})

    assert kept.headers["x-request-id"] == "phone-0107.42"
    assert len(replaced.headers["x-request-id"]) == 32


async def test_every_answer_tells_browsers_to_be_careful(probe: AsyncClient) -> None:
    for method, path in (("GET", "/search"), ("GET", "/nothing"), ("POST", "/order"), ("OPTIONS", "/order")):
        answer = await probe.request(method, path)

        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert answer.headers["cache-control"] in {"no-store", "private, no-cache"}
        assert answer.headers["x-request-id"]


async def test_options_tells_what_an_address_allows(probe: AsyncClient) -> None:
    answer = await probe.options(f"/things/{uuid4()}")

    assert (answer.status_code, answer.headers["allow"]) == (204, "GET, HEAD, OPTIONS, PUT")


async def post_order(database: Database, settings: Settings, *events: HTTPRequestEvent | HTTPDisconnectEvent) -> str:
    """The problem code when the body arrives as these events, and nothing after them."""
    waiting, sent = list(events), []

    async def receive() -> HTTPRequestEvent | HTTPDisconnectEvent:
        if not waiting:
            await asyncio.Event().wait()
        return waiting.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"content-type", b"application/json")]
    request = {"type": "http", "method": "POST", "path": "/order", "query_string": b"", "headers": headers}
    await probe_app(database, settings)(cast("Any", request), receive, send)
    return str(json.loads(sent[1]["body"])["code"])


async def test_a_body_that_stops_coming_is_given_up(database: Database) -> None:
    begun: HTTPRequestEvent = {"type": "http.request", "body": b'{"name', "more_body": True}

    assert await post_order(database, Settings(body_seconds=0.01), begun) == "body_too_slow"


async def test_a_body_whose_sender_is_gone_is_incomplete(database: Database, settings: Settings) -> None:
    begun: HTTPRequestEvent = {"type": "http.request", "body": b'{"name', "more_body": True}

    assert await post_order(database, settings, begun, {"type": "http.disconnect"}) == "body_incomplete"
