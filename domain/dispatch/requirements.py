"""What a visit will have to show, frozen when it is planned: a later policy or certificate does not judge it."""

from collections.abc import Iterable
from datetime import date

from msgspec.structs import replace

from domain.catalogue import AnswerKind, Checklist, FaultCode, FaultCodeKind, Part, PriceList
from domain.dispatch.candidates import last_day
from domain.facts.requirements import (
    ChecklistPurpose,
    FrozenChecklist,
    FrozenChoice,
    FrozenFaultCodes,
    FrozenNumber,
    Requirements,
)
from domain.facts.words import Certificate, FeeKind, FrozenPrice, SpecialWork, WorkType
from domain.people.members import MemberCertificate
from domain.repair_record.fields import FIELDS_BY_WORK
from domain.steps.evidence import TOLD
from domain.steps.safety_checks import safety_checks_of

MOST_CERTIFICATES = 20
MOST_PRICES = 1_000
MOST_KIT_ITEMS = 20
MOST_CHECKLISTS = 20
MOST_PART_MEASURES = 50
MOST_FAULT_CODES = 1_000
HOLIDAYS_AHEAD_DAYS = 120
"""Refunds of a visit fall due within these days of it, or go by what is built in."""


def requirements_of(
    work_type: WorkType,
    group: str | None,
    special_work: Iterable[SpecialWork],
    checklists: Iterable[Checklist],
    fault_codes: Iterable[FaultCode] = (),
) -> Requirements:
    """Uniform, badge, kit, the safety checks of the special work, what an honest repair shows, tells and records."""
    asked = [list_ for list_ in checklists if _applies(list_, work_type, group)]
    kits = [list_ for list_ in asked if list_.purpose is ChecklistPurpose.KIT]
    items = dict.fromkeys(item.code for kit in kits for item in kit.items if item.required)
    checks = dict.fromkeys(code for work in special_work for code in safety_checks_of(work))
    return Requirements(
        kit_items=tuple(items)[:MOST_KIT_ITEMS],
        safety_checks=tuple(checks),
        badge_number=True,
        part_evidence=True,
        told=TOLD,
        issued_codes=True,
        record=FIELDS_BY_WORK[work_type],
        checklists=tuple(_frozen(list_) for list_ in asked if list_ not in kits)[:MOST_CHECKLISTS],
        part_measures=tuple(code.code for code in fault_codes if code.needs_part)[:MOST_PART_MEASURES],
    )


def frozen_fault_codes(codes: Iterable[FaultCode], group: str | None) -> FrozenFaultCodes | None:
    """The codes for this product group; of an unknown group every code. None where the catalogue has none at all."""
    fitting = [code for code in codes if group is None or not code.groups or group in code.groups]
    by_kind = {kind: tuple(code.code for code in fitting if code.kind is kind) for kind in FaultCodeKind}
    if not fitting or max(map(len, by_kind.values())) > MOST_FAULT_CODES:
        return None
    return FrozenFaultCodes(
        symptoms=by_kind[FaultCodeKind.SYMPTOM],
        conditions=by_kind[FaultCodeKind.CONDITION],
        causes=by_kind[FaultCodeKind.CAUSE],
        measures=by_kind[FaultCodeKind.MEASURE],
    )


def frozen_certificates(held: Iterable[MemberCertificate], day: date) -> tuple[Certificate, ...]:
    """The certificates, each until its last day: a review overdue ends it as well (K25).

    Those that hold on the day come first; one that begins later serves when the visit is moved.
    """
    ordered = sorted(held, key=lambda each: (each.valid_from <= day, last_day(each)), reverse=True)
    return tuple(
        Certificate(
            kind=each.kind,
            number=each.number,
            valid_from=each.valid_from.isoformat(),
            valid_until=last_day(each).isoformat(),
        )
        for each in ordered[:MOST_CERTIFICATES]
    )


def frozen_prices(of: PriceList, parts: Iterable[Part]) -> tuple[FrozenPrice, ...]:
    """What each code costs, the list before a part of the same code (R03). Of more than can be frozen, none is."""
    lines = {
        line.code: FrozenPrice(
            code=line.code, component=line.component, price_fen=line.price_fen, by_quote=line.by_quote
        )
        for line in of.lines
    }
    prices = {
        part.code: FrozenPrice(code=part.code, component=FeeKind.PART, price_fen=part.price_fen, tracked=part.tracked)
        for part in parts
    }
    advertised = {each.code: each.price_fen for each in of.advertised}
    found = tuple(replace(price, advertised_fen=advertised.get(price.code)) for price in {**prices, **lines}.values())
    return found if len(found) <= MOST_PRICES else ()


def _frozen(checklist: Checklist) -> FrozenChecklist:
    return FrozenChecklist(
        code=checklist.code,
        purpose=checklist.purpose,
        mandatory=tuple(item.code for item in checklist.items if item.required),
        optional=tuple(item.code for item in checklist.items if not item.required),
        numbers=tuple(
            FrozenNumber(
                code=item.code,
                unit=limits.unit,
                low_thousandths=limits.low_thousandths,
                high_thousandths=limits.high_thousandths,
            )
            for item in checklist.items
            for limits in item.limits
        ),
        choices=tuple(
            FrozenChoice(code=item.code, choices=tuple(choice.code for choice in item.choices))
            for item in checklist.items
            if item.choices
        ),
        photos=tuple(item.code for item in checklist.items if item.answer is AnswerKind.PHOTO),
    )


def _applies(checklist: Checklist, work_type: WorkType, group: str | None) -> bool:
    return (not checklist.work_types or work_type in checklist.work_types) and (
        not checklist.groups or group in checklist.groups
    )
