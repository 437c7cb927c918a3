"""The orders that must exist (domain 6) and the boundary vectors (3.4): each the plain plot, with one thing set."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random

from msgspec import Struct
from msgspec.structs import replace

from service.seed.volume import goods
from service.seed.volume.crew import Rota
from service.seed.volume.days import SITE_TIME, moment
from service.seed.volume.life import order_of
from service.seed.volume.plots import ASPECTS, Plot
from service.seed.volume.records import Household, Order, Refund, Reply, WarrantyDecision
from service.seed.volume.visit_records import Attendance, CallOff, Line, Quote, Span, Visit

PLAIN: Plot = {aspect: next(iter(words)) for aspect, words in ASPECTS.items()}
Mend = Callable[[Order], Order]


class Boundary(Struct, frozen=True, kw_only=True):
    """One order: for which house, on which day, with what in store, and what is set by hand."""

    house: str
    day: date
    product: str = "LS-KF35"
    plot: dict[str, str] = {}
    symptom: str | None = None
    mend: Mend | None = None


def boundary_orders(rota: Rota, households: list[Household]) -> list[Order]:
    """All of them; their houses are added to the others."""
    draw = Random(15)  # noqa: S311 (a sample, not a secret)
    homes: dict[str, Household] = {}
    orders = []
    for number, each in enumerate(BOUNDARIES, 1):
        plot = {**PLAIN, **each.plot}
        if each.house not in homes:
            homes[each.house] = _house(each, plot, len(households) + len(homes) + 1)
        order = order_of(draw, rota, plot, f"{plot['outlet']}-B{number:02}", each.day, homes[each.house])
        order = replace(order, symptom=each.symptom or order.symptom)
        orders.append(order if each.mend is None else each.mend(order))
    households.extend(homes.values())
    return orders


def _house(boundary: Boundary, plot: Plot, number: int) -> Household:
    bought = date(2024, 12, 1) if plot["warranty"] == "covered" else date(2019, 5, 1)
    return Household(
        number=number,
        outlet=plot["outlet"],
        product=boundary.product,
        asset=f"{boundary.product}-V{number:05}",
        bought_on=bought,
    )


def _answered_after(seconds: int) -> Mend:
    """First processed so long after the request; whatever else the desk did comes later anyway."""

    def mend(order: Order) -> Order:
        reply = Reply(at=order.requested_at + timedelta(seconds=seconds), means="called")
        return replace(order, replies=(reply,))

    return mend


def _gas_smell(order: Order) -> Order:
    """Answered after 58 minutes, made safe, and nothing charged."""
    order = replace(_answered_after(58 * 60)(order), warranty="paid")
    return _with_attendance(
        order, lambda made: replace(made, make_safe=True, quotes=(), bills=(), payments=(), measures=("M09",))
    )


def _moved_by_technician(order: Order) -> Order:
    visit = order.visits[0]
    first, moved = visit.promises
    return replace(
        order, visits=(replace(visit, promises=(first, replace(moved, asked_by="technician", agreed=False))),)
    )


def _added_item(order: Order) -> Order:
    """In the middle of the work something is added, told, and agreed to."""

    def mend(made: Attendance) -> Attendance:
        (quote,), (span,), (bill,) = made.quotes, made.spans, made.bills
        middle = span.begins + (span.ends - span.begins) / 2
        lines = (*quote.lines, Line(code="F-HEIGHT", kind="height", fen=15_000, list_fen=15_000))
        told, agreed_at = middle + timedelta(minutes=1), middle + timedelta(minutes=3)
        added = Quote(at=told, lines=lines, list_shown=True, finish_by=quote.finish_by, agreed_at=agreed_at)
        spans = (
            Span(begins=span.begins, ends=middle, pause="customer"),
            Span(begins=middle + timedelta(minutes=4), ends=span.ends),
        )
        paid = replace(made.payments[0], fen=sum(line.fen for line in lines))
        return replace(made, quotes=(quote, added), spans=spans, bills=(replace(bill, lines=lines),), payments=(paid,))

    return _with_attendance(order, mend)


def _misuse(*, shown: bool) -> Mend:
    """The desk says that it was used wrongly, with a photo or without."""

    def mend(order: Order) -> Order:
        said = WarrantyDecision(at=order.recorded_at + timedelta(minutes=2), covered=False, shown=shown, misuse=True)
        return replace(order, decision=said)

    return mend


def _by(login: str, special: tuple[str, ...], day: date) -> Mend:
    """This technician comes on this day, for this special work."""

    def mend(order: Order) -> Order:
        visit, held = order.visits[0], Rota().technician(login).certificates
        asked = goods.asked_of(order.work_type, goods.group_of(order.product), special)
        order = replace(order, special_work=special, visits=(replace(visit, technician=login, certificates=held),))
        assert visit.promises[0].start.astimezone(SITE_TIME).date() == day, "planned for the day after the request"
        return _with_attendance(order, lambda made: replace(made, items=goods.items(asked, {})))

    return mend


def _synced_twice(order: Order) -> Order:
    return _with_attendance(order, lambda made: replace(made, pushed_twice=True))


def _refund(due_at: datetime, paid_at: datetime) -> Mend:
    def mend(order: Order) -> Order:
        return replace(order, refunds=(Refund(at=due_at, fen=1_000, paid_at=paid_at),))

    return mend


def _taken_back(side: str, seconds: int) -> Mend:
    """Cancelled so long after the request, before anybody did anything."""

    def mend(order: Order) -> Order:
        return replace(order, cancelled=CallOff(at=order.requested_at + timedelta(seconds=seconds), side=side))

    return mend


def _requested_at(day: date, hour: int, minute: int) -> Mend:
    """Asked for at this time; nothing came of it yet."""

    def mend(order: Order) -> Order:
        at = moment(day, hour, minute)
        return replace(order, requested_at=at, recorded_at=at + timedelta(seconds=20))

    return mend


def _with_attendance(order: Order, mend: Callable[[Attendance], Attendance]) -> Order:
    """The order with its last visit made in another way."""
    last: Visit = order.visits[-1]
    assert last.attendance is not None
    return replace(order, visits=(*order.visits[:-1], replace(last, attendance=mend(last.attendance))))


URGENT = {"priority": "urgent", "response": "called_late", "appointment": "never"}
SLOW = {"response": "called_late"}
NOBODY = {"response": "nobody"}
PAID = {"warranty": "paid"}
JX = {"outlet": "JX01", "work": "install"}
GAS = "HZ-G16"

BOUNDARIES = (
    # (1) to (6): urgent gas smell; exactly a day, and a second more; an hour to the second; nobody; the window.
    Boundary(house="gas", day=date(2025, 7, 5), product=GAS, plot=URGENT, symptom="GH-S02", mend=_gas_smell),
    Boundary(house="day", day=date(2025, 7, 7), plot=SLOW, mend=_answered_after(86_400)),
    Boundary(house="day and a second", day=date(2025, 7, 7), plot=SLOW, mend=_answered_after(86_401)),
    Boundary(house="hour", day=date(2025, 7, 7), plot=URGENT, mend=_answered_after(3_600)),
    Boundary(house="nobody", day=date(2025, 7, 8), plot=NOBODY),
    Boundary(house="taken back in time", day=date(2025, 7, 8), plot=NOBODY, mend=_taken_back("customer", 86_400)),
    Boundary(house="taken back late", day=date(2025, 7, 8), plot=NOBODY, mend=_taken_back("customer", 86_401)),
    Boundary(house="given up", day=date(2025, 7, 8), plot=NOBODY, mend=_taken_back("company", 3_600)),
    Boundary(house="last second", day=date(2025, 7, 7), plot={"arrival": "to_the_second"}),
    Boundary(house="a second late", day=date(2025, 7, 7), plot={"arrival": "a_second_late"}),
    Boundary(house="evening before", day=date(2025, 7, 7), plot={"move": "by_customer"}),
    Boundary(house="reassigned", day=date(2025, 7, 7), plot={"move": "reassigned"}),
    Boundary(house="not agreed", day=date(2025, 7, 7), plot={"move": "not_agreed"}, mend=_moved_by_technician),
    # (7), (8): an item added and agreed to; ten yuan too much, taken back before it was charged.
    Boundary(house="added", day=date(2025, 7, 9), plot=PAID, mend=_added_item),
    Boundary(house="ten yuan", day=date(2025, 7, 9), plot=PAID),
    # (9), (10): misuse claimed without a photo and with one, the latter for a repair that came back.
    Boundary(house="misuse", day=date(2025, 7, 9), mend=_misuse(shown=False)),
    Boundary(house="dropped", day=date(2025, 6, 9), symptom="AC-S05"),
    Boundary(house="dropped", day=date(2025, 6, 20), symptom="AC-S05", mend=_misuse(shown=True)),
    # (11): back on day 30, and on day 31; the repairs before were done on 3 June.
    Boundary(house="thirty", day=date(2025, 6, 2), symptom="AC-S01"),
    Boundary(
        house="thirty",
        day=date(2025, 7, 3),
        plot=NOBODY,
        symptom="AC-S01",
        mend=_requested_at(date(2025, 7, 3), 18, 20),
    ),
    Boundary(house="thirty-one", day=date(2025, 6, 2), symptom="AC-S01"),
    Boundary(
        house="thirty-one",
        day=date(2025, 7, 4),
        plot=NOBODY,
        symptom="AC-S01",
        mend=_requested_at(date(2025, 7, 4), 8, 0),
    ),
    # (12): the third quality fault in the term.
    *(
        Boundary(house="third", day=day, symptom="AC-S02", plot={"parts": "serial"})
        for day in (date(2025, 4, 7), date(2025, 5, 19), date(2025, 7, 7))
    ),
    # (13) to (15): a part missing; a certificate on its last day, and the day after; six hours offline, synced twice.
    Boundary(house="missing part", day=date(2025, 7, 9), plot={"second": "parts"}),
    Boundary(house="last day", day=date(2025, 7, 14), plot=JX, mend=_by("JX0302", ("height",), date(2025, 7, 15))),
    Boundary(house="day after", day=date(2025, 7, 15), plot=JX, mend=_by("JX0302", ("height",), date(2025, 7, 16))),
    Boundary(house="offline", day=date(2025, 7, 9), plot={"push": "fast_clock"}, mend=_synced_twice),
    # Money due on the Friday before Labour Day, whose Sunday is worked: the fifth working day, and the sixth.
    Boundary(
        house="Friday",
        day=date(2025, 4, 22),
        plot=PAID,
        mend=_refund(moment(date(2025, 4, 25), 10), moment(date(2025, 5, 6), 17)),
    ),
    Boundary(
        house="Friday late",
        day=date(2025, 4, 22),
        plot=PAID,
        mend=_refund(moment(date(2025, 4, 25), 10), moment(date(2025, 5, 7), 9)),
    ),
)
