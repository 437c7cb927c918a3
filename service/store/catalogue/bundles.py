"""The whole catalogue as one body of bytes, kept under its digest: what a pull announces, and phones fetch once."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.calendar.china import YEARS
from domain.calendar.holiday_years import HolidayYear, in_place_of
from domain.catalogue import CatalogueBundle, Checklist, FaultCode, Part, PriceList, Product
from domain.fields import Item
from service.store.catalogue.kinds import NAMES
from service.store.tables import catalogue, catalogue_bundles, organisations
from sync.digest import canonical, digest

KEPT_WHEN_REPLACED = timedelta(days=90)
KNOWN_LATE = timedelta(days=14)
"""So long a phone off the net may go by a catalogue that was replaced."""
DIGEST_BYTES = 8
"""Enough to tell the catalogues of one organisation apart, and short enough to be in every pull."""

_RENEW = text("""
WITH kept AS (
    INSERT INTO catalogue_bundles (org_id, digest, body) VALUES (:org_id, :digest, :body)
    ON CONFLICT (org_id, digest) DO UPDATE SET replaced_at = NULL
), replaced AS (
    UPDATE catalogue_bundles SET replaced_at = now()
    WHERE org_id = :org_id AND digest <> :digest AND replaced_at IS NULL
), forgotten AS (
    DELETE FROM catalogue_bundles
    WHERE org_id = :org_id AND digest <> :digest AND replaced_at < now() - CAST(:kept_for AS interval)
)
UPDATE organisations SET catalogue_digest = :digest WHERE org_id = :org_id
""")

Kind = TypeVar("Kind", bound=Item)


class Bundle(Struct, frozen=True):
    """Canonical JSON of a `CatalogueBundle`, and the digest of these bytes."""

    digest: str
    body: bytes


class KeptBundle(Struct, frozen=True):
    """What a bundle holds, and when another took its place."""

    content: CatalogueBundle
    replaced_at: datetime | None


_CONTENT = msgspec.json.Decoder(CatalogueBundle)
_EMPTY = CatalogueBundle(products=(), parts=(), fault_codes=(), price_lists=(), checklists=(), holiday_years=YEARS)
NOTHING = Bundle("", canonical(_EMPTY))
"""Of an organisation that has never had a catalogue; it is announced as no digest at all."""


async def renew(db: AsyncConnection, org_id: UUID) -> None:
    """Bundle what the catalogue holds now and announce it. Whoever calls this keeps other changes waiting.

    What was announced until now is answered for another 90 days: a phone may just have heard of it.
    """
    body = canonical(await _content(db, org_id))
    announced = digest(body)[:DIGEST_BYTES].hex()
    values = {"org_id": org_id, "digest": announced, "body": body, "kept_for": KEPT_WHEN_REPLACED}
    await db.execute(_RENEW, values)


async def current(db: AsyncConnection, org_id: UUID) -> Bundle:
    """What pulls announce, with its digest: one statement reads both."""
    own = (catalogue_bundles.c.org_id == organisations.c.org_id) & (
        catalogue_bundles.c.digest == organisations.c.catalogue_digest
    )
    query = select(catalogue_bundles.c.digest, catalogue_bundles.c.body).join_from(
        organisations, catalogue_bundles, own
    )
    row = (await db.execute(query.where(organisations.c.org_id == org_id))).one_or_none()
    return NOTHING if row is None else Bundle(row.digest, row.body)


async def body_of(db: AsyncConnection, org_id: UUID, announced: str) -> bytes | None:
    """The bundle of this digest, as long as it is kept."""
    query = select(catalogue_bundles.c.body).where(
        catalogue_bundles.c.org_id == org_id, catalogue_bundles.c.digest == announced
    )
    body: bytes | None = await db.scalar(query)
    return body


async def kept(db: AsyncConnection, org_id: UUID, named: Collection[str]) -> dict[str, KeptBundle]:
    """The bundle of today, and those named that are still kept, by digest. One statement."""
    row = catalogue_bundles.c
    own = (row.org_id == org_id) & (row.replaced_at.is_(None) | row.digest.in_(named))
    found = await db.execute(select(row.digest, row.body, row.replaced_at).where(own))
    return {each.digest: KeptBundle(_CONTENT.decode(each.body), each.replaced_at) for each in found}


def gone_by(bundles: Mapping[str, KeptBundle], named: str | None, at: datetime) -> CatalogueBundle | None:
    """The one named, unless it was replaced long before that moment; else that of today. None where none is."""
    found = bundles.get(named or "")
    if found is not None and (found.replaced_at is None or found.replaced_at >= at - KNOWN_LATE):
        return found.content
    return next((each.content for each in bundles.values() if each.replaced_at is None), None)


async def _content(db: AsyncConnection, org_id: UUID) -> CatalogueBundle:
    query = select(catalogue.c.kind, catalogue.c.body).where(catalogue.c.org_id == org_id)
    rows = (await db.execute(query.order_by(catalogue.c.kind, catalogue.c.code))).all()
    return CatalogueBundle(
        products=_items(rows, Product),
        parts=_items(rows, Part),
        fault_codes=_items(rows, FaultCode),
        price_lists=_items(rows, PriceList),
        checklists=_items(rows, Checklist),
        holiday_years=in_place_of(YEARS, _items(rows, HolidayYear)),
    )


def _items(rows: Iterable[Any], kind: type[Kind]) -> tuple[Kind, ...]:
    return tuple(msgspec.convert(row.body, kind) for row in rows if row.kind == NAMES[kind])
