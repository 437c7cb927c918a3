"""Until when files are kept: the warranty's end decides, and never less than the job's own."""

from datetime import date

import pytest
from msgspec.structs import replace

from domain.calendar.china import CHINA
from domain.facts.shared import Purpose
from domain.retention import RetentionTerms, file_until, record_until
from domain.warranty.claim import AssetRepair, Claim, FittedPart, PurchaseProof, Terms
from domain.warranty.lasting import promised_until

TERMS = RetentionTerms()
ENDED = date(2025, 7, 14)
PHOTOS = [purpose for purpose in Purpose if purpose is not Purpose.SIGNATURE]
PRODUCT = Terms(whole_months=12, main_part_months=36, main_components=("compressor",))
BOUGHT = PurchaseProof(invoiced_on=date(2024, 3, 18))
CLAIM = Claim(terms=PRODUCT, purchase=BOUGHT, reported_on=ENDED, today=ENDED)


@pytest.mark.parametrize("purpose", PHOTOS)
@pytest.mark.parametrize(
    ("warranty_until", "last"),
    [
        (date(2027, 3, 18), date(2027, 9, 18)),
        (date(2026, 8, 31), date(2027, 2, 28)),
        (date(2020, 1, 1), date(2026, 1, 14)),
        (ENDED, date(2026, 1, 14)),
        (None, date(2028, 7, 14)),
    ],
)
def test_a_photo_stays_half_a_year_beyond_warranty_and_job(
    purpose: Purpose, warranty_until: date | None, last: date
) -> None:
    """Where no one knows the warranty, as long as the record."""
    assert file_until(purpose, ENDED, warranty_until, TERMS) == last


@pytest.mark.parametrize("warranty_until", [None, date(2020, 1, 1), date(2028, 7, 13), date(2031, 1, 1)])
def test_a_signature_stays_as_long_as_the_record_that_it_signs(warranty_until: date | None) -> None:
    kept = file_until(Purpose.SIGNATURE, ENDED, warranty_until, TERMS)
    assert kept == record_until(ENDED, warranty_until, TERMS) == max(date(2028, 7, 14), warranty_until or ENDED)


@pytest.mark.parametrize("months", [0, 1, 6, 120])
def test_ones_own_term_moves_the_day(months: int) -> None:
    own = replace(TERMS, photo_months=months)
    assert file_until(Purpose.BEFORE, ENDED, ENDED, own) >= ENDED
    assert (file_until(Purpose.BEFORE, ENDED, ENDED, own) == ENDED) == (months == 0)


def test_the_longest_promise_is_that_of_the_main_parts() -> None:
    assert promised_until(CLAIM, CHINA) == date(2027, 3, 18)


def test_without_a_proof_of_purchase_nobody_knows() -> None:
    assert promised_until(replace(CLAIM, purchase=PurchaseProof()), CHINA) is None


@pytest.mark.parametrize(
    ("finished_on", "parts", "until"),
    [
        (date(2030, 1, 7), (), date(2030, 4, 7)),
        (date(2030, 1, 7), (FittedPart(part_code="P"),), date(2030, 7, 6)),
        (date(2030, 1, 7), (FittedPart(part_code="P", warranty_days=365),), date(2031, 1, 7)),
        (None, (), date(2027, 3, 18)),
    ],
)
def test_what_a_repair_is_answered_for_is_a_promise_too(
    finished_on: date | None, parts: tuple[FittedPart, ...], until: date
) -> None:
    repair = AssetRepair(reported_on=date(2030, 1, 7), finished_on=finished_on, quality_fault=False, parts=parts)
    assert promised_until(replace(CLAIM, repairs=(repair,)), CHINA) == until


def test_a_new_main_part_brings_its_own_term_where_the_rules_say_so() -> None:
    part = FittedPart(part_code="P", component="compressor")
    repair = AssetRepair(
        reported_on=date(2026, 1, 12), finished_on=date(2026, 1, 12), quality_fault=False, parts=(part,)
    )
    claim = replace(CLAIM, repairs=(repair,), terms=replace(PRODUCT, new_part_restarts=True))
    assert promised_until(claim, CHINA) == date(2029, 1, 12)
    assert promised_until(replace(claim, terms=PRODUCT), CHINA) == date(2027, 3, 18)
