"""Receipts and invoices in the document (R07, K39)."""

import pytest

from domain.facts.vouchers import InvoiceIssued, InvoiceRequested, Voucher
from domain.fold import fold, go_on
from tests.domain.bodies import WHOLE_VISIT, a_visit, bill, instead
from tests.domain.builders import DESK, JOB, VISIT, A, Said, clock, history, said

KEPT = a_visit(*WHOLE_VISIT)
ASKED = InvoiceRequested()
TAKEN = InvoiceIssued(kind=Voucher.INVOICE, number="24332000", amount_fen=12_000, requested=True)
RECEIPT = InvoiceIssued(kind=Voucher.RECEIPT, number="24332000", amount_fen=12_000, requested=True)


@pytest.mark.parametrize(
    ("more", "asked_at"),
    [
        ((), None),
        ((said(DESK, ASKED, "12:00"), said(A, ASKED, "12:30", visit=VISIT)), "12:00"),
        ((said(DESK, TAKEN, "12:10"),), "12:10"),
        ((said(DESK, RECEIPT, "12:10"),), None),
        ((said(DESK, TAKEN, "12:10"), said(DESK, ASKED, "12:20")), "12:10"),
    ],
)
def test_an_invoice_was_asked_for_when_the_customer_first_said_so_or_took_one(
    more: tuple[Said, ...], asked_at: str | None
) -> None:
    job = fold(JOB, history(*KEPT, *more)).job

    assert job.invoice_requested_at == (clock(asked_at) if asked_at else None)


def test_an_invoice_asked_for_on_the_bill_was_asked_for_when_the_bill_was_made() -> None:
    job = fold(JOB, history(*a_visit(*instead(bill(invoice_asked=True))))).job

    assert job.invoice_requested_at == job.visits[0].bills[0].at


@pytest.mark.parametrize("begun", [(), (said(DESK, TAKEN, "12:10"),)])
def test_a_request_by_a_clock_that_was_behind_counts_alike_whether_folded_anew_or_from_the_document(
    begun: tuple[Said, ...],
) -> None:
    facts = history(*KEPT, *begun, said(DESK, ASKED, "12:30"), said(DESK, ASKED, "12:00"))

    state = fold(JOB, [])
    for fact in facts:
        state = go_on(state, [fact]) or fold(JOB, facts[: fact.log_number])

    assert state == fold(JOB, facts)
    assert state.job.invoice_requested_at == clock("12:00")


def test_the_document_tells_each_voucher_and_whether_a_payment_had_its_receipt() -> None:
    job = fold(JOB, history(*KEPT, said(A, RECEIPT, "12:00", visit=VISIT), said(DESK, TAKEN, "12:10"))).job

    told = [(each.kind, each.number, each.amount_fen, each.requested) for each in job.invoices]
    assert told == [(Voucher.RECEIPT, "24332000", 12_000, True), (Voucher.INVOICE, "24332000", 12_000, True)]
    assert job.visits[0].payments[0].receipt_given
