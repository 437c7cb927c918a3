"""What both the desk and the door record."""

import enum
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from domain.facts.words import Digest, Line, Text


class Detail(enum.StrEnum):
    """The fields of a job that people edit; GET /v1/rules says who owns each."""

    SYMPTOM = "symptom"
    SYMPTOM_CODE = "symptom_code"
    PRIORITY = "priority"
    ACCESS_NOTE = "access_note"
    CONTACT_NOTE = "contact_note"
    INSTRUCTIONS = "instructions"
    CAUSE = "cause"
    WORK_SUMMARY = "work_summary"
    CUSTOMER_WISH = "customer_wish"


class Purpose(enum.StrEnum):
    """What an attachment shows."""

    UNIFORM = "uniform"
    BADGE = "badge"
    BEFORE = "before"
    AFTER = "after"
    PART_LABEL = "part_label"
    SIGNATURE = "signature"
    DAMAGE = "damage"
    OTHER = "other"


class DetailsAmended(Struct, frozen=True, kw_only=True):
    """One field set: what its author saw, what it is now. Null `now` with `clear` empties it.

    A priority is changed for a stated `reason` (K02).
    """

    field: Detail
    was: Text | None = None
    now: Text | None = None
    clear: bool = False
    reason: Line | None = None


def says_nothing(amendment: DetailsAmended) -> bool:
    """Whether it sets no value and clears none: a null that was written out by a library."""
    return amendment.now is None and not amendment.clear


class NoteAdded(Struct, frozen=True, kw_only=True):
    """A remark; notes never conflict, all are kept."""

    text: Text


class AttachmentAdded(Struct, frozen=True, kw_only=True):
    """A file named by the digest of its bytes, which may arrive later."""

    digest: Digest
    media_type: Line
    size_bytes: Annotated[int, Meta(ge=0, le=1_000_000_000)]
    purpose: Purpose
    caption: Line | None = None


class FactRetracted(Struct, frozen=True, kw_only=True):
    """An earlier fact was a mistake. It stays in the log; the fold passes over it."""

    fact_id: UUID
    reason: Line
