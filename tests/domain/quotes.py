"""The published cases of quotes, and the sample tariff, for tests."""

import json
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from domain.calendar.holidays import HolidayCalendar
from domain.catalogue import Part, PriceList
from domain.facts.words import WorkType
from domain.quoting.answer import Quote, Unquotable
from domain.quoting.quote import quote
from domain.quoting.request import QuoteRequest, Tariff
from domain.quoting.tariffs import day_at_site, tariff_of

FOLDER = Path(__file__).parents[2] / "openapi/vectors/quotes"
WORDS = json.loads((FOLDER / "tariffs/words.json").read_text(encoding="utf-8"))


class Prices(msgspec.Struct, frozen=True):
    """Everything in `tariffs/prices.json`."""

    price_lists: dict[str, tuple[PriceList, ...]]
    parts: tuple[Part, ...]
    calendar: HolidayCalendar


PRICES = msgspec.json.decode((FOLDER / "tariffs/prices.json").read_bytes(), type=Prices)

FILES = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}
CASES = {f"{stem}/{case['name']}": case for stem, content in FILES.items() for case in content["cases"]}


def tariff(
    day: date,
    code: str | None = None,
    prices: str = "sample",
    outlet_id: UUID | None = None,
    work_type: WorkType | None = None,
) -> Tariff:
    """The list named, or the one in force there on the day."""
    lists = PRICES.price_lists[prices]
    found = tariff_of(lists, PRICES.parts, PRICES.calendar, day, code, outlet_id, work_type)
    assert found is not None
    return found


def quoted(asked: dict[str, Any], code: str | None = None, prices: str = "sample") -> Quote | Unquotable:
    """What the request comes to."""
    request = msgspec.convert(asked, QuoteRequest)
    return quote(request, tariff(_day(request), code, prices, request.outlet_id, request.work_type))


def _day(request: QuoteRequest) -> date:
    """At the site; anywhere when there is no such place."""
    return day_at_site(request.quoted_at, request.time_zone) or request.quoted_at.date()


def told(found: Quote | Unquotable) -> dict[str, Any]:
    """As a case expects it: lines with the codes of their rules, or problems."""
    if isinstance(found, Unquotable):
        return {"problems": [{"pointer": each.pointer, "code": each.code} for each in found.problems]}
    lines = [
        {
            **msgspec.to_builtins(line),
            "rules": [each.code for each in found.explanations if each.line_id == line.line_id],
        }
        for line in found.lines
    ]
    return {"lines": lines, "total_fen": found.total_fen}
