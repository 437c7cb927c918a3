"""A daily pass in a test, asked for now."""

from uuid import UUID

from service.database import Database
from service.settings import Settings
from service.store.work import tasks
from service.work.crew import Crew
from service.work.turn import AnyKind


async def done(database: Database, settings: Settings, org_id: UUID, kind: AnyKind) -> None:
    """One turn of the daily pass; it must not fail."""
    async with database.transaction() as db:
        task_id = await tasks.ask(db, org_id, kind.name, kind.details())
    crew = Crew(database, settings, [kind])
    await crew.look()
    await crew.idle()
    async with database.reader() as db:
        task = await tasks.find(db, org_id, task_id)
    assert task is not None
    assert (task.state, task.last_error) == ("done", None)
