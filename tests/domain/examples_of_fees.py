"""Fees, bills and warranty: each rule broken once and kept once (domain 4.1 to 4.3; orders 7 to 10)."""

from domain.facts import desk, door
from domain.facts.words import FeeKind, Warranty
from tests.domain.bodies import CHECKED_IN, PAID, WHOLE_VISIT, a_visit, agreed, bill, fees, instead, line, without
from tests.domain.builders import DESK, Said, clock, door_steps, opened, planned, said
from tests.domain.examples import Example

PART = line(3_500, FeeKind.PART, "P-AC-011", line_id="2")
VISIT_FEE = line(5_000, FeeKind.VISIT, "V-CITY")
BOTH = fees(line(), PART)
COPPER = line(9_000, FeeKind.MATERIAL, "M-COPPER")
CAPACITOR = door.PartUsed(part_code="P-AC-011", unit_price_fen=3_500)
DECLINED = (CHECKED_IN, fees(VISIT_FEE, line(line_id="2")), door.FeesDeclined())
WITH_ADDED_ITEM = (fees(), agreed(), door.WorkStarted(), BOTH)
KEPT = a_visit(*WHOLE_VISIT)


def decided(**changes: object) -> tuple[Said, ...]:
    body = {"decision": Warranty.PAID, "basis": "misuse", "exclusion_code": "X-C91", "customer_told": True, **changes}
    return opened(), said(DESK, desk.WarrantyDecided(**body), "09:00")  # type: ignore[arg-type]


EXAMPLES = (
    Example(
        "work_without_acknowledgement",
        "paid work waits for the customer's yes; making safe for free does not",
        a_visit(*without(door.FeesAcknowledged)),
        a_visit(CHECKED_IN, door.WorkStarted(make_safe=True)),
    ),
    Example(
        "work_beyond_acknowledged",
        "an added item needs a second yes before work goes on",
        a_visit(*WITH_ADDED_ITEM, door.WorkPaused(reason=door.PauseReason.CUSTOMER), door.WorkResumed()),
        a_visit(*WITH_ADDED_ITEM, agreed(BOTH), CAPACITOR),
    ),
    Example(
        "work_beyond_acknowledged",
        "a part that the customer pays for was told to them first",
        a_visit(*instead(fees()), CAPACITOR),
        a_visit(fees(line(), PART), agreed(BOTH), door.WorkStarted(), CAPACITOR),
    ),
    Example(
        "work_beyond_acknowledged",
        "making safe waits for no fees; once they are agreed to, a part that they do not name is beyond them",
        a_visit(CHECKED_IN, door.WorkStarted(make_safe=True), fees(), agreed(), CAPACITOR),
        a_visit(CHECKED_IN, door.WorkStarted(make_safe=True), CAPACITOR),
    ),
    Example(
        "work_beyond_acknowledged",
        "what was agreed to after making safe and then declined is beyond it as well",
        a_visit(CHECKED_IN, door.WorkStarted(make_safe=True), BOTH, agreed(BOTH), door.FeesDeclined(), CAPACITOR),
        a_visit(CHECKED_IN, door.WorkStarted(make_safe=True), BOTH, agreed(BOTH), CAPACITOR),
    ),
    Example(
        "work_beyond_acknowledged",
        "what the customer agreed to and then declined is agreed to no more",
        a_visit(BOTH, agreed(BOTH), door.FeesDeclined(), CAPACITOR),
        a_visit(BOTH, agreed(BOTH), CAPACITOR),
    ),
    Example(
        "acknowledgement_unmatched",
        "a yes counts for exactly what was shown",
        a_visit(fees(), agreed(BOTH)),
        a_visit(fees(), agreed()),
    ),
    Example(
        "acknowledgement_expired",
        "a yes after the offer ran out is found, one at its last moment is not",
        a_visit(fees(valid_until=clock("09:00:59")), agreed()),
        a_visit(fees(valid_until=clock("09:01")), agreed()),
    ),
    Example(
        "acknowledgement_without_reason",
        "a spoken yes needs its reason",
        a_visit(fees(), agreed(method=door.Consent.SPOKEN)),
        a_visit(fees(), agreed(method=door.Consent.SPOKEN, reason="手部受伤")),
    ),
    Example("disclosure_does_not_add_up", "a disclosure adds up", a_visit(fees(total_fen=1)), KEPT),
    Example("price_list_not_shown", "the price list is shown", a_visit(fees(price_list_shown=False)), KEPT),
    Example(
        "price_list_differs",
        "fees told from an older price list than the dispatched one are reviewed (sync 44)",
        (opened(), planned(price_list_code="FS-2025-07"), *door_steps(fees(price_list_code="FS-2025-03"))),
        (opened(), planned(price_list_code="FS-2025-07"), *door_steps(fees(price_list_code="FS-2025-07"))),
    ),
    Example(
        "reduced_without_reason",
        "a reduction says why",
        a_visit(fees(line(amount_fen=1))),
        a_visit(fees(line(amount_fen=1, reason="老顾客"))),
    ),
    Example(
        "charge_above_acknowledged",
        "ten yuan above what was agreed to is found (order 8)",
        a_visit(*instead(bill(line(13_000)))),
        KEPT,
    ),
    Example(
        "charge_above_acknowledged",
        "after a decline no more is charged than was told for coming",
        a_visit(*DECLINED, bill(line(6_000, FeeKind.VISIT))),
        a_visit(*DECLINED, bill(VISIT_FEE)),
    ),
    Example(
        "charged_while_blocked",
        "nothing is charged while a finding blocks charging",
        a_visit(*without(door.FeesAcknowledged)),
        KEPT,
    ),
    Example(
        "charged_though_covered",
        "what warranty covers is free",
        (opened(warranty=Warranty.COVERED_WHOLE), planned(), *door_steps(*WHOLE_VISIT)),
        KEPT,
    ),
    Example(
        "charged_twice", "a service is charged once", a_visit(*WHOLE_VISIT, bill()), a_visit(*WHOLE_VISIT, bill(PART))
    ),
    Example(
        "charged_twice",
        "and so is one material; another one is no second charge",
        a_visit(bill(COPPER), bill(COPPER)),
        a_visit(bill(COPPER), bill(line(12_000, FeeKind.MATERIAL, "M-R32"))),
    ),
    Example(
        "charged_after_decline",
        "after a decline only coming is charged",
        a_visit(*DECLINED, bill()),
        a_visit(*DECLINED, bill(VISIT_FEE)),
    ),
    Example("bill_does_not_add_up", "a bill adds up", a_visit(*instead(bill(total_fen=1))), KEPT),
    Example(
        "paid_above_charged",
        "money above the bill is owed back",
        a_visit(*WHOLE_VISIT, PAID),
        KEPT,
    ),
    Example(
        "exclusion_without_evidence",
        "misuse without a photo does not end a warranty; with one, and the customer told, it does (orders 9, 10)",
        decided(),
        decided(evidence_digests=("0" * 64,)),
    ),
    Example(
        "exclusion_without_evidence",
        "the customer is told",
        decided(evidence_digests=("0" * 64,), customer_told=False),
        decided(evidence_digests=("0" * 64,)),
    ),
)
