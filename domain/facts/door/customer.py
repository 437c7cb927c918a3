"""What the customer says at the end: signed, or not and why; how it was."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from domain.facts.door.fees import Consent
from domain.facts.words import (
    Code,
    Digest,
    Line,
    Text,
)


class SignedOff(Struct, frozen=True, kw_only=True):
    """The customer signed, or a refusal or absence with its reason (R10).

    `content_hash` is that of the bill, or of the disclosure where there is no bill, that they signed.
    """

    method: Consent
    relation: Code = "customer"
    evidence_digest: Digest | None = None
    reason: Line | None = None
    content_hash: Digest | None = None


class Rated(Struct, frozen=True, kw_only=True):
    """The customer's rating, unedited (K14, K16)."""

    score: Annotated[int, Meta(ge=1, le=5)]
    text: Text | None = None
    rating_id: UUID | None = None
