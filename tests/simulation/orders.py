"""The same facts in other orders of arrival that could have been, folded anew by the project's own fold."""

from collections.abc import Sequence
from itertools import groupby, pairwise
from operator import attrgetter
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
    """The log cut wherever somebody looked at it; pushes between two cuts may arrive in any order, each as it is.

    A base that cannot be true pins its fact: it counts as having seen whatever happened to come before. A push that is
    cut stays where it is cut.
    """
    cuts = {0, len(log)}
    for index, fact in enumerate(log):
        cuts |= {index, index + 1} if fact.base_version > index else {fact.base_version}
    parts = [list(log[start:end]) for start, end in pairwise(sorted(cuts))]
    cut = [part[0].push_start != part[0].log_number for part in parts if part]
    arrived = [
        fact
        for part, begun, goes_on in zip(parts, cut, [*cut[1:], False], strict=True)
        for fact in _shuffled(part, begun=begun, goes_on=goes_on, chance=chance)
    ]
    places = {fact.log_number: number for number, fact in enumerate(arrived, 1)}
    return [
        replace(fact, log_number=places[fact.log_number], push_start=places[fact.push_start or fact.log_number])
        for fact in arrived
    ]


def _shuffled(part: Sequence[Fact], *, begun: bool, goes_on: bool, chance: Random) -> list[Fact]:
    """The pushes of a part; the first where it was begun before, and the last where it goes on after, stay."""
    pushes = [list(push) for _, push in groupby(part, key=attrgetter("push_start"))]
    first, last = int(begun), len(pushes) - int(goes_on)
    free = pushes[first:last]
    chance.shuffle(free)
    return [fact for push in (*pushes[:first], *free, *pushes[max(first, last) :]) for fact in push]
