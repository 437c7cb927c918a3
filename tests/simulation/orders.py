"""The same facts in other orders of arrival that could have been, folded anew by the project's own fold."""

from collections.abc import Sequence
from itertools import pairwise
from random import Random
from uuid import UUID

import msgspec
from msgspec.structs import replace

from domain.facts import Fact
from domain.fold import fold
from tests.simulation.ledger import Json

ORDERS = 2


def refolded(job_id: UUID, log: Sequence[Fact], chance: Random) -> list[Json]:
    """The document by the log as it is, then by rearrangements of it."""
    logs = [list(log), *(rearranged(log, chance) for _ in range(ORDERS))]
    return [msgspec.json.decode(msgspec.json.encode(fold(job_id, each).job)) for each in logs]


def rearranged(log: Sequence[Fact], chance: Random) -> list[Fact]:
    """The log cut wherever somebody looked at it; what lies between two cuts may arrive in any order.

    A base that cannot be true pins its fact: it counts as having seen whatever happened to come before.
    """
    cuts = {0, len(log)}
    for index, fact in enumerate(log):
        cuts |= {index, index + 1} if fact.base_version > index else {fact.base_version}
    parts = [list(log[start:end]) for start, end in pairwise(sorted(cuts))]
    for part in parts:
        chance.shuffle(part)
    return [replace(fact, log_number=number) for number, fact in enumerate((f for part in parts for f in part), 1)]
