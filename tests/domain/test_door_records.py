"""How soon the records of a visit came, as the fold remembers it: by quarters of an hour, whatever came first."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from itertools import permutations
from uuid import UUID

from msgspec.structs import replace

from domain.facts import Fact, door
from domain.measures.door_records import DoorRecords, Received, with_record
from tests.domain.builders import VISIT, door_steps, history, opened, planned

ARRIVED_AFTER_MINUTES = (0, 14, 15, 50, 50)


def remembered(facts: Iterable[Fact]) -> tuple[Received, ...]:
    known: Mapping[UUID, DoorRecords] = {}
    for fact in facts:
        known = with_record(known, fact)
    return known[VISIT].received


def arrivals() -> list[Fact]:
    """Five records of one moment on the hour, which came one after another."""
    *_, departed = history(opened(), planned(), *door_steps(door.Departed(), start="09:00"))
    return [
        replace(departed, recorded_at=departed.corrected_at + timedelta(minutes=minutes))
        for minutes in ARRIVED_AFTER_MINUTES
    ]


def test_records_are_counted_by_the_quarter_in_which_they_came_in_any_order() -> None:
    facts = arrivals()
    for came in permutations(facts):
        first, second, last = remembered(came)
        assert [each.count for each in (first, second, last)] == [2, 1, 2]
        assert [each.decided_at for each in (first, second, last)] == [facts[index].recorded_at for index in (1, 2, 4)]
        assert [each.longest_seconds for each in (first, second, last)] == [840, 900, 3000]
