"""What lies in each van: the third kind of document, which the phone of its technician holds."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import BigInteger, cast, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people.actor import Role
from domain.stock import van_stock
from service.store.jobs import documents
from service.store.sets import any_of, insert_set, parameters
from service.store.stock.balances import Place, movements
from service.store.sync.feed import VAN
from service.store.tables import CURRENT_TRANSACTION, NOW, audience, members

_COLUMNS = ("org_id", "scope_id", "document_id", "visible")
_TELL = insert_set(audience, *_COLUMNS).on_conflict_do_update(
    index_elements=["org_id", "scope_id", "document_id"],
    set_={"visible": True, "reason": None, "xid": CURRENT_TRANSACTION, "changed_at": NOW},
)
_VERSION = 1
"""Nobody edits it: what it says follows from the ledger."""


def lock_of(location_id: UUID) -> Place:
    """What two changes of one van wait for, whatever parts they are about."""
    return location_id, "van"


async def write(db: AsyncConnection, org_id: UUID, location_ids: Collection[UUID]) -> None:
    """Write anew what lies in those of the locations that are vans with books, and tell their technicians.

    The caller holds their locks. One statement, and three where there are such vans; none for no locations.
    """
    found = await _lying(db, org_id, location_ids)
    vans = {technician_id: van_stock(technician_id, lying) for technician_id, lying in found.items()}
    await documents.save(db, org_id, VAN, {van.id: documents.document(van, _VERSION) for van in vans.values()})
    if vans:
        rows = [(org_id, technician_id, van.id, True) for technician_id, van in sorted(vans.items())]
        await db.execute(_TELL, parameters(_COLUMNS, rows))


async def _lying(db: AsyncConnection, org_id: UUID, location_ids: Collection[UUID]) -> dict[UUID, dict[str, int]]:
    """By technician and part the balance, where books are kept: of what nobody ever put there or counted is none."""
    if not location_ids:
        return {}
    moved = movements()
    drives = (members.c.org_id == moved.c.org_id) & (members.c.id == moved.c.location_id)
    query = (
        select(moved.c.location_id, moved.c.part_code, cast(func.sum(moved.c.quantity_thousandths), BigInteger))
        .join(members, drives)
        .where(moved.c.org_id == org_id, moved.c.location_id == any_of("ids"), members.c.role == Role.TECHNICIAN.value)
        .group_by(moved.c.location_id, moved.c.part_code)
        .having(func.bool_or(moved.c.kept))
    )
    found: dict[UUID, dict[str, int]] = {}
    for technician_id, part_code, quantity in await db.execute(query, {"ids": list(location_ids)}):
        found.setdefault(technician_id, {})[part_code] = quantity
    return found
