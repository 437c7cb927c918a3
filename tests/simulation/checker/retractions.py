"""Which facts were taken back, as far as the ledgers can tell; where they cannot, nothing is asked of the document."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.simulation.ledger import Json, Ledger, Typed


@dataclass(frozen=True)
class TakenBack:
    """`surely` by somebody who knew the fact and may; `perhaps` in an order that no ledger knows."""

    surely: frozenset[int]
    perhaps: frozenset[int]

    def stands(self, typed: Typed) -> bool:
        """Whether nobody took it back."""
        return typed.order not in self.surely and typed.order not in self.perhaps


def taken_back(ledger: Ledger, document: Json, recorded: Sequence[Typed]) -> TakenBack:
    """Retractions are judged by who came last: one that was itself taken back takes nothing back.

    Of one that the document says it refused, a person hears: it may have taken back, or not.
    """
    refused = {
        fact_id for each in document["findings"] if each["code"] == "retraction_refused" for fact_id in each["fact_ids"]
    }
    by_id = {typed.id: typed for typed in recorded}
    surely: set[int] = set()
    perhaps: set[int] = set()
    retractions = [typed for typed in recorded if typed.kind == "fact_retracted"]
    for retraction in sorted(retractions, key=lambda typed: -typed.order):
        target = by_id.get(retraction.body["fact_id"])
        if target is None or target is retraction or not _may(retraction, target) or retraction.order in surely:
            continue
        certain = _came_after(ledger, retraction, target) and retraction.order not in perhaps
        certain = certain and retraction.id not in refused
        (surely if certain else perhaps).add(target.order)
    return TakenBack(frozenset(surely), frozenset(perhaps))


def _may(retraction: Typed, target: Typed) -> bool:
    own = retraction.member == target.member or retraction.role == "supervisor"
    return own and target.kind != "job_opened" and retraction.job == target.job


def _came_after(ledger: Ledger, retraction: Typed, target: Typed) -> bool:
    """Whether the server can know it too: it was in the document, or the same device counted it earlier."""
    if ledger.had_pulled(retraction, target):
        return True
    one_counter = retraction.device == target.device and not ledger.counted_twice(target.device)
    return one_counter and target.order < retraction.order and target.fact["seq"] < retraction.fact["seq"]
