"""Whether parts can be traced, and what became of the old ones (K23, K26, K38)."""

from collections.abc import Iterator

from domain.catalogue import COUNTED
from domain.facts.door.work import OldPart, PartUsed
from domain.facts.words import Tracking
from domain.job.visit import Visit
from domain.measures.course import Course
from domain.measures.measure import Tally

OUTCOMES = frozenset(OldPart) - {OldPart.NONE, OldPart.NOTHING_REPLACED}
DISPOSITIONS = OUTCOMES - {OldPart.WAIVED}
"""Where it went. That the customer was shown it and did not want it is an outcome (K38), and does not say that."""


def of_visit(course: Course, visit: Visit) -> Iterator[Tally]:
    """Each line counts by itself. What the catalogue does not track, as its plan froze that, is left out of K23."""
    frozen = course.frozen_for(visit)
    for line in visit.parts:
        if line.body.quantity_thousandths > 0:
            known = frozen.get(line.body.part_code)
            untracked = known is not None and known.tracked is Tracking.NONE
            yield Tally("K23", line.at, int(_is_traced(line.body)), excluded="untracked" if untracked else None)
            if line.body.unit in COUNTED and line.body.old_part is not OldPart.NOTHING_REPLACED:
                yield Tally("K26", line.at, int(line.body.old_part in DISPOSITIONS))
                yield Tally("K38", line.at, int(line.body.old_part in OUTCOMES))


def _is_traced(part: PartUsed) -> bool:
    """Serial or batch, where it came from, and what became of what it replaced."""
    return (part.serial_in is not None or part.batch is not None) and part.old_part is not OldPart.NONE
