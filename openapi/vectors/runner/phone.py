"""The sync loop of `docs/sync.md`, whole: what an app keeps, and what it does with each answer."""

import random
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from . import digests

Json = Any
Post = Callable[[str, Json], tuple[int, dict[str, str], Json]]
"""Status, headers and body of a POST; the body is None when it is no JSON. Raises OSError when no answer came.

On 401 `token_expired`, `token_revoked` and `token_malformed` it refreshes the session once and sends the same again.
"""

FACTS_PER_PUSH, FACTS_PER_OFFER, LONGEST_WAIT_SECONDS = 200, 5000, 300


class StoppedError(Exception):
    """This sync ends here; everything is kept."""


class Phone:
    """All of it survives a restart; what one method changes, it changes in one transaction of the phone's database."""

    def __init__(self, post: Post, kept: dict[str, Json]) -> None:
        self.post, self.device_id = post, kept["device_id"]
        self.outbox: list[Json] = list(kept.get("outbox", []))
        self.acknowledged: list[Json] = list(kept.get("acknowledged", []))
        self.documents: dict[str, Json] = {each["id"]: each for each in kept.get("documents", [])}
        self.cursor: str | None = kept.get("cursor")
        self.purged: list[str] = list(kept.get("purged", []))
        self.named: list[str] = list(kept.get("named", []))
        self.stale, self.leaving = set[str](), set[str]()
        self.must_offer = self.too_old = self.trouble = False
        self.shown: list[str] = []
        self.state, self.failures, self.wait_seconds = "idle", 0, 0.0

    def record(self, entry: Json) -> None:
        """Something happened: `{"made_on": device id, "fact": …}`."""
        self.outbox.append(entry)

    def sync(self, *, check_digest: bool = False) -> None:
        """Push, pull, heal, purge. In the state `waiting` call it again after `wait_seconds`."""
        try:
            self._push()
            if not self.too_old:
                self._pull(check_digest=check_digest)
            self._offer()
            self._push()
            self._purge()
            self._push()
            self.failures = 0
            self.state = "drain_only" if self.too_old else "enrol_anew" if self.trouble else "idle"
        except StoppedError as stopped:
            self.state = str(stopped)

    def _push(self) -> None:
        while self.outbox or self.purged:
            batch, purged, now = self._batch(), list(self.purged), datetime.now(UTC).isoformat()
            said = {"schema": 1, "device_clock": now, "facts": [each["fact"] for each in batch]}
            gone = {"purged": purged, "purged_cursor": self.cursor}
            answer = self._ask("/v1/sync/push", {**said, **gone, **self._common(batch)})
            told = [] if answer is None else answer.get("outcomes", [])
            if answer is None or len(told) > len(batch) or (batch and not told):
                raise self._later({})
            for entry, outcome in zip(batch, told, strict=False):
                self._answered(entry, outcome)
            del self.outbox[: len(told)]
            self.purged = [each for each in self.purged if each not in purged]
            self.named += [each for each in purged if each not in self.named]
            self.trouble = self.trouble or answer["device_trouble"] is not None

    def _batch(self) -> list[Json]:
        """The oldest facts that were recorded under one enrolment, and are all new or all brought back."""
        first = self._common(self.outbox[:1])
        others = (index for index, each in enumerate(self.outbox) if self._common([each]) != first)
        return self.outbox[: min(FACTS_PER_PUSH, next(others, FACTS_PER_PUSH))]

    def _common(self, batch: list[Json]) -> Json:
        """What a push says of all its facts."""
        made_on = batch[0]["made_on"] if batch else self.device_id
        again = bool(batch) and batch[0].get("brought_back", False)
        return {"made_on": None if made_on == self.device_id else made_on, "brought_back": again}

    def _answered(self, entry: Json, outcome: Json) -> None:
        said = outcome["answer"]["outcome"] if outcome["outcome"] == "duplicate" else outcome["outcome"]
        if said != "recorded":
            self.shown.append(entry["fact"]["id"])
        if said != "refused" and all(each["fact"] != entry["fact"] for each in self.acknowledged):
            kept = {"made_on": entry["made_on"], "fact": entry["fact"]}
            self.acknowledged.append({**kept, "unreadable": said == "unreadable"})

    def _pull(self, *, check_digest: bool) -> None:
        page, more = None, True
        while more:
            page = self._ask("/v1/sync/pull", {"schema": 1, "cursor": self.cursor, "digest": check_digest})
            more = page is None or page["more"]
            self._take(page)
        if page and page["digest"] and page["digest"] != _scope_digest(self._kept()):
            self._repair()

    def _take(self, page: Json) -> None:
        if page is None:
            return
        if page["reset"] is not None:
            self.stale = set(self.documents)
            self.purged += [each for each in self.named if each not in self.purged]
        if page["reset"] in ("epoch", "first"):
            self.must_offer = True
        came = {document["id"]: document for document in _documents_of(page)}
        self.documents |= came
        self.purged, self.named = ([each for each in ids if each not in came] for ids in (self.purged, self.named))
        self.stale -= came.keys()
        self.leaving = (self.leaving - came.keys()) | {gone["id"] for gone in page["withdrawn"]}
        if not page["more"]:
            self.leaving |= self.stale
            self.stale = set()
        self.cursor = page["cursor"]

    def _offer(self) -> None:
        """After a restore: what the server has lost goes back into the outbox."""
        if not self.must_offer:
            return
        held, lost = list(map(_offered, self.acknowledged)), set[str]()
        for start in range(0, len(held), FACTS_PER_OFFER):
            lost |= set(self._ask("/v1/sync/offer", {"held": held[start : start + FACTS_PER_OFFER]})["lost"])
        again = [each for each in self.acknowledged if each["fact"]["id"] in lost]
        self.outbox[:0] = [{**each, "brought_back": True} for each in again]
        self.acknowledged = [each for each in self.acknowledged if each["fact"]["id"] not in lost]
        self.must_offer = False

    def _repair(self) -> None:
        more = True
        while more:
            held = [{"id": each["id"], "digest": digests.digest(each)} for each in self._kept()]
            page = self._ask("/v1/sync/repair", {"schema": 1, "held": held, "cursor": self.cursor})
            self._take(page)
            more = page is not None and page["more"]

    def _kept(self) -> list[Json]:
        """The documents that the phone is to hold: not those that were withdrawn, and wait to be purged."""
        return [each for each in self.documents.values() if each["id"] not in self.leaving]

    def _purge(self) -> None:
        """What was withdrawn goes once nothing about it waits to be pushed; it is named even if it was never held."""
        pending = {each["fact"]["job_id"] for each in self.outbox}
        for each in sorted(self.leaving - pending):
            self.leaving.discard(each)
            self.documents.pop(each, None)
            self.purged += [] if each in self.purged else [each]

    def _ask(self, path: str, body: Json) -> Json:
        """The answer; None for a cursor that has to be forgotten, and where repairing has to rest."""
        try:
            status, headers, said = self.post(path, body)
        except OSError:
            raise self._later({}) from None
        if status == 200 and said is not None:
            return said
        code = (said or {}).get("code")
        if code == "repairing_too_often":
            return None
        if status in (200, 408, 429) or status >= 500:
            raise self._later(headers)
        if code == "cursor_invalid":
            self.cursor = None
            return None
        self.too_old = self.too_old or code == "app_too_old"
        raise StoppedError("drain_only" if self.too_old else "sign_in" if status == 401 else "stopped")

    def _later(self, headers: dict[str, str]) -> StoppedError:
        """Doubling, up to five minutes, and not all phones at once."""
        self.failures += 1
        back_off = min(LONGEST_WAIT_SECONDS, 2**self.failures) * random.uniform(0.5, 1.5)  # noqa: S311 (no secret)
        asked = {name.lower(): value for name, value in headers.items()}.get("retry-after", "")
        # A proxy may give a date instead; then the wait is this phone's own.
        self.wait_seconds = float(asked) if asked.isdecimal() else back_off
        return StoppedError("waiting")


def _documents_of(page: Json) -> list[Json]:
    """Every list of a page but `withdrawn`: a later server may send a kind that this app does not know."""
    lists = [value for name, value in page.items() if isinstance(value, list) and name != "withdrawn"]
    return [document for documents in lists for document in documents]


def _offered(entry: Json) -> Json:
    """What could not be read has no digest that the server knows."""
    digest = None if entry.get("unreadable") else digests.fact_digest(entry["fact"])
    return {"id": entry["fact"]["id"], "digest": digest}


def _scope_digest(documents: Any) -> str:  # noqa: ANN401 (JSON)
    return digests.scope_digest([(UUID(each["id"]), bytes.fromhex(digests.digest(each))) for each in documents])
