"""Faults on demand: what was asked for happens, to this request alone, and only where it is allowed."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, cast

import msgspec
import pytest
from httpx import ASGITransport, AsyncClient
from litestar import Litestar
from msgspec.structs import replace

from service.app import create_app
from service.database import Database
from service.http.endpoint import Input, get, post
from service.http.errors import Refused
from service.http.faults import Faults, faults_of
from service.settings import Settings
from service.store.tables import facts
from tests.builders.fleet import assert_folded, both, fact, outcomes, planned_job, stored
from tests.builders.organisations import Organisation
from tests.builders.phone import Phone
from tests.processes.open_stream import opened
from tests.service.probe import problem


class Counted(Input, frozen=True, kw_only=True):
    """Something to count."""

    name: str


@pytest.fixture
def faulty(database: Database, settings: Settings) -> Litestar:
    """The application where faults are allowed."""
    app = create_app(replace(settings, faults=True), "postgresql://")
    app.state.database = database
    return app


@pytest.fixture
async def weak_signal(faulty: Litestar) -> AsyncIterator[AsyncClient]:
    """Speaks HTTP to it. A transport in this process hands over even what a server would break off."""
    transport = ASGITransport(faulty)  # type: ignore[arg-type]
    async with AsyncClient(transport=transport, base_url="http://onsite.test") as client:
        yield client


async def push(client: AsyncClient, phone: Phone, body: dict[str, Any], fault: str) -> Any:
    headers = {**phone.person.headers, "Onsite-Fault": fault}
    return await client.post("/v1/sync/push", json=body, headers=headers)


@pytest.mark.parametrize("fault", ["unavailable", "no such fault", ""])
async def test_a_server_that_allows_no_faults_refuses_every_request_for_one(client: AsyncClient, fault: str) -> None:
    for path in ("/v1/health", "/v1/jobs/x", "/nothing"):
        assert problem(await client.get(path, headers={"Onsite-Fault": fault})) == (403, "faults_not_allowed")


@pytest.mark.parametrize(
    "fault",
    ["", "drop", "delay", "delay=", "delay=-1", "delay=31", "delay=99999999", "delay=1e1", "delay=٣", "\udcff,,"],
)
async def test_a_fault_that_is_none_is_named(weak_signal: AsyncClient, fault: str) -> None:
    value = fault.encode(errors="surrogateescape")
    answer = await weak_signal.get("/v1/health", headers=[(b"Onsite-Fault", value), (b"Accept-Language", b"en")])

    assert problem(answer) == (400, "fault_unknown")
    assert "drop-reply" in answer.json()["detail"]


def test_faults_are_combined_by_commas_and_by_several_headers() -> None:
    assert faults_of([b"delay=2.5 , DUPLICATE", b"drop-reply"]) == Faults(
        delay_seconds=2.5, duplicate=True, drop_reply=True
    )
    assert faults_of([b"unavailable,delay=30"]) == Faults(unavailable=True, delay_seconds=30)
    with pytest.raises(Refused):
        faults_of([b"unavailable,", b"unavailable"])


async def test_a_request_without_faults_is_served_as_ever(weak_signal: AsyncClient) -> None:
    assert (await weak_signal.get("/v1/health")).json() == {"status": "ready"}


async def test_unavailable_does_nothing_and_says_when_to_return(
    client: AsyncClient, weak_signal: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    desk, _ = both(client, an_organisation)
    job_id, _ = await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)
    one = fact(job_id)

    answer = await push(weak_signal, desk, {"facts": [one]}, "unavailable")

    assert problem(answer) == (503, "busy")
    assert int(answer.headers["retry-after"]) >= 1
    assert await stored(database, facts, facts.c.id == one["id"]) == []


async def test_duplicate_records_each_fact_once_and_answers_in_full(
    client: AsyncClient, weak_signal: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    desk, _ = both(client, an_organisation)
    job_id, _ = await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)
    several = [fact(job_id) for _ in range(5)]

    answer = await push(weak_signal, desk, {"facts": several}, "duplicate")
    again = await desk.push(*several)

    assert outcomes(answer.json()) in (["recorded"] * 5, ["duplicate"] * 5)
    assert outcomes(again) == ["duplicate"] * 5
    assert [each["answer"] for each in again["outcomes"]] == [each["answer"] for each in answer.json()["outcomes"]]
    await assert_folded(database, an_organisation.org_id, job_id)


async def test_duplicate_is_carried_out_twice(database: Database, settings: Settings) -> None:
    times: list[str] = []

    @post("/count", public=True)
    async def count_calls(body: Counted) -> Counted:
        """Count."""
        times.append(body.name)
        return body

    app = create_app(replace(settings, faults=True), "postgresql://", [count_calls])
    app.state.database = database
    async with AsyncClient(transport=ASGITransport(app), base_url="http://onsite.test") as client:  # type: ignore[arg-type]
        answer = await client.post("/count", json={"name": "a"}, headers={"Onsite-Fault": "duplicate"})

    assert (answer.json(), times) == ({"name": "a"}, ["a", "a"])


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_what_only_reads_has_no_duplicate(database: Database, settings: Settings, method: str) -> None:
    times: list[str] = []

    @get("/count", public=True)
    async def count_calls() -> Counted:
        """Count."""
        times.append("read")
        return Counted(name="a")

    app = create_app(replace(settings, faults=True), "postgresql://", [count_calls])
    app.state.database = database
    async with AsyncClient(transport=ASGITransport(app), base_url="http://onsite.test") as client:  # type: ignore[arg-type]
        answer = await client.request(method, "/count", headers={"Onsite-Fault": "duplicate"})

    assert (answer.status_code, times) == (200, ["read"])


async def test_a_stream_of_hints_with_a_duplicate_is_one_stream(
    client: AsyncClient, faulty: Litestar, an_organisation: Organisation
) -> None:
    desk, phone = both(client, an_organisation)
    async with opened(faulty, phone.person, fault=b"duplicate") as stream:
        assert await stream.event() == "changed"
        await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)
        assert await stream.event() == "changed"


async def test_delay_keeps_back_the_answer_and_not_the_work(
    client: AsyncClient, weak_signal: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    desk, _ = both(client, an_organisation)
    job_id, _ = await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)
    one, other = fact(job_id), fact(job_id)

    waiting = asyncio.create_task(push(weak_signal, desk, {"facts": [one]}, "delay=30"))
    async with asyncio.timeout(25):
        while not await stored(database, facts, facts.c.id == one["id"]):
            pass
    soon = await push(weak_signal, desk, {"facts": [other]}, "delay=0.01")

    assert not waiting.done()
    assert outcomes(soon.json()) == ["recorded"]
    waiting.cancel()


async def test_a_dropped_reply_is_half_an_answer_to_work_that_is_done(
    client: AsyncClient, faulty: Litestar, database: Database, an_organisation: Organisation
) -> None:
    desk, _ = both(client, an_organisation)
    job_id, _ = await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)
    one = fact(job_id)

    start, body = await sent_by(faulty, desk, {"facts": [one]}, b"drop-reply,duplicate")

    assert len(await stored(database, facts, facts.c.id == one["id"])) == 1
    (declared,) = [int(value) for name, value in start["headers"] if name == b"content-length"]
    assert (body["more_body"], declared > len(body["body"])) == (True, True)
    with pytest.raises(msgspec.DecodeError):
        msgspec.json.decode(body["body"])


async def sent_by(app: Litestar, phone: Phone, body: dict[str, Any], fault: bytes) -> list[Any]:
    """Every message of the answer, as a server gets them."""
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": msgspec.json.encode(body), "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    token = phone.person.headers["Authorization"].encode()
    headers = [(b"content-type", b"application/json"), (b"authorization", token), (b"onsite-fault", fault)]
    request = {"type": "http", "method": "POST", "path": "/v1/sync/push", "query_string": b"", "headers": headers}
    await app(cast("Any", request), receive, send)
    return sent
