"""What an earlier repair is answered for: the same part, the same fault (R29); a new main part's own term (R33)."""

from collections.abc import Iterator
from datetime import date

from domain.calendar.holidays import HolidayCalendar, after_holiday, later
from domain.facts.words import FeeKind, Warranty
from domain.warranty.claim import FLOOR_DAYS, AssetRepair, Claim, ClaimedLine, FittedPart, earlier_repairs
from domain.warranty.spans import in_repair
from domain.warranty.terms import is_main_part, term
from domain.warranty.words import WarrantyBasis, basis

GOODS = frozenset({FeeKind.PART, FeeKind.MATERIAL})
Covered = tuple[Warranty, WarrantyBasis]


def guarantee_end(finished_on: date, days: int, holidays: HolidayCalendar) -> date:
    """The last day of a repair guarantee, that day included; the day after the repair is day 1."""
    return after_holiday(holidays, later(finished_on, max(FLOOR_DAYS, days)))


def new_part_covers(claim: Claim, line: ClaimedLine, holidays: HolidayCalendar) -> Covered | None:
    """A main part that an earlier repair replaced by a new one, within the term that began then (R33)."""
    if not claim.terms.new_part_restarts or line.component is None or not is_main_part(claim.terms, line):
        return None
    renewed = [on for on, part in _fitted(claim, line) if part.is_new and part.component == line.component]
    repairs = in_repair(claim.repairs, claim.today)
    own = [term(day, claim.terms.main_part_months, repairs, holidays) for day in renewed]
    best = max(own, key=lambda each: each.ends_on, default=None)
    if best is None or claim.reported_on > best.ends_on:
        return None
    days = (claim.reported_on, best.starts_on, best.ends_on)
    return Warranty.COVERED_MAIN_PART, basis("within_new_part_term", *days, component=line.component)


def repair_covers(claim: Claim, line: ClaimedLine, holidays: HolidayCalendar) -> Covered | None:
    """The best guarantee of an earlier repair for this line: the part fitted then, the same place, the same fault."""
    found = max(_guarantees(claim, line, holidays), key=lambda each: each[2], default=None)
    if found is None:
        return None
    code, finished_on, ends_on, part_code = found
    parameters = {"part": part_code} if code == "within_part_guarantee" else {}
    why = basis(code, claim.reported_on, finished_on, ends_on, **parameters)
    return Warranty.COVERED_REPAIR_GUARANTEE, why


def _guarantees(claim: Claim, line: ClaimedLine, holidays: HolidayCalendar) -> Iterator[tuple[str, date, date, str]]:
    """Guarantees that run on the day of the report: code, first and last day, part."""
    for finished_on, part in _fitted(claim, line):
        days = claim.guarantee.part_days if part.warranty_days is None else part.warranty_days
        ends_on = guarantee_end(finished_on, days, holidays)
        if line.kind in GOODS and claim.reported_on <= ends_on:
            yield "within_part_guarantee", finished_on, ends_on, part.part_code
    for repair in earlier_repairs(claim):
        finished_on = repair.finished_on or repair.reported_on
        ends_on = guarantee_end(finished_on, claim.guarantee.labour_days, holidays)
        if _same_work(claim, line, repair) and claim.reported_on <= ends_on:
            yield "within_labour_guarantee", finished_on, ends_on, ""


def _same_work(claim: Claim, line: ClaimedLine, repair: AssetRepair) -> bool:
    return bool(set(claim.faults) & set(repair.faults)) or any(_same_part(line, part) for part in repair.parts)


def _fitted(claim: Claim, line: ClaimedLine) -> Iterator[tuple[date, FittedPart]]:
    for repair in earlier_repairs(claim):
        for part in repair.parts:
            if _same_part(line, part):
                yield repair.finished_on or repair.reported_on, part


def _same_part(line: ClaimedLine, part: FittedPart) -> bool:
    same_component = line.component is not None and line.component == part.component
    return same_component or (line.part_code is not None and line.part_code == part.part_code)
