"""Events to a receiver that fails and is killed: does each arrive, in its job's order, and nothing else?"""

import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from service.work.crew import Crew
from tests.builders.webhook_desk import TOLD_OF_A_DAY, WebhookDesk
from tests.processes.installations import free_port

JOBS_AT_ONCE = 20
FAILING_PERCENT = 30
KILLS = 2
PATIENCE_SECONDS = 0.05


class Result(Struct):
    """What a run came to. No violation means that all of it held."""

    events: int
    arrivals: int
    kills: int
    attempts: int
    violations: list[str]


class Post:
    """The receiver's process, and what it took."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.port, self.ledger, self.seed = free_port(), folder / "ledger", seed
        self.secret = ""
        self.kills = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    @contextmanager
    def open(self) -> Iterator["subprocess.Popen[bytes]"]:
        """Until killed, or until the block ends."""
        told = (self.port, self.ledger, self.secret, FAILING_PERCENT, self.seed + self.kills)
        command = [sys.executable, "-m", "tests.deliveries.unreliable", *map(str, told)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"here\n"
            yield process
            process.kill()

    def taken(self) -> list[dict[str, Any]]:
        """Each event when it was first taken, in that order; a line that a kill cut off was not taken."""
        lines = self.ledger.read_bytes().split(b"\n")[:-1] if self.ledger.exists() else []
        first: dict[str, dict[str, Any]] = {}
        for line in lines:
            event = msgspec.json.decode(line)
            first.setdefault(event["id"], event)
        return list(first.values())

    def arrivals(self) -> int:
        return self.ledger.read_bytes().count(b"\n") if self.ledger.exists() else 0


async def run(desk: WebhookDesk, folder: Path, jobs: int, seed: int) -> Result:
    """Let `jobs` days happen, and deliver them while the receiver is killed at a third and at two thirds."""
    post = Post(folder, seed)
    post.secret = (await desk.create(post.url, events=["job.*", "visit.*"]))["secret"]
    happened = [job for _ in range(jobs // JOBS_AT_ONCE) for job in await desk.a_day(JOBS_AT_ONCE)]
    expected = len(happened) * len(TOLD_OF_A_DAY)
    crews = [desk.crew() for _ in range(KILLS + 1)]
    for number, crew in enumerate(crews, 1):
        with post.open() as process:
            await _deliver_until(desk, crew, post, expected * number // len(crews))
            if number <= KILLS:
                process.kill()
                post.kills += 1
        if number <= KILLS:
            # Nobody is there: what is tried now fails, and the crew that tries is killed as well.
            await _deliver_to_nobody(desk)
    for crew in crews:
        await crew.idle()
    attempts = await desk.database.pull_pool.fetchval("SELECT sum(attempts) FROM deliveries")
    violations = [*_wrong_in(post.taken(), happened), *await _left(desk)]
    return Result(expected, post.arrivals(), post.kills, attempts, violations)


async def _deliver_until(desk: WebhookDesk, crew: Crew, post: Post, arrivals: int) -> None:
    """Comes back in the middle of delivering, but for the last time: then nothing is left."""
    last = post.kills == KILLS
    while post.arrivals() < arrivals or (last and await _left(desk)):
        await crew.look()
        await crew.idle(PATIENCE_SECONDS)
        await desk.time_goes_by()


async def _deliver_to_nobody(desk: WebhookDesk) -> None:
    crew = desk.crew()
    await desk.time_goes_by()
    await crew.look()
    for turn in list(crew._running):  # noqa: SLF001 (as a kill would end them: nothing is put back)
        turn.cancel()
    await crew.idle()
    await desk.crews_are_killed()


async def _left(desk: WebhookDesk) -> list[str]:
    unfinished = "SELECT state, count(*) FROM deliveries WHERE state <> 'delivered' GROUP BY 1"
    rows = await desk.database.pull_pool.fetch(unfinished)
    return [f"{row[1]} deliveries are {row[0]}" for row in rows]


def _wrong_in(taken: list[dict[str, Any]], jobs: list[UUID]) -> list[str]:
    """Told without a look at the events table: what a day of a job must tell is known beforehand."""
    by_job: dict[str, list[str]] = defaultdict(list)
    for event in taken:
        by_job[event["data"]["job_id"]].append(event["type"])
    wrong = [f"{job_id}: {by_job[str(job_id)]}" for job_id in jobs if by_job[str(job_id)] != list(TOLD_OF_A_DAY)]
    invented = by_job.keys() - {str(job_id) for job_id in jobs}
    return wrong + [f"invented: {job_id}" for job_id in invented]


def say(result: Result) -> str:
    """For people."""
    return (
        f"{result.events} events, {result.attempts} attempts written down, {result.arrivals} arrivals, "
        f"receiver killed {result.kills} times: {len(result.violations)} violations"
    )
