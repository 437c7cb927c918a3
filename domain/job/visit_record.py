"""How far the record of a visit has come, as its document shows it: what is missing, what passed, what did not."""

import enum

from msgspec import Struct

from domain.facts.requirements import RecordField


class Verdict(enum.StrEnum):
    """What an item of a checklist came to. Said not to apply without a reason, it is unanswered (K11)."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_APPLICABLE = "not_applicable"
    UNANSWERED = "unanswered"


class Safety(enum.StrEnum):
    """The safety check after repair: nobody asked for one, all of it passed, or something is open or failed (K31)."""

    NOT_ASKED = "not_asked"
    PASSED = "passed"
    OPEN = "open"


class VisitRecord(Struct, frozen=True, kw_only=True):
    """The record of one visit against what was frozen with its plan.

    `complete` (K24): neither a field nor an item of the record is missing. Items go by code: `passed` is how many,
    `unanswered` are mandatory ones, `missing_items` those of them that the record and the safety check ask for.
    `norm_kept` (K11): every mandatory item passed, or did not apply for a reason; null where none was asked for.
    `out_of_limits` are readings.
    """

    complete: bool
    missing_fields: tuple[RecordField, ...]
    missing_items: tuple[str, ...] = ()
    passed: int = 0
    failed: tuple[str, ...] = ()
    not_applicable: tuple[str, ...] = ()
    unanswered: tuple[str, ...] = ()
    norm_kept: bool | None = None
    out_of_limits: tuple[str, ...]
    safety: Safety = Safety.NOT_ASKED
