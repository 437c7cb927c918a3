"""What a customer is shown: gathered from the job's document and from what the desk keeps."""

from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct
from sqlalchemy import select
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
from service.store.jobs import service_reports
from service.store.jobs.service_reports import ServiceReport
from service.store.people import member_photos
from service.store.tables import certificates, documents, members, outlets

_JOB = msgspec.json.Decoder(Job)
_CERTIFIED = tuple(certificates.c[name] for name in MemberCertificate.__struct_fields__)
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


async def gather(db: AsyncConnection, org_id: UUID, job_id: UUID, organisation: str, expires_at: datetime) -> Content:
    """Everything on the page, as of now."""
    query = select(documents.c.body).where(documents.c.org_id == org_id, documents.c.id == job_id)
    job = _JOB.decode((await db.execute(query)).scalar_one())
    place = (
        await db.execute(
            select(outlets.c.name, outlets.c.complaint_line, outlets.c.time_zone).where(
                outlets.c.org_id == org_id, outlets.c.id == job.outlet_id
            )
        )
    ).one()
    visit = shown_visit(job)
    zone = ZoneInfo(place.time_zone)
    return Content(
        organisation=organisation,
        outlet=place.name,
        complaint_line=place.complaint_line,
        zone=zone,
        job=job,
        visit=visit,
        technician=None if visit is None else await _technician(db, org_id, visit, datetime.now(UTC).astimezone(zone)),
        disclosure=visit.disclosures[-1] if visit and visit.disclosures else None,
        bill=visit.bills[-1] if visit and visit.bills else None,
        prices=await _prices(db, org_id, visit),
        reports=tuple(each for each in await service_reports.of_job(db, org_id, job_id) if each.is_ready),
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
    own = (members.c.org_id == org_id) & (members.c.id == visit.technician_id)
    row = (await db.execute(select(members.c.name, members.c.login).where(own))).one_or_none()
    if row is None or visit.technician_id is None:
        return None
    held = select(*_CERTIFIED).where(certificates.c.org_id == org_id, certificates.c.member_id == visit.technician_id)
    found = [
        msgspec.convert(each._mapping, MemberCertificate)  # noqa: SLF001 (the documented way to a row's mapping)
        for each in await db.execute(held.order_by(certificates.c.kind, certificates.c.valid_until))
    ]
    shown = tuple(
        Certified(each.kind, each.number, _last_day(each), certificate_valid_on(each, now.date())) for each in found
    )
    has_photo = await member_photos.exists(db, org_id, visit.technician_id)
    return Technician(visit.technician_id, row.name, row.login, shown, has_photo)


def _last_day(certificate: MemberCertificate) -> date:
    return min(certificate.valid_until, certificate.review_due_on or certificate.valid_until)


async def _prices(db: AsyncConnection, org_id: UUID, visit: Visit | None) -> PriceList | None:
    if visit is None or visit.plan is None or visit.plan.price_list_code is None:
        return None
    return await items.find_item(db, org_id, PriceList, visit.plan.price_list_code)
