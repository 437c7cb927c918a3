"""Site cards: the second kind of document on a phone. They come with the first job at a site and go with the last."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import ARRAY, Column, Table, Uuid, bindparam, exists, func, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.job.document import Job
from domain.places import Asset, Customer, Site, SiteCard
from domain.scope import due_at, technicians
from service.store.sets import any_of, insert_set, parameters, replace_set
from service.store.sync.feed import SITE
from service.store.tables import CURRENT_TRANSACTION, NOW, assets, audience, customers, documents, jobs, sites
from sync.digest import canonical, digest

_DOCUMENT_COLUMNS = ("org_id", "id", "kind", "version", "body", "digest")
_SAVE_DOCUMENTS = replace_set(documents, ("org_id", "id"), *_DOCUMENT_COLUMNS)
_AUDIENCE_COLUMNS = ("org_id", "scope_id", "document_id", "visible", "due_at")
_INSERT = insert_set(audience, *_AUDIENCE_COLUMNS)
_GRANT = _INSERT.on_conflict_do_update(
    index_elements=["org_id", "scope_id", "document_id"],
    set_={
        "visible": True,
        "reason": None,
        "due_at": _INSERT.excluded.due_at,
        "xid": CURRENT_TRANSACTION,
        "changed_at": NOW,
    },
    where=~audience.c.visible,
)

Kind = TypeVar("Kind", bound=Struct)

Holding = tuple[UUID, UUID]
"""A technician and a site."""

Due = dict[Holding, datetime | None]
"""When the work begins for which a card is held."""


async def follow(db: AsyncConnection, org_id: UUID, before: Iterable[Job], after: Iterable[Job]) -> None:
    """Let cards come and go with the jobs whose holders changed. No statement when none did."""
    had, have = _holdings(before), _holdings(after)
    await _grant(db, org_id, {holding: due for holding, due in have.items() if holding not in had})
    await _withdraw(db, org_id, had.keys() - have.keys())


async def refresh(db: AsyncConnection, org_id: UUID, site_ids: Collection[UUID]) -> None:
    """Write the cards of these sites anew, for whoever holds them: the desk corrected an address or a phone number."""
    held = select(documents.c.id).where(documents.c.org_id == org_id, documents.c.id == any_of("ids"))
    known = list(await db.scalars(held, {"ids": list(site_ids)}))
    if not known:
        return
    await _write(db, org_id, known)
    changed = update(audience).where(
        audience.c.org_id == org_id, audience.c.document_id == any_of("ids"), audience.c.visible
    )
    await db.execute(changed.values(xid=CURRENT_TRANSACTION, changed_at=NOW), {"ids": known})


async def refresh_of_customer(db: AsyncConnection, org_id: UUID, customer_id: UUID) -> None:
    """As `refresh`, for every site of the customer."""
    theirs = select(sites.c.id).where(sites.c.org_id == org_id, sites.c.customer_id == customer_id)
    await refresh(db, org_id, list(await db.scalars(theirs)))


def _holdings(of_jobs: Iterable[Job]) -> Due:
    return {
        (technician_id, job.site_id): due_at(job)
        for job in of_jobs
        if job.site_id is not None
        for technician_id, reason in technicians(job).items()
        if reason is None
    }


async def _grant(db: AsyncConnection, org_id: UUID, holdings: Due) -> None:
    if not holdings:
        return
    written = await _write(db, org_id, sorted({site_id for _, site_id in holdings}))
    rows = [
        (org_id, technician_id, site_id, True, holdings[technician_id, site_id])
        for technician_id, site_id in sorted(holdings)
        if site_id in written
    ]
    if rows:
        await db.execute(_GRANT, parameters(_AUDIENCE_COLUMNS, rows))


async def _withdraw(db: AsyncConnection, org_id: UUID, holdings: Collection[Holding]) -> None:
    """Only where no other job at the site is left: a card needed by another job stays."""
    if not holdings:
        return
    held = audience.alias("held")
    still = exists().where(
        held.c.org_id == audience.c.org_id,
        held.c.scope_id == audience.c.scope_id,
        held.c.visible,
        jobs.c.org_id == held.c.org_id,
        jobs.c.id == held.c.document_id,
        jobs.c.site_id == audience.c.document_id,
    )
    pairs = select(
        func.unnest(bindparam("scopes", type_=ARRAY(Uuid))), func.unnest(bindparam("sites", type_=ARRAY(Uuid)))
    )
    gone = update(audience).where(
        audience.c.org_id == org_id,
        tuple_(audience.c.scope_id, audience.c.document_id).in_(pairs),
        audience.c.visible,
        ~still,
    )
    ordered = sorted(holdings)
    await db.execute(
        gone.values(visible=False, reason="no_job_left", xid=CURRENT_TRANSACTION, changed_at=NOW),
        {"scopes": [scope_id for scope_id, _ in ordered], "sites": [site_id for _, site_id in ordered]},
    )


async def _write(db: AsyncConnection, org_id: UUID, site_ids: Sequence[UUID]) -> set[UUID]:
    """Encode and store the cards of these sites; answers which exist. Three statements."""
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
    rows = []
    for site, customer in pairs:
        here = tuple(asset for asset in installed if asset.site_id == site.id)
        card = SiteCard(id=site.id, customer=customer, site=site, assets=here)
        body = canonical(card)
        rows.append((org_id, site.id, SITE, site.version, body, digest(body)))
    if rows:
        await db.execute(_SAVE_DOCUMENTS, parameters(_DOCUMENT_COLUMNS, rows))
    return {site.id for site, _ in pairs}


def _columns(kind: type[Struct], table: Table) -> list[Column[Any]]:
    return [table.c[name] for name in kind.__struct_fields__]


def _struct(kind: type[Kind], row: Sequence[Any]) -> Kind:
    return msgspec.convert(dict(zip(kind.__struct_fields__, row, strict=True)), kind)
