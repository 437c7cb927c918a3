"""(h) A fact's time is its true time where a clock could tell, and never later than its recording."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from tests.simulation.checker.violation import Violation
from tests.simulation.ledger import Ledger, Typed
from tests.simulation.port import Final

TOLERANCE = timedelta(seconds=30)
"""A phone that drifts by fifty millionths is off by four seconds after a day."""


def timed(ledger: Ledger, final: Final) -> Iterator[Violation]:
    """Facts graded well are where they belong."""
    by_id: dict[str, list[Typed]] = {}
    for each in ledger.typed:
        by_id.setdefault(each.id, []).append(each)
    for log in final.facts.values():
        for line in log:
            at, recorded_at = datetime.fromisoformat(line["corrected_at"]), datetime.fromisoformat(line["recorded_at"])
            said = by_id.get(line["record"]["id"], ())
            typed = next((each for each in said if each.fact == line["record"]), None)
            if at > recorded_at:
                yield Violation("h", line["record"]["id"], "happened after it was recorded")
            if typed is None or not typed.knows_its_time or line["grade"] not in ("offset", "monotonic"):
                continue
            if abs(at - typed.at) > TOLERANCE:
                yield Violation("h", typed.id, f"{line['grade']} time is {at - typed.at} off")
