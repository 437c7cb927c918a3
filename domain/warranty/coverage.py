"""One line: covered by the whole product's term, a main part's, or an earlier repair; else goodwill, or paid (4.3)."""

from msgspec import Struct

from domain.calendar.holidays import HolidayCalendar
from domain.facts.words import FeeKind, Warranty
from domain.warranty.claim import Claim, ClaimedExclusion, ClaimedLine
from domain.warranty.exclusions import OF_PAPERS, of_line, standing
from domain.warranty.guarantee import Covered, new_part_covers, repair_covers
from domain.warranty.terms import is_main_part, main_part_term, start_of, whole_term
from domain.warranty.words import WarrantyBasis, basis

REPAIR_WORK = frozenset({FeeKind.LABOUR, FeeKind.DIAGNOSIS, FeeKind.PART, FeeKind.MATERIAL})
"""Within the term the repair is free: material and labour, of which finding the fault is a part (R21)."""


class LineDecision(Struct, frozen=True, kw_only=True):
    """What a line comes to. `unknown`: it waits for proof of purchase, nothing may be charged for it yet."""

    line_id: str
    decision: Warranty
    basis: WarrantyBasis


def decide_line(claim: Claim, line: ClaimedLine, holidays: HolidayCalendar) -> LineDecision:
    """In the order of the rules: term, main part, earlier repair, exclusion, goodwill."""
    excluded = of_line(standing(claim), line)
    decision, why = _covered(claim, line, excluded, holidays) or _not_covered(claim, line, excluded, holidays)
    given = [each for each in claim.goodwill if not each.line_ids or line.line_id in each.line_ids]
    if decision in (Warranty.PAID, Warranty.UNKNOWN) and given:
        decision, why = Warranty.GOODWILL, basis("goodwill", claim.reported_on, reason=given[0].reason)
    return LineDecision(line_id=line.line_id, decision=decision, basis=why)


def _covered(
    claim: Claim, line: ClaimedLine, excluded: list[ClaimedExclusion], holidays: HolidayCalendar
) -> Covered | None:
    found = None
    if not excluded and _is_free(claim, line):
        found = _term_covers(claim, line, holidays) or new_part_covers(claim, line, holidays)
    if found is None and all(each.code in OF_PAPERS for each in excluded) and _is_answered_for(line):
        found = repair_covers(claim, line, holidays)
    if found is None or not line.to_workshop:
        return found
    decision, why = found
    return decision, basis("workshop_transport", claim.reported_on, why.starts_on, why.ends_on)


def _not_covered(
    claim: Claim, line: ClaimedLine, excluded: list[ClaimedExclusion], holidays: HolidayCalendar
) -> Covered:
    start = start_of(claim.purchase)
    if not _is_answered_for(line):
        return Warranty.PAID, basis("not_repair_work", claim.reported_on, kind=line.kind)
    if excluded and (start is None or _covered(claim, line, [], holidays) is not None):
        first = excluded[0]
        return Warranty.PAID, basis("excluded", claim.reported_on, exclusion=first.code, reason=first.reason)
    if not _is_free(claim, line):
        return Warranty.PAID, basis("not_repair_work", claim.reported_on, kind=line.kind)
    if start is None:
        return Warranty.UNKNOWN, basis("proof_needed", claim.reported_on)
    of = main_part_term if is_main_part(claim.terms, line) else whole_term
    over = of(claim, start.day, holidays)
    return Warranty.PAID, basis("term_over", claim.reported_on, over.starts_on, over.ends_on)


def _term_covers(claim: Claim, line: ClaimedLine, holidays: HolidayCalendar) -> Covered | None:
    start = start_of(claim.purchase)
    if start is None:
        return None
    whole = whole_term(claim, start.day, holidays)
    if claim.reported_on <= whole.ends_on:
        by_law = claim.terms.whole_months >= claim.terms.maker_promise_months
        code = "within_whole_term" if by_law else "within_maker_promise"
        return Warranty.COVERED_WHOLE, basis(code, claim.reported_on, whole.starts_on, whole.ends_on)
    main = main_part_term(claim, start.day, holidays)
    if line.component is None or not is_main_part(claim.terms, line) or claim.reported_on > main.ends_on:
        return None
    days = (claim.reported_on, main.starts_on, main.ends_on)
    return Warranty.COVERED_MAIN_PART, basis("within_main_part_term", *days, component=line.component)


def _is_free(claim: Claim, line: ClaimedLine) -> bool:
    coming = line.kind is FeeKind.VISIT and claim.terms.home_service
    return line.kind in REPAIR_WORK or line.to_workshop or coming


def _is_answered_for(line: ClaimedLine) -> bool:
    """Whether an earlier repair can make it free: coming again to put right what was repaired costs nothing (R29)."""
    return line.kind in REPAIR_WORK or line.to_workshop or line.kind is FeeKind.VISIT
