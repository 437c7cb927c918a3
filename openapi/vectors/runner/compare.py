"""What was seen, held against what a case expects: sentences about what differs."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from .cases import instant

Json = Any


class Seen:
    """What came of a play: the answers of each push in the order sent, the document, and who may hold it."""

    def __init__(self) -> None:
        self.pushes: list[Json] = []
        self.job: Json = None
        self.log: dict[str, Json] = {}
        self.withdrawn: dict[str, str | None] = {}


def differences(expect: dict[str, Json], seen: Seen, names: dict[str, str], *, as_written: bool) -> list[str]:
    """How the play differs from the expectation. Outcomes hold for the written order, documents for every order."""
    found = [] if expect.get("job") is None else partial(expect["job"], seen.job, "job")
    if "findings" in expect:
        found += _same("findings", _by_visit(expect["findings"]), _findings(seen.job))
    if "conflicts" in expect:
        found += _conflicts(expect["conflicts"], seen.job["conflicts"])
    for letter, reason in expect.get("withdrawn", {}).items():
        found += _same(f"withdrawn from {letter}", reason, seen.withdrawn.get(letter, "nothing said"))
    for name, said in expect.get("log", {}).items():
        found += partial(said, seen.log.get(names[name]), f"log {name}")
    if as_written:
        found += _outcomes(expect.get("outcomes", {}), seen, names)
        trouble = [push.get("device_trouble") for push in seen.pushes]
        found += _same("device_trouble", expect.get("device_trouble", trouble), trouble)
    return found


def partial(expected: Json, found: Json, where: str) -> list[str]:
    """Objects may hold more than is expected; lists have as many elements; moments are compared as moments."""
    if isinstance(expected, dict) and isinstance(found, dict):
        pairs = [(expected[key], found.get(key, "missing"), f"{where}.{key}") for key in expected]
        return [each for one in pairs for each in partial(*one)]
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        indexed = enumerate(zip(expected, found, strict=True))
        return [each for index, (one, other) in indexed for each in partial(one, other, f"{where}[{index}]")]
    return [] if expected == found or _same_moment(expected, found) else [f"{where}: {expected!r} != {found!r}"]


def _outcomes(expected: Json, seen: Seen, names: dict[str, str]) -> list[str]:
    if isinstance(expected, list):
        said = [[_said(outcome) for outcome in push["outcomes"]] for push in seen.pushes]
        return partial([[_short(each) for each in push] for push in expected], said, "outcomes")
    found: dict[str, Json] = {}
    for push in seen.pushes:
        for outcome in push["outcomes"]:
            found.setdefault(outcome["answer"]["fact_id"], _said(outcome))
    return [
        each
        for name, wanted in expected.items()
        for each in partial(_short(wanted), found.get(names[name]), f"outcome of {name}")
    ]


def _short(expected: Json) -> Json:
    return {"outcome": expected} if isinstance(expected, str) else expected


def _said(outcome: Json) -> Json:
    answer = outcome["answer"]
    codes = sorted(finding["code"] for finding in answer["findings"])
    return {**answer, "outcome": outcome["outcome"], "findings": codes}


def _by_visit(expected: dict[str, list[str]]) -> dict[str, list[str]]:
    return {visit: sorted(codes) for visit, codes in expected.items()}


def _findings(job: Json) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for finding in job["findings"]:
        found.setdefault(finding["visit_id"] or "job", []).append(finding["code"])
    return {visit: sorted(codes) for visit, codes in found.items()}


def _conflicts(expected: Sequence[Json], found: Sequence[Json]) -> list[str]:
    """Every conflict, in any order."""
    left = list(found)
    for each in expected:
        match = next((one for one in left if not partial(each, one, "")), None)
        if match is None:
            return [f"conflicts: nothing like {each!r} among {left!r}"]
        left.remove(match)
    return [f"conflicts: not expected {left!r}"] if left else []


def _same(where: str, expected: Json, found: Json) -> list[str]:
    return [] if expected == found else [f"{where}: {expected!r} != {found!r}"]


def _same_moment(expected: Json, found: Json) -> bool:
    one, other = _moment(expected), _moment(found)
    return one is not None and one == other


def _moment(value: Json) -> datetime | None:
    try:
        return instant(value) if isinstance(value, str) and value[10:11] == "T" else None
    except ValueError:
        return None
