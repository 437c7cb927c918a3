"""How long a repair may take: thirty days (R27), ninety days for want of a part, sixty for phones (R28)."""

import enum
from collections.abc import Iterator
from datetime import date
from uuid import UUID

from msgspec import Struct

from domain.calendar.holidays import later
from domain.warranty.claim import AssetRepair, Claim, WaitsFor
from domain.warranty.sayings import SAYINGS
from domain.warranty.spans import total_days, waited, within
from domain.warranty.words import said

REPAIR_LIMIT_DAYS, REPAIR_WARNING_DAY = 30, 20
PART_LIMIT_DAYS, PHONE_PART_LIMIT_DAYS = 90, 60


class ClockState(enum.StrEnum):
    """How a clock stands."""

    RUNNING = "running"
    WARNING = "warning"
    OVER = "over"


class RepairClock(Struct, frozen=True, kw_only=True):
    """The day of a repair, counted from the day after hand-in, and the last day that is still in time."""

    code: str
    rule: str
    state: ClockState
    job_id: UUID | None
    started_on: date
    day: int
    limit_days: int
    last_day: date
    zh: str
    en: str


def clocks(claim: Claim, repairs: tuple[AssetRepair, ...]) -> tuple[RepairClock, ...]:
    """The clocks of repairs under way, and of those that took too long."""
    found = [clock for repair in repairs for clock in _of_repair(claim, repair)]
    return tuple(each for each in found if each is not None)


def _of_repair(claim: Claim, repair: AssetRepair) -> Iterator[RepairClock | None]:
    judged_on = repair.finished_on or claim.today
    yield _shown(repair, _repair_clock(repair, judged_on))
    waits = [each for each in repair.waits if each.waits_for is WaitsFor.PART]
    if waits:
        supplied_on = max(each.until or judged_on for each in waits)
        limit_days = PHONE_PART_LIMIT_DAYS if claim.terms.phone else PART_LIMIT_DAYS
        yield _shown(repair, _clock("part_clock", repair, supplied_on, limit_days, limit_days + 1))


def _repair_clock(repair: AssetRepair, judged_on: date) -> RepairClock:
    """The repairer's own days: waiting for parts or for the customer is not the repairer's fault."""
    waits = waited(repair.waits, judged_on, WaitsFor.PART, WaitsFor.CUSTOMER)
    theirs = total_days(within(waits, repair.reported_on, judged_on))
    return _clock("repair_clock", repair, judged_on, REPAIR_LIMIT_DAYS, REPAIR_WARNING_DAY, theirs)


def _clock(
    name: str, repair: AssetRepair, judged_on: date, limit_days: int, warning_day: int, not_counted: int = 0
) -> RepairClock:
    day = max(0, (judged_on - repair.reported_on).days - not_counted)
    state = ClockState.OVER if day > limit_days else ClockState.WARNING if day >= warning_day else ClockState.RUNNING
    last_day = later(repair.reported_on, limit_days + not_counted)
    code = f"{name}_{state}"
    words = said(code, day=str(day), limit=str(limit_days), last_day=last_day.isoformat())
    return RepairClock(
        code=code,
        rule=SAYINGS[code].rule,
        state=state,
        job_id=repair.job_id,
        started_on=repair.reported_on,
        day=day,
        limit_days=limit_days,
        last_day=last_day,
        zh=words.zh,
        en=words.en,
    )


def _shown(repair: AssetRepair, clock: RepairClock) -> RepairClock | None:
    return clock if repair.finished_on is None or clock.state is ClockState.OVER else None
