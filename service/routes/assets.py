"""Assets: the products that are installed at a site, with what their warranty is counted from."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.customers import Asset, AssetContent, NewAsset
from domain.fields import Code, Name
from domain.people.actor import Actor
from service.http.endpoint import get, post, put
from service.http.paging import Paging, Slice
from service.seed import examples
from service.store import filters
from service.store.cases import alarms
from service.store.catalogue.items import require_product
from service.store.jobs import site_cards
from service.store.registry import registry
from service.store.registry.registers import ASSETS, SITES


class AssetQuery(Paging, frozen=True, kw_only=True):
    """Which assets to list."""

    customer_id: UUID | None = None
    site_id: UUID | None = None
    product_code: Code | None = None
    serial_number: Name | None = None


class AssetPage(Slice[Asset], frozen=True, kw_only=True):
    """Part of the list of assets."""


@post(
    "/v1/assets",
    right="edit_customers",
    status=201,
    problems=("already_exists",),
    example=examples.NEW_ASSET,
    response_example=examples.ASSET,
)
async def create_asset(actor: Actor, db: AsyncConnection, body: NewAsset) -> Asset:
    """Register a product at a site.

    Sent again with the same `id` and content, it answers the asset that is stored.
    """
    await _require_references(actor, db, body)
    created = await registry.create(db, ASSETS, actor, body)
    await site_cards.refresh(db, actor.org_id, [created.site_id])
    return created


@get("/v1/assets", right="read_customers", response_example=examples.page(AssetPage, examples.ASSET))
async def list_assets(actor: Actor, db: AsyncConnection, query: AssetQuery) -> AssetPage:
    """List the assets of your outlets' customers; a technician gets those at the sites of the jobs they hold."""
    conditions = filters.of_assets(
        actor.org_id,
        customer_id=query.customer_id,
        site_id=query.site_id,
        product_code=query.product_code,
        serial_number=query.serial_number,
    )
    return await registry.page(db, ASSETS, actor, query, AssetPage, conditions)


@get("/v1/assets/{asset_id}", right="read_customers", problems=("not_found",), response_example=examples.ASSET)
async def read_asset(actor: Actor, db: AsyncConnection, asset_id: UUID) -> Asset:
    """Read one asset."""
    return await registry.read(db, ASSETS, actor, asset_id)


@put(
    "/v1/assets/{asset_id}",
    right="edit_customers",
    problems=("not_found", "version_changed"),
    example=examples.content(AssetContent, examples.NEW_ASSET),
    response_example=examples.ASSET,
)
async def update_asset(
    actor: Actor, db: AsyncConnection, asset_id: UUID, body: AssetContent, expected_version: int
) -> Asset:
    """Replace what is known about an asset; it may move to another site with its owner.

    Phones that hold one of the sites get the change with their next pull. Grounds for an exchange are looked at anew.
    """
    await _require_references(actor, db, body)
    stored = await registry.read(db, ASSETS, actor, asset_id)
    changed = await registry.change(db, ASSETS, actor, asset_id, expected_version, body)
    await site_cards.refresh(db, actor.org_id, sorted({stored.site_id, changed.site_id}))
    await alarms.settle(db, actor.org_id, [asset_id], datetime.now(UTC))
    return changed


async def _require_references(actor: Actor, db: AsyncConnection, content: AssetContent) -> None:
    await registry.require(db, SITES, actor, {content.site_id}, "/site_id")
    await require_product(db, actor.org_id, content.product_code)
