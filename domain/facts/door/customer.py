"""What the customer says at the end: signed, or not and why; how it was."""

import enum
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

Score = Annotated[int, Meta(ge=1, le=5)]


class SignedOff(Struct, frozen=True, kw_only=True):
    """The customer signed, or a refusal or absence with its reason (R10).

    `content_hash` is that of the bill, or of the disclosure where there is no bill, that they signed.
    """

    method: Consent
    relation: Code = "customer"
    evidence_digest: Digest | None = None
    reason: Line | None = None
    content_hash: Digest | None = None


class RatedOn(enum.StrEnum):
    """Whose device the rating was given on; one from a technician's is flagged (K14)."""

    CUSTOMER = "customer"
    TECHNICIAN = "technician"
    DESK = "desk"
    UNKNOWN = "unknown"


class Rated(Struct, frozen=True, kw_only=True):
    """The customer's rating, unedited, overall and by dimension (K14, K15, K16).

    `identity_shown`: whether uniform and badge were shown, by the customer's own word, which overrides (K32).
    """

    score: Score
    text: Text | None = None
    rating_id: UUID | None = None
    attitude: Score | None = None
    timeliness: Score | None = None
    skill: Score | None = None
    fee_clarity: Score | None = None
    tidiness: Score | None = None
    identity_shown: bool | None = None
    given_on: RatedOn = RatedOn.UNKNOWN
