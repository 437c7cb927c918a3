"""What is said at the door on an ordinary visit, and variations on it."""

from msgspec import Struct
from msgspec.structs import replace

from domain.facts import door
from domain.facts.words import FeeKind, FeeLine
from domain.steps.fees import content_hash
from tests.domain.builders import PASS, Said, door_steps, opened, planned


def line(fen: int = 12_000, kind: FeeKind = FeeKind.LABOUR, code: str = "L-MEDIUM", **changes: object) -> FeeLine:
    """One line: quantity one."""
    body = FeeLine(
        line_id="1",
        kind=kind,
        code=code,
        description="人工",
        quantity_thousandths=1000,
        unit_price_fen=fen,
        amount_fen=fen,
    )
    return replace(body, **changes)


def fees(*lines: FeeLine, **changes: object) -> door.FeesDisclosed:
    """A disclosure of these lines, price list shown."""
    told_lines = lines or (line(),)
    total_fen = sum(each.amount_fen for each in told_lines)
    return replace(door.FeesDisclosed(lines=told_lines, total_fen=total_fen, price_list_shown=True), **changes)


def agreed(disclosure: door.FeesDisclosed | None = None, **changes: object) -> door.FeesAcknowledged:
    """The customer signed for this disclosure."""
    body = door.FeesAcknowledged(content_hash=content_hash(disclosure or fees()), method=door.Consent.SIGNATURE)
    return replace(body, **changes)


def bill(*lines: FeeLine, **changes: object) -> door.Charged:
    """A bill of these lines."""
    billed = lines or (line(),)
    return replace(door.Charged(lines=billed, total_fen=sum(each.amount_fen for each in billed)), **changes)


CHECKED_IN = door.CheckedIn(uniform=PASS, badge=PASS)
REPAIRED = door.RepairRecorded(cause_code="AC-C02", measure_codes=("M01",), result=door.VisitOutcome.SOLVED)
SIGNED = door.SignedOff(method=door.Consent.SIGNATURE)
SOLVED = door.VisitEnded(outcome=door.VisitOutcome.SOLVED)
PAID = door.Paid(amount_fen=12_000, method=door.PaymentMethod.CASH)

WHOLE_VISIT: tuple[Struct, ...] = (
    door.VisitAccepted(),
    door.Departed(),
    door.Arrived(),
    CHECKED_IN,
    door.Diagnosed(cause_code="AC-C02"),
    fees(),
    agreed(),
    door.WorkStarted(),
    REPAIRED,
    door.WorkFinished(),
    bill(),
    PAID,
    SIGNED,
    SOLVED,
)


def a_visit(*bodies: Struct) -> tuple[Said, ...]:
    """An opened job, a planned visit, and these steps at the door."""
    return opened(), planned(), *door_steps(*bodies)


def without(*kinds: type[Struct]) -> tuple[Struct, ...]:
    """A whole visit, but for steps of these kinds."""
    return tuple(body for body in WHOLE_VISIT if not isinstance(body, kinds))


def instead(*bodies: Struct) -> tuple[Struct, ...]:
    """A whole visit, with these bodies in the place of those of their kind."""
    by_kind = {type(body): body for body in bodies}
    return tuple(by_kind.get(type(body), body) for body in WHOLE_VISIT)
