"""Prices: each rule about lists, lines and bills broken once and kept once (domain 4.1: R01 to R06, R09, R19)."""

from msgspec import Struct

from domain.facts import door
from domain.facts.words import FeeKind, FeeLine, FrozenPrice
from tests.domain.bodies import CHECKED_IN, WHOLE_VISIT, a_visit, agreed, bill, fees, instead, line
from tests.domain.builders import Said, door_steps, opened, planned
from tests.domain.examples import Example

PRICES = (
    FrozenPrice(code="L-MEDIUM", component=FeeKind.LABOUR, price_fen=12_000),
    FrozenPrice(code="F-DIAGNOSIS", component=FeeKind.DIAGNOSIS, price_fen=6_000),
    FrozenPrice(code="F-CRANE", component=FeeKind.CRANE, price_fen=50_000, by_quote=True),
    FrozenPrice(code="P-AC-011", component=FeeKind.PART, price_fen=3_500),
    FrozenPrice(code="C-WALL", component=FeeKind.CLEANING, price_fen=8_000, advertised_fen=5_900),
)
LABOUR, DEARER = line(), line(13_000)
ALLOWED = line(13_000, supervisor_code="S-1", reason="加急")
DIAGNOSIS = line(6_000, FeeKind.DIAGNOSIS, "F-DIAGNOSIS", line_id="2")
FOUND = door.Diagnosed(cause_code="AC-C02")
WITH_DIAGNOSIS = fees(LABOUR, DIAGNOSIS)
ASKED_ANEW = (fees(LABOUR), agreed(fees(LABOUR)), door.WorkStarted(), fees(DEARER), agreed(fees(DEARER)))
WITH_REASON = fees(line(13_000, reason="难度高于预期"))
ASKED_WITH_REASON = (*ASKED_ANEW[:3], WITH_REASON, agreed(WITH_REASON))
CLEANING = line(8_000, FeeKind.CLEANING, "C-WALL")
REDUCED = line(8_000, FeeKind.CLEANING, "C-WALL", amount_fen=5_900, reason="广告价")
VERY_DIRTY = line(8_000, FeeKind.CLEANING, "C-WALL", reason="油污严重")
DECLINED = (CHECKED_IN, fees(DIAGNOSIS), FOUND, door.FeesDeclined())
KEPT = a_visit(*WHOLE_VISIT)


def priced(*bodies: Struct) -> tuple[Said, ...]:
    """A visit whose prices were frozen with its plan."""
    plan = planned(price_list_code="FS-2025-07", prices=PRICES, declined_diagnosis_percent=30)
    return opened(), plan, *door_steps(*bodies)


def told(*lines: FeeLine) -> tuple[Said, ...]:
    return priced(fees(*lines))


def billed_as_told(*lines: FeeLine) -> tuple[Said, ...]:
    return priced(*instead(fees(*lines), agreed(fees(*lines)), bill(*lines)))


EXAMPLES = (
    Example("price_above_list", "a price above the frozen list needs a supervisor", told(DEARER), told(ALLOWED)),
    Example(
        "price_above_list", "a code alone does not allow it", told(line(13_000, supervisor_code="S-1")), told(LABOUR)
    ),
    Example(
        "price_above_list",
        "more than so many units cost is above the list as well; what is by quote has no ceiling",
        told(line(amount_fen=12_001)),
        told(line(60_000, FeeKind.CRANE, "F-CRANE")),
    ),
    Example(
        "price_above_list",
        "a bill is held to the list like a quote",
        priced(*instead(bill(DEARER))),
        priced(*instead(bill(LABOUR))),
    ),
    Example(
        "price_above_list",
        "where no prices were frozen, a line is held to what it says of the list itself",
        a_visit(fees(line(13_000, list_price_fen=12_000))),
        a_visit(fees(line(13_000, list_price_fen=13_000))),
    ),
    Example("price_code_unknown", "what is told stands in the list", told(line(code="L-GHOST")), told(LABOUR)),
    Example(
        "price_code_unknown",
        "labour told as a visit fee stands in no list",
        told(line(kind=FeeKind.VISIT)),
        told(line(0, kind=FeeKind.VISIT)),
    ),
    Example(
        "line_does_not_add_up",
        "no line costs more than quantity times price",
        a_visit(fees(line(amount_fen=12_001))),
        a_visit(fees(line(quantity_thousandths=1_001, amount_fen=12_012))),
    ),
    Example(
        "line_does_not_add_up",
        "nothing is sold in less than nothing",
        a_visit(fees(line(quantity_thousandths=-1000, amount_fen=-12_000))),
        a_visit(fees(LABOUR, line(-1_000, FeeKind.DISCOUNT, "DISCOUNT", line_id="2", reason="老顾客"))),
    ),
    Example(
        "line_does_not_add_up",
        "nor in nothing",
        a_visit(fees(line(quantity_thousandths=0, amount_fen=0))),
        a_visit(fees(line(0))),
    ),
    Example(
        "line_does_not_add_up",
        "only a discount takes something off",
        a_visit(fees(line(-12_000))),
        a_visit(fees(LABOUR, line(-12_000, FeeKind.DISCOUNT, "DISCOUNT", line_id="2", reason="老顾客"))),
    ),
    Example(
        "line_does_not_add_up",
        "nor in more than a thousand units",
        a_visit(fees(line(12, quantity_thousandths=1_000_001, amount_fen=12_000))),
        a_visit(fees(line(12, quantity_thousandths=1_000_000, amount_fen=12_000))),
    ),
    Example("foreign_currency", "fees are in yuan", a_visit(fees(currency="USD")), KEPT),
    Example("foreign_currency", "bills are in yuan", a_visit(*instead(bill(currency="USD"))), KEPT),
    Example(
        "diagnosis_not_told",
        "looking for the fault is told before it costs anything",
        a_visit(CHECKED_IN, FOUND, WITH_DIAGNOSIS),
        a_visit(CHECKED_IN, fees(DIAGNOSIS), agreed(fees(DIAGNOSIS)), FOUND, WITH_DIAGNOSIS),
    ),
    Example(
        "charge_above_acknowledged",
        "after a decline so much of the diagnosis fee is due as the list said when the visit was planned",
        priced(*DECLINED, bill(line(1_801, FeeKind.DIAGNOSIS, "F-DIAGNOSIS"))),
        priced(*DECLINED, bill(line(1_800, FeeKind.DIAGNOSIS, "F-DIAGNOSIS"))),
    ),
    Example(
        "charged_outside_quote",
        "a bill holds what was agreed to, and nothing else, also for the same money",
        a_visit(*instead(bill(line(code="L-SMALL")))),
        KEPT,
    ),
    Example(
        "charged_outside_quote",
        "two bills together hold no more of an item than the quote",
        a_visit(*WHOLE_VISIT, bill(line(1))),
        a_visit(*instead(fees(LABOUR, DIAGNOSIS), agreed(fees(LABOUR, DIAGNOSIS))), bill(DIAGNOSIS)),
    ),
    Example(
        "dearer_than_first_told",
        "a price that grew after it was first told says why",
        a_visit(CHECKED_IN, *ASKED_ANEW, bill(DEARER)),
        a_visit(CHECKED_IN, *ASKED_WITH_REASON, bill(DEARER)),
    ),
    Example(
        "charged_above_advertised",
        "what is charged is what was advertised, however the line comes to it",
        billed_as_told(CLEANING),
        billed_as_told(REDUCED),
    ),
    Example(
        "charged_above_advertised",
        "or the customer agreed to the reason why it is more; a reason on the bill alone comes too late",
        priced(*instead(fees(CLEANING), agreed(fees(CLEANING)), bill(VERY_DIRTY))),
        billed_as_told(VERY_DIRTY),
    ),
    Example(
        "settlement_not_shown",
        "the bill is shown before it is paid",
        a_visit(*instead(bill(settlement_shown=False))),
        KEPT,
    ),
)
