"""From a question about warranty to a complete claim: with what asset, jobs and catalogue know."""

from datetime import date, datetime
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.calendar.china import CHINA_TIME
from domain.catalogue import Part, Product
from domain.customers import Asset
from domain.fields import Code
from domain.job.document import Job
from domain.job.site_time import site_day
from domain.people.actor import Actor
from domain.warranty.claim import (
    AssetRepair,
    Claim,
    ClaimedExclusion,
    ClaimedLine,
    Goodwill,
    PurchaseProof,
    RepairGuarantee,
    Terms,
    terms_of,
)
from domain.warranty.history import faults_of, part_codes_of, repairs_of
from service.http.errors import Violation, invalid_body
from service.store.catalogue import items as catalogue
from service.store.catalogue.kinds import ProductEntry
from service.store.jobs import asset_history, job_pages
from service.store.registry import guarantees, registry
from service.store.registry.registers import ASSETS


class Known(Struct, frozen=True, kw_only=True):
    """The stored records that a question names."""

    job: Job | None
    asset: Asset | None
    product: Product
    history: tuple[Job, ...]
    guarantee: RepairGuarantee | None


class Asked(Struct, frozen=True, kw_only=True):
    """What the question itself says; it counts before what is stored."""

    purchase: PurchaseProof
    reported_on: date | None
    today: date | None
    faults: tuple[str, ...]
    lines: tuple[ClaimedLine, ...]
    repairs: tuple[AssetRepair, ...]
    exclusions: tuple[ClaimedExclusion, ...]
    goodwill: tuple[Goodwill, ...]
    guarantee: RepairGuarantee | None
    home_service: bool | None


async def known(
    db: AsyncConnection, actor: Actor, job_id: UUID | None, asset_id: UUID | None, product_code: Code | None
) -> Known:
    """The job and the asset, which the actor must see, the asset's other jobs, and the product."""
    job = None if job_id is None else await job_pages.job(db, actor, job_id)
    asset_id = asset_id or (None if job is None else job.asset_id)
    asset = None if asset_id is None else await registry.read(db, ASSETS, actor, asset_id)
    code = product_code or (asset.product_code if asset else job.product_code if job else None)
    if code is None:
        raise invalid_body(Violation("/product_code", "missing"))
    history = () if asset is None else tuple(await asset_history.jobs_of(db, actor.org_id, asset.id))
    if job is not None and all(each.id != job.id for each in history):
        history = (*history, job)
    guarantee = await _guarantee(db, actor, job, asset)
    return Known(job=job, asset=asset, product=await _product(db, actor, code), history=history, guarantee=guarantee)


async def claim(db: AsyncConnection, actor: Actor, of: Known, asked: Asked) -> Claim:
    """The claim; what the question says itself goes before what is stored."""
    _require_consistent(asked)
    codes = {line.part_code for line in asked.lines if line.part_code is not None} | part_codes_of(of.history)
    parts = await catalogue.named(db, actor.org_id, Part, codes)
    for index, line in enumerate(asked.lines):
        if line.part_code is not None and line.part_code not in parts and line.component is None:
            raise invalid_body(Violation(f"/lines/{index}/part_code", "unknown_reference"))
    components = {code: part.component for code, part in parts.items()}
    lines = (replace(line, component=line.component or components.get(line.part_code or "")) for line in asked.lines)
    return Claim(
        terms=_terms(of.product, asked),
        purchase=_purchase(of.asset, asked.purchase),
        reported_on=_reported_on(of.job, asked.reported_on),
        today=asked.today or _today(of.job),
        job_id=None if of.job is None else of.job.id,
        faults=(*asked.faults, *(() if of.job is None else faults_of(of.job))),
        lines=tuple(lines),
        repairs=(*repairs_of(of.history, parts), *asked.repairs),
        exclusions=asked.exclusions,
        goodwill=asked.goodwill,
        guarantee=asked.guarantee or of.guarantee or RepairGuarantee(),
    )


async def _guarantee(db: AsyncConnection, actor: Actor, job: Job | None, asset: Asset | None) -> RepairGuarantee | None:
    """What the job's outlet promises, or the one that looks after the asset."""
    if job is not None and job.outlet_id is not None:
        return await guarantees.of_outlet(db, actor.org_id, job.outlet_id)
    return None if asset is None else await guarantees.of_asset(db, actor.org_id, asset.id)


def _terms(product: Product, asked: Asked) -> Terms:
    terms = terms_of(product)
    return terms if asked.home_service is None else replace(terms, home_service=asked.home_service)


def _purchase(asset: Asset | None, said: PurchaseProof) -> PurchaseProof:
    """The day on which we put it up is proof of purchase where nothing better is known (R25)."""
    if asset is None:
        return said
    return PurchaseProof(
        exchanged_on=said.exchanged_on or asset.exchanged_on,
        invoiced_on=said.invoiced_on or asset.invoiced_on,
        other_proof_on=said.other_proof_on or asset.installed_on,
    )


def _reported_on(job: Job | None, said: date | None) -> date:
    reported_at = None if job is None else job.reported_at or job.opened_at
    if said is not None:
        return said
    if job is None or reported_at is None:
        raise invalid_body(Violation("/reported_on", "missing"))
    return site_day(job, reported_at)


def _today(job: Job | None) -> date:
    now = datetime.now(CHINA_TIME)
    return now.date() if job is None else site_day(job, now)


async def _product(db: AsyncConnection, actor: Actor, code: Code) -> Product:
    await catalogue.require_product(db, actor.org_id, code)
    return (await catalogue.read_entry(db, actor.org_id, ProductEntry, code)).item


def _require_consistent(asked: Asked) -> None:
    """Refuse lines of one id, and exclusions or goodwill about lines that are not there."""
    ids = [line.line_id for line in asked.lines]
    if len(set(ids)) < len(ids):
        raise invalid_body(Violation("/lines", "given_twice"))
    about = {f"/exclusions/{index}/line_ids": each.line_ids for index, each in enumerate(asked.exclusions)}
    about |= {f"/goodwill/{index}/line_ids": each.line_ids for index, each in enumerate(asked.goodwill)}
    for pointer, line_ids in about.items():
        if not set(ids).issuperset(line_ids):
            raise invalid_body(Violation(pointer, "unknown_reference"))
