"""Organisations for tests: real rows, real tokens. A test adds what it is about."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from msgspec import Struct
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people.actor import Actor, Role
from service.database import Database
from service.sign_in.sessions import open_session
from service.store import tables
from service.store.people import accounts, devices
from service.store.people.devices import Phone


class Person(Struct, frozen=True):
    """A member who is signed in on one device."""

    actor: Actor
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


class Organisation(Struct, frozen=True):
    """West Lake outlet of one organisation, with a dispatcher at the desk and a technician's phone."""

    org_id: UUID
    outlet_id: UUID
    dispatcher: Person
    technician: Person


async def add_organisation(database: Database, code: str = "XL") -> Organisation:
    """An organisation of its own; call it again with another code for a second tenant."""
    org_id, outlet_id = uuid4(), uuid4()
    async with database.transaction() as db:
        await db.execute(insert(tables.organisations).values(org_id=org_id, code=code, name="杭州溪澜家电服务有限公司"))
        await add_outlet(db, org_id, outlet_id, code="HZ01", name="西湖服务站")
        return Organisation(
            org_id=org_id,
            outlet_id=outlet_id,
            dispatcher=await add_person(db, org_id, outlet_id, Role.DISPATCHER, "HZ01-DISPATCH", "西湖服务站 调度"),
            technician=await add_person(db, org_id, outlet_id, Role.TECHNICIAN, "HZ0107", "王建国"),
        )


async def add_outlet(db: AsyncConnection, org_id: UUID, outlet_id: UUID, *, code: str, name: str) -> None:
    where = {"city": "杭州", "area": "city", "latitude": 30.259, "longitude": 120.13, "coordinate_system": "wgs84"}
    terms = {"time_zone": "Asia/Shanghai", "complaint_line": "400-000-0000"}
    row = {"org_id": org_id, "id": outlet_id, "code": code, "name": name, **where, **terms}
    await db.execute(insert(tables.outlets).values(row))


async def add_person(
    db: AsyncConnection, org_id: UUID, outlet_id: UUID, role: Role, login: str, name: str, *, bound: bool = False
) -> Person:
    """A member with an access token: a technician on a phone, anybody else at a desk.

    Of the outlet; an admin works for every one, unless `bound` to it.
    """
    member_id, at = uuid4(), datetime.now(UTC)
    outlet_ids = () if role is Role.ADMIN and not bound else (outlet_id,)
    row = {"org_id": org_id, "id": member_id, "role": role.value, "outlet_ids": list(outlet_ids), "login": login}
    await db.execute(insert(tables.members).values(**row, name=name, skills=[]))
    account = await accounts.find(db, org_id, member_id)
    assert account is not None
    if role is Role.TECHNICIAN:
        phone = Phone(id=uuid4(), name="手机", platform="android", app_version="1.0.0", public_key=None)
        device = await devices.add_phone(db, org_id, member_id, phone, at)
    else:
        device = await devices.add_desk(db, org_id, member_id, "desk", at)
    session = await open_session(db, account, device, at)
    actor = Actor(org_id, member_id, device.id, role, outlet_ids, "zh")
    return Person(actor, session.access_token)
