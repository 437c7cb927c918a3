"""How visits were carried out: norm, record, safety, certificates, identity, guidance, data (K11, K13, K24 ... K32)."""

from collections.abc import Iterator
from datetime import datetime

from domain.facts.words import Result, SpecialWork
from domain.job.visit import Visit
from domain.job.visit_record import Safety
from domain.measures.course import Course, is_attended, is_completed
from domain.measures.fees import standing
from domain.measures.measure import Tally

HAZARDS = frozenset({SpecialWork.ELECTRICITY, SpecialWork.GAS})


def of_visit(course: Course, visit: Visit) -> Iterator[Tally]:
    """What one attendance counts."""
    yield from _identity(course, visit)
    yield from _certificates(visit)
    yield from _incidents(visit)
    yield from _data(course, visit)
    if visit.ended_at is not None and is_completed(visit):
        yield from _norm(visit)
        yield Tally("K27", visit.ended_at, int(bool(visit.guidance)))
        yield Tally("K13b", visit.ended_at, int(any(_inspections(course, visit))))
    for passed, at in list(_inspections(course, visit))[-1:]:
        yield Tally("K13", at, int(passed))


def of_job(course: Course) -> Iterator[Tally]:
    """The record of the visit that did the work (K24), and the safety check after an electrical or gas repair (K31)."""
    visit, at = course.completing, course.completed_at
    if visit is None or at is None or course.declined:
        return
    yield Tally("K24", at, int(visit.record is not None and not visit.record.missing_fields))
    safety = Safety.NOT_ASKED if visit.record is None else visit.record.safety
    hazardous = not HAZARDS.isdisjoint((*course.job.special_work, *visit.special_work))
    if course.is_repair and (hazardous or safety is not Safety.NOT_ASKED):
        yield Tally("K31", at, int(safety is Safety.PASSED))


def _norm(visit: Visit) -> Iterator[Tally]:
    """Items, and visits that passed every mandatory one; where no list was frozen there is nothing to keep (K11)."""
    assert visit.ended_at is not None
    record = visit.record
    if record is None or record.norm_kept is None:
        yield Tally("K11b", visit.ended_at, 0, excluded="nothing_asked")
        return
    asked = record.passed + len(record.failed) + len(record.unanswered)
    yield Tally("K11a", visit.ended_at, record.passed, asked)
    yield Tally("K11b", visit.ended_at, int(record.norm_kept))


def _identity(course: Course, visit: Visit) -> Iterator[Tally]:
    """Uniform and badge, both shown; the customer's own no goes before the check-in (K32)."""
    if visit.check_in is None:
        return
    body = visit.check_in.body
    shown = body.uniform.result is Result.PASS and body.badge.result is Result.PASS
    denied = [each for each in standing(course.job, ("identity_denied",)) if each.visit_id == visit.id]
    low = course.low_graded(visit, "checked_in")
    yield Tally("K32", visit.check_in.at, int(shown and not denied), low_graded=low)


def _certificates(visit: Visit) -> Iterator[Tally]:
    """Special work with every certificate valid on its day (K25)."""
    if visit.special_work and visit.work:
        yield Tally("K25", visit.work[0].started_at, int(not visit.uncertified))


def _incidents(visit: Visit) -> Iterator[Tally]:
    if visit.arrived_at is not None and is_attended(visit):
        yield Tally("K31b", visit.arrived_at, 0)
    for incident in visit.incidents:
        yield Tally("K31b", incident.at, 1, 0)


def _data(course: Course, visit: Visit) -> Iterator[Tally]:
    """Each record counts when its fate was certain: received, or a day old (K29)."""
    for each in course.of(visit).received:
        yield Tally("K29", each.decided_at, each.in_time, each.count, seconds=each.longest_seconds)
        yield Tally("K29b", each.decided_at, each.reliable, each.count)


def _inspections(course: Course, visit: Visit) -> Iterator[tuple[bool, datetime]]:
    """By somebody else than the technician."""
    for review in course.job.reviews:
        if (review.kind, review.visit_id) == ("inspected", visit.id) and review.by != visit.technician_id:
            yield review.result is Result.PASS, review.at
