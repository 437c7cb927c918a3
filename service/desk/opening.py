"""Opening a job at the desk: everything it refers to must exist, and opening it twice opens it once."""

from typing import TypeVar
from uuid import UUID, uuid5

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.customers import Asset, Site
from domain.facts.desk import JobOpened
from domain.fields import Record
from domain.people.actor import Actor
from service.desk import actions
from service.desk.actions import Action, Done
from service.http import instants
from service.http.errors import Refused, Violation, invalid_body
from service.http.time_zones import require_time_zone
from service.store.catalogue.items import require_product
from service.store.jobs import fact_log, jobs, new_jobs
from service.store.jobs.job_pages import document
from service.store.registry import registry
from service.store.registry.registers import ASSETS, CUSTOMERS, OUTLETS, SITES
from service.store.registry.registry import Register

Kind = TypeVar("Kind", bound=Record)


class OpenJob(JobOpened, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A job to open; with an `id` of the caller's own it may be sent again. No personal data belongs here."""

    id: UUID | None = None


async def require_references(db: AsyncConnection, actor: Actor, body: OpenJob) -> None:
    """Refuse what does not exist, what the actor may not see, and what does not belong together."""
    require_time_zone(body.time_zone)
    instants.require_sane(body, "reported_at", "first_response_at")
    await registry.require(db, OUTLETS, actor, {body.outlet_id}, "/outlet_id")
    if body.customer_id is not None:
        await registry.require(db, CUSTOMERS, actor, {body.customer_id}, "/customer_id")
    asset = await _known(db, ASSETS, actor, body.asset_id, "/asset_id")
    where = body.site_id if body.site_id is not None or asset is None else asset.site_id
    site = await _known(db, SITES, actor, where, "/site_id")
    _require_together(body, site, asset)
    if body.product_code is not None:
        await require_product(db, actor.org_id, body.product_code)
    if body.follows_job_id is not None and await document(db, actor, body.follows_job_id) is None:
        raise invalid_body(Violation("/follows_job_id", "unknown_reference"))


async def open_once(db: AsyncConnection, actor: Actor, job_id: UUID, opened: JobOpened) -> Done:
    """Open the job by its first fact, whose id follows from the job's, so that a repeat is a duplicate.

    What its appliance and its site tell need not be said: checklists and codes depend on the product, the technician's
    card on the site, the customer's list of jobs on the customer.
    """
    fact_id = uuid5(job_id, "job_opened")
    await new_jobs.add_placeholders(db, actor.org_id, {job_id: opened.outlet_id})
    job = (await jobs.lock(db, actor.org_id, [job_id])).get(job_id)
    if job is None:  # No placeholder was added: the id is a site's.
        raise Refused("already_exists")
    if job.is_placeholder:
        whole = await _completed(db, actor, opened)
        return await actions.carry_out(db, actor, job.state.job, Action(job_id=job_id, body=whole, fact_id=fact_id))
    logged = await fact_log.find(db, actor.org_id, fact_id)
    if logged is None:
        raise Refused("already_exists")
    actions.require_same(logged, Action(job_id=job_id, body=_as_completed(opened, logged.record.body)))
    return await actions.answer_again(db, actor, logged)


async def _completed(db: AsyncConnection, actor: Actor, opened: JobOpened) -> JobOpened:
    if opened.asset_id is not None:
        asset = await registry.read(db, ASSETS, actor, opened.asset_id)
        product_code, site_id = opened.product_code or asset.product_code, opened.site_id or asset.site_id
        opened = replace(opened, product_code=product_code, site_id=site_id)
    if opened.site_id is not None and opened.customer_id is None:
        site = await registry.read(db, SITES, actor, opened.site_id)
        opened = replace(opened, customer_id=site.customer_id)
    return opened


def _as_completed(opened: JobOpened, first: Struct) -> JobOpened:
    """As it was completed when it was first said: the appliance may stand elsewhere by now, or be another product."""
    of_asset = ["product_code", "site_id"] if opened.asset_id is not None else []
    of_site = ["customer_id"] if of_asset or opened.site_id is not None else []
    left_out = [name for name in (*of_asset, *of_site) if getattr(opened, name) is None]
    return replace(opened, **{name: getattr(first, name, None) for name in left_out})


async def _known(
    db: AsyncConnection, register: Register[Kind], actor: Actor, record_id: UUID | None, pointer: str
) -> Kind | None:
    if record_id is None:
        return None
    await registry.require(db, register, actor, {record_id}, pointer)
    return await registry.read(db, register, actor, record_id)


def _require_together(body: OpenJob, site: Site | None, asset: Asset | None) -> None:
    if site is not None and body.customer_id not in (None, site.customer_id):
        raise invalid_body(Violation("/site_id" if body.site_id else "/asset_id", "belongs_elsewhere"))
    if asset is not None and body.site_id not in (None, asset.site_id):
        raise invalid_body(Violation("/asset_id", "belongs_elsewhere"))
