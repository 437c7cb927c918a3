"""The money of a job: disclosed, agreed to, charged, paid, owed back. Integer fen."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from domain.facts.door.fees import Consent, PaymentMethod
from domain.facts.vouchers import Voucher
from domain.facts.words import FeeLine, Warranty

COVERED = frozenset({Warranty.COVERED_WHOLE, Warranty.COVERED_MAIN_PART, Warranty.COVERED_REPAIR_GUARANTEE})
"""What the customer owes nothing for, by right."""


class Acknowledgement(Struct, frozen=True, kw_only=True):
    """Who agreed, and what shows it."""

    fact_id: UUID
    relation: str
    reference: str | None
    reason: str | None
    evidence_digest: str | None
    code: str | None = None


class Disclosure(Struct, frozen=True, kw_only=True):
    """One version of the fees told, named by the hash of its content."""

    fact_id: UUID
    at: datetime
    number: int
    content_hash: str
    lines: tuple[FeeLine, ...]
    total_fen: int
    currency: str
    price_list_code: str | None
    valid_until: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: Consent | None
    declined_at: datetime | None
    acknowledgement: Acknowledgement | None = None
    price_list_shown: bool = False
    expected_finish_at: datetime | None = None


def stands(disclosure: Disclosure) -> bool:
    """Whether the customer agreed to it, and has not declined it since."""
    return disclosure.acknowledged_at is not None and disclosure.declined_at is None


def last_agreed(disclosures: Iterable[Disclosure]) -> Disclosure | None:
    """The disclosure that the customer agreed to last and did not decline since."""
    return max(filter(stands, disclosures), key=lambda d: (d.acknowledged_at or d.at, d.number), default=None)


class Bill(Struct, frozen=True, kw_only=True):
    """The settlement list at the end of a visit. `content_hash` is what a sign-off names."""

    fact_id: UUID
    at: datetime
    lines: tuple[FeeLine, ...]
    total_fen: int
    currency: str
    content_hash: str = ""
    invoice_asked: bool = False


class Payment(Struct, frozen=True, kw_only=True):
    """Money that came in, or went back when negative."""

    fact_id: UUID
    at: datetime
    amount_fen: int
    method: PaymentMethod | None
    reference: str | None
    receipt_given: bool = False


class Invoice(Struct, frozen=True, kw_only=True):
    """A receipt or an invoice that the customer holds; a red invoice has an amount below zero (R07, K39)."""

    fact_id: UUID
    at: datetime
    kind: Voucher
    number: str
    amount_fen: int
    requested: bool


class RefundRequest(Struct, frozen=True, kw_only=True):
    """Somebody said that money is to go back."""

    fact_id: UUID
    at: datetime
    amount_fen: int
    reason: str


class RefundDue(Struct, frozen=True, kw_only=True):
    """What is still to go back, since when, and its two last days, both included (R08).

    Where `calendar_known` is false, holidays not yet announced may move the days.
    """

    amount_fen: int
    fell_due_at: datetime
    in_time_until: date
    lawful_until: date
    calendar_known: bool


class Money(Struct, frozen=True, kw_only=True):
    """The job's money in one place, in fen.

    `refund_due_fen` is what was asked back, `overpaid_fen` what was paid above the bills. The greater of the two goes
    back, unasked; `refund_open_fen` is what of it has not.
    """

    disclosed_fen: int
    acknowledged_fen: int
    charged_fen: int
    paid_fen: int
    refund_due_fen: int
    refunded_fen: int
    overpaid_fen: int = 0
    refund_open_fen: int = 0
