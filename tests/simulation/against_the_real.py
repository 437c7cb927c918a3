"""A history against the real application: the same people, phones and network, an organisation of its own."""

from collections.abc import Sequence
from random import Random
from uuid import UUID, uuid5

from httpx import AsyncClient
from msgspec import to_builtins
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from service.database import Database
from service.store import tables
from service.store.catalogue import bundles
from service.store.catalogue.items import ALWAYS
from service.store.catalogue.kinds import NAMES
from tests.builders.organisations import add_outlet
from tests.conftest import DELETE_EVERYTHING
from tests.simulation.catalogues import items
from tests.simulation.faults import Fired
from tests.simulation.history import Step, Told, company, played, steps_of
from tests.simulation.real_server import RealServer
from tests.simulation.world import Company, World


async def against_the_real(
    client: AsyncClient, database: Database, seed: int, steps: Sequence[Step] | None = None
) -> Told:
    """Play it, and judge it."""
    world = await a_world(client, database, seed)
    return await played(world, seed, steps_of(seed) if steps is None else steps)


async def a_world(client: AsyncClient, database: Database, seed: int) -> World:
    """An organisation that has just begun, in a database that is empty otherwise."""
    await database.pull_pool.execute(DELETE_EVERYTHING)
    who = company(seed)
    org_id = await _founded(database, who, Random(f"organisation {seed}"))
    return World(who, RealServer(client, database, org_id), Fired())


async def _founded(database: Database, who: Company, chance: Random) -> UUID:
    org_id = UUID(int=chance.getrandbits(128), version=4)
    async with database.transaction() as db:
        await db.execute(insert(tables.organisations).values(org_id=org_id, code="XL", name="杭州溪澜家电服务有限公司"))
        for number, outlet in enumerate(who.outlets, 1):
            await add_outlet(db, org_id, UUID(outlet), code=f"HZ0{number}", name="西湖服务站")
        for person in who.people:
            row = {"org_id": org_id, "id": UUID(person.id), "role": person.role, "login": person.name}
            outlets = [UUID(outlet) for outlet in person.outlets]
            await db.execute(insert(tables.members).values(**row, name=person.name, skills=[], outlet_ids=outlets))
        rows = [
            {
                "org_id": org_id,
                "kind": NAMES[type(each)],
                "code": each.code,
                "valid_from": ALWAYS,
                "body": to_builtins(each),
            }
            for each in items()
        ]
        await db.execute(insert(tables.catalogue).values(rows))
        if who.has_catalogue:
            await bundles.renew(db, org_id)
        await _add_sites(db, org_id, who)
    return org_id


async def _add_sites(db: AsyncConnection, org_id: UUID, who: Company) -> None:
    """A customer with an appliance at each."""
    outlet_id = UUID(who.outlets[0])
    for number, (site_id, asset_id) in enumerate(who.sites, 1):
        customer = {"org_id": org_id, "id": uuid5(UUID(site_id), "customer"), "outlet_id": outlet_id}
        await db.execute(insert(tables.customers).values(**customer, name=f"顾客 00{number}", phone="13800000000"))
        site = {"org_id": org_id, "id": UUID(site_id), "customer_id": customer["id"], "time_zone": "Asia/Shanghai"}
        await db.execute(insert(tables.sites).values(**site, address=f"杭州市西湖区示例路 {number} 号"))
        asset = {"org_id": org_id, "id": UUID(asset_id), "site_id": UUID(site_id), "product_code": "KT-01"}
        await db.execute(insert(tables.assets).values(**asset))
