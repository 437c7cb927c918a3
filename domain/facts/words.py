"""The small types that facts are spelt with: bounded numbers, bounded text, closed lists of words."""

import enum
from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

Code = Annotated[str, Meta(min_length=1, max_length=64)]
Line = Annotated[str, Meta(max_length=200)]
Text = Annotated[str, Meta(max_length=4000)]
Digest = Annotated[str, Meta(pattern="^[0-9a-f]{64}$", description="SHA-256, lower-case hexadecimal")]
Fen = Annotated[int, Meta(ge=-1_000_000_000_000, le=1_000_000_000_000, description="Minor units of the currency")]
Quantity = Annotated[int, Meta(ge=-100_000_000, le=100_000_000, description="Thousandths of the unit: 1500 is 1.5")]
Minutes = Annotated[int, Meta(ge=0, le=100_000)]
Count = Annotated[int, Meta(ge=0, le=1_000_000)]
Version = Annotated[int, Meta(ge=0, le=2**53)]
Instant = Annotated[datetime, Meta(tz=True)]


class Result(enum.StrEnum):
    """The answer to one check."""

    PASS = "pass"  # noqa: S105 - a word, not a password
    FAIL = "fail"
    NOT_APPLICABLE = "not_applicable"


class Side(enum.StrEnum):
    """Who wanted something: it decides whose delay it was."""

    CUSTOMER = "customer"
    COMPANY = "company"
    TECHNICIAN = "technician"


class WorkType(enum.StrEnum):
    """What the job is for (004 4.2.1, 000 四(一))."""

    REPAIR = "repair"
    INSTALL = "install"
    MAINTAIN = "maintain"
    CLEAN = "clean"
    INSPECT = "inspect"
    GUIDE = "guide"
    RETURN_CHECK = "return_check"
    COMPLAINT_VISIT = "complaint_visit"
    REMOVE = "remove"


class Priority(enum.StrEnum):
    """Urgent jobs have a response limit of one hour (K02)."""

    NORMAL = "normal"
    URGENT = "urgent"


class Channel(enum.StrEnum):
    """Where the request came in."""

    PHONE = "phone"
    ONLINE = "online"
    OUTLET = "outlet"
    DOOR = "door"
    INTEGRATION = "integration"


class SpecialWork(enum.StrEnum):
    """Work that only the holder of a state certificate may do (R16)."""

    HEIGHT = "height"
    REFRIGERATION = "refrigeration"
    ELECTRICITY = "electricity"
    GAS = "gas"
    WELDING = "welding"
    CHEMICALS = "chemicals"


class Warranty(enum.StrEnum):
    """The decision for a line or a job, each with a basis (R20-R26)."""

    UNKNOWN = "unknown"
    COVERED_WHOLE = "covered_whole"
    COVERED_MAIN_PART = "covered_main_part"
    COVERED_REPAIR_GUARANTEE = "covered_repair_guarantee"
    GOODWILL = "goodwill"
    PAID = "paid"


class FeeKind(enum.StrEnum):
    """The components a bill may have (domain 4.2)."""

    VISIT = "visit"
    DIAGNOSIS = "diagnosis"
    LABOUR = "labour"
    PART = "part"
    MATERIAL = "material"
    DISTANCE = "distance"
    HEIGHT = "height"
    CRANE = "crane"
    NIGHT = "night"
    HOLIDAY = "holiday"
    MOVING = "moving"
    CLEANING = "cleaning"
    DISCOUNT = "discount"


class CoordinateSystem(enum.StrEnum):
    """Phones in China often report GCJ-02; mixing it with WGS84 errs by hundreds of metres."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"


class Position(Struct, frozen=True, kw_only=True):
    """Where the phone was, at a job event only; there is no track (R15)."""

    latitude: Annotated[float, Meta(ge=-90, le=90)]
    longitude: Annotated[float, Meta(ge=-180, le=180)]
    accuracy_metres: Annotated[int, Meta(ge=0, le=1_000_000)]
    coordinate_system: CoordinateSystem


class Check(Struct, frozen=True, kw_only=True):
    """One checked item: what, the answer, and why when it is not a pass; `choice` of several where asked."""

    code: Code
    result: Result
    reason: Line | None = None
    photo_digests: Annotated[tuple[Digest, ...], Meta(max_length=20)] = ()
    choice: Code | None = None


class Reading(Struct, frozen=True, kw_only=True):
    """A measured value in thousandths of its unit. Limits frozen with the plan count before those given here."""

    code: Code
    value_thousandths: Quantity
    unit: Code
    low_thousandths: Quantity | None = None
    high_thousandths: Quantity | None = None


class Certificate(Struct, frozen=True, kw_only=True):
    """A certificate as it stood when the visit was planned; both days are inclusive, YYYY-MM-DD in site time.

    `valid_until` is the day of the next review where that comes before the end (K25).
    """

    kind: SpecialWork
    number: Code
    valid_until: Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    valid_from: Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")] | None = None


class PartNeed(Struct, frozen=True, kw_only=True):
    """A part that a visit should bring along."""

    part_code: Code
    quantity_thousandths: Quantity


class Tracking(enum.StrEnum):
    """What has to be written down about the piece that was fitted."""

    SERIAL = "serial"
    BATCH = "batch"
    NONE = "none"


class FrozenPrice(Struct, frozen=True, kw_only=True):
    """What one code cost when the visit was planned. `by_quote`: the price is the least, and the real one is agreed.

    `advertised_fen`: what an advertisement said of it; null where none did (R19).
    """

    code: Code
    component: FeeKind
    price_fen: Fen
    by_quote: bool = False
    tracked: Tracking = Tracking.NONE
    advertised_fen: Fen | None = None


class FeeLine(Struct, frozen=True, kw_only=True):
    """One line of a fee disclosure or a bill (R01).

    `list_price_fen` is what the price list says for one unit; above it only with a supervisor's code (R03).
    """

    line_id: Code
    kind: FeeKind
    code: Code
    description: Line
    quantity_thousandths: Quantity
    unit_price_fen: Fen
    amount_fen: Fen
    warranty: Warranty = Warranty.PAID
    reason: Line | None = None
    list_price_fen: Fen | None = None
    supervisor_code: Code | None = None
