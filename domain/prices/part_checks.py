"""Parts as they are recorded: quantities that can be meant, codes that are known, pieces that can be traced (K23)."""

from domain.cases.findings import BrokenRule, broken
from domain.catalogue import COUNTED, Unit
from domain.facts import Fact
from domain.facts.door.work import PartSource, PartUsed
from domain.facts.words import Tracking
from domain.job.document import Job
from domain.prices.amounts import MOST_UNITS
from domain.prices.ceilings import Ceiling, Ceilings, of_visit

ONE_UNIT = 1000
OUR_STOCK = frozenset({PartSource.VAN, PartSource.DEPOT})


def part_gaps(job: Job, fact: Fact, known: dict[str, Ceilings]) -> list[BrokenRule]:
    """What of a part cannot be meant, or not be traced; nothing is lost of it all the same."""
    body = fact.body
    if not isinstance(body, PartUsed):
        return []
    prices = of_visit(job, fact, known)
    found = [] if is_possible(body) else [broken("part_quantity_impossible", item=body.part_code)]
    if prices and body.part_code not in prices and body.source in OUR_STOCK:
        found.append(broken("part_code_unknown", item=body.part_code))
    if _is_untraced(body, prices.get(body.part_code)):
        found.append(broken("part_not_traceable", item=body.part_code))
    return found


def is_possible(part: PartUsed) -> bool:
    """Whether anybody can have fitted so much: something, no absurd lot, whole pieces, one piece of one number."""
    quantity = part.quantity_thousandths
    if not 0 < quantity <= MOST_UNITS * ONE_UNIT:
        return False
    if part.serial_in is not None and part.unit == Unit.PIECE:
        return quantity == ONE_UNIT
    return part.unit not in COUNTED or quantity % ONE_UNIT == 0


def _is_untraced(part: PartUsed, price: Ceiling | None) -> bool:
    """A tracked part without its serial number, or without its batch."""
    tracked = Tracking.NONE if price is None else price.tracked
    if tracked is Tracking.SERIAL:
        return part.serial_in is None
    return tracked is Tracking.BATCH and part.batch is None and part.serial_in is None
