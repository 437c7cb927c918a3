"""Puts the sample company into a database, once."""

from uuid import UUID

from msgspec import Struct
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from service.seed import company as sample
from service.seed.company import Company, sample_id
from service.sign_in import passwords
from service.store.catalogue.items import insert_items
from service.store.people import organisations
from service.store.stock import vans as stock_vans
from service.store.tables import assets, certificates, customers, members, outlets, sites, stock_operations

# Of every member of the sample company; the card shows it, so it is no secret.
DEMO_PASSWORD = "onsite-demo-2025"  # noqa: S105


class Login(Struct, frozen=True, kw_only=True):
    """Somebody to sign in as."""

    login: str
    name: str
    role: str
    member_id: UUID
    outlets: tuple[str, ...]


class SeedCard(Struct, frozen=True, kw_only=True):
    """How to get in. `created` is false when the organisation was there before and nothing was touched."""

    created: bool
    org_id: UUID
    organisation: str
    password: str
    logins: tuple[Login, ...]

    def login(self, name: str) -> Login:
        return next(each for each in self.logins if each.login == name)


async def seed_sample(
    db: AsyncConnection, *, password: str = DEMO_PASSWORD, password_hash: str | None = None
) -> SeedCard:
    """Store the sample company unless its organisation exists; one statement for each table.

    Whoever seeds often hands over the password's hash: making it takes longer than all the rest.
    """
    company = sample.company()
    org_id = sample_id("organisation", company.organisation.code)
    created = await organisations.claim(db, org_id, company.organisation)
    if created:
        await _fill(db, org_id, company, password_hash or await passwords.hash_password(password))
    return _card(company, org_id, password, created=created)


async def _fill(db: AsyncConnection, org_id: UUID, company: Company, password_hash: str) -> None:
    rows = sample.rows(company)
    rows["members"] = [{**row, "password_hash": password_hash} for row in rows["members"]]
    for table in (outlets, members, certificates, customers, sites, assets, stock_operations):
        await db.execute(insert(table).values(rows[table.name]))
    await insert_items(db, org_id, sample.catalogue_items())
    await stock_vans.write(db, org_id, [row["id"] for row in rows["members"]])


def _card(company: Company, org_id: UUID, password: str, *, created: bool) -> SeedCard:
    logins = tuple(
        Login(
            login=member.login,
            name=member.name,
            role=member.role,
            member_id=sample_id("member", member.login),
            outlets=member.outlets,
        )
        for member in company.members
    )
    return SeedCard(
        created=created, org_id=org_id, organisation=company.organisation.code, password=password, logins=logins
    )
