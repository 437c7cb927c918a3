"""Background work: nothing asked for is lost, whatever happens to those who do it."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient
from msgspec import Struct

from domain.people.actor import Role
from service.database import Database
from service.embedded_postgres import Server
from service.settings import Settings
from service.store.work import tasks
from service.store.work.tasks import Task, TaskState
from service.work.clearing import CLEARING
from service.work.crew import Crew, at_work
from service.work.own_process import in_own_process
from service.work.turn import LADDER, Kind, Turn, TurnFailed
from tests.builders.organisations import Organisation, add_organisation, add_person
from tests.processes import counting_crew

LOST = "UPDATE tasks SET due_at = now() - interval '1 second'"


class Errand(Struct, frozen=True):
    """What the tests have done."""

    name: str = "errand"


Handle = Callable[[Turn, Errand], Awaitable[None]]


class Shop:
    """A crew, or several, for one kind of task, on the tests' database."""

    def __init__(self, database: Database, org_id: UUID) -> None:
        self.database, self.org_id = database, org_id
        self.done: list[str] = []

    async def ask(self, name: str = "errand", **more: Any) -> UUID:
        async with self.database.transaction() as db:
            return await tasks.ask(db, self.org_id, "errand", Errand(name=name), **more)

    async def read(self, task_id: UUID) -> Task:
        async with self.database.reader() as db:
            found = await tasks.find(db, self.org_id, task_id)
        assert found is not None
        return found

    async def note(self, _turn: Turn, details: Errand) -> None:
        self.done.append(details.name)

    def crew(self, handle: Handle | None = None, **more: Any) -> Crew:
        kind = Kind(name="errand", details=Errand, handle=handle or self.note, **more)
        return Crew(self.database, Settings(), [kind])

    async def work(self, crew: Crew) -> None:
        """One look, and all that it took up."""
        await crew.look()
        await crew.idle()


@pytest.fixture
def shop(database: Database, an_organisation: Organisation) -> Shop:
    return Shop(database, an_organisation.org_id)


async def test_a_task_is_done_once_its_transaction_has_committed_and_never_when_it_has_not(shop: Shop) -> None:
    crew = shop.crew()
    async with shop.database.engine.connect() as db:
        await tasks.ask(db, shop.org_id, "errand", Errand(name="rolled back"))
        await shop.work(crew)
        await db.rollback()
    task_id = await shop.ask("kept")

    await shop.work(crew)
    await shop.work(crew)

    assert shop.done == ["kept"]
    task = await shop.read(task_id)
    assert (task.state, task.attempts, task.last_error) == (TaskState.DONE, 1, None)
    assert task.finished_at is not None


async def test_a_task_waits_until_it_is_due(shop: Shop) -> None:
    crew = shop.crew()
    await shop.ask("tomorrow", due_at=datetime.now(UTC) + timedelta(days=1))

    await shop.work(crew)

    assert shop.done == []


async def test_an_equal_task_that_waits_is_not_asked_for_twice(shop: Shop) -> None:
    first, second, other = [await shop.ask(name, key=key) for name, key in (("a", "1"), ("b", "1"), ("c", "2"))]

    await shop.work(shop.crew())

    assert first == second != other
    assert sorted(shop.done) == ["b", "c"]


async def test_what_is_asked_for_while_it_runs_runs_again(shop: Shop) -> None:
    async def ask_again(_turn: Turn, details: Errand) -> None:
        shop.done.append(details.name)
        if details.name == "first":
            assert await shop.ask("second", key="1") == task_id

    task_id = await shop.ask("first", key="1")
    crew = shop.crew(ask_again)
    await shop.work(crew)
    assert (await shop.read(task_id)).state is TaskState.WAITING

    await shop.work(crew)

    assert shop.done == ["first", "second"]
    assert (await shop.read(task_id)).state is TaskState.DONE


async def test_many_crews_share_the_work_and_do_nothing_twice(shop: Shop) -> None:
    names = [f"{number}" for number in range(40)]
    for name in names:
        await shop.ask(name)
    crews = [shop.crew() for _ in range(4)]

    while len(shop.done) < len(names):
        await asyncio.gather(*(shop.work(crew) for crew in crews))

    assert sorted(shop.done) == sorted(names)


async def test_a_failure_climbs_the_ladder_and_stays_readable(shop: Shop) -> None:
    async def refuse(turn: Turn, _details: Errand) -> None:
        raise TurnFailed(f"No, {turn.attempt}.")

    task_id, crew = await shop.ask(), shop.crew(refuse)
    for attempt, wait in enumerate(LADDER, 1):
        before = datetime.now(UTC)
        await shop.work(crew)
        task = await shop.read(task_id)
        assert (task.state, task.attempts, task.last_error) == (TaskState.WAITING, attempt, f"No, {attempt}.")
        assert before <= task.due_at - wait <= datetime.now(UTC)
        await shop.database.pull_pool.execute(LOST)
    await shop.work(crew)

    task = await shop.read(task_id)
    assert (task.state, task.attempts, task.last_error) == (TaskState.FAILED, len(LADDER) + 1, "No, 6.")


async def test_asking_again_gives_a_failing_task_no_earlier_attempt(shop: Shop) -> None:
    async def refuse(_turn: Turn, _details: Errand) -> None:
        raise TurnFailed("No.")

    task_id = await shop.ask(key="1")
    await shop.work(shop.crew(refuse))
    due_at = (await shop.read(task_id)).due_at

    assert await shop.ask(key="1") == task_id

    assert (await shop.read(task_id)).due_at == due_at


async def test_of_an_error_that_nobody_foresaw_only_the_kind_is_told(shop: Shop) -> None:
    async def stumble(_turn: Turn, _details: Errand) -> None:
        raise ValueError("王建国")

    task_id = await shop.ask()

    await shop.work(shop.crew(stumble))

    assert (await shop.read(task_id)).last_error == "ValueError"


async def test_a_turn_that_hangs_is_ended_at_its_limit(shop: Shop) -> None:
    async def hang(_turn: Turn, _details: Errand) -> None:
        await asyncio.Event().wait()

    task_id = await shop.ask()

    await shop.work(shop.crew(hang, seconds=0.01))

    assert (await shop.read(task_id)).last_error == "Not done within 0.01 seconds."


async def test_clients_read_how_far_it_has_come(shop: Shop) -> None:
    seen: list[tuple[int | None, int | None]] = []

    async def count(turn: Turn, _details: Errand) -> None:
        for step in range(4):
            await turn.progress(step, 3)
            task = await shop.read(turn.task_id)
            seen.append((task.steps_done, task.steps_total))

    await shop.ask()

    await shop.work(shop.crew(count))

    assert seen == [(0, 3), (0, 3), (0, 3), (3, 3)]


async def test_a_task_that_its_crew_does_not_hold_any_longer_goes_to_another_one(shop: Shop) -> None:
    begun, told = asyncio.Event(), []

    async def be_slow(turn: Turn, details: Errand) -> None:
        if turn.attempt > 1:
            await shop.note(turn, details)
            return
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            told.append("cancelled")

    task_id = await shop.ask()
    slow, other = shop.crew(be_slow), shop.crew(be_slow)
    await slow.look()
    await begun.wait()
    await shop.database.pull_pool.execute(LOST)

    await shop.work(other)
    slow._held_at = float("-inf")  # noqa: SLF001 (as if ten seconds had gone by)
    await shop.work(slow)

    assert (shop.done, told) == (["errand"], ["cancelled"])
    assert (await shop.read(task_id)).state is TaskState.DONE


async def test_a_crew_that_holds_its_task_keeps_it(shop: Shop) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def wait(turn: Turn, details: Errand) -> None:
        begun.set()
        await go_on.wait()
        await shop.note(turn, details)

    task_id = await shop.ask()
    crew = shop.crew(wait)
    await crew.look()
    await begun.wait()
    await shop.database.pull_pool.execute(LOST)
    crew._held_at = float("-inf")  # noqa: SLF001 (as if ten seconds had gone by)
    await crew.look()

    await shop.work(shop.crew())
    assert shop.done == []
    go_on.set()
    await crew.idle()

    assert (await shop.read(task_id)).attempts == 1
    assert shop.done == ["errand"]


async def test_what_a_lost_turn_says_afterwards_counts_no_more(shop: Shop) -> None:
    async def lose(turn: Turn, _details: Errand) -> None:
        await shop.database.pull_pool.execute(LOST)
        await shop.work(shop.crew())
        await turn.progress(1, 1)

    task_id = await shop.ask()

    await shop.work(shop.crew(lose))

    task = await shop.read(task_id)
    assert (task.state, task.attempts, task.steps_done) == (TaskState.DONE, 2, None)


async def test_of_two_crews_that_believe_in_one_task_only_the_later_is_heard(shop: Shop) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def wait(turn: Turn, _details: Errand) -> None:
        if turn.attempt == 2:
            begun.set()
            await go_on.wait()
        await turn.progress(turn.attempt, turn.attempt)

    async def lose(turn: Turn, details: Errand) -> None:
        await shop.database.pull_pool.execute(LOST)
        await later.look()
        await begun.wait()
        await wait(turn, details)

    task_id, later = await shop.ask(), shop.crew(wait)

    await shop.work(shop.crew(lose))

    task = await shop.read(task_id)
    assert (task.state, task.attempts, task.steps_done) == (TaskState.RUNNING, 2, None)
    go_on.set()
    await later.idle()
    task = await shop.read(task_id)
    assert (task.state, task.steps_done) == (TaskState.DONE, 2)


async def test_a_crew_that_leaves_puts_back_what_it_cannot_finish(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.work.crew.FINISH_WITHIN_SECONDS", 0.01)
    begun = asyncio.Event()

    async def hang(_turn: Turn, _details: Errand) -> None:
        begun.set()
        await asyncio.Event().wait()

    task_id = await shop.ask()
    async with at_work(shop.database, Settings(), [Kind(name="errand", details=Errand, handle=hang)]):
        await begun.wait()

    task = await shop.read(task_id)
    assert (task.state, task.attempts) == (TaskState.WAITING, 0)
    await shop.work(shop.crew())
    assert shop.done == ["errand"]


async def test_a_task_whose_process_is_killed_is_done_by_another(shop: Shop, migrated: Server) -> None:
    task_id = await shop.ask("in a process")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, counting_crew.__file__, migrated.app_url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        assert await asyncio.to_thread(process.stdout.readline) == b"in hand\n"
        assert (await shop.read(task_id)).state is TaskState.RUNNING
        process.kill()
    await shop.work(shop.crew())
    assert shop.done == []

    await shop.database.pull_pool.execute(LOST)
    await shop.work(shop.crew())

    assert shop.done == ["in a process"]


async def test_a_task_that_takes_every_process_with_it_fails_in_the_end(shop: Shop) -> None:
    task_id = await shop.ask()
    await shop.database.pull_pool.execute("UPDATE tasks SET attempts = $1", len(LADDER) + 1)

    await shop.work(shop.crew())

    task = await shop.read(task_id)
    assert (shop.done, task.state) == ([], TaskState.FAILED)


async def test_heavy_work_is_not_in_the_way_of_what_is_quick(shop: Shop) -> None:
    go_on, quick_done = asyncio.Event(), asyncio.Event()

    async def wait(_turn: Turn, _details: Errand) -> None:
        await go_on.wait()

    async def be_quick(_turn: Turn, _details: Errand) -> None:
        quick_done.set()

    heavy = Kind(name="heavy", details=Errand, handle=wait, heavy=True)
    crew = Crew(shop.database, Settings(), [heavy, Kind(name="errand", details=Errand, handle=be_quick)])
    async with shop.database.transaction() as db:
        for _ in range(10):
            await tasks.ask(db, shop.org_id, "heavy", Errand())
    await shop.ask("quick")

    await crew.look()
    await quick_done.wait()
    running = await shop.database.pull_pool.fetchval(
        "SELECT count(*) FROM tasks WHERE state = 'running' AND kind = 'heavy'"
    )
    go_on.set()
    await crew.idle()

    assert running == 1


async def test_a_daily_pass_runs_once_a_day_in_each_organisation_where_its_hour_has_come(
    shop: Shop, database: Database
) -> None:
    west = await add_organisation(database, "WEST")
    # One clock shows 00:00 to 13:00 while the other is ten hours and more behind it.
    await database.pull_pool.execute("UPDATE organisations SET time_zone = 'Pacific/Kiritimati'")
    crews = [shop.crew(daily_at=time(0, 0)) for _ in range(3)]
    for crew in crews:
        await shop.work(crew)
    assert shop.done == ["errand", "errand"]

    await database.pull_pool.execute("UPDATE tasks SET day = day - 1")
    await shop.work(shop.crew(daily_at=time(23, 59, 59, 999999)))
    assert len(shop.done) == 2

    await shop.work(shop.crew(daily_at=time(0, 0)))
    done = await database.pull_pool.fetch("SELECT org_id, count(*) FROM tasks WHERE state = 'done' GROUP BY 1")
    assert {row[0]: row[1] for row in done} == {shop.org_id: 2, west.org_id: 2}


async def test_what_is_finished_is_forgotten_after_a_while(shop: Shop) -> None:
    old, new, failed = [await shop.ask(name) for name in ("old", "new", "failed")]
    await shop.work(shop.crew())
    execute = shop.database.pull_pool.execute
    await execute("UPDATE tasks SET finished_at = now() - interval '8 days' WHERE id <> $1", new)
    await execute("UPDATE tasks SET state = 'failed' WHERE id = $1", failed)
    async with shop.database.transaction() as db:
        await tasks.ask(db, shop.org_id, "clear_tasks", Errand())

    await shop.work(Crew(shop.database, Settings(), [CLEARING]))

    left = {row[0] for row in await shop.database.pull_pool.fetch("SELECT id FROM tasks WHERE kind = 'errand'")}
    assert left == {new, failed}
    assert old not in left


async def test_heavy_work_goes_to_a_process_of_its_own() -> None:
    loud, _, process = (await in_own_process(counting_crew.shout, b"quietly")).partition(b" ")

    assert loud == b"QUIETLY"
    assert int(process) != os.getpid()


async def test_work_in_a_process_of_its_own_fails_with_the_kind_of_its_error() -> None:
    with pytest.raises(TurnFailed, match=r"^stumble: ValueError\.$"):
        await in_own_process(counting_crew.stumble, b"")


async def test_work_in_a_process_of_its_own_ends_when_nobody_waits_for_it_any_more(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    waiting = asyncio.create_task(in_own_process(counting_crew.linger, bytes(pipe)))
    with await asyncio.to_thread(pipe.open, "rb") as said:
        assert await asyncio.to_thread(said.readline) == b"here\n"

        waiting.cancel()

        # The end of the pipe is the end of whoever held it.
        assert await asyncio.to_thread(said.read) == b""
    with pytest.raises(asyncio.CancelledError):
        await waiting


@pytest.fixture
async def admin(database: Database, an_organisation: Organisation) -> dict[str, str]:
    async with database.transaction() as db:
        where = an_organisation.org_id, an_organisation.outlet_id
        return (await add_person(db, *where, Role.ADMIN, "ADMIN", "管理员")).headers


async def test_an_admin_reads_what_waits_runs_and_failed(
    client: AsyncClient, shop: Shop, admin: dict[str, str]
) -> None:
    async def refuse(_turn: Turn, _details: Errand) -> None:
        raise TurnFailed("No.")

    failed = await shop.ask("first")
    await shop.work(shop.crew(refuse, ladder=()))
    waiting = [await shop.ask("later") for _ in range(2)]

    everything = (await client.get("/v1/tasks", headers=admin)).json()
    only = (await client.get("/v1/tasks", params={"state": "failed", "kind": "errand"}, headers=admin)).json()
    first = (await client.get("/v1/tasks", params={"limit": 2}, headers=admin)).json()
    rest = (await client.get("/v1/tasks", params={"limit": 2, "cursor": first["next_cursor"]}, headers=admin)).json()

    assert [each["id"] for each in everything["items"]] == [str(each) for each in [*reversed(waiting), failed]]
    assert [(each["id"], each["last_error"]) for each in only["items"]] == [(str(failed), "No.")]
    assert first["items"] + rest["items"] == everything["items"]
    assert (await client.get(f"/v1/tasks/{failed}", headers=admin)).json() == only["items"][0]


async def test_an_admin_has_a_failed_task_tried_again(client: AsyncClient, shop: Shop, admin: dict[str, str]) -> None:
    async def refuse(_turn: Turn, _details: Errand) -> None:
        raise TurnFailed("No.")

    task_id = await shop.ask()
    await shop.work(shop.crew(refuse, ladder=()))

    again = await client.post(f"/v1/tasks/{task_id}/retry", headers=admin)
    twice = await client.post(f"/v1/tasks/{task_id}/retry", headers=admin)
    await shop.work(shop.crew())

    assert (again.status_code, again.json()["state"], again.json()["attempts"]) == (200, "waiting", 0)
    assert (twice.status_code, twice.json()["code"]) == (409, "task_not_failed")
    assert shop.done == ["errand"]


async def test_nobody_else_reads_or_retries_them(
    client: AsyncClient, database: Database, shop: Shop, an_organisation: Organisation, admin: dict[str, str]
) -> None:
    task_id = await shop.ask()
    other = await add_organisation(database, "OTHER")
    async with database.transaction() as db:
        foreign = (await add_person(db, other.org_id, other.outlet_id, Role.ADMIN, "ADMIN", "管理员")).headers

    for headers, status in ((an_organisation.dispatcher.headers, 403), (foreign, 404)):
        assert (await client.get(f"/v1/tasks/{task_id}", headers=headers)).status_code == status
        assert (await client.post(f"/v1/tasks/{task_id}/retry", headers=headers)).status_code == status
    assert (await client.get("/v1/tasks", headers=foreign)).json()["items"] == []


async def test_a_failed_task_is_not_tried_beside_an_equal_one(
    client: AsyncClient, shop: Shop, admin: dict[str, str]
) -> None:
    async def refuse(_turn: Turn, _details: Errand) -> None:
        raise TurnFailed("No.")

    failed = await shop.ask(key="1")
    await shop.work(shop.crew(refuse, ladder=()))
    await shop.ask(key="1")

    refused = await client.post(f"/v1/tasks/{failed}/retry", headers=admin)

    assert (refused.status_code, refused.json()["code"]) == (409, "already_exists")
