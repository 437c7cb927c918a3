"""Whether a technician may take some work: asked before a visit is planned, and shown in the list of candidates.

The answer holds only while the technician is locked: two desks that plan for one technician take turns. Locks are
taken in one order everywhere: first the job, then the technician.
"""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from msgspec.structs import asdict, replace
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.calendar.china import CHINA
from domain.calendar.holiday_years import frozen_from
from domain.catalogue import Checklist, FaultCode, Part, PriceList, Product
from domain.dispatch.candidates import Errand, Judgement, Technician, clashes, day_span, judge
from domain.dispatch.remarks import BOOKED
from domain.dispatch.requirements import (
    HOLIDAYS_AHEAD_DAYS,
    frozen_certificates,
    frozen_fault_codes,
    frozen_prices,
    requirements_of,
)
from domain.facts.desk import VisitPlanned
from domain.facts.requirements import FrozenHolidays
from domain.job.document import Job
from domain.job.site_time import zone_of
from domain.job.statuses import VisitStatus
from domain.job.visit import Visit
from domain.people.actor import Actor
from domain.prices.lists import holds_for, price_list_on
from domain.prices.rules import Occasion
from domain.rules.transitions import BEFORE_ARRIVAL
from service.http.errors import Reason, Refused, Violation, invalid_body
from service.store.catalogue import calendars
from service.store.catalogue import items as catalogue
from service.store.jobs import bookings
from service.store.people import technicians
from service.store.registry import registry
from service.store.registry.registers import ASSETS


async def errand_of(
    db: AsyncConnection, actor: Actor, job: Job, starts_at: datetime, ends_at: datetime, moved: Visit | None = None
) -> Errand:
    """The job's work at this time. A visit that is moved or replaced frees its hours, unless it is under way."""
    gives_way = moved is not None and moved.status in BEFORE_ARRIVAL
    return Errand(
        starts_at=starts_at,
        ends_at=ends_at,
        zone=zone_of(job),
        skill=job.skill,
        special_work=job.special_work,
        declined_by=frozenset(v.technician_id for v in job.visits if v.status is VisitStatus.DECLINED),
        distance_km=await technicians.distance_km(db, actor.org_id, job.site_id),
        moved_visit_id=moved.id if moved is not None and gives_way else None,
    )


async def judgements(db: AsyncConnection, actor: Actor, job: Job, errand: Errand) -> list[Judgement]:
    """Every technician of the job's outlet: who may come first, then by load."""
    assert job.outlet_id is not None, "a job that a desk can see has an outlet"
    found = await technicians.of_outlet(db, actor, job.outlet_id, _span(errand))
    judged = [judge(each, errand) for each in found]
    return sorted(judged, key=lambda each: (not each.is_eligible, each.load_minutes, each.technician.login))


async def require_fit(
    db: AsyncConnection, actor: Actor, job: Job, technician_id: UUID, errand: Errand, override_reason: str | None
) -> Technician:
    """Lock the technician. Refused when they are booked at that time, or excluded and there is no override reason."""
    assert job.outlet_id is not None, "a job that a desk can see has an outlet"
    await bookings.lock_technician(db, actor.org_id, technician_id)
    found = await technicians.of_outlet(db, actor, job.outlet_id, _span(errand), technician_id)
    if not found or not found[0].active:
        raise invalid_body(Violation("/technician_id", "unknown_reference"))
    judgement = judge(found[0], errand)
    if clashes(found[0], errand):
        raise _booked(judgement)
    against = tuple(_reasons(judgement, {remark.code for remark, _ in judgement.reasons if remark.overridable}))
    if against and override_reason is None:
        raise Refused("technician_excluded", errors=against)
    return found[0]


async def required(db: AsyncConnection, actor: Actor, job: Job, plan: VisitPlanned) -> VisitPlanned:
    """The plan with what a visit of the job must show and record, as the catalogue says today."""
    checklists = await catalogue.items(db, actor.org_id, Checklist)
    codes = await catalogue.items(db, actor.org_id, FaultCode)
    code = await _product_code(db, actor, job)
    product = None if code is None else await catalogue.find_item(db, actor.org_id, Product, code)
    group = None if product is None else product.group
    return replace(
        plan,
        requirements=requirements_of(job.work_type, group, job.special_work, checklists, codes),
        fault_codes=frozen_fault_codes(codes, group),
    )


async def priced(db: AsyncConnection, actor: Actor, job: Job, plan: VisitPlanned, day: date) -> VisitPlanned:
    """The plan with its prices frozen: those of the list that it names, or of the one in force for the job.

    A list that is unknown, or not meant for such a job, is refused, unless an earlier plan promised it.
    """
    lists, parts = await catalogue.items(db, actor.org_id, PriceList), await catalogue.items(db, actor.org_id, Part)
    named = next((each for each in lists if each.code == plan.price_list_code), None)
    if plan.price_list_code is not None and plan.replaces_visit_id is None:
        _require_list(named, job)
    found = price_list_on(lists, day, job.outlet_id, job.work_type) if plan.price_list_code is None else named
    if found is None:
        return plan
    return replace(
        plan,
        price_list_code=found.code,
        prices=frozen_prices(found, parts),
        declined_diagnosis_percent=found.rules.on(Occasion.WORK_DECLINED).diagnosis_percent,
    )


async def frozen(
    db: AsyncConnection, actor: Actor, job: Job, plan: VisitPlanned, technician: Technician, day: date
) -> VisitPlanned:
    """The plan with everything frozen that the visit will be judged by: prices, requirements, codes, certificates."""
    calendar = await calendars.of_organisation(db, actor.org_id)
    told = frozen_from(calendar, CHINA, day, HOLIDAYS_AHEAD_DAYS)
    return replace(
        await required(db, actor, job, await priced(db, actor, job, plan, day)),
        certificates=frozen_certificates(technician.certificates, day),
        holidays=None if told is None else FrozenHolidays(**asdict(told)),
    )


async def _product_code(db: AsyncConnection, actor: Actor, job: Job) -> str | None:
    """What the job says, else the product of its appliance: a job that came by push may name that alone."""
    if job.product_code is not None or job.asset_id is None:
        return job.product_code
    if not await registry.is_known(db, ASSETS, actor, job.asset_id):
        return None
    return (await registry.read(db, ASSETS, actor, job.asset_id)).product_code


def _require_list(named: PriceList | None, job: Job) -> None:
    if named is None or not holds_for(named, job.outlet_id, job.work_type):
        code = "unknown_reference" if named is None else "belongs_elsewhere"
        raise invalid_body(Violation("/price_list_code", code))


def _span(errand: Errand) -> tuple[datetime, datetime]:
    begins, ends = day_span(errand.days[0], errand.zone)
    return min(begins, errand.starts_at), max(ends, errand.ends_at)


def _booked(judgement: Judgement) -> Refused:
    first = next(parameters for remark, parameters in judgement.reasons if remark.code in BOOKED)
    reasons = tuple(_reasons(judgement, BOOKED))
    return Refused("technician_booked", errors=reasons, starts_at=first["starts_at"], ends_at=first["ends_at"])


def _reasons(judgement: Judgement, codes: Collection[str]) -> list[Reason]:
    return [
        Reason("/technician_id", remark.code, remark.zh.format_map(parameters), remark.en.format_map(parameters))
        for remark, parameters in judgement.reasons
        if remark.code in codes
    ]
