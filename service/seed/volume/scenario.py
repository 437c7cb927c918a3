"""The whole half year, drawn from one seed: the same seed gives the same orders to the second."""

from datetime import date, timedelta
from random import Random

from service.seed.volume import goods
from service.seed.volume.boundaries import boundary_orders
from service.seed.volume.crew import Rota
from service.seed.volume.cutting import known_at
from service.seed.volume.days import FIRST_DAY, LAST_DAY, NOW, drawn_days
from service.seed.volume.life import order_of
from service.seed.volume.plots import dealt
from service.seed.volume.records import Household, Order, Scenario

JOBS = 4_000
SEED = 2025
SAME_HOUSE = 0.15
"""So many orders are for an appliance that was served before."""


def scenario(seed: int = SEED, jobs: int = JOBS) -> Scenario:
    """So many orders, the boundary cases among them."""
    draw, rota = Random(seed), Rota()  # noqa: S311 (a sample, not a secret)
    households: list[Household] = []
    fixed = boundary_orders(rota, households)
    count = max(0, jobs - len(fixed))
    drawn = [
        _order(draw, rota, plot, number, day, households)
        for number, (plot, day) in enumerate(zip(dealt(draw, count), drawn_days(draw, count), strict=True), 1)
    ]
    orders = sorted([*fixed, *drawn], key=lambda each: (each.requested_at, each.number))
    return Scenario(
        seed=seed,
        first_day=FIRST_DAY,
        last_day=LAST_DAY,
        now=NOW,
        households=tuple(households),
        orders=tuple(known_at(order, NOW) for order in orders if order.requested_at <= NOW),
    )


def _order(
    draw: Random, rota: Rota, plot: dict[str, str], number: int, day: date, households: list[Household]
) -> Order:
    outlet = plot["outlet"]
    served = [each for each in households[-200:] if each.outlet == outlet]
    if served and draw.random() < SAME_HOUSE:
        at_home = draw.choice(served)
    else:
        at_home = _household(draw, len(households) + 1, outlet, day, covered=plot["warranty"] == "covered")
        households.append(at_home)
    return order_of(draw, rota, plot, f"{outlet}-{day:%y%m%d}-{number:04}", day, at_home)


def _household(draw: Random, number: int, outlet: str, day: date, *, covered: bool) -> Household:
    product = draw.choice(goods.goods().products).code
    age = draw.randint(20, 330) if covered else draw.randint(1_200, 2_500)
    return Household(
        number=number,
        outlet=outlet,
        product=product,
        asset=f"{product}-V{number:05}",
        bought_on=day - timedelta(days=age),
    )
