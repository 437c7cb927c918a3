"""Readers with the cursors that people write first, beside ours: what each holds in the end shows what it lost."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, literal_column, select

from service.database import Database
from service.store.tables import audience, documents

Held = dict[UUID, int]


class ByNumber:
    """Remembers the highest transaction id that it was told, as one would remember a sequence number."""

    name = "number"

    def __init__(self, database: Database, scope_id: UUID) -> None:
        self.database, self.scope_id = database, scope_id
        self.held: Held = {}
        self._last: Any = self.nothing()

    def nothing(self) -> Any:
        """Where it begins."""
        return 0

    def place(self) -> ColumnElement[Any]:
        """What it remembers of a row."""
        return literal_column("audience.xid::text::bigint")

    async def pull(self) -> None:
        """Everything beyond the last place, in its order."""
        place = self.place()
        of_scope = (audience.c.scope_id == self.scope_id) & (documents.c.kind == "job")
        query = (
            select(audience.c.document_id, documents.c.version, place)
            .join(documents, (documents.c.org_id == audience.c.org_id) & (documents.c.id == audience.c.document_id))
            .where(of_scope, place > self._last)
            .order_by(place)
        )
        async with self.database.reader() as db:
            rows = (await db.execute(query)).all()
        self.held.update({row[0]: row[1] for row in rows})
        self._last = max([self._last, *(row[2] for row in rows)])

    def lost(self, shown: Held) -> int:
        """How many documents it holds otherwise than they are, or not at all."""
        return sum(self.held.get(document_id) != version for document_id, version in shown.items())


class ByTime(ByNumber):
    """Remembers the newest time that it was told."""

    name = "time"

    def nothing(self) -> Any:
        return 0.0

    def place(self) -> ColumnElement[Any]:
        return func.extract("epoch", audience.c.changed_at)


async def shown(database: Database, scope_id: UUID) -> Held:
    """What the scope shows: each job at its version."""
    query = (
        select(documents.c.id, documents.c.version)
        .join(audience, (documents.c.org_id == audience.c.org_id) & (documents.c.id == audience.c.document_id))
        .where(audience.c.scope_id == scope_id, audience.c.visible, documents.c.kind == "job")
    )
    async with database.reader() as db:
        return {row[0]: row[1] for row in await db.execute(query)}
