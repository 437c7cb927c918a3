"""A server in memory: dictionaries, transactions that can stay open, a snapshot cursor. The merge is the real one."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from random import Random
from uuid import UUID

import msgspec

from domain.people.actor import Role
from sync.candidates import Author
from sync.clock import Exchange
from tests.simulation import memory_final, memory_offer, memory_purges
from tests.simulation.device import Person
from tests.simulation.memory_data import Data, Transaction
from tests.simulation.memory_pull import Snapshot, anew, heard, pull
from tests.simulation.memory_push import Push, Recorded
from tests.simulation.memory_repair import repair
from tests.simulation.memory_request import Request, ids_in
from tests.simulation.port import Final, Reply


class MemoryServer:
    """A `ServerPort` of nothing but Python."""

    share_that_compares = 0.02

    def __init__(self, clock: Callable[[], datetime], outlets: Sequence[str], seed: int) -> None:
        self.now, self.outlets, self.life = clock, tuple(sorted(UUID(each) for each in outlets)), 1
        self.data, self.newest = Data(), 0
        self.open: list[Transaction] = []
        self.devices: dict[UUID, tuple[Person, int]] = {}
        self.revoked: set[UUID] = set()
        self.chance = Random(seed)
        self.overtaken = 0

    async def enrol(self, person: Person) -> tuple[str, object]:
        """See `ServerPort`."""
        device_id = UUID(int=self.chance.getrandbits(128), version=4)
        self.devices[device_id] = (person, self._begin().xid)
        return str(device_id), device_id

    async def revoke(self, device_id: str) -> None:
        """See `ServerPort`."""
        self.revoked.add(UUID(device_id))

    async def say(self, handle: object, path: str, body: bytes, *, fate: str | None = None) -> Reply | None:
        """See `ServerPort`."""
        assert isinstance(handle, UUID)
        if handle in self.revoked:
            return Reply(401, b'{"code":"device_revoked"}')
        request = msgspec.json.decode(body, type=Request)
        if path == "push":
            return self._push(handle, request, fate)
        if path == "offer":
            return Reply(200, msgspec.json.encode({"lost": memory_offer.lost(self.data, request.held)}))
        if path == "repair":
            return Reply(200, msgspec.json.encode(repair(self, handle, request)))
        changes = pull(self, handle, request)
        return Reply(400, b'{"code":"cursor_invalid"}') if changes is None else Reply(200, msgspec.json.encode(changes))

    async def say_twice(self, handle: object, path: str, body: bytes) -> Reply | None:
        """See `ServerPort`: the second waits for the locks of the first."""
        await self.say(handle, path, body, fate="slow")
        return await self.say(handle, path, body)

    async def preview(self, *_: object) -> Reply | None:
        """See `ServerPort`: a preview is of the store."""

    async def held(self) -> list[str]:
        """See `ServerPort`."""
        return [str(each.case_id) for each in self.data.held.values() if each.state == "held"]

    async def decide(self, case_id: str, choice: str) -> None:
        """See `ServerPort`."""
        held = self.data.held.get(UUID(case_id))
        if held is None or held.state != "held" or (choice == "release" and str(held.fact_id) in await self.numbers()):
            return
        if choice == "release":
            exchange = Exchange(server_at=self.now(), device_at=None, uptime_ms=None, boot_id=None)
            push = self._begun(self._author(held.device), exchange, [held.record])
            push.released = True
            if not push.record([held.record]).outcomes[0].startswith("recorded"):
                return
            self.open.append(push.transaction)
            self.commit(push.transaction)
        state = "released" if choice == "release" else "discarded"
        self.data.held[held.case_id] = replace(held, state=state)

    async def move(self, person: Person, outlets: tuple[str, ...]) -> None:
        """See `ServerPort`."""
        person.outlets = outlets

    async def correct_site(self, *_: object) -> bool:
        """See `ServerPort`: sites and stock are in no fact, and here is nothing else."""
        return False

    move_stock = correct_site

    async def go_on(self, chance: Random) -> None:
        """See `ServerPort`."""
        if self.open:
            self.commit(chance.choice(self.open))

    async def settle(self) -> None:
        """See `ServerPort`."""
        while self.open:
            self.commit(self.open[0])

    async def backup(self) -> object:
        """See `ServerPort`."""
        return self.data.copy()

    async def numbers(self) -> dict[str, int]:
        """See `ServerPort`."""
        return {str(fact.id): fact.log_number for stored in self.data.jobs.values() for fact in stored.log}

    async def restore(self, backup: object) -> None:
        """See `ServerPort`."""
        assert isinstance(backup, Data)
        self.open.clear()
        self.life += 1
        self.data = backup.copy()
        self.data.lives = (*self.data.lives, self.life)

    async def final(self) -> Final:
        """See `ServerPort`."""
        return memory_final.final(self)

    def commit(self, transaction: Transaction) -> None:
        """It becomes visible, and its locks are free."""
        self.open.remove(transaction)
        self.overtaken += any(transaction.xid < row.xid for row in self.data.audience.values())
        transaction.commit(self.data)

    def snapshot(self) -> Snapshot:
        """What can be seen now."""
        return Snapshot(self.newest + 1, tuple([each.xid for each in self.open]))

    def scopes(self, device_id: UUID) -> tuple[UUID, ...]:
        """What the device may hold documents of."""
        person = self.devices[device_id][0]
        if person.role == "technician":
            return (UUID(person.id),)
        return tuple(UUID(each) for each in person.outlets) or self.outlets

    def may_hold(self, device_id: UUID, job_id: UUID) -> bool:
        """Whether the document is visible in one of the device's scopes."""
        rows = [self.data.audience.get((scope, job_id)) for scope in self.scopes(device_id)]
        return any(row is not None and row.visible for row in rows)

    def _begin(self) -> Transaction:
        self.newest += 1
        return Transaction(self.newest)

    def _push(self, device_id: UUID, request: Request, fate: str | None) -> Reply | None:
        raws = [bytes(each) for each in request.facts]
        made_on = request.made_on or device_id
        foreign = made_on not in self.devices or self.devices[made_on][0].id != self.devices[device_id][0].id
        exchange = Exchange(
            server_at=self.now(),
            device_at=request.device_clock,
            uptime_ms=request.uptime_ms,
            boot_id=request.boot_id,
        )
        push = self._begun(self._author(device_id if foreign else made_on), exchange, raws)
        push.foreign = self._author(made_on) if foreign and made_on in self.devices else None
        push.brought_back = request.brought_back
        recorded = push.record(raws)
        if fate == "rolled_back":
            return None
        self.open.append(push.transaction)
        if fate == "slow":
            return None
        self.commit(push.transaction)
        memory_purges.confirm(self, device_id, request.purged, heard(request.purged_cursor, self.life))
        return Reply(200, self._answered(device_id, request, recorded))

    def _begun(self, author: Author, exchange: Exchange, raws: Sequence[bytes]) -> Push:
        """A push that has its locks: whoever holds one of them commits first."""
        transaction = self._begin()
        transaction.touches = {UUID(value) for raw in raws for value in ids_in(raw)}
        for other in [each for each in self.open if each.touches & transaction.touches]:
            self.commit(other)
        return Push(self.data, transaction, author, exchange, self.outlets)

    def _author(self, device_id: UUID) -> Author:
        person = self.devices[device_id][0]
        outlets = tuple(UUID(each) for each in person.outlets)
        return Author(member_id=UUID(person.id), role=Role(person.role), device_id=device_id, outlet_ids=outlets)

    def _answered(self, device_id: UUID, request: Request, recorded: Recorded) -> bytes:
        said = [
            {"index": index, "outcome": outcome, "answer": msgspec.Raw(answer)}
            for index, (outcome, answer) in enumerate(zip(recorded.outcomes, recorded.answers, strict=True))
        ]
        jobs = [self.data.jobs[job_id].body for job_id in recorded.changed if self.may_hold(device_id, job_id)]
        changes = None if request.cursor is None else anew(self, device_id, request)
        return msgspec.json.encode({"outcomes": said, "jobs": [msgspec.Raw(job) for job in jobs], "changes": changes})
