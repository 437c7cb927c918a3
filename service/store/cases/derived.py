"""Cases that are derived from several jobs, or from time alone: they follow what is stored until somebody decides."""

from collections.abc import Sequence
from uuid import UUID

from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.cases.kinds import CaseState
from service.store.cases import cases
from service.store.cases.cases import StoredCase


async def keep(db: AsyncConnection, org_id: UUID, rows: Sequence[StoredCase]) -> None:
    """Save the cases that nobody has decided; one that is open keeps the time at which it was opened."""
    known = await cases.known(db, org_id, [row.id for row in rows])
    fresh = [row for row in rows if row.id not in known or known[row.id].state == CaseState.CLEARED]
    told_anew = [
        replace(row, opened_at=known[row.id].opened_at)
        for row in rows
        if row.id in known and known[row.id].state == CaseState.OPEN and known[row.id].body != row.body
    ]
    await cases.save(db, org_id, [*fresh, *told_anew])
