"""Whether one technician should do one piece of work, with every reason for and against. Pure: the caller loads."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct

from domain.dispatch.remarks import REMARKS, Remark
from domain.facts.words import SpecialWork
from domain.people.members import Absence, MemberCertificate, certificate_valid_on


class Engagement(Struct, frozen=True, kw_only=True):
    """Planned work of a technician. `job_number` is None where the asking desk may not know of the job."""

    visit_id: UUID
    job_id: UUID
    outlet_id: UUID
    job_number: str | None
    starts_at: datetime
    ends_at: datetime


class Technician(Struct, frozen=True, kw_only=True):
    """A technician as dispatch sees one: what they can, when they are away, what is planned for them."""

    id: UUID
    login: str
    name: str
    active: bool
    skills: tuple[str, ...]
    daily_minutes: int
    certificates: tuple[MemberCertificate, ...]
    absences: tuple[Absence, ...]
    engagements: tuple[Engagement, ...]


class Errand(Struct, frozen=True, kw_only=True):
    """The work to be given to somebody, at a time. `moved_visit_id` gives its own hours up."""

    starts_at: datetime
    ends_at: datetime
    zone: ZoneInfo
    skill: str | None
    special_work: tuple[SpecialWork, ...]
    declined_by: frozenset[UUID]
    distance_km: int | None
    moved_visit_id: UUID | None = None

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day of the work, at the site."""
        last = self.ends_at - timedelta(microseconds=1)
        return self.starts_at.astimezone(self.zone).date(), last.astimezone(self.zone).date()


class Judgement(Struct, frozen=True):
    """A technician with every reason found, each with the parameters of its sentence."""

    technician: Technician
    load_minutes: int
    """Planned work of the first day with this errand."""
    reasons: tuple[tuple[Remark, dict[str, str]], ...]

    @property
    def is_eligible(self) -> bool:
        return not any(remark.excludes for remark, _ in self.reasons)


def judge(technician: Technician, errand: Errand) -> Judgement:
    """Every reason for and against, those against first."""
    load = load_minutes(technician, errand)
    found = [(REMARKS[code], parameters) for code, parameters in _reasons(technician, errand, load)]
    return Judgement(technician, load, tuple(sorted(found, key=lambda reason: not reason[0].excludes)))


def clashes(technician: Technician, errand: Errand) -> list[Engagement]:
    """Work that overlaps with the errand; touching ends do not."""
    return [
        each
        for each in technician.engagements
        if each.visit_id != errand.moved_visit_id
        and each.starts_at < errand.ends_at
        and each.ends_at > errand.starts_at
    ]


def load_minutes(technician: Technician, errand: Errand) -> int:
    """Planned minutes of the errand's first day, the errand included."""
    spans = [(errand.starts_at, errand.ends_at)]
    spans += [(e.starts_at, e.ends_at) for e in technician.engagements if e.visit_id != errand.moved_visit_id]
    return sum(_minutes_on(errand.days[0], errand.zone, span) for span in spans)


def day_span(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The day at the site, from midnight to midnight."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    following = day + timedelta(days=1)
    return midnight, datetime(following.year, following.month, following.day, tzinfo=zone)


def last_day(certificate: MemberCertificate) -> date:
    """The last day on which the certificate holds: a review overdue ends it as well."""
    return min(certificate.valid_until, certificate.review_due_on or certificate.valid_until)


def _reasons(technician: Technician, errand: Errand, load: int) -> Iterator[tuple[str, dict[str, str]]]:
    if not technician.active:
        yield "inactive", {}
    if errand.skill is not None:
        yield "skill_matched" if errand.skill in technician.skills else "skill_missing", {"skill": errand.skill}
    for work in errand.special_work:
        yield _certified(work, [each for each in technician.certificates if each.kind is work], errand.days)
    if technician.id in errand.declined_by:
        yield "declined", {}
    yield from _absences(technician, errand)
    yield from _bookings(clashes(technician, errand), errand.zone)
    loads = {"minutes": str(load), "daily_minutes": str(technician.daily_minutes)}
    yield "load_exceeded" if load > technician.daily_minutes else "load", loads
    if errand.distance_km is not None:
        yield "distance", {"distance_km": str(errand.distance_km)}


def _certified(
    work: SpecialWork, held: Iterable[MemberCertificate], days: tuple[date, date]
) -> tuple[str, dict[str, str]]:
    """The best certificate of the kind decides; all its days are inclusive (R16)."""
    best = max(held, key=lambda each: (_covers(each, days), each.valid_until), default=None)
    first, last = days
    if best is None:
        return "certificate_missing", {"work": work}
    if _covers(best, days):
        return "certificate_valid", {"work": work, "until": last_day(best).isoformat()}
    if best.valid_from > first:
        return "certificate_not_begun", {"work": work, "since": best.valid_from.isoformat()}
    if best.valid_until < last or best.review_due_on is None:
        return "certificate_expired", {"work": work, "until": best.valid_until.isoformat()}
    return "review_overdue", {"work": work, "due": best.review_due_on.isoformat()}


def _covers(certificate: MemberCertificate, days: tuple[date, date]) -> bool:
    return all(certificate_valid_on(certificate, day) for day in days)


def _absences(technician: Technician, errand: Errand) -> Iterator[tuple[str, dict[str, str]]]:
    for absence in technician.absences:
        if absence.starts_at < errand.ends_at and absence.ends_at > errand.starts_at:
            yield "absent", _times(absence.starts_at, absence.ends_at, errand.zone)


def _bookings(taken: list[Engagement], zone: ZoneInfo) -> Iterator[tuple[str, dict[str, str]]]:
    if not taken:
        yield "free", {}
    for each in taken:
        times = _times(each.starts_at, each.ends_at, zone)
        if each.job_number is None:
            yield "booked_elsewhere", times
        else:
            yield "double_booked", {**times, "job": each.job_number}


def _times(starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> dict[str, str]:
    return {"starts_at": starts_at.astimezone(zone).isoformat(), "ends_at": ends_at.astimezone(zone).isoformat()}


def _minutes_on(day: date, zone: ZoneInfo, span: tuple[datetime, datetime]) -> int:
    begins, ends = day_span(day, zone)
    within = min(span[1], ends) - max(span[0], begins)
    return max(0, within // timedelta(minutes=1))
