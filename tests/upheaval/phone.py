"""A scripted phone: records facts, sends what is unanswered until it is answered, pulls, and trusts nobody."""

import asyncio
import time
from collections import Counter
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import msgspec

from tests.upheaval.ledger import RECORDED, Ledger

PATIENCE_SECONDS = 60
RETRY_SECONDS = 0.1
REFRESH = "/v1/sessions/refresh"
TOLD_TO_RETURN = "503 with Retry-After"
FACTS_PER_PUSH = 20
Json = dict[str, Any]


class TroubleError(Exception):
    """Something that no client may ever see."""


class Seen:
    """What clients were answered, and how long they waited for it."""

    def __init__(self) -> None:
        self.answers: Counter[str] = Counter()
        self.broken: Counter[str] = Counter()
        self.longest_seconds = 0.0
        self.may_break = False
        """Whether the fault of the moment may break connections: the API itself is dead, or the wire is cut."""


class Phone:
    """One member on one device."""

    def __init__(self, name: str, client: httpx.AsyncClient, ledger: Ledger, seen: Seen) -> None:
        self.name, self.client, self.ledger, self.seen = name, client, ledger, seen
        self.member_id = ""
        self.outbox: list[Json] = []
        self.held: dict[str, Json] = {}
        self.fresh_starts = 0
        self._seq = 0
        self._cursor: str | None = None
        self._access, self._refresh = "", ""
        self._renewing = asyncio.Lock()

    async def sign_in(self, path: str, who: Json) -> None:
        body = await self.ask(path, who)
        self.member_id = body["member"]["id"]
        self._keep(body)

    def record(self, job_id: str, kind: str, body: Json, visit_id: str | None = None) -> None:
        """Put a fact in line; there it stays until it is answered."""
        self._seq += 1
        self.outbox.append(
            {
                "id": str(uuid4()),
                "job_id": job_id,
                "visit_id": visit_id,
                "seq": self._seq,
                "happened_at": datetime.now(UTC).isoformat(),
                "base_version": self.held.get(job_id, {}).get("version", 0),
                kind: body,
            }
        )

    async def sync(self) -> None:
        """Push until nothing is in line, then pull until nothing is left: through whatever happens meanwhile."""
        while self.outbox:
            await self.push(self.outbox[:FACTS_PER_PUSH])
        while await self.pull():
            pass

    async def push(self, facts: list[Json], copies: int = 1) -> None:
        """Send until answered; with `copies`, as many at the same moment."""
        sent = msgspec.json.encode({"device_clock": datetime.now(UTC).isoformat(), "facts": facts})
        await asyncio.gather(*(self._push_once(facts, sent) for _ in range(copies)))
        answered = {each["id"] for each in facts}
        self.outbox = [each for each in self.outbox if each["id"] not in answered]

    async def pull(self) -> bool:
        """One page; whether more follow. The cursor is kept after the page was taken in."""
        page = await self.ask("/v1/sync/pull", {"cursor": self._cursor, "limit": 50})
        if page["reset"]:
            self.held.clear()
            self.fresh_starts += 1
        self.held.update({job["id"]: job for job in page["jobs"]})
        for gone in page["withdrawn"]:
            self.held.pop(gone["id"], None)
        self._cursor = page["cursor"]
        return bool(page["more"])

    async def ask(self, path: str, body: Json) -> Json:
        answer: Json = msgspec.json.decode(await self._answer(path, msgspec.json.encode(body)))
        return answer

    async def read(self, path: str) -> Json:
        answer: Json = msgspec.json.decode(await self._answer(path, None))
        return answer

    async def _push_once(self, facts: list[Json], sent: bytes) -> None:
        self.ledger.sends(facts)
        body = msgspec.json.decode(await self._answer("/v1/sync/push", sent), type=Pushed)
        told = {facts[each.index]["id"]: (each.outcome, bytes(each.answer).decode()) for each in body.outcomes}
        self.ledger.hears(200, told)
        if odd := {said for said, _ in told.values()} - RECORDED - {"duplicate"}:
            raise TroubleError(f"{self.name}: {odd} of {[each for each in told.values() if each[0] in odd][:1]}")

    async def _answer(self, path: str, sent: bytes | None) -> bytes:
        """The body of the first answer with success. 503 with Retry-After is repeated; so is what may break."""
        while True:
            started, access = time.monotonic(), self._access
            answer = await self._exchange(path, sent)
            self.seen.longest_seconds = max(self.seen.longest_seconds, time.monotonic() - started)
            if answer is not None and answer.status_code in {200, 201}:
                self.seen.answers["200"] += 1
                return answer.content
            if answer is not None:
                await self._judge(answer, path, access)
            await asyncio.sleep(RETRY_SECONDS)

    async def _exchange(self, path: str, sent: bytes | None) -> httpx.Response | None:
        signed_in = self._access and path != REFRESH
        headers = {"Authorization": f"Bearer {self._access}"} if signed_in else {}
        may_break = self.seen.may_break
        try:
            if sent is None:
                return await self.client.get(path, headers=headers)
            headers["Content-Type"] = "application/json"
            return await self.client.post(path, content=sent, headers=headers)
        except httpx.TransportError as error:
            if isinstance(error, httpx.TimeoutException):
                raise TroubleError(f"{self.name}: no answer to {path} within {PATIENCE_SECONDS} s") from error
            if not (may_break or self.seen.may_break):
                raise TroubleError(f"{self.name}: {path}: {error!r} while nothing may break") from error
            self.seen.broken[type(error).__name__] += 1
            return None

    async def _judge(self, answer: httpx.Response, path: str, access: str) -> None:
        code = answer.json().get("code")
        if answer.status_code == 503 and code == "busy" and answer.headers.get("retry-after", "").isdigit():
            self.seen.answers[TOLD_TO_RETURN] += 1
        elif answer.status_code == 401 and code == "token_expired":
            await self._renew(access)
        else:
            raise TroubleError(f"{self.name}: {path}: {answer.status_code} {answer.text[:500]}")

    async def _renew(self, expired: str) -> None:
        """One request at a time; the others go on with what it was given."""
        async with self._renewing:
            if self._access == expired:
                self._keep(await self.ask(REFRESH, {"refresh_token": self._refresh}))

    def _keep(self, signed_in: Json) -> None:
        self._access, self._refresh = signed_in["access_token"], signed_in["refresh_token"]


class Outcome(msgspec.Struct, frozen=True):
    index: int
    outcome: str
    answer: msgspec.Raw


class Pushed(msgspec.Struct, frozen=True):
    """What of a push's answer counts here."""

    outcomes: list[Outcome]
