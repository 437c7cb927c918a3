"""Whether the job was solved, how soon, with how many visits, and rightly (K04 to K10, K21, K22)."""

from collections.abc import Iterator
from datetime import datetime

from domain.facts.door.work import PauseReason
from domain.facts.handling import AnswerMeans, HoldReason
from domain.facts.words import Side
from domain.job.visit import Visit
from domain.measures.course import Course, seconds_between
from domain.measures.measure import Tally

WORK_STEPS = ("work_started", "work_paused", "work_resumed", "work_finished", "visit_ended")
QUOTE_REFUSED = "quote_refused"


def of_job(course: Course) -> Iterator[Tally]:
    """What the job counts once it ended, and before that for a promise that was missed or a part that held it up."""
    yield from _first_contact(course)
    yield from _held_for_parts(course)
    yield from _part_fill(course)
    yield from _promised(course)
    if course.ended_at is not None and course.attended:
        yield _resolution(course, course.ended_at)
        if course.is_repair:
            yield _first_visit_fix(course, course.ended_at)
    if course.completed_at is not None and not course.declined:
        yield from _completed(course, course.completed_at)


def waiting_seconds(course: Course, until: datetime) -> int:
    """How long the job waited for the customer."""
    holds = [hold for hold in course.job.holds if hold.reason is HoldReason.CUSTOMER]
    pauses = [
        seconds_between(span.ended_at, after.started_at)
        for visit in course.job.visits
        for span, after in zip(visit.work, visit.work[1:], strict=False)
        if span.paused_for is PauseReason.CUSTOMER and span.ended_at is not None
    ]
    return sum(pauses) + sum(seconds_between(hold.at, min(hold.ended_at or until, until)) for hold in holds)


def promised_finish(course: Course) -> datetime | None:
    """What the customer was promised with fees that they agreed to. A promise that was missed is not put off."""
    told = [
        (disclosure.acknowledged_at, disclosure.expected_finish_at)
        for visit in course.job.visits
        for disclosure in visit.disclosures
        if disclosure.acknowledged_at is not None and disclosure.expected_finish_at is not None
    ]
    promised: datetime | None = None
    for agreed_at, finish in sorted(told):
        if promised is None or agreed_at <= promised:
            promised = finish
    return promised


def _first_contact(course: Course) -> Iterator[Tally]:
    """Only of requests that another system took in and told us of; nothing stands in for them (K05).

    What nobody asked about is not known to be solved, and no exclusion.
    """
    if not any(answer.imported for answer in course.job.answers):
        return
    human = [answer for answer in course.job.answers if answer.means is not AnswerMeans.AUTOMATIC]
    first = min(human, key=lambda answer: (answer.at, answer.fact_id), default=None)
    if first is not None:
        yield Tally("K05", first.at, int(first.solved is True))


def _resolution(course: Course, at: datetime) -> Tally:
    excluded = QUOTE_REFUSED if course.declined else "withdrawn_before_diagnosis" if _is_withdrawn(course) else None
    return Tally("K04", at, int(course.solved), excluded=excluded, low_graded=_is_end_doubtful(course))


def _is_withdrawn(course: Course) -> bool:
    cancellation = course.job.cancellation
    by_customer = course.completing is None and cancellation is not None and cancellation.side == Side.CUSTOMER
    return by_customer and all(visit.diagnosis is None for visit in course.job.visits)


def _first_visit_fix(course: Course, at: datetime) -> Tally:
    """One attended visit did it. Whether the fault came back is looked up when it is counted."""
    several = any(visit.plan is not None and visit.plan.further_visits_planned for visit in course.job.visits)
    excluded = QUOTE_REFUSED if course.declined else "planned_multi_visit" if several else None
    return Tally("K06", at, int(course.solved and len(course.attended) == 1), excluded=excluded)


def _completed(course: Course, at: datetime) -> Iterator[Tally]:
    if course.solved:
        begun = course.job.first_act.at if course.job.first_act is not None else course.job.reported_at or at
        yield Tally("K09b", at, seconds_between(begun, at), seconds=seconds_between(begun, at))
        yield Tally("K09c", at, waiting_seconds(course, at))
    if course.is_repair:
        wrong = any(error.proven for error in course.job.errors)
        yield Tally("K10", at, int(wrong), low_graded=_is_end_doubtful(course))
    if course.is_repair and course.solved:
        yield _repair_time(course, at)
        yield from _repeats(course, at)


def _repair_time(course: Course, at: datetime) -> Tally:
    """Time at work of all visits together; pauses, and waiting for parts between visits, lie outside."""
    spans = [span for visit in course.job.visits for span in visit.work]
    seconds = sum(seconds_between(span.started_at, span.ended_at) for span in spans if span.ended_at is not None)
    if not spans:
        return Tally("K07", at, 0, excluded="no_work_times")
    doubtful = any(course.low_graded(visit, *WORK_STEPS) for visit in course.job.visits if visit.work)
    if doubtful:
        return Tally("K07", at, 0, excluded="unreliable_clock", low_graded=True)
    return Tally("K07", at, seconds, seconds=seconds)


def _repeats(course: Course, at: datetime) -> Iterator[Tally]:
    """Of the cohort; whether the asset was reported again is looked up when it is counted, once 30 days are over."""
    excluded = "asset_unknown" if course.job.asset_id is None else None
    for kpi in ("K08", "K08b"):
        yield Tally(kpi, at, 0, excluded=excluded, decided_at=course.watched_until)


def _promised(course: Course) -> Iterator[Tally]:
    deadline, cancellation = promised_finish(course), course.job.cancellation
    if deadline is None:
        return
    done = course.completed_at if course.solved else None
    if done is not None and done <= deadline:
        yield Tally("K09", done, 1, low_graded=_is_end_doubtful(course))
    elif course.declined and course.completed_at is not None:
        yield Tally("K09", min(course.completed_at, deadline), 0, excluded=QUOTE_REFUSED)
    elif cancellation is not None and cancellation.side == Side.CUSTOMER and cancellation.at <= deadline:
        yield Tally("K09", cancellation.at, 0, excluded="customer_cancelled")
    else:
        yield Tally("K09", deadline, 0)


def _held_for_parts(course: Course) -> Iterator[Tally]:
    """Held from the first time that it was; not held once it ended without."""
    if not course.is_repair or not course.attended:
        return
    held = min(_part_holds(course), default=None)
    if held is not None:
        yield Tally("K21", held, 1)
    elif course.ended_at is not None:
        yield Tally("K21", course.ended_at, 0)


def _part_holds(course: Course) -> Iterator[datetime]:
    yield from (hold.at for hold in course.job.holds if hold.reason is HoldReason.PARTS)
    for visit in course.job.visits:
        paused = (span.ended_at for span in visit.work if span.paused_for is PauseReason.PARTS)
        yield from (at for at in paused if at is not None)
        if visit.short and visit.ended_at is not None:
            yield visit.ended_at


def _part_fill(course: Course) -> Iterator[Tally]:
    """What was at hand of what the first visit needed, in thousandths: used, and missed (K22)."""
    first = min((visit for visit in course.attended if visit.ended_at), key=_arrived, default=None)
    if first is None or first.ended_at is None:
        return
    used = sum(max(0, line.body.quantity_thousandths) for line in first.parts)
    short = sum(max(0, need.quantity_thousandths) for need in first.short)
    if used + short:
        yield Tally("K22", first.ended_at, used, used + short)


def _arrived(visit: Visit) -> tuple[datetime, str]:
    assert visit.arrived_at is not None
    return visit.arrived_at, visit.id.hex


def _is_end_doubtful(course: Course) -> bool:
    return course.completing is not None and course.low_graded(course.completing, "visit_ended")
