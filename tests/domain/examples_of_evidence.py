"""What shows that it was so, what the customer is told, what goes back (domain 4.1: R07, R08, R10 to R12, R17, R18)."""

from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from domain.facts import desk, door, shared
from domain.facts.requirements import Requirements
from domain.facts.vouchers import InvoiceIssued, InvoiceRequested, Voucher
from domain.steps.evidence import TOLD
from domain.steps.fees import content_hash
from tests.domain.bodies import (
    CHECKED_IN,
    PAID,
    SIGNED,
    SOLVED,
    WHOLE_VISIT,
    a_visit,
    agreed,
    bill,
    fees,
    instead,
    line,
)
from tests.domain.builders import DESK, OTHER_VISIT, Said, door_steps, opened, planned, said
from tests.domain.examples import Example

KEPT = a_visit(*WHOLE_VISIT)
LESS, MORE = fees(line(11_000)), fees(line(12_500))
CODE = door.Consent.ONE_TIME_CODE
MOTOR = door.PartUsed(part_code="P-AC-012")
NUMBERED = replace(CHECKED_IN, badge_number="HZ0112")
OVERPAID = (bill(), replace(PAID, amount_fen=12_500))
DUE = a_visit(*OVERPAID)


def shown(*bodies: Struct, **asked: Any) -> tuple[Said, ...]:
    """A visit that has more to show."""
    return opened(), planned(requirements=Requirements(sign_off=False, **asked)), *door_steps(*bodies)


def by_code(*named: tuple[door.FeesDisclosed, str | None]) -> tuple[Said, ...]:
    """Fees told and agreed to by one-time codes with these references."""
    steps = [(told, agreed(told, method=CODE, reference=reference)) for told, reference in named]
    return a_visit(*[body for step in steps for body in step])


def photo(purpose: shared.Purpose, number: int) -> shared.AttachmentAdded:
    return shared.AttachmentAdded(digest=f"{number:064x}", media_type="image/jpeg", size_bytes=1, purpose=purpose)


def back(fen: int, at: str = "10:00") -> tuple[Said, ...]:
    """Half a yuan was paid too much, and so much goes back."""
    return (*DUE, said(DESK, desk.Refunded(amount_fen=fen), at))


def issued(fen: int, kind: Voucher = Voucher.INVOICE, number: str = "1") -> Said:
    return said(DESK, InvoiceIssued(kind=kind, number=number, amount_fen=fen), "12:00")


ASKED_FOR = a_visit(*instead(bill(invoice_asked=True)))
CLOSED = said(DESK, desk.JobClosed(), "13:00")
BEFORE_AND_AFTER = (photo(shared.Purpose.BEFORE, 1), photo(shared.Purpose.AFTER, 2))
ELSEWHERE = door_steps(*BEFORE_AND_AFTER, visit=OTHER_VISIT, start="11:00")
SMALLER = (fees(), agreed(), bill(line(11_000)))
TWO_VISITS = (opened(), planned(), planned(visit=OTHER_VISIT))
BY_ONE_CODE = agreed(LESS, method=CODE, reference="C-1"), agreed(MORE, method=CODE, reference="C-1")
EXAMPLES = (
    Example(
        "acknowledgement_reused",
        "also on another visit of the job",
        (*TWO_VISITS, *door_steps(LESS, BY_ONE_CODE[0], visit=OTHER_VISIT), *door_steps(MORE, BY_ONE_CODE[1])),
        (*TWO_VISITS, *door_steps(LESS, BY_ONE_CODE[0], visit=OTHER_VISIT), *door_steps(MORE, agreed(MORE))),
    ),
    Example(
        "sign_off_unmatched",
        "a signature for a smaller bill than the quote holds for that bill",
        a_visit(*SMALLER, replace(SIGNED, content_hash=content_hash(bill(line(10_000))))),
        a_visit(*SMALLER, replace(SIGNED, content_hash=content_hash(bill(line(11_000))))),
    ),
    Example("acknowledgement_without_reference", "a code says which", by_code((LESS, None)), by_code((LESS, "C-1"))),
    Example(
        "acknowledgement_without_reference",
        "a link says which",
        a_visit(fees(), agreed(method=door.Consent.LINK)),
        a_visit(fees(), agreed(method=door.Consent.LINK, reference="K-1")),
    ),
    Example(
        "acknowledgement_reused",
        "a code confirms one disclosure, and may be sent twice for that",
        by_code((LESS, "C-1"), (MORE, "C-1")),
        by_code((LESS, "C-1"), (LESS, "C-1"), (MORE, "C-2")),
    ),
    Example(
        "sign_off_unmatched",
        "a signature holds for a bill that was shown",
        a_visit(*instead(replace(SIGNED, content_hash=content_hash(LESS)))),
        a_visit(*instead(replace(SIGNED, content_hash=content_hash(bill())))),
    ),
    Example(
        "billed_after_sign_off",
        "nothing is added to a bill that was signed",
        a_visit(*instead(replace(SIGNED, content_hash=content_hash(bill()))), bill(line(1))),
        a_visit(*instead(replace(SIGNED, content_hash=content_hash(bill())))),
    ),
    Example(
        "receipt_not_given", "a payment has a receipt", a_visit(*instead(replace(PAID, receipt_given=False))), KEPT
    ),
    Example(
        "invoice_not_issued",
        "what the customer asked for on the bill is there before the job is closed",
        (*ASKED_FOR, CLOSED),
        (*ASKED_FOR, issued(12_000), CLOSED),
    ),
    Example(
        "invoice_not_issued",
        "a receipt is no invoice, and nobody misses one that was not asked for",
        (*KEPT, said(DESK, InvoiceRequested(), "11:00"), issued(12_000, Voucher.RECEIPT), CLOSED),
        (*KEPT, issued(12_000, Voucher.RECEIPT), CLOSED),
    ),
    Example(
        "invoice_above_charged",
        "invoices come to no more than the bills, a red one counted against them",
        (*KEPT, issued(12_000), issued(100, number="2")),
        (*KEPT, issued(12_000), issued(-500, number="2"), issued(500, number="3")),
    ),
    Example(
        "voucher_number_repeated",
        "a number is given once among receipts, and once among invoices",
        (*KEPT, issued(6_000), issued(6_000)),
        (*KEPT, issued(6_000), issued(6_000, Voucher.RECEIPT)),
    ),
    Example(
        "replacement_without_evidence",
        "what became of the old part is told",
        shown(MOTOR, SOLVED, part_evidence=True),
        shown(replace(MOTOR, old_part=door.OldPart.LEFT_WITH_CUSTOMER), SOLVED, part_evidence=True),
    ),
    Example(
        "replacement_without_evidence",
        "or its number beside the new one; the new one alone shows nothing",
        shown(replace(MOTOR, serial_in="S-2"), SOLVED, part_evidence=True),
        shown(replace(MOTOR, serial_in="S-2", serial_out="S-1"), SOLVED, part_evidence=True),
    ),
    Example(
        "replacement_without_evidence",
        "or photos, one before and one after; refrigerant replaces nothing",
        shown(MOTOR, BEFORE_AND_AFTER[0], SOLVED, part_evidence=True),
        shown(MOTOR, replace(MOTOR, unit="kilogram"), *BEFORE_AND_AFTER, SOLVED, part_evidence=True),
    ),
    Example(
        "replacement_without_evidence",
        "photos of another visit show nothing, and what is measured out replaces nothing",
        (*shown(MOTOR, part_evidence=True), *ELSEWHERE, *door_steps(SOLVED, start="12:00")),
        shown(replace(MOTOR, unit="kilogram"), SOLVED, part_evidence=True),
    ),
    Example(
        "terms_not_told",
        "nobody is told of the guarantee of a repair that was not made",
        shown(SOLVED, told=TOLD),
        shown(door.VisitEnded(outcome=door.VisitOutcome.UNABLE), told=TOLD),
    ),
    Example(
        "terms_not_told",
        "how long the repair is guaranteed, and where to complain",
        shown(door.GuidanceGiven(topics=("repair_warranty",)), SOLVED, told=TOLD),
        shown(door.GuidanceGiven(topics=("repair_warranty", "complaint_line")), SOLVED, told=TOLD),
    ),
    Example(
        "data_use_not_told",
        "what is recorded, and why",
        shown(SOLVED, told=TOLD),
        shown(door.GuidanceGiven(topics=TOLD), SOLVED, told=TOLD),
    ),
    Example(
        "badge_number_missing",
        "a badge has a number that the customer can look up",
        shown(CHECKED_IN, badge_number=True),
        shown(NUMBERED, badge_number=True),
    ),
    Example("refunded_above_due", "no more goes back than is due", back(501), back(500)),
    Example(
        "refund_late",
        "what was paid too much on a Tuesday goes back by the next one, unasked",
        back(500, "2025-07-09T09:00"),
        back(500, "2025-07-08T09:00"),
    ),
    Example(
        "refund_in_breach",
        "after fifteen days it is wilful delay",
        back(500, "2025-07-17T09:00"),
        back(500, "2025-07-16T09:00"),
    ),
)
