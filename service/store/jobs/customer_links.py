"""Links for customers: made, listed, revoked, and followed."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from service.store.tables import customer_links, organisations


class CustomerLink(Struct, frozen=True, kw_only=True):
    """One link as the desk sees it. Its address was told once, when it was made."""

    id: UUID
    job_id: UUID
    created_by: UUID
    created_at: datetime
    expires_at: datetime
    opened_at: datetime | None
    revoked_at: datetime | None


class Followed(Struct, frozen=True, kw_only=True):
    """A link that somebody follows, with the key that proves it genuine."""

    job_id: UUID
    key: bytes
    language: str
    expires_at: datetime
    opened_at: datetime | None
    revoked_at: datetime | None


MOST_OF_A_JOB = 20
"""Links of one job that are valid at once."""

_OWN = customer_links.c
_COLUMNS = tuple(_OWN[name] for name in CustomerLink.__struct_fields__)


async def key(db: AsyncConnection, org_id: UUID) -> bytes:
    """What the organisation proves its links with."""
    query = select(organisations.c.cursor_key).where(organisations.c.org_id == org_id)
    found: bytes = (await db.execute(query)).scalar_one()
    return found


async def make(
    db: AsyncConnection, org_id: UUID, link_id: UUID, job_id: UUID, created_by: UUID, expires_at: datetime
) -> CustomerLink:
    """Store a new link."""
    values = {"org_id": org_id, "id": link_id, "job_id": job_id, "created_by": created_by, "expires_at": expires_at}
    row = (await db.execute(insert(customer_links).values(values).returning(*_COLUMNS))).one()
    return CustomerLink(**row._mapping)  # noqa: SLF001 (SQLAlchemy's public name for it)


async def has_room(db: AsyncConnection, org_id: UUID, job_id: UUID) -> bool:
    """Whether the job may have another valid link."""
    valid = (_OWN.org_id == org_id, _OWN.job_id == job_id, _OWN.revoked_at.is_(None), _OWN.expires_at > func.now())
    return int(await db.scalar(select(func.count()).select_from(customer_links).where(*valid)) or 0) < MOST_OF_A_JOB


async def of_job(db: AsyncConnection, org_id: UUID, job_id: UUID) -> Sequence[CustomerLink]:
    """Every link of the job, the newest first."""
    mine = (_OWN.org_id == org_id) & (_OWN.job_id == job_id)
    query = select(*_COLUMNS).where(mine).order_by(_OWN.created_at.desc(), _OWN.id).limit(200)
    return [CustomerLink(**row._mapping) for row in await db.execute(query)]  # noqa: SLF001


async def revoke(db: AsyncConnection, org_id: UUID, job_id: UUID, link_id: UUID) -> bool:
    """Revoke a link; False when the job has no such link. Twice is once."""
    mine = (_OWN.org_id == org_id) & (_OWN.job_id == job_id) & (_OWN.id == link_id)
    at = func.coalesce(_OWN.revoked_at, func.clock_timestamp())
    return (await db.execute(update(customer_links).where(mine).values(revoked_at=at))).rowcount == 1


async def followed(db: AsyncConnection, org_id: UUID, link_id: UUID) -> Followed | None:
    """The link of this id with the key and language of its organisation; None when there is none."""
    query = (
        select(
            _OWN.job_id,
            organisations.c.cursor_key.label("key"),
            organisations.c.language,
            _OWN.expires_at,
            _OWN.opened_at,
            _OWN.revoked_at,
        )
        .join_from(customer_links, organisations, organisations.c.org_id == _OWN.org_id)
        .where(_OWN.org_id == org_id, _OWN.id == link_id)
    )
    row = (await db.execute(query)).one_or_none()
    return None if row is None else Followed(**row._mapping)  # noqa: SLF001


async def opened(db: AsyncConnection, org_id: UUID, link_id: UUID) -> None:
    """Note that somebody opened the link."""
    mine = (_OWN.org_id == org_id) & (_OWN.id == link_id) & _OWN.opened_at.is_(None)
    await db.execute(update(customer_links).where(mine).values(opened_at=func.clock_timestamp()))
