"""Receipts and invoices: asked for, issued, and what of it does not agree with the bills (R07)."""

from datetime import datetime

from msgspec.structs import replace

from domain.cases.findings import BrokenRule, broken
from domain.facts import Fact
from domain.facts.vouchers import InvoiceIssued, InvoiceRequested, Voucher
from domain.job.document import Job
from domain.job.money import Invoice
from domain.steps.result import JobStep


def invoice_requested(job: Job, fact: Fact, _body: InvoiceRequested) -> JobStep:
    """The customer asks; the earliest time counts, whatever the order: what was derived from bills is in it already."""
    return replace(job, invoice_requested_at=min(job.invoice_requested_at or fact.corrected_at, fact.corrected_at)), []


def invoice_issued(job: Job, fact: Fact, body: InvoiceIssued) -> JobStep:
    """The customer holds it: each number once, and invoices for no more than was charged."""
    issued = Invoice(
        fact_id=fact.id,
        at=fact.corrected_at,
        kind=body.kind,
        number=body.number,
        amount_fen=body.amount_fen,
        requested=body.requested,
    )
    repeated = (body.kind, body.number) in [(known.kind, known.number) for known in job.invoices]
    found = [broken("voucher_number_repeated", number=body.number)] if repeated else []
    job = replace(job, invoices=(*job.invoices, issued))
    return job, [*found, *_above_bills(job, body)]


def requested_at(job: Job) -> datetime | None:
    """When the customer first asked for an invoice: by saying so, on a bill, or by taking one."""
    asked = [bill.at for visit in job.visits for bill in visit.bills if bill.invoice_asked]
    asked += [issued.at for issued in job.invoices if issued.requested and issued.kind is Voucher.INVOICE]
    asked += [job.invoice_requested_at] if job.invoice_requested_at else []
    return min(asked) if asked else None


def invoice_gap(job: Job) -> list[BrokenRule]:
    """An invoice that was asked for and is not there."""
    return [broken("invoice_not_issued")] if requested_at(job) is not None and not invoices(job) else []


def invoices(job: Job) -> list[Invoice]:
    """The tax vouchers among what was issued."""
    return [issued for issued in job.invoices if issued.kind is Voucher.INVOICE]


def _above_bills(job: Job, body: InvoiceIssued) -> list[BrokenRule]:
    """Said of an invoice that adds something; a red one only takes back."""
    invoiced_fen = sum([issued.amount_fen for issued in invoices(job)])
    charged_fen = sum([visit.charged_fen for visit in job.visits])
    if body.kind is not Voucher.INVOICE or body.amount_fen <= 0 or invoiced_fen <= charged_fen:
        return []
    return [broken("invoice_above_charged", invoiced=invoiced_fen, charged=charged_fen)]
