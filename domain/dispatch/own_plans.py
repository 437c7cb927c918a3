"""What a plan that a technician made at the door is judged by: what the desk would have frozen, from a catalogue."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from msgspec import Struct
from msgspec.structs import asdict

from domain.calendar.china import CHINA
from domain.calendar.holiday_years import calendar_of, frozen_from
from domain.catalogue import CatalogueBundle
from domain.dispatch.requirements import (
    HOLIDAYS_AHEAD_DAYS,
    frozen_certificates,
    frozen_fault_codes,
    frozen_prices,
    requirements_of,
)
from domain.facts.desk import PlanFrozen
from domain.facts.requirements import FrozenHolidays
from domain.facts.words import SpecialWork, WorkType
from domain.people.members import MemberCertificate
from domain.prices.lists import price_list_on
from domain.prices.rules import Occasion


class Work(Struct, frozen=True, kw_only=True):
    """What of the job decides what a visit must show."""

    outlet_id: UUID | None
    work_type: WorkType
    product_code: str | None
    special_work: tuple[SpecialWork, ...]


def frozen_for(
    plan_fact_id: UUID, work: Work, bundle: CatalogueBundle, held: Iterable[MemberCertificate], day: date
) -> PlanFrozen:
    """As the desk freezes it for that day, by the price list in force."""
    group = next((each.group for each in bundle.products if each.code == work.product_code), None)
    prices = price_list_on(bundle.price_lists, day, work.outlet_id, work.work_type)
    told = frozen_from(calendar_of(bundle.holiday_years), CHINA, day, HOLIDAYS_AHEAD_DAYS)
    return PlanFrozen(
        plan_fact_id=plan_fact_id,
        requirements=requirements_of(work.work_type, group, work.special_work, bundle.checklists, bundle.fault_codes),
        certificates=frozen_certificates(held, day),
        price_list_code=None if prices is None else prices.code,
        declined_diagnosis_percent=100 if prices is None else prices.rules.on(Occasion.WORK_DECLINED).diagnosis_percent,
        prices=() if prices is None else frozen_prices(prices, bundle.parts),
        fault_codes=frozen_fault_codes(bundle.fault_codes, group),
        holidays=None if told is None else FrozenHolidays(**asdict(told)),
    )
