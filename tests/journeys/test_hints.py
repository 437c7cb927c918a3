"""Streams of hints and faults on demand, from the real server's processes."""

import signal
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import psutil
import pytest
from msgspec import Struct

from service import embedded_postgres
from service.seed.sample import DEMO_PASSWORD
from tests.builders.phone import job_opened
from tests.processes.installations import PATIENCE_SECONDS, Installation, asking

HERE, ELSEWHERE = "dispatch.hz01", "dispatch.sz01"
AT_MOST_ONE_HINT: tuple[list[str], ...] = ([], ["changed"])
"""Without news: whoever comes while a look at the database is under way is told once that there may be some."""


class Desk:
    """Somebody at a desk of the sample company, over real HTTP."""

    def __init__(self, url: str, login: str) -> None:
        self.url = url
        named = {"organisation": "anxin", "login": login, "password": DEMO_PASSWORD, "device_name": str(uuid4())}
        session = httpx.post(f"{url}/v1/sessions", json=named, timeout=PATIENCE_SECONDS).json()
        self.headers = {"Authorization": f"Bearer {session['access_token']}"}
        self.outlet_id = UUID(session["member"]["outlet_ids"][0])

    def ask(self, method: str, path: str, json: object = None, **headers: str) -> httpx.Response:
        sent = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        return httpx.request(method, f"{self.url}{path}", json=json, headers=sent, timeout=PATIENCE_SECONDS)

    def open_job(self, **headers: str) -> str:
        """A job of this desk's outlet, sent until the server has time for it; its id."""
        job_id = str(uuid4())
        push = {"facts": [opening(job_id, self.outlet_id)]}
        while (answer := self.ask("POST", "/v1/sync/push", push, **headers)).status_code == 503:
            pass
        # Of a delivery that arrived twice, either may be first; this answers the second.
        first = {"recorded", "duplicate"} if "duplicate" in headers.get("onsite_fault", "") else {"recorded"}
        assert answer.json()["outcomes"][0]["outcome"] in first
        return job_id

    @contextmanager
    def listening(self) -> Iterator[Iterator[str]]:
        """The events of a stream past its first hint."""
        with self.stream() as stream:
            yield past_the_first(stream)

    def stream(self) -> AbstractContextManager[httpx.Response]:
        """A stream of hints, as bytes."""
        return httpx.stream("GET", f"{self.url}/v1/sync/hints", headers=self.headers, timeout=PATIENCE_SECONDS)


class Listener(Struct, frozen=True):
    """Whose stream it is, what comes over it, and which process of the server sends it."""

    desk: Desk
    events: Iterator[str]
    process: int


def past_the_first(stream: httpx.Response) -> Iterator[str]:
    """The events after the hint that every stream begins with."""
    events = events_of(stream)
    assert next(events) == "changed"
    return events


def events_of(stream: httpx.Response) -> Iterator[str]:
    """The events of a stream, with their data where it says anything; `end` when it ended as it should."""
    name = ""
    for line in stream.iter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield f"{name} {line.removeprefix('data: ')}".removesuffix(" {}")
    yield "end"


def opening(job_id: str, outlet_id: UUID) -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "job_id": job_id,
        "happened_at": "2026-03-02T02:05:00Z",
        "job_opened": job_opened(outlet_id),
    }


@pytest.fixture
def company(installation: Installation) -> Installation:
    """The sample company, served by two processes that allow faults."""
    installation.environment |= {"ONSITE_WORKERS": "2", "ONSITE_FAULTS": "1"}
    assert installation.run("seed").returncode == 0
    installation.start("serve")
    return installation


def process_of(installation: Installation, stream: httpx.Response) -> int:
    """Which of the server's processes holds the other end."""
    _, port = stream.extensions["network_stream"].get_extra_info("client_addr")
    for child in psutil.Process(installation.started[-1].pid).children():
        if port in {each.raddr.port for each in child.net_connections() if each.status == psutil.CONN_ESTABLISHED}:
            return child.pid
    raise AssertionError("no process of the server holds it")


def listening_at_every_process(installation: Installation, login: str, streams: ExitStack) -> list[Listener]:
    """As many listeners as it takes until both processes hold one."""
    listeners: list[Listener] = []
    while len({listener.process for listener in listeners}) < 2:
        desk = Desk(installation.url, login)
        stream = streams.enter_context(desk.stream())
        listeners.append(Listener(desk, past_the_first(stream), process_of(installation, stream)))
    return listeners


def test_hints_reach_the_streams_of_every_process_and_of_no_other_outlet(company: Installation) -> None:
    with ExitStack() as streams:
        here = listening_at_every_process(company, HERE, streams)
        elsewhere = listening_at_every_process(company, ELSEWHERE, streams)

        Desk(company.url, HERE).open_job()
        assert {next(each.events) for each in here} == {"changed"}
        for _ in range(3):
            Desk(company.url, ELSEWHERE).open_job()
            assert {next(each.events) for each in elsewhere} == {"changed"}

        # Had the jobs elsewhere stirred anybody here, then more than once before the end of the session does.
        for each in here:
            assert each.desk.ask("DELETE", "/v1/sessions/current").status_code == 204
            told = list(each.events)
            assert told[-2].startswith("bye")
            assert told[:-2] in AT_MOST_ONE_HINT


def test_whoever_returns_goes_on_hearing(company: Installation) -> None:
    desk, listener = Desk(company.url, HERE), Desk(company.url, HERE)
    for _ in range(2):
        with listener.listening() as events:
            desk.open_job()
            assert next(events) == "changed"


def test_a_session_that_ends_ends_its_stream(company: Installation) -> None:
    desk = Desk(company.url, HERE)

    with desk.listening() as events:
        assert desk.ask("DELETE", "/v1/sessions/current").status_code == 204

        assert next(events).startswith("bye")
        assert next(events) == "end"


@pytest.mark.parametrize("way", [signal.SIGTERM, signal.SIGINT])
def test_a_server_that_stops_ends_its_streams_instead_of_waiting_for_them(
    company: Installation, way: signal.Signals
) -> None:
    server = company.started[-1]
    with ExitStack() as streams:
        heard = [streams.enter_context(Desk(company.url, HERE).listening()) for _ in range(4)]

        server.send_signal(way)

        for told in map(list, heard):
            assert told[-2:] == ['bye {"reason":"stopping"}', "end"]
            assert told[:-2] in AT_MOST_ONE_HINT
        assert server.wait(PATIENCE_SECONDS) == 0


def test_a_stream_outlives_its_database_and_tells_of_it(company: Installation) -> None:
    desk = Desk(company.url, HERE)
    with desk.listening() as events:
        database = embedded_postgres.inspect(Path(company.environment["ONSITE_DATA"])).server_pid
        assert database is not None

        psutil.Process(database).kill()

        assert next(events) == "changed"
        desk.open_job()
        assert next(events) == "changed"


def test_a_dropped_reply_breaks_the_connection_after_the_work_is_done(company: Installation) -> None:
    desk, job_id = Desk(company.url, HERE), str(uuid4())
    push = {"facts": [opening(job_id, desk.outlet_id)]}

    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        desk.ask("POST", "/v1/sync/push", push, onsite_fault="drop-reply")
    again = desk.ask("POST", "/v1/sync/push", push)

    assert again.json()["outcomes"][0]["outcome"] == "duplicate"
    assert desk.ask("GET", f"/v1/jobs/{job_id}").json()["version"] == 1


def test_an_answer_without_a_body_is_broken_off_as_well(company: Installation) -> None:
    desk = Desk(company.url, HERE)

    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        desk.ask("DELETE", "/v1/sessions/current", onsite_fault="drop-reply")

    assert desk.ask("GET", "/v1/me").status_code == 401


def test_every_other_fault_gets_a_whole_answer(company: Installation) -> None:
    desk = Desk(company.url, HERE)

    refused = desk.ask("GET", "/v1/me", onsite_fault="unavailable")
    desk.open_job(onsite_fault="delay=0.1, duplicate")

    assert (refused.status_code, refused.json()["code"]) == (503, "busy")
    assert int(refused.headers["retry-after"]) >= 1


def test_a_plain_server_refuses_faults(installation: Installation) -> None:
    installation.start("serve")

    with asking(installation.url) as api:
        refused = api.get("/v1/health", headers={"Onsite-Fault": "unavailable"})

    assert (refused.status_code, refused.json()["code"]) == (403, "faults_not_allowed")
