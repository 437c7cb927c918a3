"""The orders that must exist (domain 6) and the boundary vectors (3.4): each the plain plot, with one thing set."""

from datetime import date
from random import Random

from msgspec import Struct
from msgspec.structs import replace

from service.seed.volume.crew import Rota
from service.seed.volume.days import moment
from service.seed.volume.life import order_of
from service.seed.volume.mends import (
    Mend,
    added_item,
    added_unseen,
    answered_after,
    by,
    closed_after,
    forgiven,
    gas_smell,
    misuse,
    moved_by_technician,
    pushed_a_day_after_arrival,
    put_off,
    refund,
    requested_at,
    storm,
    synced_twice,
    taken_back,
)
from service.seed.volume.plots import ASPECTS, Plot
from service.seed.volume.records import Household, Order

PLAIN: Plot = {aspect: next(iter(words)) for aspect, words in ASPECTS.items()}


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


URGENT = {"priority": "urgent", "response": "called_late", "appointment": "never"}
SLOW = {"response": "called_late"}
NOBODY = {"response": "nobody"}
PAID, TOO_EARLY = {"warranty": "paid"}, {"fees": "before_agreement"}
JX = {"outlet": "JX01", "work": "install"}
GAS = "HZ-G16"

BOUNDARIES = (
    # (1) to (6): urgent gas smell; exactly a day, and a second more; an hour to the second; nobody; the window.
    Boundary(house="gas", day=date(2025, 7, 5), product=GAS, plot=URGENT, symptom="GH-S02", mend=gas_smell),
    Boundary(house="day", day=date(2025, 7, 7), plot=SLOW, mend=answered_after(86_400)),
    Boundary(house="day and a second", day=date(2025, 7, 7), plot=SLOW, mend=answered_after(86_401)),
    Boundary(house="hour", day=date(2025, 7, 7), plot=URGENT, mend=answered_after(3_600)),
    Boundary(house="hour and a second", day=date(2025, 7, 7), plot=URGENT, mend=answered_after(3_601)),
    Boundary(house="nobody", day=date(2025, 7, 8), plot=NOBODY),
    Boundary(house="taken back in time", day=date(2025, 7, 8), plot=NOBODY, mend=taken_back("customer", 86_400)),
    Boundary(house="taken back late", day=date(2025, 7, 8), plot=NOBODY, mend=taken_back("customer", 86_401)),
    Boundary(house="given up", day=date(2025, 7, 8), plot=NOBODY, mend=taken_back("company", 3_600)),
    Boundary(house="last second", day=date(2025, 7, 7), plot={"arrival": "to_the_second"}),
    Boundary(house="a second late", day=date(2025, 7, 7), plot={"arrival": "a_second_late"}),
    Boundary(house="evening before", day=date(2025, 7, 7), plot={"move": "by_customer"}),
    Boundary(house="reassigned", day=date(2025, 7, 7), plot={"move": "reassigned"}),
    Boundary(house="not agreed", day=date(2025, 7, 7), plot={"move": "not_agreed"}, mend=moved_by_technician),
    Boundary(house="put off", day=date(2025, 7, 7), mend=put_off),
    # (7), (8): an item added and agreed to; ten yuan too much, taken back before it was charged.
    Boundary(house="added", day=date(2025, 7, 9), plot=PAID, mend=added_item),
    Boundary(house="added unseen", day=date(2025, 7, 9), plot=PAID, mend=added_unseen),
    Boundary(house="work first", day=date(2025, 7, 9), plot=PAID | TOO_EARLY),
    Boundary(house="forgiven", day=date(2025, 7, 9), plot=PAID | TOO_EARLY, mend=forgiven),
    Boundary(house="ten yuan", day=date(2025, 7, 9), plot=PAID),
    # (9), (10): misuse claimed without a photo and with one, the latter for a repair that came back.
    Boundary(house="misuse", day=date(2025, 7, 9), mend=misuse(shown=False)),
    Boundary(house="dropped", day=date(2025, 6, 9), symptom="AC-S05"),
    Boundary(house="dropped", day=date(2025, 6, 20), symptom="AC-S05", mend=misuse(shown=True)),
    # (11): back on day 30, and on day 31; the repairs before were done on 3 June.
    Boundary(house="thirty", day=date(2025, 6, 2), symptom="AC-S01"),
    Boundary(
        house="thirty",
        day=date(2025, 7, 3),
        plot=NOBODY,
        symptom="AC-S01",
        mend=requested_at(date(2025, 7, 3), 18, 20),
    ),
    Boundary(house="thirty-one", day=date(2025, 6, 2), symptom="AC-S01"),
    Boundary(
        house="thirty-one",
        day=date(2025, 7, 4),
        plot=NOBODY,
        symptom="AC-S01",
        mend=requested_at(date(2025, 7, 4), 8, 0),
    ),
    # (12): the third quality fault in the term.
    *(
        Boundary(house="third", day=day, symptom="AC-S02", plot={"parts": "serial"})
        for day in (date(2025, 4, 7), date(2025, 5, 19), date(2025, 7, 7))
    ),
    # (13) to (15): a part missing; a certificate on its last day, and the day after; six hours offline, synced twice.
    Boundary(house="missing part", day=date(2025, 7, 9), plot={"second": "parts"}),
    Boundary(house="last day", day=date(2025, 7, 14), plot=JX, mend=by("JX0302", ("height",), date(2025, 7, 15))),
    Boundary(house="day after", day=date(2025, 7, 15), plot=JX, mend=by("JX0302", ("height",), date(2025, 7, 16))),
    Boundary(house="offline", day=date(2025, 7, 9), plot={"push": "fast_clock"}, mend=synced_twice),
    Boundary(house="a day's push", day=date(2025, 7, 9), mend=pushed_a_day_after_arrival),
    # Archived on the last second of seven days, and a second later; a storm, with a supervisor's leave and without.
    Boundary(house="seven days", day=date(2025, 7, 7), mend=closed_after(0)),
    Boundary(house="seven days and a second", day=date(2025, 7, 7), mend=closed_after(1)),
    Boundary(house="storm", day=date(2025, 7, 8), plot={"arrival": "very_late"}, mend=storm(approved=True)),
    Boundary(house="wind", day=date(2025, 7, 8), plot={"arrival": "very_late"}, mend=storm(approved=False)),
    # Money due on the Friday before Labour Day, whose Sunday is worked: the fifth working day, and the sixth.
    Boundary(
        house="Friday",
        day=date(2025, 4, 22),
        plot=PAID,
        mend=refund(moment(date(2025, 4, 25), 10), moment(date(2025, 5, 6), 17)),
    ),
    Boundary(
        house="Friday late",
        day=date(2025, 4, 22),
        plot=PAID,
        mend=refund(moment(date(2025, 4, 25), 10), moment(date(2025, 5, 7), 9)),
    ),
)
