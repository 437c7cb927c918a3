"""Cases played against a running server, on fresh ids: a minute of their day is a millisecond of now.

Nothing is deleted; run it on a demo. No `device_clock` is sent, so that times are taken as they are.
"""

import json
import re
import time
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any
from uuid import uuid4

from .cases import CAST, Order, filled, instant, names_a_case, names_in, times_in, with_case_ids
from .compare import Seen
from .http import Server, Session

Json = Any
MINUTE, MARGIN = timedelta(milliseconds=1), timedelta(milliseconds=5)
SEQS_PER_PLAY = 1000
_SEQ = re.compile(r'"seq": ?(\d+)')


class Cast:
    """The members, signed in; each play takes counters of its own on their devices."""

    def __init__(self, server: Server) -> None:
        self._server, self._lock, self._plays = server, Lock(), 0
        self.members = {letter: server.enter(who["login"]) for letter, who in CAST.items()}
        self.server_is_ahead = self.members["desk"].server_is_ahead()
        self._cursors: dict[str, str | None] = {}

    def devices(self, case: Json) -> dict[str, Session]:
        """Who plays: on the devices that all share, or each on a new one."""
        if not case.get("own_devices"):
            return self.members
        letters = {push["by"] for part in ("known", "unaware", "then") for push in case.get(part, [])}
        return {letter: self._server.enter(CAST[letter]["login"]) for letter in letters}

    def counter(self) -> int:
        """Where the counters of the next play begin."""
        with self._lock:
            self._plays += 1
            return self._plays * SEQS_PER_PLAY

    def cursor(self, letter: str) -> str:
        """Where the member stands now."""
        with self._lock:
            cursor: str = self.members[letter].pages(self._cursors.get(letter))[-1]["cursor"]
            self._cursors[letter] = cursor
            return cursor

    def names(self, case: Json) -> dict[str, str]:
        """Fresh ids for the case's own names, the real ones for members and outlets."""
        names = {name: str(uuid4()) for name in names_in(case)}
        names |= {letter: member.member_id for letter, member in self.members.items()}
        outlets = {who["outlet"]: self.members[letter].outlet_ids for letter, who in CAST.items() if who["outlet"]}
        return names | {code: ids[0] for code, ids in outlets.items()}


class Clock:
    """Moments of the case's day by moments of the server, whose clock is known give or take a little."""

    def __init__(self, ahead: tuple[timedelta, timedelta], begins: str) -> None:
        self.texts: dict[str, str] = {}
        self._ahead, self._give_or_take = ahead
        self._anchors = [(instant(begins), self.now())]

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def tell(self, moments: set[str]) -> None:
        """Give each a moment of the server, and wait until the last one has come."""
        for text in moments - self.texts.keys():
            moment = max(instant(text), self._anchors[0][0])
            begun, at = next(each for each in reversed(self._anchors) if each[0] <= moment)
            self.texts[text] = (at + (moment - begun) / timedelta(minutes=1) * MINUTE).isoformat()
        latest = max((instant(self.texts[each]) for each in moments), default=self.now())
        while self.now() - self._give_or_take < latest + MARGIN:
            time.sleep(0.001)

    def go_on(self) -> None:
        """What is told from now on has happened after now."""
        self._anchors.append(
            (max(map(instant, self.texts), default=self._anchors[-1][0]), self.now() + self._give_or_take)
        )


def play(cast: Cast, case: Json, unaware: Order) -> tuple[Seen, dict[str, str], dict[str, str]]:
    """The case with its unaware pushes in this order; the ids and the times that it was played with."""
    names, who, counter = cast.names(case), cast.devices(case), cast.counter()
    clock = Clock(cast.server_is_ahead, min(times_in(case)))
    cursors = {letter: cast.cursor(letter) for letter in case["expect"].get("withdrawn", {})}
    seen, known, then = Seen(), case["known"], case.get("then", [])
    clock.tell(_moments(known[:1]))
    for number, push in enumerate([*known, *unaware, *then]):
        together = unaware if len(known) <= number < len(known) + len(unaware) else [push]
        clock.tell(_moments(together))
        told = filled(push, names, clock.texts)
        if names_a_case(told):
            told = with_case_ids(told, _job(cast, names))
        facts = ",".join(counted(fact, counter) for fact in told["facts"])
        seen.pushes.append(who[push["by"]].post("/v1/sync/push", f'{{"facts":[{facts}]}}'))
        if together == [push] or number == len(known) + len(unaware) - 1:
            clock.go_on()
    _look(cast, case, names, cursors, seen)
    return seen, names, clock.texts


def _look(cast: Cast, case: Json, names: dict[str, str], cursors: dict[str, str], seen: Seen) -> None:
    """What there is to see afterwards."""
    seen.job = _job(cast, names)
    if "log" in case["expect"]:
        page = cast.members["desk"].get(f"/v1/jobs/{names['job']}/facts")
        seen.log = {entry["id"]: entry["record"] for entry in page["items"]}
    for letter, cursor in cursors.items():
        for page in cast.members[letter].pages(cursor):
            held = {job["id"]: None for job in page["jobs"]} | {
                gone["id"]: gone["reason"] for gone in page["withdrawn"]
            }
            if names["job"] in held:
                seen.withdrawn[letter] = held[names["job"]]


def _job(cast: Cast, names: dict[str, str]) -> Json:
    return cast.members["desk"].get(f"/v1/jobs/{names['job']}")


def _moments(pushes: Order) -> set[str]:
    return {moment for push in pushes for fact in push["facts"] for moment in times_in(fact)}


def counted(fact: Json, counter: int) -> str:
    """The fact as it is sent, its counter moved to where this play's begins."""
    if "text" not in fact:
        return json.dumps({**fact, "seq": fact["seq"] + counter} if "seq" in fact else fact)
    text: str = fact["text"]
    return _SEQ.sub(lambda found: f'"seq": {int(found[1]) + counter}', text)
