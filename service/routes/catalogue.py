"""The catalogue: what may be repaired, with which parts, at which price. Every phone carries the whole of it."""

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.catalogue import Catalogue, CatalogueBundle, Checklist, FaultCode, Part, PriceList, Product
from domain.people.actor import Actor
from service.http.answers import API_POLICY
from service.http.endpoint import EncodedJson, Media, get, put
from service.http.errors import Refused, Violation
from service.http.paging import Paging, Slice
from service.seed import examples
from service.store.catalogue import bundles as catalogue_bundles
from service.store.catalogue import items as catalogue
from service.store.catalogue.kinds import ChecklistEntry, FaultCodeEntry, PartEntry, PriceListEntry, ProductEntry

PRODUCT = examples.entry(ProductEntry, Product)
PART = examples.entry(PartEntry, Part)
FAULT_CODE = examples.entry(FaultCodeEntry, FaultCode)
PRICE_LIST = examples.entry(PriceListEntry, PriceList)
CHECKLIST = examples.entry(ChecklistEntry, Checklist)


class ProductPage(Slice[ProductEntry], frozen=True, kw_only=True):
    """Part of the list of products, by code."""


class PartPage(Slice[PartEntry], frozen=True, kw_only=True):
    """Part of the list of parts, by code."""


class FaultCodePage(Slice[FaultCodeEntry], frozen=True, kw_only=True):
    """Part of the list of fault codes, by code."""


class PriceListPage(Slice[PriceListEntry], frozen=True, kw_only=True):
    """Part of the list of price lists, by code."""


class ChecklistPage(Slice[ChecklistEntry], frozen=True, kw_only=True):
    """Part of the list of checklists, by code."""


@get("/v1/catalogue", right="read_catalogue", response=Catalogue)
async def read_catalogue(actor: Actor, db: AsyncConnection) -> EncodedJson:
    """Read the whole catalogue.

    Its ETag is the digest that a pull announces: ask with If-None-Match and nothing is sent while nothing changed.
    """
    bundle = await catalogue_bundles.current(db, actor.org_id)
    return EncodedJson(b'{"digest":"%b",%b' % (bundle.digest.encode(), bundle.body[1:]), version=bundle.digest)


@get("/v1/catalogue/bundles/{digest}", right="read_catalogue", problems=("not_found",), response=CatalogueBundle)
async def read_catalogue_bundle(actor: Actor, db: AsyncConnection, digest: str) -> Media:
    """Read the catalogue that has this digest: what `catalogue` of a pull announces, unless that is empty.

    It never changes, so keep it for as long as pulls announce it. Its canonical form (RFC 8785), which is also how it
    is sent, has a SHA-256 whose first 16 hex digits are the digest. One that was replaced is kept for 90 days; where
    there is none, pull again.
    """
    body = await catalogue_bundles.body_of(db, actor.org_id, digest)
    if body is None:
        raise Refused("not_found")
    return Media(body, "application/json", (*API_POLICY, (b"cache-control", b"private, max-age=31536000, immutable")))


@get("/v1/catalogue/products", right="read_catalogue")
async def list_products(actor: Actor, db: AsyncConnection, query: Paging) -> ProductPage:
    """List the products by code."""
    return await catalogue.page(db, actor.org_id, ProductEntry, query, ProductPage)


@get("/v1/catalogue/products/{code}", right="read_catalogue", problems=("not_found",), response_example=PRODUCT)
async def read_product(actor: Actor, db: AsyncConnection, code: str) -> ProductEntry:
    """Read one product."""
    return await catalogue.read_entry(db, actor.org_id, ProductEntry, code)


@put("/v1/catalogue/products/{code}", right="edit_catalogue", problems=("version_changed",), example=PRODUCT.item)
async def put_product(
    actor: Actor, db: AsyncConnection, code: str, body: Product, expected_version: int
) -> ProductEntry:
    """Add a product (`If-Match: "0"`), or replace one (If-Match: its version)."""
    _require_same_code(code, body.code)
    return await catalogue.put_item(db, actor.org_id, ProductEntry, body, expected_version)


@get("/v1/catalogue/parts", right="read_catalogue")
async def list_parts(actor: Actor, db: AsyncConnection, query: Paging) -> PartPage:
    """List the parts by code."""
    return await catalogue.page(db, actor.org_id, PartEntry, query, PartPage)


@get("/v1/catalogue/parts/{code}", right="read_catalogue", problems=("not_found",), response_example=PART)
async def read_part(actor: Actor, db: AsyncConnection, code: str) -> PartEntry:
    """Read one part."""
    return await catalogue.read_entry(db, actor.org_id, PartEntry, code)


@put("/v1/catalogue/parts/{code}", right="edit_catalogue", problems=("version_changed",), example=PART.item)
async def put_part(actor: Actor, db: AsyncConnection, code: str, body: Part, expected_version: int) -> PartEntry:
    """Add a part (`If-Match: "0"`), or replace one (If-Match: its version)."""
    _require_same_code(code, body.code)
    return await catalogue.put_item(db, actor.org_id, PartEntry, body, expected_version)


@get("/v1/catalogue/fault-codes", right="read_catalogue")
async def list_fault_codes(actor: Actor, db: AsyncConnection, query: Paging) -> FaultCodePage:
    """List the fault codes by code."""
    return await catalogue.page(db, actor.org_id, FaultCodeEntry, query, FaultCodePage)


@get("/v1/catalogue/fault-codes/{code}", right="read_catalogue", problems=("not_found",), response_example=FAULT_CODE)
async def read_fault_code(actor: Actor, db: AsyncConnection, code: str) -> FaultCodeEntry:
    """Read one fault code."""
    return await catalogue.read_entry(db, actor.org_id, FaultCodeEntry, code)


@put("/v1/catalogue/fault-codes/{code}", right="edit_catalogue", problems=("version_changed",), example=FAULT_CODE.item)
async def put_fault_code(
    actor: Actor, db: AsyncConnection, code: str, body: FaultCode, expected_version: int
) -> FaultCodeEntry:
    """Add a fault code (`If-Match: "0"`), or replace one (If-Match: its version)."""
    _require_same_code(code, body.code)
    return await catalogue.put_item(db, actor.org_id, FaultCodeEntry, body, expected_version)


@get("/v1/catalogue/price-lists", right="read_catalogue")
async def list_price_lists(actor: Actor, db: AsyncConnection, query: Paging) -> PriceListPage:
    """List the price lists by code."""
    return await catalogue.page(db, actor.org_id, PriceListEntry, query, PriceListPage)


@get("/v1/catalogue/price-lists/{code}", right="read_catalogue", problems=("not_found",), response_example=PRICE_LIST)
async def read_price_list(actor: Actor, db: AsyncConnection, code: str) -> PriceListEntry:
    """Read one price list."""
    return await catalogue.read_entry(db, actor.org_id, PriceListEntry, code)


@put(
    "/v1/catalogue/price-lists/{code}",
    right="edit_catalogue",
    problems=("version_changed", "price_list_in_force", "price_lists_overlap"),
    example=PRICE_LIST.item,
)
async def put_price_list(
    actor: Actor, db: AsyncConnection, code: str, body: PriceList, expected_version: int
) -> PriceListEntry:
    """Add a price list, or change one that has not begun.

    `If-Match: "0"` adds it. From its first day on a price list stays as it is: quotes were made from it. Two lists of
    one first day that hold for the same job are refused, unless one is more special.
    """
    _require_same_code(code, body.code)
    return await catalogue.put_item(db, actor.org_id, PriceListEntry, body, expected_version)


@get("/v1/catalogue/checklists", right="read_catalogue")
async def list_checklists(actor: Actor, db: AsyncConnection, query: Paging) -> ChecklistPage:
    """List the checklists by code."""
    return await catalogue.page(db, actor.org_id, ChecklistEntry, query, ChecklistPage)


@get("/v1/catalogue/checklists/{code}", right="read_catalogue", problems=("not_found",), response_example=CHECKLIST)
async def read_checklist(actor: Actor, db: AsyncConnection, code: str) -> ChecklistEntry:
    """Read one checklist."""
    return await catalogue.read_entry(db, actor.org_id, ChecklistEntry, code)


@put("/v1/catalogue/checklists/{code}", right="edit_catalogue", problems=("version_changed",), example=CHECKLIST.item)
async def put_checklist(
    actor: Actor, db: AsyncConnection, code: str, body: Checklist, expected_version: int
) -> ChecklistEntry:
    """Add a checklist (`If-Match: "0"`), or replace one (If-Match: its version)."""
    _require_same_code(code, body.code)
    return await catalogue.put_item(db, actor.org_id, ChecklistEntry, body, expected_version)


def _require_same_code(in_path: str, in_body: str) -> None:
    if in_path != in_body:
        raise Refused("invalid_body", errors=(Violation("/code", "differs_from_path"),), count=1)
