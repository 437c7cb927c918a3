"""Numbers by which others know money: of receipts, invoices, payments, refunds. Each belongs to one job (R07)."""

import enum
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from domain.job.document import Job


class ReferenceKind(enum.StrEnum):
    """What bears the number."""

    RECEIPT = "receipt"
    INVOICE = "invoice"
    PAYMENT = "payment"
    REFUND = "refund"


class Reference(Struct, frozen=True, kw_only=True):
    """One number in one job, and the fact that named it first."""

    kind: ReferenceKind
    number: str
    outlet_id: UUID | None
    fact_id: UUID
    at: datetime


def references(job: Job) -> tuple[Reference, ...]:
    """Each number of the job once. Letters count alike, large or small; what has no digit names nothing."""
    found: dict[tuple[ReferenceKind, str], Reference] = {}
    for reference in _named(job):
        if any(character.isdigit() for character in reference.number):
            found.setdefault((reference.kind, reference.number), reference)
    return tuple(found.values())


def _named(job: Job) -> Iterator[Reference]:
    payments = [(ReferenceKind.PAYMENT, payment) for visit in job.visits for payment in visit.payments]
    refunds = [(ReferenceKind.REFUND, refund) for refund in job.refunds]
    for kind, paid in (*payments, *refunds):
        if paid.reference is not None:
            yield _reference(job, kind, paid.reference, paid.fact_id, paid.at)
    for issued in job.invoices:
        yield _reference(job, ReferenceKind(issued.kind.value), issued.number, issued.fact_id, issued.at)


def _reference(job: Job, kind: ReferenceKind, number: str, fact_id: UUID, at: datetime) -> Reference:
    spelt = number.strip().upper()
    return Reference(kind=kind, number=spelt, outlet_id=job.outlet_id, fact_id=fact_id, at=at)
