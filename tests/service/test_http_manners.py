import asyncio
import gzip
import json
from typing import Any, cast
from uuid import uuid4

import pytest
from httpx import AsyncClient
from litestar.types import HTTPDisconnectEvent, HTTPRequestEvent

from service.database import Database
from service.settings import Settings
from tests.builders.organisations import Organisation
from tests.service.probe import probe_app, problem


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
