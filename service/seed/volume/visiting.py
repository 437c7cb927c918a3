"""How a visit was promised, moved, called off, and who came when."""

from datetime import datetime, timedelta
from random import Random

from msgspec import Struct
from msgspec.structs import replace

from service.seed.volume.crew import Rota
from service.seed.volume.days import SLOTS, day_of, minutes, moment, next_morning
from service.seed.volume.door import accepted_in_the_morning, attended
from service.seed.volume.plots import Plot
from service.seed.volume.scene import Scene
from service.seed.volume.visit_records import Attendance, CallOff, Contact, Promise, Visit

EVENING_BEFORE = (17, 30)
WAIT_DAYS = {"a_day": 1, "two_days": 2, "three_days": 3}


class Errand(Struct, frozen=True, kw_only=True):
    """What is needed to send somebody: from when on, and for an urgent order when it was accepted."""

    scene: Scene
    planned_at: datetime
    is_urgent: bool
    accepted_at: datetime | None = None
    plain: bool = False
    """A further visit: in time, never moved."""


def visits_of(draw: Random, rota: Rota, errand: Errand) -> tuple[Visit, ...]:
    """The visit as it was promised, moved and made; two where another technician took it over."""
    plot = errand.scene.plot if not errand.plain else {**errand.scene.plot, "arrival": "in_time", "move": "none"}
    promise, login = _first_promise(draw, rota, errand)
    promises = (promise,) if errand.is_urgent else _moved(plot, promise)
    calls = _appointment(draw, plot, promise) if not errand.plain else ()
    held = rota.technician(login).certificates
    visit = Visit(
        technician=login,
        promises=promises,
        certificates=held,
        calls=calls,
        several_planned=plot["second"] == "planned" and not errand.plain,
    )
    if plot["move"] == "reassigned" and not errand.is_urgent:
        return _reassigned(draw, rota, errand, plot, visit)
    return (replace(visit, attendance=_attendance(draw, errand, plot, visit)),)


def _first_promise(draw: Random, rota: Rota, errand: Errand) -> tuple[Promise, str]:
    scene, day = errand.scene, day_of(errand.planned_at)
    if not errand.is_urgent:
        soon = errand.plain or scene.plot["response"] == "by_acceptance"
        day += timedelta(days=1 if soon else WAIT_DAYS[scene.plot["wait"]])
    slot = None
    if errand.is_urgent:
        slot = 2 if errand.planned_at <= moment(day, 12, 45) else 3
    login = rota.book(draw, scene.outlet, day, scene.special, slot)
    begins, ends = SLOTS[rota.take(login, day, slot)]
    return Promise(at=errand.planned_at, start=moment(day, begins), end=moment(day, ends)), login


def _moved(plot: Plot, first: Promise) -> tuple[Promise, ...]:
    """Moved to the next day, by whom and with whose leave the plot says."""
    word, day = plot["move"], timedelta(days=1)
    if word in ("none", "reassigned"):
        return (first,)
    evening = moment(day_of(first.start) - day, *EVENING_BEFORE)
    at = first.start + minutes(20) if word == "by_customer_late" else max(first.at + minutes(3), evening)
    asked_by = "customer" if word.startswith("by_customer") else "company"
    moved = Promise(at=at, start=first.start + day, end=first.end + day, asked_by=asked_by, agreed=word != "not_agreed")
    return (first, moved)


def _appointment(draw: Random, plot: Plot, promise: Promise) -> tuple[Contact, ...]:
    """The desk calls to agree on the time."""
    word, closing = plot["appointment"], moment(day_of(promise.at), 18, 25)
    if word == "never":
        return ()
    wait = {"to_the_minute": 30.0, "late": 30.0 + draw.randint(1, 40), "unreached": 7.0}.get(word, draw.randint(2, 12))
    at = promise.at + minutes(wait)
    if at > closing:
        at = promise.at + minutes(2)
    return (Contact(at=at, reached=word != "unreached"),)


def _reassigned(draw: Random, rota: Rota, errand: Errand, plot: Plot, visit: Visit) -> tuple[Visit, ...]:
    """A quarter of an hour later the desk gives the same window to somebody else, who keeps it."""
    (first,) = visit.promises
    login = next(
        each.login
        for each in rota.crew
        if each.outlet == errand.scene.outlet and each.login != visit.technician and len(each.certificates) >= 3
    )
    given = replace(first, at=first.at + minutes(15))
    second = replace(
        visit,
        technician=login,
        promises=(first, given),
        certificates=rota.technician(login).certificates,
        calls=tuple(each for each in visit.calls if each.at >= given.at),
        replaces=0,
    )
    attendance = _attendance(draw, errand, plot, second)
    calls = tuple(each for each in visit.calls if each.at < given.at)
    return replace(visit, calls=calls, superseded=True), replace(second, attendance=attendance)


def _attendance(draw: Random, errand: Errand, plot: Plot, visit: Visit) -> Attendance | None:
    if plot["arrival"] == "no_show":
        return None
    window = visit.promises[-1]
    arrived_at, calls = _arrival(draw, plot, window)
    accepted_at = errand.accepted_at or accepted_in_the_morning(draw, window.start)
    if errand.is_urgent and errand.accepted_at is None:
        accepted_at = visit.planned_at + minutes(4)
    made = attended(draw, errand.scene, arrived_at, accepted_at)
    return replace(made, calls=calls)


def _arrival(draw: Random, plot: Plot, window: Promise) -> tuple[datetime, tuple[Contact, ...]]:
    word, end = plot["arrival"], window.end
    if word == "in_time":
        return window.start + timedelta(seconds=draw.randint(60, 6_900)), ()
    if word == "early":
        return window.start - minutes(draw.randint(1, 20)), ()
    late = {
        "to_the_second": timedelta(),
        "a_second_late": timedelta(seconds=1),
        "late": minutes(draw.choice([5, 17, 29, 30])),
        "very_late": minutes(draw.choice([31, 40, 65])),
    }.get(word, minutes(draw.randint(10, 50)))
    ahead = {"late_told_well": draw.choice([30, 31, 45]), "late_told": draw.choice([1, 12, 29])}.get(word)
    if ahead is None:
        return end + late, ()
    told = Contact(at=end - minutes(ahead), reached=True, late_until=end + minutes(60))
    return end + late, (told,)


def called_off(visit: Visit, side: str, at: datetime) -> Visit:
    return replace(visit, call_off=CallOff(at=at, side=side), attendance=None)


def after_no_show(visit: Visit) -> tuple[Visit, datetime]:
    """Nobody came: the next morning the desk takes the visit back, and plans another."""
    at = next_morning(visit.promises[-1].end, hour=8, minute=40)
    return called_off(visit, "company", at), at + minutes(5)
