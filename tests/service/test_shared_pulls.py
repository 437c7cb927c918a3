"""Pulls that share a statement, on a pool that answers when and how the test says."""

import asyncio
from uuid import uuid4

import pytest

from service.pulling import sharing
from service.pulling.sharing import SharedPulls
from service.store.sync.feed import Ask
from sync.cursor import Cursor

KNOWN = Cursor(epoch=1, scopes=b"scopes", seen=(1, 0))


class Pool:
    """Its own connection. It keeps the pulls of each statement, and answers that nobody exists once `open` is set."""

    def __init__(self) -> None:
        self.statements: list[list[int]] = []
        self.open: list[asyncio.Event] = []
        self.sent: asyncio.Queue[int] = asyncio.Queue()

    async def acquire(self) -> "Pool":
        return self

    async def release(self, _connection: object) -> None:
        pass

    def is_closed(self) -> bool:
        return False

    async def fetch(self, _statement: str, *columns: tuple[object, ...]) -> list[object]:
        wanted = [int(str(each)) for each in columns[11]]
        self.statements.append(wanted)
        let_go = asyncio.Event()
        self.open.append(let_go)
        self.sent.put_nowait(len(self.statements))
        await let_go.wait()
        return []


def asked(pulls: SharedPulls, wanted: int) -> "asyncio.Task[object]":
    return asyncio.create_task(pulls.changes(Ask(uuid4(), uuid4(), uuid4(), b"key", KNOWN, wanted, 1_000_000)))


async def until_sent(pool: Pool, count: int) -> None:
    """Wait for the statement of this number."""
    assert await asyncio.wait_for(pool.sent.get(), 60) == count


async def test_a_lone_pull_goes_at_once_and_those_behind_it_go_together() -> None:
    pool = Pool()
    pulls = SharedPulls(pool)
    first = asked(pulls, 1)
    await until_sent(pool, 1)
    others = [asked(pulls, number) for number in range(2, 8)]
    await asyncio.sleep(0)

    pool.open[0].set()
    await until_sent(pool, 2)
    pool.open[1].set()

    assert await asyncio.gather(first, *others) == [None] * 7
    assert pool.statements == [[1], [2, 3, 4, 5, 6, 7]]


async def test_nobody_waits_for_a_statement_that_takes_long() -> None:
    pool = Pool()
    pulls = SharedPulls(pool)
    stuck = asked(pulls, 1)
    await until_sent(pool, 1)
    behind = asked(pulls, 2)

    await until_sent(pool, 2)
    pool.open[1].set()

    assert await behind is None
    assert not stuck.done()
    pool.open[0].set()
    assert await stuck is None


async def test_those_who_were_answered_together_go_together_again(monkeypatch: pytest.MonkeyPatch) -> None:
    take_time(monkeypatch)
    pool = Pool()
    pulls = SharedPulls(pool)
    together = await asked_together(pool, pulls, 3)
    pool.open[1].set()
    await asyncio.gather(*together)

    alone = asked(pulls, 5)
    await asyncio.sleep(0)
    assert len(pool.statements) == 2
    others = [asked(pulls, 6), asked(pulls, 7)]
    await until_sent(pool, 3)
    pool.open[2].set()

    assert await asyncio.gather(alone, *others) == [None] * 3
    assert pool.statements[2] == [5, 6, 7]


async def test_who_does_not_come_back_is_waited_for_no_longer_than_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = Pool()
    pulls = SharedPulls(pool)
    with monkeypatch.context() as at_first:
        take_time(at_first)
        together = await asked_together(pool, pulls, 3)
    pool.open[1].set()
    await asyncio.gather(*together)

    alone = asked(pulls, 5)
    await until_sent(pool, 3)
    pool.open[2].set()

    assert await alone is None
    assert pool.statements[2] == [5]


def take_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing happens because time goes by, however slow the machine."""
    for name in ("GATHERING_SECONDS", "PATIENCE_SECONDS"):
        monkeypatch.setattr(sharing, name, 60)


async def asked_together(pool: Pool, pulls: SharedPulls, count: int) -> "list[asyncio.Task[object]]":
    """Let so many share the second statement, until it waits for its answer."""
    first = asked(pulls, 1)
    await until_sent(pool, 1)
    others = [asked(pulls, number) for number in range(2, 1 + count)]
    await asyncio.sleep(0)
    pool.open[0].set()
    await first
    others.append(asked(pulls, 1 + count))
    await until_sent(pool, 2)
    return others
