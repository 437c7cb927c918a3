"""Work in the background: tasks on PostgreSQL, done by a crew in each server process.

`service.store.work.tasks.ask` asks for a task in the transaction that makes it necessary: both happen, or neither.
What is done then is a `Kind`: a row of `service.work.kinds`, with the function that does it.

    class Thumbnails(Struct, frozen=True):
        attachment_id: UUID

    async def make(turn: Turn, details: Thumbnails) -> None:
        async with turn.database.reader() as db:
            photo = await attachments.content(db, turn.org_id, details.attachment_id)
        small = await in_own_process(thumbnail, photo)       # heavy work leaves the process that answers pulls
        await turn.progress(1, 2)
        async with turn.database.transaction() as db:
            await attachments.keep_small(db, turn.org_id, details.attachment_id, small)

    THUMBNAILS = Kind(name="thumbnails", details=Thumbnails, handle=make)

A task is done at least once: a process that is killed after its last statement and before the mark leaves it to
another one. So a handler writes what can be written twice. It may be cancelled at each `await`.
"""
