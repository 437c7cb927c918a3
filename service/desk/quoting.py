"""From a question about fees to a complete quote request: with what job, site, outlet and catalogue know."""

from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.catalogue import Part, PriceList
from domain.facts.words import FeeKind
from domain.fields import Area
from domain.job.document import Job
from domain.job.site_time import zone_of
from domain.job.visit import Visit
from domain.outlets import Outlet
from domain.people.actor import Actor
from domain.quoting.request import QuoteRequest, Tariff, WorkLine
from domain.quoting.tariffs import day_at_site, tariff_of
from service.desk.actions import visit_of
from service.http.errors import Violation, invalid_body
from service.store.catalogue import calendars
from service.store.catalogue import items as catalogue
from service.store.jobs import job_pages
from service.store.people import technicians
from service.store.registry import registry
from service.store.registry.registers import OUTLETS

METRES_PER_KILOMETRE = 1000


class Known(Struct, frozen=True, kw_only=True):
    """The stored records that a question names; all null where it names none."""

    job: Job | None
    visit: Visit | None
    outlet: Outlet | None
    distance_metres: int | None

    @property
    def promised_list_code(self) -> str | None:
        """The price list that the visit was planned with."""
        return self.visit.plan.price_list_code if self.visit is not None and self.visit.plan is not None else None

    @property
    def area(self) -> Area | None:
        return None if self.outlet is None else self.outlet.area

    @property
    def time_zone(self) -> str:
        """That of the job, else of the outlet."""
        if self.job is not None:
            return zone_of(self.job).key
        return "Asia/Shanghai" if self.outlet is None else self.outlet.time_zone

    @property
    def charged_before(self) -> tuple[FeeKind, ...]:
        """What the job's other visits have charged."""
        visits = () if self.job is None else self.job.visits
        others = (each for each in visits if self.visit is None or each.id != self.visit.id)
        lines = (line for each in others for bill in each.bills for line in bill.lines)
        return tuple(sorted({line.kind for line in lines if line.amount_fen > 0}))


async def known(
    db: AsyncConnection, actor: Actor, job_id: UUID | None, visit_id: UUID | None, outlet_id: UUID | None
) -> Known:
    """The job, its visit and its outlet, which the actor must see."""
    job = None if job_id is None else await job_pages.job(db, actor, job_id)
    if job is None and visit_id is not None:
        raise invalid_body(Violation("/job_id", "missing"))
    visit = None if job is None or visit_id is None else visit_of(job, visit_id)
    outlet_id = outlet_id if job is None else job.outlet_id
    distance_km = None if job is None else await technicians.distance_km(db, actor.org_id, job.site_id)
    return Known(
        job=job,
        visit=visit,
        outlet=None if outlet_id is None else await registry.read(db, OUTLETS, actor, outlet_id),
        distance_metres=None if distance_km is None else distance_km * METRES_PER_KILOMETRE,
    )


def completed(request: QuoteRequest, of: Known) -> QuoteRequest:
    """The request with what the job adds to it: earlier charges, and its asset where a line names no appliance."""
    charged = tuple(sorted({*request.charged_before, *of.charged_before}))
    return replace(request, charged_before=charged, lines=tuple(_about(request.lines, of.job)))


async def tariff(db: AsyncConnection, actor: Actor, request: QuoteRequest, code: str | None) -> Tariff:
    """The prices of the list named, or of the one in force on the day of the quote."""
    lists = await catalogue.items(db, actor.org_id, PriceList)
    parts = await catalogue.items(db, actor.org_id, Part)
    day = day_at_site(request.quoted_at, request.time_zone) or request.quoted_at.date()
    calendar = await calendars.of_organisation(db, actor.org_id)
    found = tariff_of(lists, parts, calendar, day, code, request.outlet_id, request.work_type)
    if found is None:
        raise invalid_body(Violation("/price_list_code", "unknown_reference"))
    return found


def now() -> datetime:
    """To the second: a quote does not depend on more."""
    return datetime.now(UTC).replace(microsecond=0)


def required_area(asked: Area | None, of: Known) -> Area:
    """The area asked for, else the outlet's."""
    area = asked or of.area
    if area is None:
        raise invalid_body(Violation("/area", "missing"))
    return area


def _about(lines: Iterable[WorkLine], job: Job | None) -> Iterable[WorkLine]:
    asset = None if job is None or job.asset_id is None else str(job.asset_id)
    return (replace(line, appliance=line.appliance or asset) for line in lines)
