"""The whole answer to a claim: each line, the terms, what the customer may choose, alarms and notices."""

from msgspec import Struct

from domain.calendar.holidays import HolidayCalendar
from domain.warranty.claim import AssetRepair, Claim
from domain.warranty.clocks import RepairClock, clocks
from domain.warranty.coverage import LineDecision, decide_line
from domain.warranty.exclusions import ExclusionAnswer, answer
from domain.warranty.remedies import OpenRemedy, WarrantyRemark, alarms, choices, notices
from domain.warranty.terms import TermStart, WarrantyTerm, main_part_term, start_of, whole_term


class Decided(Struct, frozen=True, kw_only=True):
    """What the rules say. Terms are null while nobody has proved a purchase."""

    start: TermStart | None
    whole_term: WarrantyTerm | None
    main_part_term: WarrantyTerm | None
    lines: tuple[LineDecision, ...]
    exclusions: tuple[ExclusionAnswer, ...]
    choices: tuple[OpenRemedy, ...]
    clocks: tuple[RepairClock, ...]
    alarms: tuple[WarrantyRemark, ...]
    notices: tuple[WarrantyRemark, ...]


def decide(claim: Claim, holidays: HolidayCalendar) -> Decided:
    """The same claim has the same answer, on every day that it is asked but for its clocks."""
    start = start_of(claim.purchase)
    whole = None if start is None else whole_term(claim, start.day, holidays)
    main = None if start is None else main_part_term(claim, start.day, holidays)
    running = clocks(claim, repairs_in_term(claim, main))
    alarmed = alarms(claim, whole, running)
    return Decided(
        start=start,
        whole_term=whole,
        main_part_term=main,
        lines=tuple(decide_line(claim, line, holidays) for line in claim.lines),
        exclusions=tuple(answer(claim, each) for each in claim.exclusions),
        choices=choices(claim, whole, alarmed, holidays),
        clocks=running,
        alarms=alarmed,
        notices=notices(claim, [each for each in (whole, main) if each is not None], running, holidays),
    )


def repairs_in_term(claim: Claim, main: WarrantyTerm | None) -> tuple[AssetRepair, ...]:
    """Repairs under the three guarantees: only they have clocks."""
    return tuple(
        each
        for each in claim.repairs
        if each.quality_fault and (main is None or main.starts_on <= each.reported_on <= main.ends_on)
    )
