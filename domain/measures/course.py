"""The course of a job, as KPIs need it: which visits were attended, whether and when it was solved, by whom."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct

from domain.calendar.holidays import later as later_day
from domain.facts.door.attendance import VisitOutcome
from domain.facts.door.fees import Consent
from domain.facts.words import Result, WorkType
from domain.job.document import Job
from domain.job.site_time import site_day, start_of_day
from domain.job.visit import Visit
from domain.measures.door_records import NO_RECORDS, DoorRecords
from domain.measures.promises import Promises, Window
from domain.memory import Memory
from domain.prices.ceilings import Ceilings
from domain.steps.attendance import completes, is_solved

REPEAT_DAYS = 30
"""Within so many days, the day after completion being day 1, a repair counts as repeated (K08, R29)."""


class Course(Struct, frozen=True, kw_only=True):
    """A job with what its tallies share.

    `completed_at` is the end of the visit that did the work; `ended_at` also that of a job that ended otherwise.
    """

    job: Job
    records: Mapping[UUID, DoorRecords]
    promises: Promises
    prices: Mapping[str, Ceilings]
    attended: tuple[Visit, ...]
    completing: Visit | None
    completed_at: datetime | None
    watched_until: datetime | None
    """The first moment, in site time, at which a new request for the asset is no repeat any more (K08)."""
    ended_at: datetime | None
    solved: bool

    @property
    def is_repair(self) -> bool:
        return self.job.work_type is WorkType.REPAIR

    @property
    def declined(self) -> bool:
        """Whether the customer said no to the fees, and so ended it."""
        return self.completing is not None and self.completing.outcome is VisitOutcome.CUSTOMER_DECLINED

    def of(self, visit: Visit) -> DoorRecords:
        return self.records.get(visit.id, NO_RECORDS)

    def promised(self, visit: Visit) -> tuple[Window, ...]:
        """The windows that the customer was promised for the visit; none where nobody planned it."""
        return self.promises.get(visit.id, ())

    def frozen_for(self, visit: Visit) -> Ceilings:
        """What the visit's plan froze of the prices and of the parts; nothing where nobody did."""
        return {} if visit.plan is None else self.prices.get(visit.plan.price_list_code or "", {})

    def low_graded(self, visit: Visit, *kinds: str) -> bool:
        """Whether one of these steps of the visit has a time that is not well known."""
        if not self.job.low_graded_times:
            return False
        return not set(self.of(visit).low_graded).isdisjoint(kinds)


def course_of(job: Job, memory: Memory) -> Course:
    """The course that the document tells, with what the fold kept beside it."""
    attended = tuple(visit for visit in job.visits if is_attended(visit))
    done = [visit for visit in job.visits if visit.ended_at is not None and completes(job, visit)]
    completing = min(done, key=_ended, default=None)
    completed_at = None if completing is None else completing.ended_at
    otherwise = [job.closed_at, None if job.cancellation is None else job.cancellation.at]
    return Course(
        job=job,
        records=memory.records,
        promises=memory.promises,
        prices=memory.prices,
        attended=attended,
        completing=completing,
        completed_at=completed_at,
        watched_until=None if completed_at is None else _watched_until(job, completed_at),
        ended_at=completed_at or next((at for at in otherwise if at is not None), None),
        solved=completing is not None and _is_proven(completing),
    )


def is_attended(visit: Visit) -> bool:
    """Whether the technician was there and let in. A trip to a closed door is none."""
    return visit.arrived_at is not None and visit.outcome is not VisitOutcome.NO_ACCESS


def is_completed(visit: Visit) -> bool:
    """Whether the visit was attended and is over."""
    return visit.ended_at is not None and is_attended(visit)


def later(at: datetime, wait: timedelta) -> datetime:
    """So much later, and never beyond the last moment that there is."""
    try:
        return at + wait
    except OverflowError:
        return datetime.max.replace(tzinfo=at.tzinfo)


def seconds_between(since: datetime, until: datetime) -> int:
    """Whole seconds, and none where the later comes first."""
    return max(0, (until - since) // timedelta(seconds=1))


def _ended(visit: Visit) -> tuple[datetime, str]:
    assert visit.ended_at is not None
    return visit.ended_at, visit.id.hex


def _watched_until(job: Job, completed_at: datetime) -> datetime:
    return start_of_day(job, later_day(site_day(job, completed_at), REPEAT_DAYS + 1))


def _is_proven(visit: Visit) -> bool:
    """Solved: tested and the customer did not object, or signed (K04). A fault not found counts as solved."""
    if not is_solved(visit):
        return False
    method = None if visit.sign_off is None else visit.sign_off.method
    if method not in (None, Consent.REFUSED, Consent.ABSENT):
        return True
    explained = visit.outcome is VisitOutcome.NO_FAULT_FOUND
    return method is not Consent.REFUSED and (explained or visit.test_result is Result.PASS)
