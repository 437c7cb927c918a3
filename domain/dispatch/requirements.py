"""What a visit will have to show, frozen when it is planned: a later policy or certificate does not judge it."""

from collections.abc import Iterable
from datetime import date

from domain.catalogue import Checklist, ChecklistPurpose, Part, PriceList
from domain.dispatch.candidates import last_day
from domain.facts.words import Certificate, FeeKind, FrozenPrice, Requirements, SpecialWork, WorkType
from domain.people.members import MemberCertificate
from domain.steps.evidence import TOLD
from domain.steps.safety_checks import safety_checks_of

MOST_CERTIFICATES = 20
MOST_PRICES = 1_000


def requirements_of(
    work_type: WorkType, group: str | None, special_work: Iterable[SpecialWork], checklists: Iterable[Checklist]
) -> Requirements:
    """Uniform, badge, the kit, the safety checks of the special work, what an honest repair shows and tells."""
    kits = [
        list_ for list_ in checklists if list_.purpose is ChecklistPurpose.KIT and _applies(list_, work_type, group)
    ]
    items = dict.fromkeys(item.code for kit in kits for item in kit.items if item.required)
    checks = dict.fromkeys(code for work in special_work for code in safety_checks_of(work))
    return Requirements(
        kit_items=tuple(items), safety_checks=tuple(checks), badge_number=True, part_evidence=True, told=TOLD
    )


def frozen_certificates(held: Iterable[MemberCertificate], day: date) -> tuple[Certificate, ...]:
    """The certificates that have begun by the day, each until its last day: a review overdue ends it as well."""
    begun = sorted((each for each in held if each.valid_from <= day), key=last_day, reverse=True)
    return tuple(
        Certificate(kind=each.kind, number=each.number, valid_until=last_day(each).isoformat())
        for each in begun[:MOST_CERTIFICATES]
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
        part.code: FrozenPrice(code=part.code, component=FeeKind.PART, price_fen=part.price_fen) for part in parts
    }
    found = tuple({**prices, **lines}.values())
    return found if len(found) <= MOST_PRICES else ()


def _applies(checklist: Checklist, work_type: WorkType, group: str | None) -> bool:
    return (not checklist.work_types or work_type in checklist.work_types) and (
        not checklist.groups or group in checklist.groups
    )
