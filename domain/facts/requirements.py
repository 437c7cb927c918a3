"""What a visit must show, frozen into its plan: a later policy, checklist or certificate does not judge it."""

import enum
from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

from domain.facts.words import Code, Quantity

ItemCodes = Annotated[tuple[Code, ...], Meta(max_length=200)]
FaultCodes = Annotated[tuple[Code, ...], Meta(max_length=1000)]


class RecordField(enum.StrEnum):
    """What a complete record of a repair tells (K24)."""

    REPORTED_FAULT = "reported_fault"
    FOUND_FAULT = "found_fault"
    CAUSE = "cause"
    MEASURE = "measure"
    PARTS = "parts"
    TEST_RESULT = "test_result"
    TIMES = "times"
    TECHNICIAN = "technician"
    SIGN_OFF = "sign_off"
    WARRANTY_DECISION = "warranty_decision"
    FEE = "fee"


class ChecklistPurpose(enum.StrEnum):
    """When a checklist is gone through. `repair_record`: readings, photos and checks that the record needs."""

    DOOR_ROUTINE = "door_routine"
    KIT = "kit"
    REPAIR_RECORD = "repair_record"
    SAFETY_AFTER_REPAIR = "safety_after_repair"


class FrozenNumber(Struct, frozen=True, kw_only=True):
    """An item that is answered by a reading in this unit, both limits included."""

    code: Code
    unit: Code
    low_thousandths: Quantity
    high_thousandths: Quantity


class FrozenChoice(Struct, frozen=True, kw_only=True):
    """An item that is answered by one of these."""

    code: Code
    choices: Annotated[tuple[Code, ...], Meta(max_length=50)]


class FrozenChecklist(Struct, frozen=True, kw_only=True):
    """One checklist as it stood when the visit was planned; names are in the catalogue.

    `mandatory` items have to be answered, `optional` ones may be: by pass or fail, unless `numbers`, `choices` or
    `photos` ask for more. An item of two checklists is answered once.
    """

    code: Code
    purpose: ChecklistPurpose
    mandatory: ItemCodes = ()
    optional: ItemCodes = ()
    numbers: Annotated[tuple[FrozenNumber, ...], Meta(max_length=200)] = ()
    choices: Annotated[tuple[FrozenChoice, ...], Meta(max_length=200)] = ()
    photos: ItemCodes = ()


class FrozenFaultCodes(Struct, frozen=True, kw_only=True):
    """The codes that the record of this product may be written with, as the catalogue had them."""

    symptoms: FaultCodes = ()
    conditions: FaultCodes = ()
    causes: FaultCodes = ()
    measures: FaultCodes = ()


class FrozenHolidays(Struct, frozen=True, kw_only=True):
    """Holidays of these days, both included, where the organisation knows more than the product's own calendar.

    `working_days` are the Saturdays and Sundays that are worked instead.
    """

    first_day: date
    last_day: date
    holidays: Annotated[tuple[date, ...], Meta(max_length=200)] = ()
    working_days: Annotated[tuple[date, ...], Meta(max_length=100)] = ()


class Requirements(Struct, frozen=True, kw_only=True):
    """What this visit must show, frozen at dispatch so that a later policy does not judge it.

    `part_evidence`: what became of a replaced part, or its serial numbers, or photos (R11). `told`: topics of guidance.
    `record`: what the record has to tell (K24); empty where nobody froze it. `part_measures`: with one of these
    measures goes a part. `issued_codes`: codes of supervisors and customers were issued for this job (R03, R10).
    """

    uniform: bool = True
    badge: bool = True
    kit_items: Annotated[tuple[Code, ...], Meta(max_length=20)] = ()
    safety_checks: Annotated[tuple[Code, ...], Meta(max_length=50)] = ()
    sign_off: bool = True
    badge_number: bool = False
    part_evidence: bool = False
    told: Annotated[tuple[Code, ...], Meta(max_length=20)] = ()
    record: Annotated[tuple[RecordField, ...], Meta(max_length=20)] = ()
    checklists: Annotated[tuple[FrozenChecklist, ...], Meta(max_length=20)] = ()
    part_measures: Annotated[tuple[Code, ...], Meta(max_length=50)] = ()
    issued_codes: bool = False
