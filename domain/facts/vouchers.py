"""What the customer holds as proof of payment: receipts and invoices, from the door or the desk (R07, K39)."""

import enum
from typing import Annotated

from msgspec import Meta, Struct

from domain.facts.words import Code, Fen


class Voucher(enum.StrEnum):
    """A receipt says that money came in; an invoice is the tax voucher (consumer law art. 22)."""

    RECEIPT = "receipt"
    INVOICE = "invoice"


class InvoiceRequested(Struct, frozen=True, kw_only=True):
    """The customer asks for an invoice, at the door or later. Title and tax number live with the customer."""

    amount_fen: Annotated[Fen, Meta(description="Null: for all that was charged")] | None = None


class InvoiceIssued(Struct, frozen=True, kw_only=True):
    """A receipt or an invoice was handed over or sent. A red invoice takes one back: its amount is below zero.

    `requested`: the customer had asked for it, or asks by taking it.
    """

    kind: Voucher
    number: Code
    amount_fen: Annotated[Fen, Meta(description="Minor units of the currency; below zero on a red invoice")]
    requested: bool = False
