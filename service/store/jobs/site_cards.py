"""Site cards, the second kind of document on a phone: granted with the first job at a site, withdrawn with the last."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, exists, func, literal_column, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.bookings import due_at
from domain.job.document import Job
from domain.scope import holders
from service.store.jobs import asset_visits, site_card_bodies
from service.store.sets import any_of, insert_set, parameters
from service.store.tables import CURRENT_TRANSACTION, NOW, assets, audience, documents, jobs, sites

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
    where=or_(
        ~audience.c.visible, func.coalesce(audience.c.due_at, literal_column("'infinity'")) > _INSERT.excluded.due_at
    ),
)
# Its place in the pages of a pull changes only together with its xid: else it would be passed over between two of them.

Holding = tuple[UUID, UUID]
"""A technician and a site."""

Due = dict[Holding, datetime | None]
"""When the first work begins for which a card is held."""


async def follow(db: AsyncConnection, org_id: UUID, before: Sequence[Job], after: Sequence[Job]) -> None:
    """Let cards come and go with the jobs whose holders changed, and tell of visits that are over.

    No statement when neither happened. Cards are written under the locks of their sites, in id order: of two jobs at
    one site that change at one moment, each card knows both.
    """
    had, have = _holdings(before), _holdings(after)
    new = {holding: due for holding, due in have.items() if holding not in had or _is_sooner(due, had[holding])}
    told = await asset_visits.follow(db, org_id, before, after)
    if new or told:
        granted = {site_id for _, site_id in new}
        locked = await _lock(db, org_id, granted, told)
        shown = await _held(db, org_id, locked) if told else []
        written = await site_card_bodies.write(db, org_id, sorted({*granted, *shown}))
        await _touch(db, org_id, shown)
        await _grant(db, org_id, {holding: due for holding, due in new.items() if holding[1] in written})
    await _withdraw(db, org_id, had.keys() - have.keys())


async def refresh(db: AsyncConnection, org_id: UUID, site_ids: Collection[UUID]) -> None:
    """Write the cards of these sites anew, for whoever holds them: the desk corrected an address or a phone number."""
    known = await _held(db, org_id, await _lock(db, org_id, site_ids, ()))
    if known:
        await site_card_bodies.write(db, org_id, known)
        await _touch(db, org_id, known)


async def refresh_of_customer(db: AsyncConnection, org_id: UUID, customer_id: UUID) -> None:
    """As `refresh`, for every site of the customer."""
    theirs = select(sites.c.id).where(sites.c.org_id == org_id, sites.c.customer_id == customer_id)
    await refresh(db, org_id, list(await db.scalars(theirs)))


def _holdings(of_jobs: Iterable[Job]) -> Due:
    found: Due = {}
    for job in of_jobs:
        if job.site_id is not None:
            for technician_id in (each for each, reason in holders(job).items() if reason is None):
                due, holding = due_at(job), (technician_id, job.site_id)
                found[holding] = due if _is_sooner(due, found.get(holding)) else found.get(holding)
    return found


def _is_sooner(due: datetime | None, than: datetime | None) -> bool:
    return due is not None and (than is None or due < than)


async def _lock(
    db: AsyncConnection, org_id: UUID, site_ids: Collection[UUID], asset_ids: Collection[UUID]
) -> list[UUID]:
    """Lock these sites and those where the assets stand, in id order; answers which there are."""
    of_assets = select(assets.c.site_id).where(assets.c.org_id == org_id, assets.c.id == any_of("asset_ids"))
    wanted = select(sites.c.id).where(
        sites.c.org_id == org_id, or_(sites.c.id == any_of("site_ids"), sites.c.id.in_(of_assets))
    )
    locking = wanted.order_by(sites.c.id).with_for_update(key_share=True)
    return list(await db.scalars(locking, {"site_ids": list(site_ids), "asset_ids": list(asset_ids)}))


async def _held(db: AsyncConnection, org_id: UUID, site_ids: Collection[UUID]) -> list[UUID]:
    """Those sites that have a card."""
    held = select(documents.c.id).where(documents.c.org_id == org_id, documents.c.id == any_of("ids"))
    return list(await db.scalars(held.order_by(documents.c.id), {"ids": list(site_ids)}))


async def _touch(db: AsyncConnection, org_id: UUID, site_ids: Collection[UUID]) -> None:
    """Stamp these cards as changed, so that whoever holds them pulls them again."""
    if not site_ids:
        return
    changed = update(audience).where(
        audience.c.org_id == org_id, audience.c.document_id == any_of("ids"), audience.c.visible
    )
    await db.execute(changed.values(xid=CURRENT_TRANSACTION, changed_at=NOW), {"ids": list(site_ids)})


async def _grant(db: AsyncConnection, org_id: UUID, holdings: Due) -> None:
    rows = [
        (org_id, technician_id, site_id, True, holdings[technician_id, site_id])
        for technician_id, site_id in sorted(holdings)
    ]
    if rows:
        await db.execute(_GRANT, parameters(_AUDIENCE_COLUMNS, rows))


async def _withdraw(db: AsyncConnection, org_id: UUID, holdings: Collection[Holding]) -> None:
    """Withdraw cards, unless the holder has another job at the site."""
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
