"""What the customer may ask for, and what people have to be alarmed about (R24, R26 to R28, R35)."""

import enum
from collections.abc import Iterable, Iterator
from datetime import date
from uuid import UUID

from msgspec import Struct

from domain.calendar.holidays import HolidayCalendar, after_holiday, is_known, later
from domain.warranty.claim import AssetRepair, Claim, earlier_repairs
from domain.warranty.clocks import ClockState, RepairClock
from domain.warranty.exclusions import is_quality_fault
from domain.warranty.lasting import answered_until
from domain.warranty.sayings import SAYINGS
from domain.warranty.terms import WarrantyTerm, corresponding_day, start_of
from domain.warranty.words import WarrantyBasis, basis, said

RETURN_DAYS, EXCHANGE_DAYS = 7, 15
REPAIRS_BEFORE_EXCHANGE = 2
BURDEN_MONTHS = 6
MOVED_AT_MOST_DAYS = 10
"""No announced break has been longer: so near behind an end in a year not entered, a holiday may have moved it."""

EXCHANGE_FOR = {"repair_clock_over": "exchange_after_delay", "part_clock_over": "exchange_for_want_of_part"}


class Remedy(enum.StrEnum):
    """What the customer may choose."""

    RETURN = "return"
    EXCHANGE = "exchange"
    REPAIR = "repair"


class OpenRemedy(Struct, frozen=True, kw_only=True):
    """A remedy and why it is open to the customer."""

    remedy: Remedy
    basis: WarrantyBasis


class WarrantyRemark(Struct, frozen=True, kw_only=True):
    """An alarm or a notice, with the jobs that it rests on."""

    code: str
    rule: str
    job_ids: tuple[UUID, ...]
    parameters: dict[str, str]
    zh: str
    en: str


def choices(
    claim: Claim, whole: WarrantyTerm | None, alarms: Iterable[WarrantyRemark], holidays: HolidayCalendar
) -> tuple[OpenRemedy, ...]:
    """Each remedy once, on its first ground; none where the fault is shown not to be the product's."""
    found: dict[Remedy, OpenRemedy] = {}
    for remedy, why in _grounds(claim, whole, [each.code for each in alarms], holidays):
        found.setdefault(remedy, OpenRemedy(remedy=remedy, basis=why))
    return tuple(found[remedy] for remedy in Remedy if remedy in found) if is_quality_fault(claim) else ()


def return_until(claim: Claim, holidays: HolidayCalendar) -> date | None:
    """The last day of the seven on which a fault allows to return the goods, or None without a day of sale."""
    sold_on = _sold_on(claim)
    return None if sold_on is None else after_holiday(holidays, later(sold_on, RETURN_DAYS))


def alarms(claim: Claim, whole: WarrantyTerm | None, clocks: Iterable[RepairClock]) -> tuple[WarrantyRemark, ...]:
    """The third quality fault in the term, and clocks that warn or ran out."""
    repaired = _repaired_in_term(claim, whole)
    found = []
    if len(repaired) >= REPAIRS_BEFORE_EXCHANGE and is_quality_fault(claim):
        job_ids = [each.job_id for each in repaired if each.job_id is not None]
        found.append(remark("exchange_after_repairs", job_ids, repairs=str(len(repaired))))
    for clock in clocks:
        if clock.state is not ClockState.RUNNING:
            days = {"day": str(clock.day), "limit": str(clock.limit_days), "last_day": clock.last_day.isoformat()}
            found.append(remark(clock.code, [] if clock.job_id is None else [clock.job_id], **days))
    return tuple(found)


def notices(
    claim: Claim, terms: Iterable[WarrantyTerm], clocks: Iterable[RepairClock], holidays: HolidayCalendar
) -> tuple[WarrantyRemark, ...]:
    """What has to be noted or said: parts that did not come, who has to prove, holidays that nobody entered."""
    found = [
        remark("note_parts_delay", [] if each.job_id is None else [each.job_id], limit=str(each.limit_days))
        for each in clocks
        if each.code == "part_clock_over"
    ]
    start = start_of(claim.purchase)
    ends = [*[each.ends_on for each in terms], *_other_ends(claim, holidays)]
    if claim.exclusions and start is not None and claim.terms.durable:
        until = after_holiday(holidays, corresponding_day(start.day, BURDEN_MONTHS))
        ends.append(until)
        if claim.reported_on <= until:
            found.append(remark("burden_of_proof", [], until=until.isoformat()))
    near = [each for each in ends if 0 < (claim.reported_on - each).days <= MOVED_AT_MOST_DAYS]
    unknown = sorted({str(each.year) for each in near if not is_known(holidays, each, each)})
    if unknown:
        found.append(remark("calendar_unknown", [], years=", ".join(unknown)))
    return tuple(found)


def remark(code: str, job_ids: Iterable[UUID], **parameters: str) -> WarrantyRemark:
    """An alarm or a notice in words."""
    words = said(code, **parameters)
    rule = SAYINGS[code].rule
    return WarrantyRemark(code=code, rule=rule, job_ids=tuple(job_ids), parameters=parameters, zh=words.zh, en=words.en)


def _other_ends(claim: Claim, holidays: HolidayCalendar) -> Iterator[date]:
    """Last days that a holiday moves on besides those of terms: to give the goods back, and of earlier repairs."""
    sold_on = _sold_on(claim)
    if sold_on is not None:
        yield from (after_holiday(holidays, later(sold_on, days)) for days in (RETURN_DAYS, EXCHANGE_DAYS))
    for repair in earlier_repairs(claim):
        yield from answered_until(claim, repair, holidays)


def _grounds(
    claim: Claim, whole: WarrantyTerm | None, alarmed: list[str], holidays: HolidayCalendar
) -> Iterator[tuple[Remedy, WarrantyBasis]]:
    sold_on, reported_on = _sold_on(claim), claim.reported_on
    if sold_on is not None and sold_on <= reported_on:
        for remedy, code, days in (
            (Remedy.RETURN, "may_return", RETURN_DAYS),
            (Remedy.EXCHANGE, "may_exchange", EXCHANGE_DAYS),
        ):
            until = after_holiday(holidays, later(sold_on, days))
            if reported_on <= until:
                yield remedy, basis(code, reported_on, sold_on, until)
    if "exchange_after_repairs" in alarmed:
        again = basis("exchange_after_repairs", reported_on, repairs=str(len(_repaired_in_term(claim, whole))))
        yield Remedy.EXCHANGE, again
        yield Remedy.RETURN, again
    yield from ((Remedy.EXCHANGE, basis(EXCHANGE_FOR[code], reported_on)) for code in alarmed if code in EXCHANGE_FOR)
    if whole is not None and reported_on <= whole.ends_on:
        yield Remedy.REPAIR, basis("may_repair", reported_on, whole.starts_on, whole.ends_on)


def _repaired_in_term(claim: Claim, whole: WarrantyTerm | None) -> list[AssetRepair]:
    """Finished repairs of quality faults within the term that runs, before this fault was reported."""
    if whole is None or claim.reported_on > whole.ends_on:
        return []
    return [each for each in earlier_repairs(claim) if each.quality_fault and each.reported_on >= whole.starts_on]


def _sold_on(claim: Claim) -> date | None:
    return claim.purchase.invoiced_on or claim.purchase.other_proof_on
