"""What use costs when goods are returned (R32): a rate per day from the catalogue, never one that we made up."""

from datetime import date

from msgspec import Struct

from domain.calendar.holidays import HolidayCalendar
from domain.warranty.claim import Claim
from domain.warranty.exclusions import is_quality_fault
from domain.warranty.remedies import return_until
from domain.warranty.spans import in_repair, total_days, within
from domain.warranty.terms import start_of
from domain.warranty.words import WarrantyBasis, basis


class Depreciation(Struct, frozen=True, kw_only=True):
    """What is deducted and what goes back. Amounts are null where no rate or no day of purchase is known."""

    days: int | None
    basis_points_per_day: int | None
    deducted_fen: int | None
    refund_fen: int | None
    basis: WarrantyBasis


def depreciation(
    claim: Claim, price_fen: int, returned_on: date, basis_points_per_day: int, holidays: HolidayCalendar
) -> Depreciation:
    """The rate times the days of use, those in repair and waiting left out; rounded down, never above the price.

    A rate of zero means that the catalogue has none: then nothing is counted, and the answer says so. Within seven
    days of sale the goods go back for their full price (R24).
    """
    start, until = start_of(claim.purchase), return_until(claim, holidays)
    if until is not None and claim.reported_on <= until and is_quality_fault(claim):
        free = basis("return_without_depreciation", claim.reported_on, start.day if start else None, until)
        return _counted(0, 0, 0, price_fen, free)
    if start is None:
        return _refused(basis("proof_needed", claim.reported_on))
    if basis_points_per_day == 0:
        return _refused(basis("rate_unknown", claim.reported_on, start.day, returned_on))
    idle = total_days(within(in_repair(claim.repairs, returned_on), start.day, returned_on))
    days = max(0, (returned_on - start.day).days - idle)
    deducted_fen = min(price_fen, price_fen * basis_points_per_day * days // 10_000)
    counted = {"days": str(days), "rate": str(basis_points_per_day), "deducted": str(deducted_fen)}
    why = basis("depreciation_counted", claim.reported_on, start.day, returned_on, **counted)
    return _counted(days, basis_points_per_day, deducted_fen, price_fen, why)


def _counted(days: int, rate: int, deducted_fen: int, price_fen: int, why: WarrantyBasis) -> Depreciation:
    return Depreciation(
        days=days,
        basis_points_per_day=rate,
        deducted_fen=deducted_fen,
        refund_fen=price_fen - deducted_fen,
        basis=why,
    )


def _refused(why: WarrantyBasis) -> Depreciation:
    return Depreciation(days=None, basis_points_per_day=None, deducted_fen=None, refund_fen=None, basis=why)
