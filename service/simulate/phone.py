"""A reference phone: it records at the door, signal or not, and syncs when it can.

What an app has to do and no more. It never waits for the server to record; it sends its facts in the order of its
counter until each has an answer; it takes documents whole; it keeps a withdrawn job until its last fact about it is
out.
"""

from collections import Counter
from datetime import datetime

import httpx
from msgspec import Struct

from service.simulate.clocks import PhoneClock, now
from service.simulate.identities import Identities
from service.simulate.ledger import Entry, Json, Ledger, as_json
from service.simulate.network import PUSH, Network
from service.simulate.session import Session

FACTS_PER_BATCH = 40
PULL = "/v1/sync/pull"


class Synced(Struct, frozen=True, kw_only=True):
    """What one sync came to: whether it got through, the outcomes by kind, the jobs to let go."""

    through: bool
    outcomes: Counter[str]
    findings: tuple[str, ...] = ()
    withdrawn: tuple[Json, ...] = ()


class Phone:
    """One technician's phone."""

    def __init__(
        self, name: str, session: Session, network: Network, clock: PhoneClock, ledger: Ledger, identities: Identities
    ) -> None:
        self.name, self.session, self.network, self.clock = name, session, network, clock
        self.jobs: dict[str, Json] = {}
        self.sites: dict[str, Json] = {}
        self.vans: dict[str, Json] = {}
        self.outbox: list[Entry] = []
        self.ledger, self._identities = ledger, identities
        self._seq = 0
        self._cursor: str | None = None
        self._versions: dict[str, int] = {}
        self._fresh: dict[str, set[str]] | None = None
        self._purged: list[str] = []

    def record(
        self, job_id: str, kind: str, body: Json, *, visit_id: str | None = None, seconds_ago: float = 0, **more: object
    ) -> Entry:
        """Record a fact and put it in line. `more` is for the envelope, such as `strict=True`."""
        self._seq += 1
        at = now(seconds_ago)
        fact = {
            "id": self._identities.new(at),
            "job_id": job_id,
            "visit_id": visit_id,
            "seq": self._seq,
            "happened_at": self.clock.reading(at).isoformat(),
            "base_version": self._versions.get(job_id, 0),
            **self._monotonic(at),
            **more,
            kind: body,
        }
        entry = self.ledger.add(as_json(fact), self.name, at)
        self.outbox.append(entry)
        return entry

    def new_id(self) -> str:
        """An id for a job or a visit that this device is about to begin."""
        return self._identities.new(now())

    async def sync(self) -> Synced:
        """Send what is in line, take in what changed. Without signal everything stays as it is."""
        outcomes: Counter[str] = Counter()
        findings: list[str] = []
        withdrawn: list[Json] = []
        try:
            while self.outbox:
                answer = await self._push(self.outbox[:FACTS_PER_BATCH])
                outcomes.update(outcome["outcome"] for outcome in answer["outcomes"])
                findings += [note["code"] for each in answer["outcomes"] for note in each["answer"]["findings"]]
                withdrawn += await self._take(answer["changes"])
            withdrawn += await self._take(await self._pull())
        except httpx.TransportError:
            return Synced(through=False, outcomes=outcomes)
        self._let_go(withdrawn)
        return Synced(
            through=True, outcomes=outcomes, findings=tuple(dict.fromkeys(findings)), withdrawn=tuple(withdrawn)
        )

    @property
    def held(self) -> dict[str, dict[str, Json]]:
        """What is on the phone: jobs, site cards, what lies in the van."""
        return {"jobs": self.jobs, "sites": self.sites, "vans": self.vans}

    async def whole_scope(self) -> dict[str, dict[str, Json]]:
        """Everything that the server would give a phone with nothing on it."""
        whole: dict[str, dict[str, Json]] = {kind: {} for kind in self.held}
        page: Json = {"cursor": None, "more": True}
        while page["more"]:
            page = await self.session.call("POST", PULL, {"cursor": page["cursor"]})
            for kind, held in whole.items():
                held.update({document["id"]: document for document in page[kind]})
        return whole

    async def _push(self, batch: list[Entry]) -> Json:
        at = now()
        sent = {
            "device_clock": self.clock.reading(at).isoformat(),
            **self._monotonic(at),
            "facts": [entry.fact for entry in batch],
            "purged": self._purged,
            "purged_cursor": self._cursor,
            "cursor": self._cursor,
        }
        answer: Json = await self.session.call("POST", PUSH, sent)
        for outcome in answer["outcomes"]:
            # A batch may have been put in another order on its way: the answer names its fact.
            known = outcome["answer"]["fact_id"]
            entry = next((each for each in batch if each.fact["id"] == known), batch[outcome["index"]])
            self.ledger.answered(entry.fact, outcome["outcome"], outcome["answer"])
        self.outbox = self.outbox[len(batch) :]
        self._purged = []
        return answer

    async def _pull(self) -> Json:
        answer: Json = await self.session.call("POST", PULL, {"cursor": self._cursor})
        return answer

    async def _take(self, page: Json | None) -> list[Json]:
        """Take in pages until there are no more; answers what was withdrawn."""
        withdrawn: list[Json] = []
        while page is not None:
            withdrawn += self._take_page(page)
            page = await self._pull() if page["more"] else None
        return withdrawn

    def _take_page(self, page: Json) -> list[Json]:
        if page["reset"] and self._fresh is None:
            self._fresh = {kind: set() for kind in self.held}
        for kind, held in self.held.items():
            held.update({document["id"]: document for document in page[kind]})
            if self._fresh is not None:
                self._fresh[kind] |= {document["id"] for document in page[kind]}
        self._versions.update({job["id"]: job["version"] for job in page["jobs"]})
        self._cursor = page["cursor"]
        if self._fresh is not None and not page["more"]:
            for kind, held in self.held.items():
                for stale in held.keys() - self._fresh[kind]:
                    del held[stale]
                    self._purged.append(stale)
            self._fresh = None
        return list(page["withdrawn"])

    def _let_go(self, withdrawn: list[Json]) -> None:
        for gone in withdrawn:
            for held in self.held.values():
                held.pop(gone["id"], None)
            self._purged.append(gone["id"])

    def _monotonic(self, at: datetime) -> Json:
        uptime_ms = self.clock.uptime_ms(at)
        return {} if uptime_ms is None else {"uptime_ms": uptime_ms, "boot_id": "boot-1"}
