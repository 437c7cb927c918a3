"""What a site card says: the customer, the site, the assets there and what was done to them, encoded and stored."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import Column, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.customers import Asset, Customer, Site, SiteCard
from domain.repair_record.history import MOST_VISITS, PastVisit, within_budget
from service.store.jobs import asset_visits, documents
from service.store.sets import any_of
from service.store.sync.feed import SITE
from service.store.tables import assets, customers, sites

Kind = TypeVar("Kind", bound=Struct)


async def write(db: AsyncConnection, org_id: UUID, site_ids: Sequence[UUID]) -> set[UUID]:
    """Encode and store the cards of these sites; answers which exist. Four statements."""
    if not site_ids:
        return set()
    placed = select(*_columns(Site, sites), *_columns(Customer, customers)).join(
        customers, (customers.c.org_id == sites.c.org_id) & (customers.c.id == sites.c.customer_id)
    )
    wanted = placed.where(sites.c.org_id == org_id, sites.c.id == any_of("ids")).order_by(sites.c.id)
    found = await db.execute(wanted, {"ids": list(site_ids)})
    width = len(Site.__struct_fields__)
    pairs = [(_struct(Site, row[:width]), _struct(Customer, row[width:])) for row in found]
    standing = select(*_columns(Asset, assets)).where(assets.c.org_id == org_id, assets.c.site_id == any_of("ids"))
    installed = [
        _struct(Asset, row) for row in await db.execute(standing.order_by(assets.c.id), {"ids": list(site_ids)})
    ]
    told = await asset_visits.by_site(db, org_id, site_ids)
    cards = {}
    for site, customer in pairs:
        here = tuple(asset for asset in installed if asset.site_id == site.id)
        cards[site.id] = documents.document(_card(site, customer, here, told.get(site.id, ())), site.version)
    await documents.save(db, org_id, SITE, cards)
    return {site.id for site, _ in pairs}


def _card(site: Site, customer: Customer, here: tuple[Asset, ...], told: Sequence[PastVisit]) -> SiteCard:
    counts, shown = Counter[UUID](), list[PastVisit]()
    for each in told:
        counts[each.asset_id] += 1
        shown += [each] if counts[each.asset_id] <= MOST_VISITS else []
    kept = within_budget(shown)
    whole = len(kept) == len(told)
    return SiteCard(id=site.id, customer=customer, site=site, assets=here, history=kept, history_is_whole=whole)


def _columns(kind: type[Struct], table: Table) -> list[Column[Any]]:
    return [table.c[name] for name in kind.__struct_fields__]


def _struct(kind: type[Kind], row: Sequence[Any]) -> Kind:
    return msgspec.convert(dict(zip(kind.__struct_fields__, row, strict=True)), kind)
