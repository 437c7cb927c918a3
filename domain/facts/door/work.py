"""What is recorded of the work: what was found, what was done, with which parts."""

import enum
from typing import Annotated

from msgspec import Meta, Struct

from domain.facts.door.attendance import VisitOutcome
from domain.facts.words import (
    Check,
    Code,
    Digest,
    Fen,
    Line,
    Quantity,
    Reading,
    Result,
    SpecialWork,
    Text,
    Warranty,
)


class PauseReason(enum.StrEnum):
    """Why work stopped for a while."""

    PARTS = "parts"
    CUSTOMER = "customer"
    BREAK = "break"
    SAFETY = "safety"
    WORKSHOP = "workshop"
    OTHER = "other"


class PartSource(enum.StrEnum):
    """Where the part came from."""

    VAN = "van"
    DEPOT = "depot"
    PURCHASED = "purchased"
    CUSTOMER = "customer"


class PartGrade(enum.StrEnum):
    """What kind of part it is (R30)."""

    MAKER = "maker"
    THIRD_PARTY = "third_party"
    RECLAIMED = "reclaimed"


class OldPart(enum.StrEnum):
    """What became of the removed part (R11, K38). `none`: nobody said. `waived`: shown, and not wanted."""

    NONE = "none"
    LEFT_WITH_CUSTOMER = "left_with_customer"
    WAIVED = "waived"
    RETURNED = "returned"
    SCRAPPED = "scrapped"
    NOTHING_REPLACED = "nothing_replaced"


class Diagnosed(Struct, frozen=True, kw_only=True):
    """What the technician found; the customer's own words stay untouched on the job."""

    symptom_confirmed: bool = True
    symptom_code: Code | None = None
    cause_code: Code | None = None
    condition_code: Code | None = None
    fault_found: bool = True
    note: Text | None = None


class WorkStarted(Struct, frozen=True, kw_only=True):
    """Tools out. `make_safe` is free work against a danger and needs no acknowledgement (G2)."""

    make_safe: bool = False
    special_work: Annotated[tuple[SpecialWork, ...], Meta(max_length=10)] = ()
    safety_checks: Annotated[tuple[Check, ...], Meta(max_length=50)] = ()


class WorkPaused(Struct, frozen=True, kw_only=True):
    """Work stopped for a while, for a stated reason."""

    reason: PauseReason
    note: Text | None = None


class WorkResumed(Struct, frozen=True, kw_only=True):
    """Work goes on."""

    note: Text | None = None


class PartUsed(Struct, frozen=True, kw_only=True):
    """A part was fitted: what, from where, which serial or batch came in and went out (K23)."""

    part_code: Code
    description: Line | None = None
    quantity_thousandths: Quantity = 1000
    unit: Code = "piece"
    source: PartSource = PartSource.VAN
    grade: PartGrade = PartGrade.MAKER
    warranty: Warranty = Warranty.PAID
    unit_price_fen: Fen = 0
    fee_line_id: Code | None = None
    serial_in: Code | None = None
    serial_out: Code | None = None
    batch: Code | None = None
    old_part: OldPart = OldPart.NONE
    photo_digests: Annotated[tuple[Digest, ...], Meta(max_length=20)] = ()


class RepairRecorded(Struct, frozen=True, kw_only=True):
    """The repair file: symptom as told, cause as found, measures, readings, result (001 二(三), K24).

    Items of checklists that passed are named in `passed`; `checks` holds those with more to say.
    """

    symptom_code: Code | None = None
    condition_code: Code | None = None
    cause_code: Code
    measure_codes: Annotated[tuple[Code, ...], Meta(min_length=1, max_length=20)]
    result: VisitOutcome
    responsibility: Code | None = None
    readings: Annotated[tuple[Reading, ...], Meta(max_length=50)] = ()
    checks: Annotated[tuple[Check, ...], Meta(max_length=100)] = ()
    photo_digests: Annotated[tuple[Digest, ...], Meta(max_length=50)] = ()
    text: Text | None = None
    passed: Annotated[tuple[Code, ...], Meta(max_length=200)] = ()


class GuidanceGiven(Struct, frozen=True, kw_only=True):
    """The customer was shown how to use or look after it (K27)."""

    topics: Annotated[tuple[Code, ...], Meta(max_length=20)]


class WorkFinished(Struct, frozen=True, kw_only=True):
    """Tools in; tested or not, tidied or not. What was tested passed, unless `test_result` says otherwise."""

    tested: bool = True
    tidied: bool = True
    test_result: Result | None = None
