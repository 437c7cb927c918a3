"""Calls about cursors, played against a running server; of what a pull brings, only the case's own jobs count."""

import json
import re
from typing import Any
from uuid import UUID

from . import digests
from .cases import filled, times_in
from .compare import partial
from .http import Session
from .server import Cast, Clock, counted

Json = Any
_CURSOR = re.compile(r"\{cursor (\w+)\}")


class Exchange:
    """One case on its way: its ids, and the cursors that it keeps."""

    def __init__(self, cast: Cast, case: Json) -> None:
        self.cast, self.case, self.names, self.counter = cast, case, cast.names(case), cast.counter()
        self.cursors: dict[str, str | None] = {}
        self.clock = Clock(cast.server_is_ahead, min(times_in(case), default="2026-07-06T08:00:00Z"))
        self.sent: dict[str, str] = {}
        self.own = {value for name, value in self.names.items() if name not in cast.members}

    def play(self) -> list[str]:
        """What differs, step by step."""
        return [
            f"step {number}: {each}" for number, step in enumerate(self.case["steps"], 1) for each in self._step(step)
        ]

    def _step(self, step: Json) -> list[str]:
        (name,) = step.keys() & {"push", "pull", "call", "repair", "digest", "job"}
        self.clock.tell(times_in(step))
        told = filled(step, self.names, self.clock.texts)
        found: list[str] = getattr(self, f"_{name}")(told)
        self.clock.go_on()
        return found

    def _push(self, step: Json) -> list[str]:
        facts = [counted(fact, self.counter) for fact in step["push"]["facts"]]
        self.sent |= {fact["id"]: digests.fact_digest(fact) for fact in map(json.loads, facts)}
        answer = self._who(step["push"]).post("/v1/sync/push", f'{{"facts":[{",".join(facts)}]}}')
        said = [outcome["outcome"] for outcome in answer["outcomes"]]
        return partial(step.get("outcomes", said), said, "outcomes")

    def _pull(self, step: Json) -> list[str]:
        asked, expect = step["pull"], step["expect"]
        since = None if asked["from"] is None else self.cursors[asked["from"]]
        if since is None and "limit" not in asked and not expect:
            self.cursors[step["save"]] = self.cast.cursor(asked["by"])
            return []
        pages = self._who(asked).pages(since, asked.get("limit", 200))
        self.cursors[step.get("save", "")] = pages[-1]["cursor"]
        return self._pulled(expect, pages, asked.get("limit", 200))

    def _pulled(self, expect: Json, pages: list[Json], limit: int) -> list[str]:
        jobs = {job["id"]: job["version"] for page in pages for job in page["jobs"]}
        gone = {each["id"]: each["reason"] for page in pages for each in page["withdrawn"] if each["id"] in self.own}
        mine = sorted(job_id for job_id in jobs if job_id in self.own)
        small = (
            len(pages) > 1 or jobs or len(json.dumps(pages[0], separators=(",", ":"))) < expect.get("bytes_below", 1e9)
        )
        paged = all(len(_documents([page])) + len(page["withdrawn"]) <= limit for page in pages)
        seen = {
            "reset": pages[0]["reset"],
            "jobs": mine,
            "holds": mine,
            "versions": jobs,
            "withdrawn": gone,
            "bytes_below": expect.get("bytes_below"),
        }
        found = partial({**expect, **({} if "jobs" not in expect else {"jobs": sorted(expect["jobs"])})}, seen, "pull")
        exact = [] if expect.get("withdrawn", gone) == gone else [f"withdrawn: {expect['withdrawn']} != {gone}"]
        return found + exact + ([] if small else ["too many bytes"]) + ([] if paged else ["a page is too long"])

    def _call(self, step: Json) -> list[str]:
        body = json.loads(_CURSOR.sub(lambda found: str(self.cursors[found[1]]), json.dumps(step["call"]["body"])))
        if "facts" in body:
            body["facts"] = [json.loads(counted(fact, self.counter)) for fact in body["facts"]]
        for each in body.get("held", []):
            each["digest"] = self.sent[each["id"]] if each["digest"] == "as sent" else each["digest"]
        status, answer = self._who(step["call"]).ask(step["call"]["path"], body)
        if isinstance(answer.get("changes"), dict):
            for name in ("jobs", "withdrawn"):
                answer["changes"][name] = [each for each in answer["changes"][name] if each["id"] in self.own]
        return partial(
            {"status": step["status"], "answer": step["expect"]}, {"status": status, "answer": answer}, "call"
        )

    def _job(self, step: Json) -> list[str]:
        return partial(step["job"], self.cast.members["desk"].get(f"/v1/jobs/{step['job']['id']}"), "job")

    def _digest(self, step: Json) -> list[str]:
        who = self._who(step["digest"])
        pages = [who.post("/v1/sync/pull", {"cursor": None, "limit": 2000, "digest": True})]
        while pages[-1]["more"]:
            pages.append(who.post("/v1/sync/pull", {"cursor": pages[-1]["cursor"], "limit": 2000, "digest": True}))
        own = digests.scope_digest(
            [(UUID(i), bytes.fromhex(digests.digest(each))) for i, each in _documents(pages).items()]
        )
        early = [page["digest"] for page in pages[:-1] if page["digest"] is not None]
        return partial(own, pages[-1]["digest"], "digest") + partial([], early, "digest before the last page")

    def _repair(self, step: Json) -> list[str]:
        who, asked, expect = self._who(step["repair"]), step["repair"], step["expect"]
        held = {i: digests.digest(each) for i, each in _documents(who.pages(None, 2000)).items()}
        held |= dict.fromkeys([*asked["wrong"], *asked["extra"]], "0" * 64)
        body = {"held": [{"id": each, "digest": value} for each, value in sorted(held.items())]}
        page = who.post("/v1/sync/repair", body)
        self.cursors[step.get("save", "")] = page["cursor"]
        seen = {
            "jobs": [job["id"] for job in page["jobs"] if job["id"] in self.own],
            "withdrawn_ids": [each["id"] for each in page["withdrawn"] if each["id"] in self.own],
        }
        return partial(expect, seen, "repair")

    def _who(self, asked: Json) -> Session:
        return self.cast.members[asked["by"]]


def _documents(pages: list[Json]) -> dict[str, Json]:
    return {each["id"]: each for page in pages for each in [*page["jobs"], *page["sites"], *page["vans"]]}
