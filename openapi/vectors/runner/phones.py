"""An app's sync loop held to the cases of `phones.json`: the case plays the server."""

from copy import deepcopy
from typing import Any

from .phone import Phone

Json = Any


def differences(case: Json, kind: type[Phone] = Phone) -> list[str]:
    """What the phone asked, held or showed otherwise than the case says."""
    server = Script()
    phone = kind(server.post, deepcopy(case["phone"]))
    server.record = phone.record
    for step in case["steps"]:
        if step["do"] == "record":
            phone.record(step["record"])
            continue
        server.script = list(step["exchanges"])
        phone.sync(check_digest=step.get("check_digest", False))
        server.found += [f"did not ask {left['expects']['path']}" for left in server.script]
        server.found += _state(step["then"], phone)
    return server.found


class Script:
    """A server that answers as the case says, and notes whoever asks otherwise."""

    def __init__(self) -> None:
        self.script: list[Json] = []
        self.found: list[str] = []
        self.record: Any = None

    def post(self, path: str, body: Json) -> tuple[int, dict[str, str], Json]:
        if not self.script:
            self.found.append(f"asked more than expected: {path} {body}")
            raise OSError
        exchange = self.script.pop(0)
        self.found += _request(exchange["expects"], path, body)
        if exchange["expects"]["path"] != path:
            raise OSError
        if "record" in exchange:
            self.record(exchange["record"])
        answer = exchange["answers"]
        if answer == "lost":
            raise OSError
        return answer["status"], answer.get("headers", {}), deepcopy(answer.get("body"))


def _request(expects: Json, path: str, body: Json) -> list[str]:
    asked = {**body, "path": path, "facts": [fact["id"] for fact in body.get("facts", [])]}
    wanted = {**expects, **expects.get("body", {})}
    wanted.pop("body", None)
    return [found for name, value in wanted.items() for found in _same(name, value, asked.get(name))]


def _state(then: Json, phone: Phone) -> list[str]:
    seen = {
        "outbox": [each["fact"]["id"] for each in phone.outbox],
        "acknowledged": sorted(each["fact"]["id"] for each in phone.acknowledged),
        "documents": {each["id"]: each["version"] for each in phone.documents.values()},
        "shown": phone.shown,
        "purged": phone.purged,
        "cursor": phone.cursor,
        "state": phone.state,
        "wait_seconds_at_least": min(phone.wait_seconds, then.get("wait_seconds_at_least", 0)),
    }
    return [found for name, value in then.items() for found in _same(name, value, seen[name])]


def _same(what: str, expected: Json, found: Json) -> list[str]:
    return [] if expected == found else [f"{what}: {expected!r} != {found!r}"]
