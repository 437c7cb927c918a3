"""What is said about money at the door: fees disclosed and agreed to, charged and paid."""

import enum
from typing import Annotated

from msgspec import Meta, Struct

from domain.facts.words import (
    Code,
    Digest,
    FeeLine,
    Fen,
    Instant,
    Line,
)


class Consent(enum.StrEnum):
    """How the customer agreed, or that they could or would not."""

    SIGNATURE = "signature"
    ONE_TIME_CODE = "one_time_code"
    LINK = "link"
    SPOKEN = "spoken"
    REFUSED = "refused"
    ABSENT = "absent"


class PaymentMethod(enum.StrEnum):
    """Methods of 004 8.4.2; only a reference is kept, never card data."""

    CASH = "cash"
    BANK_CARD = "bank_card"
    CHEQUE = "cheque"
    TERMINAL = "terminal"
    ONLINE = "online"
    COMPANY_ACCOUNT = "company_account"


class FeesDisclosed(Struct, frozen=True, kw_only=True):
    """Every fee, item by item, told before work (004 8.4.1, R01-R03). A change is a new disclosure."""

    lines: Annotated[tuple[FeeLine, ...], Meta(max_length=200)]
    total_fen: Fen
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")] = "CNY"
    price_list_code: Code | None = None
    price_list_shown: bool = False
    valid_until: Instant | None = None
    expected_finish_at: Instant | None = None
    language: Code = "zh"


class FeesAcknowledged(Struct, frozen=True, kw_only=True):
    """The customer agreed to one disclosure, named by the hash of its content (R04, R10).

    `reference` names the one-time code or the link that was used. `code` is a code of our own, made for this job
    (`customer_code_issued`), as the customer told it; it is worth nothing afterwards.
    """

    content_hash: Digest
    method: Consent
    relation: Code = "customer"
    evidence_digest: Digest | None = None
    reason: Line | None = None
    reference: Code | None = None
    code: Code | None = None


class FeesDeclined(Struct, frozen=True, kw_only=True):
    """The customer said no to a disclosure; only what was disclosed for coming may be charged (R09)."""

    content_hash: Digest | None = None
    reason: Line | None = None


class Charged(Struct, frozen=True, kw_only=True):
    """The bill, item by item (R05, R06)."""

    lines: Annotated[tuple[FeeLine, ...], Meta(max_length=200)]
    total_fen: Fen
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")] = "CNY"
    settlement_shown: bool = True
    invoice_asked: bool = False


class Paid(Struct, frozen=True, kw_only=True):
    """Money came in."""

    amount_fen: Fen
    method: PaymentMethod
    reference: Line | None = None
    receipt_given: bool = True
