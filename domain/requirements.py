"""What a visit will have to show, frozen when it is planned: a later policy or certificate does not judge it."""

from collections.abc import Iterable
from datetime import date

from domain.candidates import last_day
from domain.catalogue import Checklist, ChecklistPurpose
from domain.facts.words import Certificate, Requirements, SpecialWork, WorkType
from domain.people import MemberCertificate
from domain.safety_checks import safety_checks_of

MOST_CERTIFICATES = 20


def requirements_of(
    work_type: WorkType, group: str | None, special_work: Iterable[SpecialWork], checklists: Iterable[Checklist]
) -> Requirements:
    """Uniform, badge, the kit's items, the safety checks of the special work, a sign-off."""
    kits = [
        list_ for list_ in checklists if list_.purpose is ChecklistPurpose.KIT and _applies(list_, work_type, group)
    ]
    items = dict.fromkeys(item.code for kit in kits for item in kit.items if item.required)
    checks = dict.fromkeys(code for work in special_work for code in safety_checks_of(work))
    return Requirements(kit_items=tuple(items), safety_checks=tuple(checks))


def frozen_certificates(held: Iterable[MemberCertificate], day: date) -> tuple[Certificate, ...]:
    """The certificates that have begun by the day, each until its last day: a review overdue ends it as well."""
    begun = sorted((each for each in held if each.valid_from <= day), key=last_day, reverse=True)
    return tuple(
        Certificate(kind=each.kind, number=each.number, valid_until=last_day(each).isoformat())
        for each in begun[:MOST_CERTIFICATES]
    )


def _applies(checklist: Checklist, work_type: WorkType, group: str | None) -> bool:
    return (not checklist.work_types or work_type in checklist.work_types) and (
        not checklist.groups or group in checklist.groups
    )
