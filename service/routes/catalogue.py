"""The catalogue: what may be repaired, with which parts, at which price. Every phone carries the whole of it."""

from typing import Any

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.catalogue import Catalogue, CatalogueBundle, Checklist, FaultCode, Part, PriceList, Product
from domain.fields import Item
from domain.people.actor import Actor
from service.http.answers import API_POLICY
from service.http.codes import require_same_code
from service.http.endpoint import EncodedJson, Media, Operation, get, put
from service.http.errors import Refused
from service.http.paging import Paging, Slice
from service.seed import examples
from service.store.catalogue import bundles as catalogue_bundles
from service.store.catalogue import items as catalogue
from service.store.catalogue.kinds import ChecklistEntry, Entry, FaultCodeEntry, PartEntry, PriceListEntry, ProductEntry


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


class _Kind(Struct, frozen=True):
    """One kind of items: what sets its three operations apart from those of the others.

    `word` names it in addresses, operations and summaries; `item` is put, `entry` is read.
    """

    word: str
    item: type[Item]
    entry: type[Entry[Any]]
    page: type[Slice[Any]]
    put: str = 'Add a {word} (`If-Match: "0"`), or replace one (If-Match: its version).'
    put_problems: tuple[str, ...] = ("version_changed",)


_PUT_PRICE_LIST = """Add a price list, or change one that has not begun.

`If-Match: "0"` adds it. From its first day on a price list stays as it is: quotes were made from it. Two lists of
one first day that hold for the same job are refused, unless one is more special.
"""
_KINDS = (
    _Kind("product", Product, ProductEntry, ProductPage),
    _Kind("part", Part, PartEntry, PartPage),
    _Kind("fault code", FaultCode, FaultCodeEntry, FaultCodePage),
    _Kind(
        "price list",
        PriceList,
        PriceListEntry,
        PriceListPage,
        put=_PUT_PRICE_LIST,
        put_problems=("version_changed", "price_list_in_force", "price_lists_overlap"),
    ),
    _Kind("checklist", Checklist, ChecklistEntry, ChecklistPage),
)


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


def _list(kind: _Kind) -> Operation:
    async def handle(actor: Actor, db: AsyncConnection, query: Paging) -> Slice[Any]:
        return await catalogue.page(db, actor.org_id, kind.entry, query, kind.page)

    handle.__name__ = f"list_{_name(kind)}s"
    handle.__doc__ = f"List the {kind.word}s by code."
    return get(_path(kind), right="read_catalogue", response=kind.page)(handle)


def _read(kind: _Kind) -> Operation:
    async def handle(actor: Actor, db: AsyncConnection, code: str) -> Entry[Any]:
        return await catalogue.read_entry(db, actor.org_id, kind.entry, code)

    handle.__name__ = f"read_{_name(kind)}"
    handle.__doc__ = f"Read one {kind.word}."
    return get(
        f"{_path(kind)}/{{code}}",
        right="read_catalogue",
        problems=("not_found",),
        response=kind.entry,
        response_example=examples.entry(kind.entry, kind.item),
    )(handle)


def _put(kind: _Kind) -> Operation:
    async def handle(actor: Actor, db: AsyncConnection, code: str, body: Item, expected_version: int) -> Entry[Any]:
        require_same_code(code, body.code)
        return await catalogue.put_item(db, actor.org_id, kind.entry, body, expected_version)

    handle.__name__ = f"put_{_name(kind)}"
    handle.__doc__ = kind.put.format(word=kind.word)
    handle.__annotations__["body"] = kind.item
    return put(
        f"{_path(kind)}/{{code}}",
        right="edit_catalogue",
        problems=kind.put_problems,
        response=kind.entry,
        example=examples.item(kind.item),
    )(handle)


def _name(kind: _Kind) -> str:
    return kind.word.replace(" ", "_")


def _path(kind: _Kind) -> str:
    return f"/v1/catalogue/{kind.word.replace(' ', '-')}s"


OPERATIONS: tuple[Operation, ...] = (
    read_catalogue,
    read_catalogue_bundle,
    *(declared(kind) for kind in _KINDS for declared in (_list, _read, _put)),
)
