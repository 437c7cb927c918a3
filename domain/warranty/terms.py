"""From which day to which a promise holds: its start, its months, its extension, its holiday (R20, R23, R25, R31)."""

import calendar as months_of_year
import enum
from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from domain.calendar.holidays import HolidayCalendar, after_holiday, later
from domain.warranty.claim import Claim, ClaimedLine, PurchaseProof, Terms
from domain.warranty.spans import Span, in_repair, merged, within


class StartProof(enum.StrEnum):
    """What the start of the term rests on, the strongest first."""

    EXCHANGE = "exchange"
    INVOICE = "invoice"
    OTHER_PROOF = "other_proof"


class TermStart(Struct, frozen=True, kw_only=True):
    """The day from which terms are counted."""

    day: date
    proof: StartProof


class WarrantyTerm(Struct, frozen=True, kw_only=True):
    """A promise with its last day, that day included; `extended_days` are those that repairs took (R23)."""

    starts_on: date
    ends_on: date
    months: int
    extended_days: int


def start_of(purchase: PurchaseProof) -> TermStart | None:
    """Goods given in exchange begin anew; else the invoice's day; else what the customer can prove otherwise."""
    for day, proof in (
        (purchase.exchanged_on, StartProof.EXCHANGE),
        (purchase.invoiced_on, StartProof.INVOICE),
        (purchase.other_proof_on, StartProof.OTHER_PROOF),
    ):
        if day is not None:
            return TermStart(day=day, proof=proof)
    return None


def corresponding_day(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day where it has none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, months_of_year.monthrange(year, month + 1)[1]))


def term(starts_on: date, months: int, spans: Sequence[Span], holidays: HolidayCalendar) -> WarrantyTerm:
    """The term with what repairs that began within it took (R23); an end on a statutory holiday moves on (R20)."""
    last_day, extended_days = corresponding_day(starts_on, months), 0
    ends_on = after_holiday(holidays, last_day)
    for span in merged(within(spans, starts_on, date.max)):
        if span.since <= ends_on:
            extended_days += span.days
            ends_on = after_holiday(holidays, later(last_day, extended_days))
    return WarrantyTerm(starts_on=starts_on, ends_on=ends_on, months=months, extended_days=extended_days)


def whole_months(claim: Claim) -> int:
    """Of the legal term and the maker's promise the better one."""
    return max(claim.terms.whole_months, claim.terms.maker_promise_months)


def whole_term(claim: Claim, start: date, holidays: HolidayCalendar) -> WarrantyTerm:
    """The term of the whole product, the maker's promise included."""
    return term(start, whole_months(claim), in_repair(claim.repairs, claim.today), holidays)


def main_part_term(claim: Claim, start: date, holidays: HolidayCalendar) -> WarrantyTerm:
    """The term of main parts, never shorter than that of the whole."""
    months = max(claim.terms.main_part_months, whole_months(claim))
    return term(start, months, in_repair(claim.repairs, claim.today), holidays)


def is_main_part(terms: Terms, line: ClaimedLine) -> bool:
    """Whether the line is about a component with the longer term."""
    return line.component in terms.main_components
