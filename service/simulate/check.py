"""The final check: reads the server through its public API and holds it against what everybody recorded.

Nothing is taken from the play but the ledger: what was recorded, at which moment, by whom.
"""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from service.simulate import agreement
from service.simulate.day import Day
from service.simulate.ledger import Entry, Json


class Checked(Struct, frozen=True):
    """How many facts were looked for, where they were found, and everything that is wrong."""

    facts: int
    places: Counter[str]
    problems: tuple[str, ...]


async def check(day: Day) -> Checked:
    """Look for every fact, its time, all the money, every document, every fault that was to happen."""
    problems: list[str] = []
    logs = await _logs(day)
    held = await _held(day, logs)
    places: Counter[str] = Counter()
    for entry in day.ledger.entries.values():
        place = _place(entry, logs, held)
        places[place] += 1
        if place.startswith("LOST"):
            problems.append(f"{entry.kind} by {entry.by} ({entry.fact['id']}): {place}")
    problems += _strangers(day, logs)
    problems += agreement.of_times(day, logs)
    problems += agreement.of_money(day, await _jobs(day))
    for technician in day.technicians:
        problems += await agreement.of_documents(technician)
    problems += _faults(day)
    problems += [f"{each.scene} {each.text}" for each in day.expectations if not each.held]
    return Checked(len(day.ledger.entries), places, tuple(problems))


async def _logs(day: Day) -> dict[str, list[Json]]:
    """The log of every job that anybody recorded about, as the admin reads it."""
    job_ids = dict.fromkeys(entry.fact["job_id"] for entry in day.ledger.entries.values())
    return {job_id: await day.reader.pages(f"/v1/jobs/{job_id}/facts") for job_id in job_ids}


async def _jobs(day: Day) -> dict[str, Json]:
    job_ids = dict.fromkeys(entry.fact["job_id"] for entry in day.ledger.entries.values())
    return {job_id: await day.reader.call("GET", f"/v1/jobs/{job_id}") for job_id in job_ids}


async def _held(day: Day, logs: Mapping[str, list[Json]]) -> dict[str, Json]:
    """What waits in quarantine of the facts that are in no log, by id, as it was sent."""
    logged = {fact["id"] for log in logs.values() for fact in log}
    missing = {e.fact["job_id"] for e in day.ledger.entries.values() if e.fact["id"] not in logged}
    held: dict[str, Json] = {}
    for job_id in sorted(missing):
        for line in await day.reader.pages("/v1/cases", kind="quarantine", job_id=job_id):
            case = await day.reader.call("GET", f"/v1/cases/{line['id']}")
            held[case["held"]["fact_id"]] = json.loads(case["held"]["record"])
    return held


def _place(entry: Entry, logs: Mapping[str, list[Json]], held: Mapping[str, Json]) -> str:
    """Where the fact is, in a word; LOST and why when it is nowhere, or not as it was said."""
    fact_id = entry.fact["id"]
    found = [each for each in logs[entry.fact["job_id"]] if each["id"] == fact_id]
    if len(found) > 1:
        return "LOST: in the log twice"
    if found:
        return "in a job's log" if _same(entry, found[0]) else "LOST: other content than was recorded"
    if entry.outcome == "refused" and (entry.at_desk or entry.fact.get("strict")):
        return "refused to its author's face"
    if fact_id in held:
        return "in quarantine" if held[fact_id] == entry.fact else "LOST: other content is in quarantine"
    return f"LOST: answered {entry.outcome}, and nowhere to be found"


def _same(entry: Entry, found: Json) -> bool:
    """Whether the log holds what was said; a desk's action adds an envelope of the server's making."""
    record = found["record"]
    if entry.at_desk:
        said, kept = entry.fact[entry.kind], record.get(entry.kind) or {}
        return all(_alike(value, kept.get(name)) for name, value in said.items() if value is not None)
    return bool(record == entry.fact)


def _alike(said: object, kept: object) -> bool:
    if isinstance(said, str) and isinstance(kept, str) and said != kept:
        try:
            return datetime.fromisoformat(said) == datetime.fromisoformat(kept)
        except ValueError:
            return False
    if isinstance(said, dict) and isinstance(kept, dict):
        return all(_alike(value, kept.get(name)) for name, value in said.items())
    return bool(said == kept or (isinstance(said, tuple | list) and list(said) == kept))


def _strangers(day: Day, logs: Mapping[str, list[Json]]) -> list[str]:
    """Facts in a log that nobody recorded, and logs with gaps."""
    known = day.ledger.entries
    facts = (fact for log in logs.values() for fact in log if not _is_the_servers(fact, log))
    problems = [f"{fact['kind']} ({fact['id']}): nobody recorded it" for fact in facts if fact["id"] not in known]
    gaps = [job_id for job_id, log in logs.items() if [each["log_number"] for each in log] != [*range(1, len(log) + 1)]]
    return problems + [f"the log of job {job_id} has gaps" for job_id in gaps]


def _is_the_servers(fact: Json, log: list[Json]) -> bool:
    """Whether the server itself said it: what the plan that stands right before it is judged by."""
    if fact["kind"] != "plan_frozen":
        return False
    before = [each for each in log if each["log_number"] == fact["log_number"] - 1]
    return [(each["kind"], each["visit_id"]) for each in before] == [("visit_planned", fact["visit_id"])]


def _faults(day: Day) -> list[str]:
    """A fault that was planted and never happened proves nothing."""
    return [
        f"{name} was planted {count} times and happened {day.fired[name]} times"
        for name, count in day.planted.items()
        if day.fired[name] < count
    ]
