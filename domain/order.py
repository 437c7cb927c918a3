"""In which order the facts of a job are folded, whatever order they arrived in.

A fact stands at its corrected time, but never before one that its author had seen, nor before an earlier one of its
own device. Both relations are computed from stored values only, so any arrival order gives the same fold.

`base_version` and `seq` come from phones and may be wrong. A base is clamped below the fact's own log number and may
not fall as a device's seq rises; with that, bases never fall along any edge and rise along every "had seen" edge, so
there is no cycle to break and nothing to refuse.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from domain.facts import Fact

Step = tuple[datetime, int]
"""A position: the effective time, and the place among facts that had to be moved to this same time."""

START: Step = (datetime.min.replace(tzinfo=UTC), 0)

Chains = dict[UUID, list[int]]


class DeviceTail(Struct, frozen=True):
    """The newest fact of one device: its counter and its (clamped) base."""

    seq: int
    base_version: int


class Tail(Struct, frozen=True):
    """All that must be remembered of an order to continue at its end."""

    length: int = 0
    at: datetime = START[0]
    hops: int = 0
    device_id: UUID | None = None
    devices: dict[UUID, DeviceTail] = {}


class Arranged(Struct, frozen=True):
    """The facts of a log by position, and the tail for `after` to continue from."""

    facts: list[Fact]
    tail: Tail


def in_order(facts: Iterable[Fact]) -> list[Fact]:
    """The facts by position (design 4)."""
    return arranged(facts).facts


def arranged(facts: Iterable[Fact]) -> Arranged:
    """The facts by position with their tail, from one look at the log. Total and deterministic for any input."""
    log = sorted(facts, key=lambda fact: (fact.log_number, fact.id))
    if not log:
        return Arranged([], Tail())
    chains = _chains(log)
    bases = _bases(log, chains)
    steps = _steps(log, bases, chains)
    ranked = sorted(range(len(log)), key=lambda index: (steps[index], *_rank(log[index])))
    (at, hops), last = steps[ranked[-1]], log[ranked[-1]]
    devices = {device: DeviceTail(log[chain[-1]].seq or 0, bases[chain[-1]]) for device, chain in chains.items()}
    tail = Tail(len(log), at, hops, last.device_id if last.seq is not None else None, devices)
    return Arranged([log[index] for index in ranked], tail)


def after(tail: Tail, fact: Fact) -> Tail | None:
    """The tail with `fact` at the end, or None when the fact belongs further up, so that the fold starts anew."""
    base = min(fact.base_version, tail.length)
    own = tail.devices.get(fact.device_id) if fact.seq is not None else None
    if own is not None and fact.seq is not None and (fact.seq <= own.seq or base < own.base_version):
        return None
    if fact.corrected_at > tail.at:
        at, hops = fact.corrected_at, 0
    elif base == tail.length or (own is not None and tail.device_id == fact.device_id):
        at, hops = tail.at, tail.hops + 1
    else:
        return None
    if fact.seq is None:
        return replace(tail, length=tail.length + 1, at=at, hops=hops, device_id=None)
    devices = {**tail.devices, fact.device_id: DeviceTail(fact.seq, base)}
    return Tail(tail.length + 1, at, hops, fact.device_id, devices)


def _rank(fact: Fact) -> tuple[datetime, UUID, int, UUID]:
    """Which of the facts at one step comes first."""
    return fact.corrected_at, fact.device_id, fact.seq or 0, fact.id


def _steps(log: Sequence[Fact], bases: Sequence[int], chains: Chains) -> list[Step]:
    """The step of each fact of the log. Evaluated by rising base, where everything a fact had seen is already known."""
    previous = {later: earlier for chain in chains.values() for earlier, later in pairwise(chain)}
    steps: list[Step] = [START] * len(log)
    highest: list[Step] = [START]
    for index in sorted(range(len(log)), key=lambda index: (bases[index], log[index].seq or 0, log[index].id)):
        while len(highest) <= bases[index]:
            highest.append(max(highest[-1], steps[len(highest) - 1]))
        before = highest[bases[index]]
        if index in previous:
            before = max(before, steps[previous[index]])
        at = log[index].corrected_at
        steps[index] = (at, 0) if at > before[0] else (before[0], before[1] + 1)
    return steps


def _bases(log: Sequence[Fact], chains: Chains) -> list[int]:
    """How much of the log each author had seen, clamped to what is possible."""
    bases = [max(0, min(fact.base_version, index)) for index, fact in enumerate(log)]
    for chain in chains.values():
        lowest = len(log)
        for index in reversed(chain):
            lowest = bases[index] = min(bases[index], lowest)
    return bases


def _chains(log: Sequence[Fact]) -> Chains:
    """Log indexes by device, in the order of the device's own counter."""
    chains: Chains = {}
    for index, fact in enumerate(log):
        if fact.seq is not None:
            chains.setdefault(fact.device_id, []).append(index)
    for chain in chains.values():
        chain.sort(key=lambda index: (log[index].seq or 0, log[index].id))
    return chains
