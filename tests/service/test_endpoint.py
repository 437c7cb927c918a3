import json
from collections.abc import AsyncIterator

import pytest
from httpx import AsyncClient, Response

from tests.service.probe import problem

JSON = {"content-type": "application/json"}
ORDER = {"name": "滤网", "at": "2026-03-02T02:05:00Z", "parts": [{"code": "P1", "count": 2}]}


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


async def test_kinds_of_values_are_told_in_the_words_of_json(probe: AsyncClient) -> None:
    answer = await probe.post("/order", json={"name": 5}, headers={"Accept-Language": "en"})

    assert answer.json()["errors"][0]["message"] == "Expected string, got integer."


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


async def test_the_detail_says_how_many_fields_do_not_fit(probe: AsyncClient) -> None:
    answer = await probe.post("/order", json={"at": 1, "x": 0}, headers={"Accept-Language": "en"})

    assert answer.json()["detail"] == "Values that do not fit: 3; errors lists each of them."


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


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ('{"name": "a", "name": "b"}', "/name"),
        ('{"name": "a", "n\\u0061me": "a"}', "/name"),
        (
            '{"name": "a", "parts": [{"code": "x", "count": 1}, {"code": "y", "count": 1, "count" : 2}]}',
            "/parts/1/count",
        ),
    ],
)
async def test_of_two_values_under_one_name_none_is_chosen(probe: AsyncClient, body: str, pointer: str) -> None:
    answer = await probe.post("/order", content=body, headers=JSON)

    assert (problem(answer), errors(answer)) == ((422, "invalid_body"), {pointer: "given_twice"})


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
