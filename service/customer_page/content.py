"""The content of the customer's page, gathered from the job's document and the desk's records."""

from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.catalogue import PriceList
from domain.facts.words import SpecialWork
from domain.job.document import Job
from domain.job.money import Bill, Disclosure
from domain.job.statuses import VisitStatus
from domain.job.visit import Visit
from domain.people.members import MemberCertificate, certificate_valid_on
from domain.rules.transitions import LIVE, OVER
from service.store.catalogue import items
from service.store.jobs import job_pages, service_reports
from service.store.jobs.service_reports import ServiceReport
from service.store.people import member_photos
from service.store.people.badges import badge
from service.store.people.technicians import certificates_of
from service.store.registry.letterheads import letterhead
from service.store.work.tasks import TaskState

_AFTER_WORK = frozenset({VisitStatus.FINISHED, VisitStatus.SIGNED_OFF, *OVER})


class Certified(Struct, frozen=True):
    """One certificate of the technician; `valid` on the day the page is read."""

    kind: SpecialWork
    number: str
    valid_until: date
    valid: bool


class Technician(Struct, frozen=True):
    """Who is at the door (R17)."""

    id: UUID
    name: str
    badge: str
    certificates: tuple[Certified, ...]
    has_photo: bool


class Content(Struct, frozen=True, kw_only=True):
    """One job as its customer may see it. No note, finding or other visit of the job is in here."""

    organisation: str
    outlet: str
    complaint_line: str
    zone: ZoneInfo
    job: Job
    visit: Visit | None
    technician: Technician | None
    disclosure: Disclosure | None
    bill: Bill | None
    prices: PriceList | None
    reports: tuple[ServiceReport, ...]
    """Those of the job that can be read."""
    expires_at: datetime

    @property
    def may_decide_fees(self) -> bool:
        """Whether the latest fees wait for the customer's word."""
        open_to_word = self.disclosure is not None and self.disclosure.acknowledged_at is None
        return open_to_word and self.visit is not None and self.visit.status in LIVE

    @property
    def may_sign(self) -> bool:
        """Whether the work is done, and nobody has signed for it."""
        return self.visit is not None and self.visit.sign_off is None and self.visit.finished_at is not None

    @property
    def may_rate(self) -> bool:
        """Whether the technician is through."""
        return self.visit is not None and self.visit.status in _AFTER_WORK

    @property
    def rated(self) -> int | None:
        """The score that counts: the last one given."""
        return next((each.score for each in reversed(self.job.reviews) if each.score is not None), None)

    @property
    def signed_hash(self) -> str | None:
        """What a signature would be bound to: the bill, or the fees where there is none (R10)."""
        shown = self.bill or self.disclosure
        return None if shown is None else shown.content_hash or None


async def gather(db: AsyncConnection, org_id: UUID, job_id: UUID, expires_at: datetime) -> Content:
    """Everything on the page, as of now."""
    job = await job_pages.named(db, org_id, job_id)
    assert job.outlet_id is not None, "somebody opened it in an outlet"
    head = await letterhead(db, org_id, job.outlet_id)
    visit = shown_visit(job)
    zone = ZoneInfo(head.time_zone)
    return Content(
        organisation=head.organisation,
        outlet=head.outlet,
        complaint_line=head.complaint_line,
        zone=zone,
        job=job,
        visit=visit,
        technician=None if visit is None else await _technician(db, org_id, visit, datetime.now(UTC).astimezone(zone)),
        disclosure=visit.disclosures[-1] if visit and visit.disclosures else None,
        bill=visit.bills[-1] if visit and visit.bills else None,
        prices=await _prices(db, org_id, visit),
        reports=tuple(
            each for each in await service_reports.of_job(db, org_id, job_id) if each.state is TaskState.DONE
        ),
        expires_at=expires_at,
    )


def shown_visit(job: Job) -> Visit | None:
    """The visit that the customer waits for or has at the door; else the last that somebody came for."""
    live = [visit for visit in job.visits if visit.status in LIVE]
    if live:
        return min(live, key=lambda visit: (visit.arrived_at is None, _starts(visit)))
    return next((visit for visit in reversed(job.visits) if visit.status in _AFTER_WORK), None)


def _starts(visit: Visit) -> datetime:
    return visit.plan.window_start if visit.plan is not None else datetime.max.replace(tzinfo=UTC)


async def _technician(db: AsyncConnection, org_id: UUID, visit: Visit, now: datetime) -> Technician | None:
    person = await badge(db, org_id, visit.technician_id)
    if person is None:
        return None
    held = (await certificates_of(db, org_id, [visit.technician_id])).get(visit.technician_id, ())
    shown = tuple(
        Certified(each.kind, each.number, _last_day(each), certificate_valid_on(each, now.date())) for each in held
    )
    has_photo = await member_photos.exists(db, org_id, visit.technician_id)
    return Technician(visit.technician_id, person.name, person.number, shown, has_photo)


def _last_day(certificate: MemberCertificate) -> date:
    return min(certificate.valid_until, certificate.review_due_on or certificate.valid_until)


async def _prices(db: AsyncConnection, org_id: UUID, visit: Visit | None) -> PriceList | None:
    if visit is None or visit.plan is None or visit.plan.price_list_code is None:
        return None
    return await items.find_item(db, org_id, PriceList, visit.plan.price_list_code)
