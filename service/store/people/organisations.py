"""Organisations: how one begins, who it is, and the lives of its data."""

from uuid import UUID, uuid4

from msgspec import Struct, structs
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.outlets import OrganisationContent, OutletContent
from domain.people.members import MemberContent
from service.store.tables import members, organisations, outlets


class OrganisationRow(Struct, frozen=True):
    """The organisation as its own members see it."""

    org_id: UUID
    code: str
    name: str
    time_zone: str


async def claim(db: AsyncConnection, org_id: UUID, organisation: OrganisationContent) -> bool:
    """Store the organisation unless its code is taken; False then. Two claims at once: one of them gets it."""
    row = {"org_id": org_id, **structs.asdict(organisation)}
    statement = insert(organisations).values(row).on_conflict_do_nothing().returning(organisations.c.org_id)
    return (await db.execute(statement)).one_or_none() is not None


async def add_first(
    db: AsyncConnection, org_id: UUID, outlet: OutletContent, administrator: MemberContent, password_hash: str
) -> None:
    """The outlet and the member that everything else can be added by."""
    first = {"org_id": org_id, "id": uuid4()}
    await db.execute(insert(outlets).values(first | structs.asdict(outlet)))
    who = {"org_id": org_id, "id": uuid4(), "password_hash": password_hash}
    await db.execute(insert(members).values(who | structs.asdict(administrator)))


async def id_of_code(db: AsyncConnection, code: str) -> UUID | None:
    """The organisation of this code, which people type before anybody knows who they are."""
    return (await db.execute(select(organisations.c.org_id).where(organisations.c.code == code))).scalar_one_or_none()


async def find(db: AsyncConnection, org_id: UUID) -> OrganisationRow | None:
    own = organisations.c
    query = select(own.org_id, own.code, own.name, own.time_zone).where(own.org_id == org_id)
    row = (await db.execute(query)).one_or_none()
    return None if row is None else OrganisationRow(*row)


async def lives(db: AsyncConnection, org_id: UUID) -> tuple[int, ...]:
    """The lives of the organisation's data, of which the last is the present one."""
    line: list[int] = (
        await db.execute(select(organisations.c.lives).where(organisations.c.org_id == org_id))
    ).scalar_one()
    return tuple(line)
