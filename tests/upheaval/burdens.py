"""What processes that live on have to bear: a database that hangs or is full, a wire that loses answers."""

import asyncio
import contextlib

import asyncpg
import psutil

from tests.upheaval.kills import family
from tests.upheaval.phone import TOLD_TO_RETURN
from tests.upheaval.server import until
from tests.upheaval.stage import Stage

LONGEST_FREEZE_SECONDS = 12.0
HOLD_SECONDS = 2.5
PATIENCE_SECONDS = 120


async def freeze_the_database(stage: Stage) -> bool:
    """It holds its connections and says nothing, until clients are told to come back."""
    postmaster = stage.server.postmaster()
    if postmaster is None:
        return False
    before, frozen = stage.seen.answers[TOLD_TO_RETURN], family(postmaster)
    for each in frozen:
        with contextlib.suppress(psutil.NoSuchProcess):
            each.suspend()
    try:
        async with asyncio.timeout(LONGEST_FREEZE_SECONDS):
            await until(lambda: stage.seen.answers[TOLD_TO_RETURN] > before)
    finally:
        for each in frozen:
            with contextlib.suppress(psutil.NoSuchProcess):
                each.resume()
    return True


async def lose_answers(stage: Stage) -> bool:
    """The wire is cut after the commit and before the reply."""
    enough = stage.proxy.answers_lost + stage.chance.randint(1, 8)
    stage.seen.may_break = stage.proxy.cutting = True
    async with asyncio.timeout(PATIENCE_SECONDS):
        await until(lambda: stage.proxy.answers_lost >= enough)
    stage.proxy.cutting = False
    # Whoever was cut off last has yet to notice.
    await asyncio.sleep(0.1)
    stage.seen.may_break = False
    return True


async def deliver_twice(stage: Stage) -> bool:
    """Each phone's next facts several times over, at the same moment."""
    for phone in stage.crew.phones:
        stage.crew.note(phone, 3)
    copies = stage.chance.randint(2, 6)
    await asyncio.gather(*(phone.push(phone.outbox[-3:], copies) for phone in stage.crew.phones if phone.outbox))
    return True


async def exhaust_the_pool(stage: Stage) -> bool:
    """Somebody holds the jobs for long, and more pushes come than there are connections."""
    before = stage.seen.answers[TOLD_TO_RETURN]
    for phone in stage.crew.phones:
        stage.crew.note(phone, 12)
    connection = await asyncpg.connect(stage.owner_url, timeout=5)
    try:
        async with connection.transaction():
            await connection.execute("LOCK TABLE jobs IN EXCLUSIVE MODE")
            pushes = [
                asyncio.create_task(phone.push([fact]))
                for phone in stage.crew.phones
                for fact in [each for each in phone.outbox if "note_added" in each][-12:]
            ]
            await asyncio.sleep(HOLD_SECONDS)
    finally:
        await connection.close()
    await asyncio.gather(*pushes)
    return stage.seen.answers[TOLD_TO_RETURN] > before


async def take_every_connection(stage: Stage) -> bool:
    """The server has no slot left for ours, which were ended a moment before."""
    taken: list[asyncpg.Connection] = []
    try:
        with contextlib.suppress(asyncpg.PostgresError, OSError, TimeoutError):
            while len(taken) < 200:
                for each in stage.server.backends():
                    with contextlib.suppress(psutil.NoSuchProcess):
                        each.terminate()
                taken += await asyncio.gather(*(asyncpg.connect(stage.owner_url, timeout=5) for _ in range(10)))
        await asyncio.sleep(0.5)
    finally:
        for each in taken:
            each.terminate()
    return len(taken) > 50
