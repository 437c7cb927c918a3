"""Holidays of years that the product does not know: each is announced in the autumn before, and nothing computes it."""

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.calendar.china import YEARS
from domain.calendar.holiday_years import HolidayYear
from domain.people.actor import Actor
from service.http.codes import require_same_code
from service.http.endpoint import get, put
from service.http.paging import Paging, Slice
from service.store.catalogue import calendars
from service.store.catalogue import items as catalogue
from service.store.catalogue.kinds import HolidayYearEntry

_YEAR = HolidayYearEntry(version=1, item=YEARS[-1])


class HolidayYearPage(Slice[HolidayYearEntry], frozen=True, kw_only=True):
    """Part of the list of years that the organisation entered."""


@get("/v1/catalogue/holiday-years", right="read_catalogue")
async def list_holiday_years(actor: Actor, db: AsyncConnection, query: Paging) -> HolidayYearPage:
    """List the years that the organisation entered itself.

    Those that the product knows are in the catalogue's bundle, unless the organisation entered them anew.
    """
    return await catalogue.page(db, actor.org_id, HolidayYearEntry, query, HolidayYearPage)


@get("/v1/catalogue/holiday-years/{code}", right="read_catalogue", problems=("not_found",), response_example=_YEAR)
async def read_holiday_year(actor: Actor, db: AsyncConnection, code: str) -> HolidayYearEntry:
    """Read one year that the organisation entered."""
    return await catalogue.read_entry(db, actor.org_id, HolidayYearEntry, code)


@put(
    "/v1/catalogue/holiday-years/{code}",
    right="edit_holidays",
    problems=("version_changed",),
    example=_YEAR.item,
)
async def put_holiday_year(
    actor: Actor, db: AsyncConnection, code: str, body: HolidayYear, expected_version: int
) -> HolidayYearEntry:
    """Enter the holidays of a year (`If-Match: "0"`), or what was announced anew (If-Match: its version).

    From then on quotes, warranty decisions and alarms go by it, and phones get it with the catalogue. Visits planned
    from then on freeze it for their refunds. A year that touches no known one is refused.
    """
    require_same_code(code, body.code)
    return await calendars.put_year(db, actor, body, expected_version)
