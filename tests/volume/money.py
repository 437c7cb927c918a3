"""K12, K30, K33, K34, K39: fees as the rules say, warranty with its basis, refunds, vouchers."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from service.seed.volume.records import Order
from service.seed.volume.visit_records import Attendance, Line
from tests.volume.counted import (
    DAY,
    Item,
    completed_at,
    completing,
    first_moment,
    is_declined,
    made_visits,
    over_at,
    site_day,
)

HOLIDAYS = (
    (date(2025, 4, 4), date(2025, 4, 6)),
    (date(2025, 5, 1), date(2025, 5, 5)),
    (date(2025, 5, 31), date(2025, 6, 2)),
    (date(2025, 10, 1), date(2025, 10, 8)),
)
MADE_UP = (date(2025, 4, 27), date(2025, 9, 28), date(2025, 10, 11))
"""The breaks of 2025 that the half year meets, and the weekend days that are worked instead."""
WORKING_DAYS, LAWFUL_DAYS = 5, 15


def of_order(order: Order) -> Iterator[Item]:
    yield from notice(order)
    yield from charges(order)
    yield from agreement(order)
    end = over_at(order)
    if order.decision is not None and end is not None:
        yield Item("K30", end, int(order.decision.shown))
    yield from vouchers(order)
    for refund in order.refunds:
        yield from refunded(refund.at, refund.paid_at)


def notice(order: Order) -> Iterator[Item]:
    """Itemised fees agreed to before the first paid work (K12a); free work against a danger may come first."""
    paid = [each for each in made_visits(order) if each.spans and is_paid(each) and not each.make_safe]
    if paid:
        begun = min(each.spans[0].begins for each in paid)
        yield Item("K12a", begun, int(all(agreed_before_work(each) for each in paid)))


def is_paid(made: Attendance) -> bool:
    return any(quote.total_fen > 0 for quote in made.quotes) or any(bill.total_fen > 0 for bill in made.bills)


def agreed_before_work(made: Attendance) -> bool:
    begun = made.spans[0].begins
    return any(quote.agreed_at is not None and quote.agreed_at <= begun for quote in made.quotes)


def charges(order: Order) -> Iterator[Item]:
    made = made_visits(order)
    bills = [bill for each in made for bill in each.bills]
    charged = sum(bill.total_fen for bill in bills)
    if charged <= 0:
        return
    agreed = [quote for each in made for quote in each.quotes if quote.agreed_at is not None]
    yield Item("K12b", min(bill.at for bill in bills), int(bool(agreed) and all(quote.list_shown for quote in agreed)))
    acknowledged = sum(agreed_fen(each) for each in made if each.bills)
    yield Item("K12c", max(bill.at for bill in bills), charged - acknowledged, acknowledged)
    paid_at = settled_at(order)
    if paid_at is not None:
        yield Item("K12", paid_at, int(all(complies(each) for each in made)))


def agreed_fen(made: Attendance) -> int:
    """What the customer agreed to last."""
    agreed = [quote for quote in made.quotes if quote.agreed_at is not None]
    return agreed[-1].total_fen if agreed else 0


def complies(made: Attendance) -> bool:
    """R02 list shown, R03 no price above it, R04 agreed before work, R05 no charge above, R06 settlement shown."""
    lines = [line for quote in made.quotes for line in quote.lines]
    lines += [line for bill in made.bills for line in bill.lines]
    return (
        all(quote.list_shown for quote in made.quotes)
        and not any(is_dear(line) for line in lines)
        and (not made.spans or not is_paid(made) or made.make_safe or agreed_before_work(made))
        and sum(bill.total_fen for bill in made.bills) <= agreed_fen(made)
        and all(bill.settlement_shown for bill in made.bills)
    )


def is_dear(line: Line) -> bool:
    return line.fen > line.list_fen


def settled_at(order: Order) -> datetime | None:
    """When all that was charged had been paid."""
    made = made_visits(order)
    charged = sum(bill.total_fen for each in made for bill in each.bills)
    paid = 0
    for payment in sorted((each for visit in made for each in visit.payments), key=lambda each: each.at):
        paid += payment.fen
        if 0 < charged <= paid:
            return payment.at
    return None


def agreement(order: Order) -> Iterator[Item]:
    """Agreed to before work, signed after it (K33); refused for a reason is counted apart."""
    visit, done = completing(order), completed_at(order)
    if visit is None or done is None or is_declined(order):
        return
    signature = visit.signature
    if signature is not None and signature.method == "refused" and signature.reason:
        yield Item("K33", done, 0, excluded="refused")
        return
    begun = visit.spans[0].begins if visit.spans else done
    agreed = any(
        quote.agreed_at is not None and quote.agreed_at <= begun for each in made_visits(order) for quote in each.quotes
    )
    signed = signature is not None and signature.method == "signature" and signature.at >= (visit.finished_at or begun)
    yield Item("K33", done, int(agreed and signed))


def vouchers(order: Order) -> Iterator[Item]:
    """Invoices that were asked for (K39); receipts, for which an invoice does as well (K39b)."""
    bills = [bill for each in made_visits(order) for bill in each.bills]
    asked = [bill.at for bill in bills if bill.invoice_asked]
    if asked:
        yield Item("K39", order.invoice_at or min(asked), int(order.invoice_at is not None))
    payments = [each for visit in made_visits(order) for each in visit.payments]
    if payments:
        given = order.invoice_at is not None or all(each.receipt for each in payments)
        yield Item("K39b", max(each.at for each in payments), int(given))


def refunded(due_at: datetime, paid_at: datetime | None) -> Iterator[Item]:
    """Five working days, and fifteen days, the day after it fell due being day 1."""
    last = site_day(due_at)
    for _ in range(WORKING_DAYS):
        last = next_working_day(last)
    in_time = first_moment(last + DAY)
    lawful = first_moment(last_lawful_day(site_day(due_at)) + DAY)
    yield Item("K34", min(paid_at or in_time, in_time), int(paid_at is not None and paid_at < in_time))
    yield Item("K34b", min(paid_at or lawful, lawful), int(paid_at is None or paid_at >= lawful))


def next_working_day(day: date) -> date:
    day += DAY
    while is_holiday(day) or (day.isoweekday() > 5 and day not in MADE_UP):
        day += DAY
    return day


def last_lawful_day(due_on: date) -> date:
    """A period that ends on a holiday ends on the first day after it (0.3)."""
    day = due_on + timedelta(days=LAWFUL_DAYS)
    while is_holiday(day):
        day += DAY
    return day


def is_holiday(day: date) -> bool:
    return any(first <= day <= last for first, last in HOLIDAYS)
