"""The holidays that an organisation goes by: the product's years, and those that it entered itself."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.calendar.china import YEARS
from domain.calendar.holiday_years import HolidayYear, calendar_of, in_place_of
from domain.calendar.holidays import HolidayCalendar
from domain.people.actor import Actor
from service.http.errors import Violation, invalid_body
from service.store.catalogue import items
from service.store.catalogue.kinds import HolidayYearEntry


async def of_organisation(db: AsyncConnection, org_id: UUID) -> HolidayCalendar:
    """Up to the end of the last year that is known without a gap."""
    return calendar_of(in_place_of(YEARS, await items.items(db, org_id, HolidayYear)))


async def put_year(db: AsyncConnection, actor: Actor, year: HolidayYear, expected_version: int) -> HolidayYearEntry:
    """Enter a year, or what was announced anew of it. One that touches no known year is refused: it would not serve."""
    known = in_place_of(YEARS, await items.items(db, actor.org_id, HolidayYear))
    if all(abs(each.year - year.year) > 1 for each in known):
        raise invalid_body(Violation("/code", "year_apart"))
    return await items.put_item(db, actor.org_id, HolidayYearEntry, year, expected_version)
