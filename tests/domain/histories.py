"""Generated histories of one job: any well-formed fact of any kind, by honest authors or by hostile ones."""

import enum
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from msgspec import inspect
from msgspec.structs import replace

from domain.facts import Fact, TimeGrade, door, shared
from domain.facts.desk import CaseDecided
from domain.facts.kinds import KINDS, Kind
from domain.fold import fold
from domain.people.actor import Role
from domain.steps.fees import content_hash
from tests.domain.builders import DESK, JOB, OTHER_VISIT, SUPERVISOR, VISIT, A, B, Person, named, numbered, segments

SLOW_TO_DRAW = [HealthCheck.too_slow, HealthCheck.data_too_large]
# Of the profile that the run chose: tests/conftest.py.
many = settings(max_examples=settings().max_examples * 6 // 5, deadline=None, suppress_health_check=SLOW_TO_DRAW)
DAWN = datetime(2025, 7, 1, tzinfo=UTC)
VISITS = (VISIT, OTHER_VISIT, named("visit nobody planned"))
PEOPLE = (DESK, SUPERVISOR, A, B)
STRANGE = ("[" * 3000, '{"x":' * 700, "\0", "../../etc", "Nowhere/Land", "urgent", "", "不制冷")
INSTANTS = st.sampled_from(
    [DAWN, DAWN + timedelta(hours=9), datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)]
)
PLAIN_BODIES: st.SearchStrategy[Any] = st.sampled_from(
    [
        shared.NoteAdded(text="到了"),
        shared.FactRetracted(fact_id=JOB, reason="写错"),
        shared.DetailsAmended(field=shared.Detail.ACCESS_NOTE, now="前门"),
        shared.DetailsAmended(field=shared.Detail.ACCESS_NOTE, now="后门"),
        shared.DetailsAmended(field=shared.Detail.ACCESS_NOTE, clear=True),
        door.Arrived(),
        door.WorkStarted(),
    ]
)
"""Cheap to draw and quick to meet one another."""
IDS = st.sampled_from([*VISITS, A.id, B.id, named("somebody")])


def bodies(kind: Kind) -> st.SearchStrategy[Any]:
    """Every body that the wire would let through for this kind."""
    return _values(inspect.type_info(kind.body))


@st.composite
def histories(draw: st.DrawFn, *, hostile: bool = False, longest: int = 10) -> list[Fact]:
    """A log in order of arrival. Honest authors count up and have seen what was there; hostile ones claim anything."""
    facts: list[Fact] = []
    looked: dict[UUID, int] = {}
    for number in range(1, draw(st.integers(0, longest)) + 1):
        who = draw(st.sampled_from(PEOPLE))
        body = _about(
            draw, draw(PLAIN_BODIES if draw(st.booleans()) else st.sampled_from(KINDS).flatmap(bodies)), facts
        )
        fact = _fact(draw, number, who, body)
        base = draw(st.integers(looked.get(fact.device_id, 0), number - 1)) if who.counts else number - 1
        looked[fact.device_id] = base
        facts.append(_spoilt(draw, replace(fact, base_version=base)) if hostile else replace(fact, base_version=base))
    return facts


@st.composite
def rearranged(draw: st.DrawFn, facts: list[Fact]) -> list[Fact]:
    """The same facts in another order of arrival that is causally possible."""
    return numbered(fact for part in segments(facts) for fact in draw(st.permutations(part)))


def _fact(draw: st.DrawFn, number: int, who: Person, body: msgspec.Struct) -> Fact:
    at = DAWN + timedelta(minutes=draw(st.integers(0, 3)) if draw(st.booleans()) else 10 * number)
    return Fact(
        id=named(f"generated fact {number}"),
        job_id=JOB,
        visit_id=draw(st.sampled_from((*VISITS, VISIT, VISIT, None))),
        body=body,
        author_id=who.id,
        role=who.role,
        device_id=named(f"device of {who.name}"),
        seq=number if who.counts else None,
        base_version=0,
        log_number=number,
        happened_at=at,
        corrected_at=at,
        grade=draw(st.sampled_from(TimeGrade)),
        recorded_at=at,
    )


def _spoilt(draw: st.DrawFn, fact: Fact) -> Fact:
    """The fact with something about it that cannot be true."""
    changes: list[dict[str, Any]] = [
        {},
        {"base_version": draw(st.sampled_from([0, 3, 2**53]))},
        {"seq": draw(st.sampled_from([None, 1, 2, 2**53]))},
        {"role": draw(st.sampled_from(Role))},
        {"corrected_at": draw(INSTANTS)},
    ]
    return replace(fact, **draw(st.sampled_from(changes)))


def _about(draw: st.DrawFn, body: msgspec.Struct, facts: list[Fact]) -> msgspec.Struct:
    """The body, pointing at something that is there where it points at all: else nothing would ever meet."""
    if not facts or draw(st.integers(0, 3)) == 0:
        return body
    if isinstance(body, shared.FactRetracted):
        return replace(body, fact_id=draw(st.sampled_from(facts)).id)
    if isinstance(body, door.FeesAcknowledged | door.FeesDeclined):
        told = [fact.body for fact in facts if isinstance(fact.body, door.FeesDisclosed)]
        return replace(body, content_hash=content_hash(draw(st.sampled_from(told)))) if told else body
    if isinstance(body, CaseDecided):
        job = fold(JOB, facts).job
        cases = [conflict.id for conflict in job.conflicts] + [finding.id for finding in job.findings]
        return replace(body, case_id=draw(st.sampled_from(cases))) if cases else body
    return body


def _values(kind: inspect.Type) -> st.SearchStrategy[Any]:  # noqa: PLR0911 - one line for each kind of type
    match kind:
        case inspect.StructType():
            fields = {field.name: _values(field.type) for field in kind.fields}
            return st.builds(kind.cls, **fields)
        case inspect.UnionType():
            return st.one_of([_values(each) for each in kind.types])
        case inspect.Metadata():
            return _values(kind.type)
        case inspect.VarTupleType():
            return st.lists(_values(kind.item_type), min_size=kind.min_length or 0, max_size=2).map(tuple)
        case inspect.StrType(pattern=str() as pattern):
            return _DIGESTS if "{64}" in pattern else st.from_regex(pattern, fullmatch=True)
        case inspect.StrType():
            return st.sampled_from([text for text in ("a", "b", *STRANGE) if _fits(kind, text)])
        case inspect.IntType():
            return st.sampled_from([kind.ge or 0, kind.le or 0, max(kind.ge or 0, min(1, kind.le or 1))])
        case inspect.EnumType():
            return st.sampled_from(list[enum.Enum](kind.cls))
        case _:
            return _PLAIN[type(kind)]


def _fits(kind: inspect.StrType, text: str) -> bool:
    return (kind.min_length or 0) <= len(text) <= (kind.max_length or 4000)


_DIGESTS = st.sampled_from(["0" * 64, "1" * 64])
_PLAIN: dict[type[inspect.Type], st.SearchStrategy[Any]] = {
    inspect.NoneType: st.none(),
    inspect.BoolType: st.booleans(),
    inspect.FloatType: st.just(0.0),
    inspect.UUIDType: IDS,
    inspect.DateTimeType: INSTANTS,
    inspect.DateType: st.dates(date(2024, 1, 1), date(2027, 12, 31)),
}
