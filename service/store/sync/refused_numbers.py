"""Numbers that devices gave to facts that were refused. Nothing else is kept of these, and the number is spent."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from service.store.sets import insert_set, parameters
from service.store.tables import refused_numbers

_COLUMNS = ("org_id", "device_id", "seq", "fact_id")
_INSERT = insert_set(refused_numbers, *_COLUMNS).on_conflict_do_nothing()


async def keep(db: AsyncConnection, org_id: UUID, device_id: UUID, spent: Mapping[int, UUID]) -> None:
    """Remember these facts by their numbers. One that bears a number already stays. One statement; none for none."""
    if spent:
        rows = [(org_id, device_id, seq, fact_id) for seq, fact_id in sorted(spent.items())]
        await db.execute(_INSERT, parameters(_COLUMNS, rows))
