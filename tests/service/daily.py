"""Running a daily task now, in a test."""

from uuid import UUID

from service.database import Database
from service.settings import Settings
from service.store.work import tasks
from service.work.crew import Crew
from service.work.turn import AnyKind


async def run_now(database: Database, settings: Settings, org_id: UUID, kind: AnyKind) -> None:
    """Ask for the task, do it, and make sure that it did not fail."""
    async with database.transaction() as db:
        task_id = await tasks.ask(db, org_id, kind.name, kind.details())
    crew = Crew(database, settings, [kind])
    await crew.look()
    await crew.idle()
    async with database.reader() as db:
        task = await tasks.find(db, org_id, task_id)
    assert task is not None
    assert (task.state, task.last_error) == ("done", None)
