"""Which price list a quote is made from."""

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from domain.calendar.holidays import HolidayCalendar
from domain.catalogue import Part, PriceList, price_list_on
from domain.quoting.request import Tariff


def tariff_of(
    lists: Iterable[PriceList], parts: Iterable[Part], calendar: HolidayCalendar, day: date, code: str | None = None
) -> Tariff | None:
    """The list named, or the one in force on the day; None when there is none such."""
    lists = tuple(lists)
    named = (each for each in lists if each.code == code)
    found = price_list_on(lists, day) if code is None else next(named, None)
    if found is None:
        return None
    return Tariff(price_list=found, superseded_on=superseded_on(lists, found), parts=tuple(parts), calendar=calendar)


def superseded_on(lists: Iterable[PriceList], of: PriceList) -> date | None:
    """The day on which a later list takes the place of this one; None as long as none is known."""
    later = (each.valid_from for each in lists if (each.valid_from, each.code) > (of.valid_from, of.code))
    return min(later, default=None)


def day_at_site(at: datetime, time_zone: str) -> date | None:
    """The day that it is there; None where there is no such place."""
    try:
        return at.astimezone(ZoneInfo(time_zone)).date()
    except (ZoneInfoNotFoundError, ValueError, OSError, OverflowError):
        return None
