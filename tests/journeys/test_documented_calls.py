"""The calls and the code in the documents, run against a server that was started as they say."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from domain.facts.door.fees import FeesDisclosed
from domain.steps.fees import content_hash
from openapi.vectors.runner.phone import Phone
from service.desk.visit_actions import VISIT_ACTIONS
from tests.documents import blocks, differences
from tests.processes.installations import ONSITE, asking, free_port


class Demo:
    """A running `make demo`."""

    def __init__(self, url: str, card: str) -> None:
        self.url, self.card = url, card
        self.api = asking(url)

    def tokens(self, **logins: str) -> dict[str, str]:
        return {name: self._sign_in(login) for name, login in logins.items()}

    def post(self, path: str, body: Any, token: str) -> Any:
        answer = self.api.post(path, json=body, headers={"authorization": f"Bearer {token}"})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def send(self, request: str) -> Any:
        """What is answered to a request as a page writes it."""
        head, _, body = request.strip().partition("\n\n")
        line, *headers = head.splitlines()
        method, path = line.split()
        sent = dict(header.split(": ", 1) for header in headers) | {"content-type": "application/json"}
        answer = self.api.request(method, path, content=body.encode() or None, headers=sent)
        assert answer.is_success, f"{line}: {answer.text}"
        return answer.json()

    def _sign_in(self, login: str) -> str:
        sent = {"organisation": "anxin", "login": login, "password": "onsite-demo-2025", "device_name": "test"}
        return str(self.api.post("/v1/sessions", json=sent).json()["access_token"])

    def me(self, token: str) -> Any:
        """The member whose token it is."""
        return self.api.get("/v1/me", headers={"authorization": f"Bearer {token}"}).json()["member"]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    port = str(free_port())
    environment = {**os.environ, "ONSITE_DATA": str(tmp_path_factory.mktemp("demo")), "ONSITE_PORT": port}
    environment.pop("DATABASE_URL", None)
    with subprocess.Popen([*ONSITE, "demo"], env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        card = ""
        while "Start anew" not in card:
            line = process.stdout.readline()
            assert line, f"ended early: {card}"
            card += line
        running = Demo(f"http://127.0.0.1:{port}", card)
        yield running
        running.api.close()
        process.terminate()


def test_the_card_is_the_one_that_the_readme_shows(demo: Demo) -> None:
    (shown,) = blocks("README.md", "text")

    assert shown.strip() in demo.card.replace(demo.url, "http://127.0.0.1:8000")


@pytest.mark.skipif(shutil.which("curl") is None, reason="NOT TESTED: the README's tour (no curl here)")
def test_the_readmes_tour_shows_a_finding_and_does_nothing_twice(demo: Demo) -> None:
    tour = blocks("README.md", "sh")[1].replace("http://127.0.0.1:8000", demo.url)

    first, again = (_answers(tour) for _ in range(2))

    opened, planned, pulled, pushed, cases = first
    assert (opened["status"], planned["job"]["status"]) == ("open", "scheduled")
    assert [job["id"] for job in pulled["jobs"]] == [opened["id"]]
    assert pushed["outcomes"][0]["outcome"] == "recorded_with_findings"
    assert "work_without_acknowledgement" in {case["code"] for case in cases["items"]}
    assert again[3]["outcomes"][0] == {**pushed["outcomes"][0], "outcome": "duplicate"}
    assert again[0]["version"] == 3


def test_the_exchange_in_the_protocol_is_what_the_server_answers(demo: Demo) -> None:
    tokens = demo.tokens(desk="dispatch.hz01", phone="HZ0112")
    spoken = blocks("docs/sync-exchange.md", "http", "json")
    cursor = ""
    assert len(spoken) > 10

    for request, shown in zip(spoken[::2], spoken[1::2], strict=True):
        head, _, body = request.partition("\n\n")
        path, who = re.fullmatch(r"POST (\S+)\nAuthorization: Bearer \{(\w+)\}", head).groups()  # type: ignore[union-attr]
        answer = demo.post(path, json.loads(body.replace("{cursor}", cursor)), tokens[who])
        assert differences(json.loads(shown), answer) == []
        cursor = (answer.get("changes") or answer).get("cursor", cursor)


def test_the_desks_day_is_what_the_server_answers(demo: Demo) -> None:
    tokens = demo.tokens(desk="dispatch.hz01", phone="HZ0107", other="HZ0112")
    spoken = blocks("docs/desk.md", "http", "json")
    known: dict[str, str] = {}

    for request, shown in zip(spoken[::2], spoken[1::2], strict=True):
        answer = demo.send(_filled(_filled(request, tokens), known))
        known |= _named(json.loads(shown), answer)
        assert differences(json.loads(_filled(shown, known)), answer) == [], request
    assert set(known) == {"case", "held", "report"}


def test_the_phone_of_the_vectors_syncs_a_day(demo: Demo) -> None:
    tokens = demo.tokens(desk="dispatch.hz01", phone="HZ0115")
    exchange = json.loads(blocks("docs/sync-exchange.md", "http")[0].partition("\n\n")[2])
    me = demo.me(tokens["phone"])["id"]
    text = re.sub(r"-0000000000(\w\w)\"", r'-0000000001\1"', json.dumps(exchange))
    opened, planned = json.loads(text)["facts"]
    planned["visit_planned"]["technician_id"] = me
    demo.post("/v1/sync/push", {"facts": [opened, planned]}, tokens["desk"])
    phone = Phone(lambda path, body: (200, {}, demo.post(path, body, tokens["phone"])), {"device_id": "this one"})
    about = {"id": str(uuid4()), "job_id": opened["job_id"], "visit_id": planned["visit_id"], "seq": 1}
    work = {**about, "base_version": 2, "happened_at": "2026-07-06T02:05:00Z", "work_started": {}}

    phone.sync()
    phone.record({"made_on": "this one", "fact": work})
    phone.sync(check_digest=True)

    assert (phone.state, phone.outbox, phone.shown) == ("idle", [], [work["id"]])
    assert phone.documents[opened["job_id"]]["version"] == 3
    assert {each["code"] for each in phone.documents[opened["job_id"]]["findings"]} >= {"work_without_acknowledgement"}


def test_the_content_hash_that_apps_are_told_is_the_servers() -> None:
    code: dict[str, Any] = {}
    exec(blocks("openapi/vectors/quotes/README.md", "python")[0], code)  # noqa: S102 (this repository's own page)
    (disclosed,) = [action.example for action in VISIT_ACTIONS if isinstance(action.example, FeesDisclosed)]

    assert code["content_hash"](msgspec.to_builtins(disclosed)) == content_hash(disclosed)


def _filled(text: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def _named(shown: Any, answered: Any) -> dict[str, str]:
    """The values that the page gives a name, as `{case}`."""
    if isinstance(shown, str) and re.fullmatch(r"\{\w+\}", shown):
        return {shown[1:-1]: answered}
    pairs: list[tuple[Any, Any]] = []
    if isinstance(shown, dict) and isinstance(answered, dict):
        pairs = [(value, answered.get(name)) for name, value in shown.items()]
    elif isinstance(shown, list) and isinstance(answered, list):
        pairs = list(zip(shown, answered, strict=False))
    return {name: value for one, other in pairs for name, value in _named(one, other).items()}


def _answers(script: str) -> list[Any]:
    said = subprocess.run(["sh", "-e"], input=script, capture_output=True, text=True, check=True).stdout
    return [json.loads(line) for line in said.splitlines()]


def test_the_commands_on_the_card_reach_this_very_server_from_another_terminal(demo: Demo) -> None:
    elsewhere = {name: value for name, value in os.environ.items() if not name.startswith("ONSITE_")}
    (token_command,) = re.findall(r"`(.+ token \S+)` prints another", demo.card)
    (day,) = re.findall(r"See it live +(.+?) {5}", demo.card)

    pasted = subprocess.run(token_command, shell=True, env=elsewhere, capture_output=True, text=True, check=True)  # noqa: S602

    assert demo.me(pasted.stdout.strip())["login"] == "dispatch.hz01"
    assert day == token_command.replace("token dispatch.hz01", "simulate day")
