"""Which price list a quote is made from."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from domain.calendar.holidays import HolidayCalendar
from domain.catalogue import Part, PriceList
from domain.facts.words import WorkType
from domain.prices.lists import price_list_on, superseded_on
from domain.quoting.request import Tariff


def tariff_of(
    lists: Iterable[PriceList],
    parts: Iterable[Part],
    calendar: HolidayCalendar,
    day: date,
    code: str | None = None,
    outlet_id: UUID | None = None,
    work_type: WorkType | None = None,
) -> Tariff | None:
    """The list named, or the one in force there on the day; None when there is none such."""
    lists = tuple(lists)
    named = (each for each in lists if each.code == code)
    found = price_list_on(lists, day, outlet_id, work_type) if code is None else next(named, None)
    if found is None:
        return None
    superseded = superseded_on(lists, found, outlet_id, work_type)
    return Tariff(price_list=found, superseded_on=superseded, parts=tuple(parts), calendar=calendar)


def day_at_site(at: datetime, time_zone: str) -> date | None:
    """The day that it is there; None where there is no such place."""
    try:
        return at.astimezone(ZoneInfo(time_zone)).date()
    except (ZoneInfoNotFoundError, ValueError, OSError, OverflowError):
        return None
