"""The real application on a real PostgreSQL, spoken to over HTTP, as a `ServerPort`."""

import asyncio
from datetime import UTC, datetime
from random import Random
from uuid import UUID, uuid4

from httpx import AsyncClient
from sqlalchemy import select, update

from domain.people.actor import Role
from service.database import Database
from service.epochs.watching import open_epoch
from service.sign_in.sessions import open_session
from service.store import tables
from service.store.people import accounts, devices
from service.store.people.devices import Phone
from service.store.sync.epochs import Reason
from tests.simulation import real_data
from tests.simulation.bodies import an_id
from tests.simulation.device import Person
from tests.simulation.ledger import Json
from tests.simulation.open_pushes import OpenPushes
from tests.simulation.port import Final, Reply

Headers = dict[str, str]
JSON = {"Content-Type": "application/json"}


class RealServer:
    """A `ServerPort`. One organisation of the database is the world; `desk` decides on the quarantine."""

    share_that_compares = 1.0

    def __init__(self, client: AsyncClient, database: Database, org_id: UUID) -> None:
        self.client, self.database, self.org_id, self.life = client, database, org_id, 1
        self.desk: Headers = {}
        self.open = OpenPushes(database, org_id)

    @property
    def overtaken(self) -> int:
        """How many pushes committed after one that had begun later."""
        return self.open.overtaken

    def now(self) -> datetime:
        """See `ServerPort`."""
        return datetime.now(UTC)

    async def enrol(self, person: Person) -> tuple[str, object]:
        """See `ServerPort`: without the codes and passwords that other tests are about."""
        member_id, at = UUID(person.id), self.now()
        async with self.database.transaction() as db:
            account = await accounts.find(db, self.org_id, member_id)
            assert account is not None, "people are added before their devices"
            if person.role == Role.TECHNICIAN:
                phone = Phone(id=uuid4(), name="手机", platform="android", app_version="1.0.0", public_key=None)
                device = await devices.add_phone(db, self.org_id, member_id, phone, at)
            else:
                device = await devices.add_desk(db, self.org_id, member_id, "desk", at)
            session = await open_session(db, account, device, at)
        headers = {"Authorization": f"Bearer {session.access_token}"}
        if person.role == Role.SUPERVISOR:
            self.desk = headers
        return str(device.id), headers

    async def revoke(self, device_id: str) -> None:
        """See `ServerPort`."""
        async with self.database.transaction() as db:
            await devices.revoke(db, self.org_id, UUID(device_id), self.now())

    async def say(self, handle: object, path: str, body: bytes, *, fate: str | None = None) -> Reply | None:
        """See `ServerPort`."""
        if path == "push":
            await self.open.give_way(body)
        if fate == "slow":
            await self.open.hold(body, self._said(handle, path, body))
            return None
        if fate == "rolled_back":
            await self.open.break_off(body, self._said(handle, path, body))
            return None
        return await self._said(handle, path, body)

    async def say_twice(self, handle: object, path: str, body: bytes) -> Reply | None:
        """See `ServerPort`."""
        await self.open.give_way(body)
        one, _ = await asyncio.gather(self._said(handle, path, body), self._said(handle, path, body))
        return one

    async def preview(self, handle: object, body: bytes) -> Reply | None:
        """See `ServerPort`."""
        await self.open.give_way_to_all()
        return await self._said(handle, "preview", body)

    async def held(self) -> list[str]:
        """See `ServerPort`."""
        answer = await self.client.get("/v1/cases?kind=quarantine&state=open&limit=100", headers=self.desk)
        return [each["id"] for each in answer.json()["items"]] if answer.status_code == 200 else []

    async def decide(self, case_id: str, choice: str) -> None:
        """See `ServerPort`. That it cannot be released is an answer like any other."""
        await self.open.give_way_to_all()
        decision = {"choice": choice, "reason": "已核实"}
        await self.client.post(f"/v1/cases/{case_id}/decision", json=decision, headers=self.desk)

    async def move(self, person: Person, outlets: tuple[str, ...]) -> None:
        """See `ServerPort`: without the new tokens that other tests are about."""
        await self.open.give_way_to_all()
        own = (tables.members.c.org_id == self.org_id) & (tables.members.c.id == UUID(person.id))
        async with self.database.transaction() as db:
            await db.execute(update(tables.members).where(own).values(outlet_ids=[UUID(each) for each in outlets]))
        person.outlets = outlets

    async def correct_site(self, site_id: str, chance: Random) -> bool:
        """See `ServerPort`."""
        await self.open.give_way_to_all()
        known = await self.client.get(f"/v1/sites/{site_id}", headers=self.desk)
        left_out = ("id", "customer_id", "version", "created_at")
        said = {name: value for name, value in known.raise_for_status().json().items() if name not in left_out}
        body, held = {**said, "access_note": f"{chance.randint(1, 20)} 号门"}, {"If-Match": known.headers["etag"]}
        answer = await self.client.put(f"/v1/sites/{site_id}", json=body, headers={**self.desk, **held})
        return answer.status_code == 200

    async def move_stock(self, technician_id: str, part_code: str, chance: Random) -> bool:
        """See `ServerPort`."""
        await self.open.give_way_to_all()
        ends: Json = chance.choice(
            (
                {"kind": "received", "to_location_id": technician_id},
                {"kind": "scrapped", "from_location_id": technician_id, "reason": "受潮"},
                {"kind": "counted", "to_location_id": technician_id, "reason": "月末盘点"},
            )
        )
        moved = {"id": an_id(chance), "part_code": part_code, "unit": "piece", "quantity_thousandths": 1000, **ends}
        answer = await self.client.post("/v1/stock/operations", json=moved, headers=self.desk)
        return answer.status_code == 201

    async def go_on(self, _chance: Random) -> None:
        """See `ServerPort`."""
        await self.open.give_way_to_all()

    async def settle(self) -> None:
        """See `ServerPort`."""
        await self.open.give_way_to_all()

    async def backup(self) -> object:
        """See `ServerPort`."""
        return await real_data.backed_up(self.database, self.org_id)

    async def numbers(self) -> dict[str, int]:
        """See `ServerPort`."""
        columns = tables.facts.c
        async with self.database.reader() as db:
            rows = await db.execute(select(columns.id, columns.log_number).where(columns.org_id == self.org_id))
            return {str(row.id): row.log_number for row in rows}

    async def restore(self, backup: object) -> None:
        """See `ServerPort`: who restores a backup under a running server says so."""
        assert isinstance(backup, dict)
        await self.open.give_way_to_all()
        await real_data.put_back(self.database, self.org_id, backup)
        await open_epoch(self.database, Reason.OPERATOR)
        self.life += 1

    async def final(self) -> Final:
        """See `ServerPort`."""
        return await real_data.final(self.database, self.client, self.desk, self.org_id)

    async def _said(self, handle: object, path: str, body: bytes) -> Reply:
        assert isinstance(handle, dict)
        answer = await self.client.post(f"/v1/sync/{path}", content=body, headers={**handle, **JSON})
        return Reply(answer.status_code, answer.content)
