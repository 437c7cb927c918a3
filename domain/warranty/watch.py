"""Alarms that an asset's jobs raise without being asked: exchange, and repairs that take too long (R26 to R28)."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from uuid import UUID, uuid5

from msgspec import Struct
from msgspec.structs import replace

from domain.calendar.holidays import HolidayCalendar
from domain.job.document import Job
from domain.warranty.claim import AssetRepair, Claim, PurchaseProof, Terms
from domain.warranty.clocks import ClockState, clocks
from domain.warranty.decision import repairs_in_term
from domain.warranty.history import repair_of, repairs_of
from domain.warranty.remedies import alarms
from domain.warranty.sayings import SAYINGS
from domain.warranty.terms import WarrantyTerm, main_part_term, start_of, whole_term


class StandingAlarm(Struct, frozen=True, kw_only=True):
    """An alarm about one job of an asset, and all the jobs that it rests on. The same ground has the same id."""

    id: UUID
    code: str
    rule: str
    job_id: UUID
    job_ids: tuple[UUID, ...]
    parameters: dict[str, str]


def standing_alarms(
    asset_id: UUID, terms: Terms, purchase: PurchaseProof, jobs: Iterable[Job], holidays: HolidayCalendar, today: date
) -> list[StandingAlarm]:
    """The third quality fault in the term, and repairs that take too long, or soon will."""
    repairs = sorted(repairs_of(jobs, {}), key=lambda each: (each.reported_on, str(each.job_id)))
    claim = Claim(terms=terms, purchase=purchase, reported_on=today, today=today, repairs=tuple(repairs))
    start = start_of(purchase)
    whole = None if start is None else whole_term(claim, start.day, holidays)
    main = None if start is None else main_part_term(claim, start.day, holidays)
    return [*_exchange(asset_id, claim, whole), *_too_long(claim, main)]


def bears_on_alarms(before: Job, after: Job) -> bool:
    """Whether the change of a job can raise or clear an alarm of an asset."""
    if before.asset_id is None and after.asset_id is None:
        return False
    return before.asset_id != after.asset_id or _ground(before) != _ground(after)


def _ground(job: Job) -> AssetRepair | None:
    repair = repair_of(job, {})
    return None if repair is None else replace(repair, faults=(), parts=())


def _exchange(asset_id: UUID, claim: Claim, whole: WarrantyTerm | None) -> Iterator[StandingAlarm]:
    """Of the first fault that came after enough repairs."""
    for repair in claim.repairs:
        if whole is None or repair.job_id is None or not repair.quality_fault:
            continue
        reported = replace(claim, reported_on=repair.reported_on, job_id=repair.job_id)
        for alarm in alarms(reported, whole, ()):
            yield StandingAlarm(
                id=uuid5(asset_id, f"exchange:{whole.starts_on.isoformat()}"),
                code=alarm.code,
                rule=alarm.rule,
                job_id=repair.job_id,
                job_ids=(*alarm.job_ids, repair.job_id),
                parameters=alarm.parameters,
            )
            return


def _too_long(claim: Claim, main: WarrantyTerm | None) -> Iterator[StandingAlarm]:
    in_term: Sequence[AssetRepair] = repairs_in_term(claim, main)
    for clock in clocks(claim, tuple(in_term)):
        if clock.state is ClockState.RUNNING or clock.job_id is None:
            continue
        yield StandingAlarm(
            id=uuid5(clock.job_id, clock.code),
            code=clock.code,
            rule=SAYINGS[clock.code].rule,
            job_id=clock.job_id,
            job_ids=(clock.job_id,),
            parameters={"limit": str(clock.limit_days), "last_day": clock.last_day.isoformat()},
        )
