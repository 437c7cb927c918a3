"""Until when anything at all is promised for a product: what was seen of its repairs matters for so long (R14)."""

from collections.abc import Iterator
from datetime import date

from domain.calendar.holidays import HolidayCalendar
from domain.warranty.claim import AssetRepair, Claim
from domain.warranty.guarantee import guarantee_end
from domain.warranty.spans import in_repair
from domain.warranty.terms import main_part_term, start_of, term


def promised_until(claim: Claim, holidays: HolidayCalendar) -> date | None:
    """The last day of the longest promise; None when nothing shows since when the customer has the product."""
    start = start_of(claim.purchase)
    if start is None:
        return None
    whole = main_part_term(claim, start.day, holidays).ends_on
    return max((whole, *(day for repair in claim.repairs for day in answered_until(claim, repair, holidays))))


def answered_until(claim: Claim, repair: AssetRepair, holidays: HolidayCalendar) -> Iterator[date]:
    """The last days of what a repair is answered for, and of the terms that its new main parts begin (R29, R33)."""
    if repair.finished_on is None:
        return
    yield guarantee_end(repair.finished_on, claim.guarantee.labour_days, holidays)
    for part in repair.parts:
        days = claim.guarantee.part_days if part.warranty_days is None else part.warranty_days
        yield guarantee_end(repair.finished_on, days, holidays)
        renewed = part.is_new and part.component in claim.terms.main_components
        if claim.terms.new_part_restarts and renewed:
            spans = in_repair(claim.repairs, claim.today)
            yield term(repair.finished_on, claim.terms.main_part_months, spans, holidays).ends_on
