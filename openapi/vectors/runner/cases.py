"""Cases as the files tell them: read, their names filled in, and the orders in which their pushes may arrive."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain, permutations
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent
CAST: dict[str, dict[str, Any]] = json.loads((FOLDER / "cast.json").read_text(encoding="utf-8"))
NOT_CASES = {"cast.json", "vectors.schema.json"}

Json = Any
Order = list[dict[str, Json]]

_NAME = re.compile(r"\{(\w+)\}")
_TIME = re.compile(r"2026-07-06T\d\d:\d\d:\d\d(?:\.\d+)?Z")
_CASE = re.compile(r"\{(conflict|finding) ([^}]+)\}")


def files() -> dict[str, dict[str, Json]]:
    """Every file of cases by its name."""
    paths = [path for path in sorted(FOLDER.glob("*.json")) if path.name not in NOT_CASES]
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in paths}


def cases(kind: str) -> dict[str, dict[str, Json]]:
    """All cases of one kind, named `file/name`."""
    return {
        f"{stem}/{case['name']}": case
        for stem, content in files().items()
        if content["kind"] == kind
        for case in content["cases"]
    }


def names_in(case: Json) -> set[str]:
    """The names that stand for ids in the case."""
    return set(_NAME.findall(json.dumps(case, ensure_ascii=False)))


def filled(value: Json, names: dict[str, str], clock: dict[str, str] | None = None) -> Json:
    """The value with ids in the place of names, and moments of the server in the place of the case's.

    Windows and working hours stay as they are: plans are not judged by the clock.
    """
    if isinstance(value, dict):
        return {
            filled(key, names): filled(each, names, None if key.startswith(("window_", "work_")) else clock)
            for key, each in value.items()
        }
    if isinstance(value, list):
        return [filled(each, names, clock) for each in value]
    if not isinstance(value, str):
        return value
    named = _NAME.sub(lambda found: names.get(found[1], found[0]), value)
    return _TIME.sub(lambda found: clock.get(found[0], found[0]), named) if clock else named


def times_in(value: Json) -> set[str]:
    """The moments of the case's day at which something happens, or until which something holds."""
    if isinstance(value, dict):
        inside = (each for key, each in value.items() if not key.startswith(("window_", "work_")))
        return set().union(*map(times_in, inside))
    if isinstance(value, list):
        return set().union(*map(times_in, value))
    return set(_TIME.findall(value)) if isinstance(value, str) else set()


def with_case_ids(value: Json, job: Json) -> Json:
    """`{conflict detail:cause}` and `{finding charged_twice}` by what the document calls them."""
    known = {("conflict", each["field"]): each["id"] for each in job["conflicts"]}
    known |= {("finding", each["code"]): each["id"] for each in job["findings"]}
    text = json.dumps(value, ensure_ascii=False)
    return json.loads(_CASE.sub(lambda found: known.get((found[1], found[2]), found[0]), text))


def names_a_case(value: Json) -> bool:
    """Whether the value speaks of a conflict or a finding by its place."""
    return _CASE.search(json.dumps(value, ensure_ascii=False)) is not None


def orders(case: dict[str, Json]) -> Iterator[Order]:
    """The pushes of `unaware` in every order in which they may arrive; the first is the one written."""
    unaware, how = case.get("unaware", []), case.get("orders", "queues")
    if how == "as_written":
        yield unaware
    elif how == "all":
        yield from (list(each) for each in permutations(unaware))
    else:
        written = list(dict.fromkeys(push["by"] for push in unaware))
        yield unaware
        queues = [[push for push in unaware if push["by"] == by] for by in written]
        yield from (each for each in _interleaved(queues) if each != unaware)


def instant(text: str) -> datetime:
    """A moment of RFC 3339."""
    return datetime.fromisoformat(text).astimezone(UTC)


def facts_of(pushes: Order) -> list[Json]:
    """All facts of these pushes."""
    return list(chain.from_iterable(push["facts"] for push in pushes))


def _interleaved(queues: list[Order]) -> Iterator[Order]:
    left = [queue for queue in queues if queue]
    if not left:
        yield []
    for queue in left:
        rest = [each if each is not queue else queue[1:] for each in left]
        yield from ([queue[0], *tail] for tail in _interleaved(rest))
