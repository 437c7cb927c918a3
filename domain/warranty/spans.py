"""Spans of days, counted as the law counts: the starting day is not counted, so a repair within one day takes none."""

from collections.abc import Iterable
from datetime import date

from msgspec import Struct

from domain.warranty.claim import AssetRepair, RepairWait, WaitsFor


class Span(Struct, frozen=True, order=True):
    """From a day that is not counted to one that is."""

    since: date
    until: date

    @property
    def days(self) -> int:
        return max(0, (self.until - self.since).days)


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same days without overlaps, so that no day is counted twice."""
    found: list[Span] = []
    for span in sorted(each for each in spans if each.days):
        if found and span.since <= found[-1].until:
            found[-1] = Span(found[-1].since, max(found[-1].until, span.until))
        else:
            found.append(span)
    return found


def total_days(spans: Iterable[Span]) -> int:
    """Days in any of the spans."""
    return sum(each.days for each in merged(spans))


def within(spans: Iterable[Span], first: date, last: date) -> list[Span]:
    """The parts of the spans after `first` and up to `last`."""
    return [Span(max(each.since, first), min(each.until, last)) for each in spans]


def in_repair(repairs: Iterable[AssetRepair], today: date) -> list[Span]:
    """The days that repairs of quality faults took, waiting for parts included; one under way counts until today."""
    return [Span(each.reported_on, each.finished_on or today) for each in repairs if each.quality_fault]


def waited(waits: Iterable[RepairWait], today: date, *causes: WaitsFor) -> list[Span]:
    """The days on which a repair stood still for one of these causes."""
    return [Span(each.since, each.until or today) for each in waits if each.waits_for in causes]
