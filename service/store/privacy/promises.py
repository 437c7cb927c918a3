"""Until when warranty holds for assets, by purchase, terms of the product, and all repairs."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.calendar.china import CHINA
from domain.catalogue import Part, Product
from domain.warranty.claim import Claim, PurchaseProof, terms_of
from domain.warranty.history import part_codes_of, repairs_of
from domain.warranty.lasting import promised_until
from service.store.catalogue import items as catalogue
from service.store.jobs import asset_history
from service.store.sets import any_of
from service.store.tables import assets


async def until(db: AsyncConnection, org_id: UUID, asset_ids: Collection[UUID], today: date) -> dict[UUID, date | None]:
    """The last day of the longest promise for each; None where no one knows. Four statements; none for no assets."""
    if not asset_ids:
        return {}
    columns = [assets.c[name] for name in ("id", "product_code", "invoiced_on", "installed_on", "exchanged_on")]
    own = (assets.c.org_id == org_id, assets.c.id == any_of("asset_ids"))
    rows = (await db.execute(select(*columns).where(*own), {"asset_ids": list(asset_ids)})).all()
    jobs = await asset_history.jobs_of_assets(db, org_id, asset_ids)
    products = await catalogue.named(db, org_id, Product, {row.product_code for row in rows})
    parts = await catalogue.named(db, org_id, Part, {code for each in jobs.values() for code in part_codes_of(each)})
    found: dict[UUID, date | None] = {}
    for row in rows:
        purchase = PurchaseProof(
            exchanged_on=row.exchanged_on, invoiced_on=row.invoiced_on, other_proof_on=row.installed_on
        )
        repairs = repairs_of(jobs.get(row.id, []), parts)
        product = products.get(row.product_code)
        if product is not None:
            terms = terms_of(product)
            claim = Claim(terms=terms, purchase=purchase, reported_on=today, today=today, repairs=repairs)
            found[row.id] = promised_until(claim, CHINA)
    return found
