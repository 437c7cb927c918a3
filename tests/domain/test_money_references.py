"""Which numbers of receipts, invoices, payments and refunds a job names."""

import pytest

from domain.facts import desk, door
from domain.facts.vouchers import InvoiceIssued, Voucher
from domain.money_references import ReferenceKind, references
from tests.domain.bodies import WHOLE_VISIT, a_visit
from tests.domain.builders import DESK, VISIT, A, job_of, said

PAID = door.Paid(amount_fen=12_000, method=door.PaymentMethod.TERMINAL, reference=" pos-77 ")
BACK = desk.Refunded(amount_fen=100, reference="R-1")


def invoice(number: str, kind: Voucher = Voucher.INVOICE) -> InvoiceIssued:
    return InvoiceIssued(kind=kind, number=number, amount_fen=0)


def test_every_kind_of_number_is_told_with_the_fact_that_named_it_first() -> None:
    job = job_of(
        *a_visit(*WHOLE_VISIT),
        said(A, PAID, "12:00", visit=VISIT),
        said(DESK, BACK, "12:10"),
        said(DESK, invoice("24332000"), "12:20"),
        said(DESK, invoice("24332000"), "12:30"),
        said(DESK, invoice("24332000", Voucher.RECEIPT), "12:40"),
    )

    found = {each.kind: each for each in references(job)}
    assert {kind: each.number for kind, each in found.items()} == {
        ReferenceKind.PAYMENT: "POS-77",
        ReferenceKind.REFUND: "R-1",
        ReferenceKind.INVOICE: "24332000",
        ReferenceKind.RECEIPT: "24332000",
    }
    assert found[ReferenceKind.INVOICE].fact_id == job.invoices[0].fact_id
    assert found[ReferenceKind.PAYMENT].outlet_id == job.outlet_id


@pytest.mark.parametrize("word", ["无", "cash", " ", ""])
def test_a_word_without_a_digit_names_nothing(word: str) -> None:
    body = door.Paid(amount_fen=12_000, method=door.PaymentMethod.CASH, reference=word)

    assert references(job_of(*a_visit(*WHOLE_VISIT), said(A, body, "12:00", visit=VISIT))) == ()
