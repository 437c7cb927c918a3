"""Processes that end without warning."""

import asyncio
import contextlib
import signal

import psutil

from tests.processes.workers import rested, workers
from tests.upheaval.server import until
from tests.upheaval.stage import Stage

REPLACED_SECONDS = 60


async def kill_the_api(stage: Stage) -> bool:
    """Master and workers at once; started again as a service manager would."""
    stage.seen.may_break = True
    stage.server.kill_group()
    await stage.server.start()
    stage.seen.may_break = False
    return True


async def kill_a_worker(stage: Stage) -> bool:
    """One of two; the master replaces it."""
    master = stage.server.master.pid
    await until(lambda: bool(rested(master)))
    stage.seen.may_break = True
    stage.chance.choice(rested(master)).kill()
    async with asyncio.timeout(REPLACED_SECONDS):
        await until(lambda: len(workers(master)) == 2)
        # The new one listens before it serves; what the dead one had accepted is broken until then.
        while not await stage.server.is_well():
            pass
    stage.seen.may_break = False
    return True


async def kill_the_postmaster(stage: Stage) -> bool:
    return await _signal_postmaster(stage, signal.SIGKILL)


async def stop_the_postmaster_at_once(stage: Stage) -> bool:
    """PostgreSQL's immediate shutdown: as after a power cut, it has to recover."""
    return await _signal_postmaster(stage, signal.SIGQUIT)


async def kill_the_whole_database(stage: Stage) -> bool:
    """Every process of it at once, before any can write down what it still holds in memory."""
    postmaster = stage.server.postmaster()
    if postmaster is None:
        return False
    for each in family(postmaster):
        with contextlib.suppress(psutil.NoSuchProcess):
            each.kill()
    return True


async def kill_a_backend(stage: Stage) -> bool:
    """PostgreSQL then ends every connection and recovers."""
    return await stage.server.kill_a_backend(stage.chance)


async def end_backends(stage: Stage) -> bool:
    """As an administrator ends sessions, all of them."""
    ended = [await stage.server.kill_a_backend(stage.chance, signal.SIGTERM) for _ in stage.server.backends()]
    return any(ended)


async def _signal_postmaster(stage: Stage, number: signal.Signals) -> bool:
    postmaster = stage.server.postmaster()
    if postmaster is None:
        return False
    with contextlib.suppress(psutil.NoSuchProcess):
        postmaster.send_signal(number)
        return True
    return False


def family(postmaster: psutil.Process) -> list[psutil.Process]:
    return [postmaster, *postmaster.children(recursive=True)]
