"""The mark on a device that looks like a clone or like a phone set back, and the case in which a person hears of it."""

from datetime import datetime
from uuid import UUID, uuid5

import msgspec
from msgspec import Struct
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.cases.kinds import CaseKind, CaseState
from domain.job.cases import Severity
from service.store.cases import cases
from service.store.cases.cases import StoredCase
from service.store.tables import devices
from sync.trouble import Trouble

_row = devices.c


class Suspicion(Struct, frozen=True, kw_only=True):
    """What the case keeps: whose device, and the facts that cannot both be its own."""

    device_id: UUID
    member_id: UUID
    fact_id: UUID
    earlier_fact_id: UUID
    seq: int | None


async def mark(
    db: AsyncConnection, org_id: UUID, device_id: UUID, found: Trouble, outlet_id: UUID | None, at: datetime
) -> None:
    """Mark the device and open a case for its outlet. One that is marked already stays as it is."""
    fresh = (_row.org_id == org_id) & (_row.id == device_id) & _row.suspected_at.is_(None)
    marked = update(devices).where(fresh).values(suspected_at=at, suspected_why=found.why.value)
    member_id = await db.scalar(marked.returning(_row.member_id))
    if member_id is None:
        return
    said = {name: getattr(found, name) for name in ("fact_id", "earlier_fact_id", "seq")}
    case = StoredCase(
        id=uuid5(device_id, f"suspected {at.isoformat()}"),
        kind=CaseKind.DEVICE,
        code=found.why.value,
        outlet_id=outlet_id,
        job_id=None,
        severity=Severity.SERIOUS,
        state=CaseState.OPEN,
        opened_at=at,
        body=msgspec.json.encode(Suspicion(device_id=device_id, member_id=member_id, **said)),
    )
    await cases.save(db, org_id, [case])


async def clear(db: AsyncConnection, org_id: UUID, device_id: UUID) -> None:
    """Remove the mark, because a person knows why it is there; it comes back with the next sign of trouble."""
    own = (_row.org_id == org_id) & (_row.id == device_id)
    await db.execute(update(devices).where(own).values(suspected_at=None, suspected_why=None))
