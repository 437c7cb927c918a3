"""Every figure of a scenario, counted from its records by the definitions; nothing of the service's own counting."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from service.seed.volume.records import Order, Scenario
from tests.volume import conduct, money, promises, repairs, voices
from tests.volume.counted import Item


def items(scenario: Scenario) -> Iterator[tuple[Order, Item]]:
    """Everything that counts, with the order that it belongs to."""
    of_asset: dict[str, list[Order]] = defaultdict(list)
    for order in scenario.orders:
        of_asset[order.asset].append(order)
    for order in scenario.orders:
        for item in _items(order, of_asset[order.asset]):
            yield order, _left_out(order, item)


def _items(order: Order, of_asset: list[Order]) -> Iterator[Item]:
    yield from promises.of_order(order)
    yield from repairs.of_order(order, of_asset)
    yield from money.of_order(order)
    yield from conduct.of_order(order)
    yield from voices.of_order(order)


def _left_out(order: Order, item: Item) -> Item:
    """Left out where somebody said so before it was certain, or a supervisor approved it (3.1 rule 5)."""
    for exclusion in order.exclusions:
        in_time = exclusion.at <= (item.certain_at or item.at) and exclusion.reason != "force_majeure"
        if in_time or exclusion.approved:
            return replace(item, excluded=exclusion.reason)
    return item
