"""Cycles of upheaval: while everybody works, one thing is done to the server; then all must be answered and right."""

import asyncio
import random
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from msgspec import Struct, field

from service import embedded_postgres
from service.seed.company import sample_id
from tests.upheaval.books import Books
from tests.upheaval.checks import Checker
from tests.upheaval.crew import ORGANISATION, gather_crew
from tests.upheaval.faults import FAULTS
from tests.upheaval.foreigner import Foreigner
from tests.upheaval.phone import Seen
from tests.upheaval.proxy import Proxy
from tests.upheaval.server import Server
from tests.upheaval.stage import Fault, Stage

QUIET_AGAIN_SECONDS = 180
HEAD_START_SECONDS = 0.25


class Result(Struct):
    """What a run came to."""

    cycles: int = 0
    struck: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, list[float]] = field(default_factory=dict)
    """How long from the blow until everybody was answered, by class."""
    answers: Counter[str] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)
    longest_seconds: float = 0
    sent: int = 0
    acknowledged: int = 0
    resent: int = 0
    lost: int = 0
    doubled: int = 0
    answers_cut: int = 0
    taken_back: int = 0
    starts: int = 0
    violations: list[str] = field(default_factory=list)


async def play(folder: Path, cycles: int, seed: int, faults: Sequence[Fault] = FAULTS) -> Result:
    """So many cycles, each class as often as the others; violations end the run."""
    chance, result = random.Random(seed), Result()  # noqa: S311 (seeded, so that a run can be repeated)
    async with on_stage(folder, chance) as (stage, checker, foreigner):
        foreigner.start()
        plan = _plan(faults, cycles, chance)
        for fault in plan:
            result.violations += await _cycle(stage, fault, result)
            result.violations += [] if result.violations else await checker.violations()
            result.cycles += 1
            _report(fault, result)
            if result.violations:
                break
        await foreigner.stop()
        if not result.violations:
            result.violations += await checker.violations(everything=True)
        _settle(result, stage, checker, foreigner)
    result.violations += [f"never happened: {each.__name__}" for each in faults if not result.struck[each.__name__]]
    return result


@asynccontextmanager
async def on_stage(folder: Path, chance: random.Random) -> AsyncIterator[tuple[Stage, Checker, Foreigner]]:
    """A server on fresh data with the sample company, a wire to it, and everybody signed in."""
    server, seen = Server(folder), Seen()
    proxy = Proxy(server.port)
    await server.start()
    try:
        server.run("seed")
        port = await proxy.start()
        crew = await gather_crew(f"http://127.0.0.1:{port}", folder, seen, chance)
        url = embedded_postgres.start(server.data).owner_url
        books = Books(url, sample_id("organisation", ORGANISATION))
        stage = Stage(server=server, proxy=proxy, crew=crew, seen=seen, owner_url=url, chance=chance)
        yield stage, Checker(books, crew), Foreigner(url)
        for phone in crew.phones:
            phone.ledger.close()
            await phone.client.aclose()
    finally:
        proxy.stop()
        server.stop()


async def _cycle(stage: Stage, fault: Fault, result: Result) -> list[str]:
    over = asyncio.Event()
    working = asyncio.create_task(stage.crew.work(over))
    await asyncio.sleep(stage.chance.uniform(0.02, HEAD_START_SECONDS))
    began = time.monotonic()
    try:
        struck = await fault(stage)
        over.set()
        async with asyncio.timeout(QUIET_AGAIN_SECONDS):
            await working
            for phone in stage.crew.phones:
                await phone.sync()
    except Exception as trouble:  # noqa: BLE001 (whatever it was, the run tells of it and ends)
        working.cancel()
        return [f"{fault.__name__}: {type(trouble).__name__} {trouble}"]
    if struck:
        result.struck[fault.__name__] += 1
        result.seconds.setdefault(fault.__name__, []).append(time.monotonic() - began)
    return []


def _plan(faults: Sequence[Fault], cycles: int, chance: random.Random) -> list[Fault]:
    plan = [faults[number % len(faults)] for number in range(cycles)]
    chance.shuffle(plan)
    return plan


def _settle(result: Result, stage: Stage, checker: Checker, foreigner: Foreigner) -> None:
    accounts = checker.accounts()
    result.sent = sum(len(each.sends) for each in accounts)
    result.resent = sum(sum(each.sends.values()) - len(each.sends) for each in accounts)
    result.acknowledged = sum(len(each.acknowledged) for each in accounts)
    result.lost, result.doubled = len(checker.lost), len(checker.doubled)
    result.answers, result.broken = stage.seen.answers, stage.seen.broken
    result.longest_seconds = stage.seen.longest_seconds
    result.answers_cut, result.taken_back = stage.proxy.answers_lost, foreigner.taken_back
    result.starts = stage.server.starts


def _report(fault: Fault, result: Result) -> None:
    took = result.seconds.get(fault.__name__, [0.0])[-1]
    sys.stderr.write(f"{result.cycles:4d} {fault.__name__:28} {took:5.1f} s\n")
    for each in result.violations:
        sys.stderr.write(f"     VIOLATION {each}\n")
