"""K04 to K10, K21, K22: solved or not, how soon, with how many visits, and whether it came back."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from service.seed.volume.records import Order
from tests.volume import promises
from tests.volume.counted import (
    DAY,
    Item,
    by,
    completed_at,
    first_moment,
    is_declined,
    is_solved,
    made_visits,
    over_at,
    seconds,
    site_day,
)

REPEAT_DAYS = 30
NO_REQUEST = ("duplicate", "test")


def of_order(order: Order, of_asset: Sequence[Order]) -> Iterator[Item]:
    """`of_asset`: all orders for the same appliance."""
    yield from first_contact(order)
    yield from promised(order)
    yield from parts_at_hand(order)
    end, made = over_at(order), made_visits(order)
    if end is not None and made:
        yield Item("K04", end, int(is_solved(order)), excluded=why_not_counted(order))
        if order.work_type == "repair":
            yield first_visit_fix(order, of_asset, end)
    done = completed_at(order)
    if done is not None and not is_declined(order):
        yield from completed(order, of_asset, done)


def why_not_counted(order: Order) -> str | None:
    if is_declined(order):
        return "quote_refused"
    off, diagnosed = order.cancelled, any(each.diagnosed_at for each in made_visits(order))
    withdrawn = completed_at(order) is None and off is not None and off.side == "customer" and not diagnosed
    return "withdrawn_before_diagnosis" if withdrawn else None


def first_contact(order: Order) -> Iterator[Item]:
    """Of what the call centre told of only."""
    if not any(reply.imported for reply in order.replies):
        return
    human = [reply for reply in order.replies if reply.means != "automatic"]
    if human:
        first = min(human, key=lambda reply: reply.at)
        yield Item("K05", first.at, int(first.solved is True))


def first_visit_fix(order: Order, of_asset: Sequence[Order], end: datetime) -> Item:
    once = is_solved(order) and len(made_visits(order)) == 1
    came_back = any(not is_user_damage(each) for each in repeats(order, of_asset, same_fault=True))
    excluded = "quote_refused" if is_declined(order) else None
    if excluded is None and any(visit.several_planned for visit in order.visits):
        excluded = "planned_multi_visit"
    return Item("K06", end, int(once and not came_back), excluded=excluded)


def repeats(order: Order, of_asset: Sequence[Order], *, same_fault: bool) -> Iterator[Order]:
    """Repair requests on the appliance from its completion to the end of the 30th day after it."""
    done = completed_at(order)
    if done is None or not is_solved(order):
        return
    for other in of_asset:
        again = other.number != order.number and other.work_type == "repair"
        fault = not same_fault or other.symptom == order.symptom
        true_request = not any(each.reason in NO_REQUEST for each in other.exclusions)
        within = done < other.requested_at and (site_day(other.requested_at) - site_day(done)).days <= REPEAT_DAYS
        if again and fault and true_request and within:
            yield other


def is_user_damage(order: Order) -> bool:
    return order.decision is not None and order.decision.misuse and order.decision.shown


def completed(order: Order, of_asset: Sequence[Order], done: datetime) -> Iterator[Item]:
    if is_solved(order):
        begun = min(promises.human_acts(order), default=order.requested_at)
        yield Item("K09b", done, seconds(begun, done))
        yield Item("K09c", done, waited_for_customer(order, done))
    if order.work_type != "repair":
        return
    yield Item("K10", done, int(any(each.error_at is not None for each in order.inspections)))
    if is_solved(order):
        yield repair_time(order, done)
        mature = first_moment(site_day(done) + (REPEAT_DAYS + 1) * DAY)
        for kpi, same_fault in (("K08", True), ("K08b", False)):
            found = list(repeats(order, of_asset, same_fault=same_fault))
            genuine = any(not is_user_damage(each) for each in found)
            excluded = "user_damage" if found and not genuine else None
            yield Item(kpi, done, int(genuine), excluded=excluded, certain_at=mature)


def waited_for_customer(order: Order, done: datetime) -> int:
    total = 0
    for hold in order.holds:
        came = [each.arrived_at for each in made_visits(order) if each.arrived_at and each.arrived_at >= hold.at]
        ends = [at for at in (hold.released_at, *came) if at is not None]
        if hold.reason == "customer":
            total += seconds(hold.at, min([*ends, done]))
    for made in made_visits(order):
        for span, after in zip(made.spans, made.spans[1:], strict=False):
            total += seconds(span.ends, after.begins) if span.pause == "customer" else 0
    return total


def repair_time(order: Order, done: datetime) -> Item:
    """Time at work of all visits; out where the clock is unknown, as it is of what came after more than a day."""
    worked = [each for each in made_visits(order) if each.spans]
    known = all(
        each.pushed_at - at <= DAY
        for each in worked
        for span in each.spans
        for at in (span.begins, span.ends, each.finished_at or span.ends, each.ended_at or span.ends)
    )
    if not worked:
        return Item("K07", done, 0, excluded="no_work_times")
    if not known:
        return Item("K07", done, 0, excluded="unreliable_clock")
    return Item("K07", done, sum(seconds(span.begins, span.ends) for each in worked for span in each.spans))


def promised(order: Order) -> Iterator[Item]:
    """What an agreed quote promised; once missed, a later promise does not mend it."""
    told = sorted(
        (quote.agreed_at, quote.finish_by)
        for each in made_visits(order)
        for quote in each.quotes
        if quote.agreed_at is not None and quote.finish_by is not None
    )
    deadline: datetime | None = None
    for agreed_at, finish_by in told:
        deadline = finish_by if deadline is None or agreed_at <= deadline else deadline
    if deadline is None:
        return
    off, done = order.cancelled, completed_at(order) if is_solved(order) else None
    if (done is None or done > deadline) and off is not None and off.side == "customer" and off.at <= deadline:
        yield Item("K09", off.at, 0, excluded="customer_cancelled")
    else:
        yield by("K09", deadline, done)


def parts_at_hand(order: Order) -> Iterator[Item]:
    """K21 and K22."""
    made = made_visits(order)
    if order.work_type == "repair" and made:
        waits = [hold.at for hold in order.holds if hold.reason == "parts"]
        waits += [span.ends for each in made for span in each.spans if span.pause == "parts"]
        waits += [each.ended_at for each in made if each.short and each.ended_at is not None]
        end = over_at(order)
        if waits:
            yield Item("K21", min(waits), 1)
        elif end is not None:
            yield Item("K21", end, 0)
    if made and made[0].ended_at is not None:
        used = sum(part.thousandths for part in made[0].parts)
        short = sum(needed for _, needed in made[0].short)
        if used + short:
            yield Item("K22", made[0].ended_at, used, used + short)
