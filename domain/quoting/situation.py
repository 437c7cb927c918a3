"""Fees that follow from where, when and how: coming, looking, distance, height, night and holiday."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from domain.calendar.holidays import is_working_day
from domain.catalogue import PriceLine
from domain.facts.words import FeeKind
from domain.prices.amounts import percent_of
from domain.prices.rules import SITUATION, PriceRules
from domain.quoting.drafts import Draft, decided, drafted, explained, reduced
from domain.quoting.request import QuoteRequest, Tariff

ONE = 1000


def situation(request: QuoteRequest, tariff: Tariff) -> list[Draft]:
    """The fees that the occasion lets charge and the situation brings about. The request has no problem."""
    charged = tariff.price_list.rules.on(request.occasion).charged
    found = []
    for component in SITUATION:
        entry = tariff.situation(component, request.area)
        if component in charged and entry is not None:
            draft = _DRAFTS[component](request, tariff, entry)
            found += [] if draft is None else [_borne(draft, request, tariff.price_list.rules)]
    return found


def begins_at_night(begins_at: datetime, rules: PriceRules) -> bool:
    """Whether this local time lies in the night, its first minute included, its last moment not; it may span 0:00."""
    time, since, until = begins_at.strftime("%H:%M"), rules.night_from, rules.night_until
    return since <= time < until if since <= until else time >= since or time < until


def _borne(draft: Draft, request: QuoteRequest, rules: PriceRules) -> Draft:
    """Nothing for what is covered, and nothing a second time."""
    kind = draft.line.kind
    decision = next((each for each in request.decisions if each.component is kind), None)
    if decision is not None:
        draft = decided(draft, decision.warranty, decision.basis, request.language)
    if draft.line.amount_fen > 0 and kind in rules.once_per_report and kind in request.charged_before:
        return reduced(draft, 0, request.language, "charged_before")
    return draft


def _visit(request: QuoteRequest, tariff: Tariff, entry: PriceLine) -> Draft:
    draft = _listed(request, tariff, entry)
    free = tariff.price_list.rules.visit_free_codes
    if request.lines and all(line.code in free for line in request.lines):
        return reduced(draft, 0, request.language, "visit_free")
    return draft


def _diagnosis(request: QuoteRequest, tariff: Tariff, entry: PriceLine) -> Draft | None:
    if not request.diagnosis:
        return None
    draft, rule = _listed(request, tariff, entry), tariff.price_list.rules.on(request.occasion)
    if rule.diagnosis_percent == 100:
        return draft
    if rule.diagnosis_percent == 0:
        return reduced(draft, 0, request.language, f"diagnosis_free_{request.occasion}")
    amount_fen, percent = percent_of(entry.price_fen, rule.diagnosis_percent), str(rule.diagnosis_percent)
    return reduced(draft, amount_fen, request.language, f"diagnosis_{request.occasion}", percent=percent)


def _distance(request: QuoteRequest, _tariff: Tariff, entry: PriceLine) -> Draft | None:
    kilometres = -(-request.distance_metres // 1000)
    charged = kilometres - entry.free_units
    if charged <= 0:
        return None
    draft = drafted(entry.component, entry, charged * ONE, request.language)
    parameters = {"kilometres": str(kilometres), "free": str(entry.free_units), "charged": str(charged)}
    return explained(draft, "distance", **parameters)


def _height(request: QuoteRequest, tariff: Tariff, entry: PriceLine) -> Draft | None:
    metres = tariff.price_list.rules.height_from_metres
    if not 0 < request.fall_height_centimetres >= metres * 100:
        return None
    return explained(drafted(entry.component, entry, ONE, request.language), "height", metres=str(metres))


def _night(request: QuoteRequest, tariff: Tariff, entry: PriceLine) -> Draft | None:
    rules, begins_at = tariff.price_list.rules, request.begins_at.astimezone(ZoneInfo(request.time_zone))
    if not begins_at_night(begins_at, rules):
        return None
    parameters = {"time": f"{begins_at:%H:%M}", "from": rules.night_from, "until": rules.night_until}
    return explained(drafted(entry.component, entry, ONE, request.language), "night", **parameters)


def _holiday(request: QuoteRequest, tariff: Tariff, entry: PriceLine) -> Draft | None:
    day = request.begins_at.astimezone(ZoneInfo(request.time_zone)).date()
    weekends = tariff.price_list.rules.weekends_are_holidays and not is_working_day(tariff.calendar, day)
    if not weekends and day not in tariff.calendar.holidays:
        return None
    return explained(drafted(entry.component, entry, ONE, request.language), "holiday", day=day.isoformat())


def _listed(request: QuoteRequest, tariff: Tariff, entry: PriceLine) -> Draft:
    draft = drafted(entry.component, entry, ONE, request.language)
    return explained(draft, "list_price", list=tariff.price_list.code)


_DRAFTS: dict[FeeKind, Callable[[QuoteRequest, Tariff, PriceLine], Draft | None]] = {
    FeeKind.VISIT: _visit,
    FeeKind.DIAGNOSIS: _diagnosis,
    FeeKind.DISTANCE: _distance,
    FeeKind.HEIGHT: _height,
    FeeKind.NIGHT: _night,
    FeeKind.HOLIDAY: _holiday,
}
