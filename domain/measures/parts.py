"""Whether parts can be traced, and what became of the old ones (K23, K26, K38)."""

from collections.abc import Iterator

from domain.facts.door.work import OldPart, PartUsed
from domain.job.visit import Visit
from domain.measures.measure import Tally
from domain.steps.evidence import PIECES


def of_visit(visit: Visit) -> Iterator[Tally]:
    """Each line counts by itself. What is measured out, and bears no number, is not tracked."""
    for line in visit.parts:
        if line.body.quantity_thousandths > 0:
            yield Tally("K23", line.at, int(_is_traced(line.body)), excluded=_untracked(line.body))
            if line.body.unit in PIECES and line.body.old_part is not OldPart.NOTHING_REPLACED:
                told = int(line.body.old_part is not OldPart.NONE)
                yield Tally("K26", line.at, told)
                yield Tally("K38", line.at, told)


def _is_traced(part: PartUsed) -> bool:
    """Serial or batch, where it came from, and what became of what it replaced."""
    return (part.serial_in is not None or part.batch is not None) and part.old_part is not OldPart.NONE


def _untracked(part: PartUsed) -> str | None:
    numbered = part.serial_in is not None or part.batch is not None
    return None if numbered or part.unit in PIECES else "untracked"
