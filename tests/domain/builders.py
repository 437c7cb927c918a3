"""One job's facts in a few words: a test says who, what and when, and how much of the log they had seen."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise, product
from uuid import UUID, uuid5

from msgspec import Struct
from msgspec.structs import replace

from domain.facts import Fact, TimeGrade, desk
from domain.facts.words import Check, Result, Warranty, WorkType
from domain.fold import fold
from domain.job.cases import Finding
from domain.job.document import Job
from domain.job.visit import Visit
from domain.people.actor import Role

NAMESPACE = UUID(int=0x0197A000_0000_7000_8000_000000000000)


def named(name: str) -> UUID:
    """The same id for the same name."""
    return uuid5(NAMESPACE, name)


class Person(Struct, frozen=True):
    """A member on one device. Phones count their facts; the desk's facts carry no counter."""

    name: str
    role: Role
    counts: bool = True

    @property
    def id(self) -> UUID:
        return named(self.name)


class Said(Struct, frozen=True, kw_only=True):
    """What a test writes down: everything else about a fact is filled in by `history`."""

    who: Person
    body: Struct
    at: str
    sees: int | None
    visit: UUID | None


JOB = named("job")
VISIT, OTHER_VISIT, THIRD_VISIT = named("visit of A"), named("visit of B"), named("another visit of B")
DESK = Person("HZ01 调度", Role.DISPATCHER, counts=False)
SUPERVISOR = Person("HZ01 主管", Role.SUPERVISOR, counts=False)
A, B = Person("HZ0112", Role.TECHNICIAN), Person("HZ0115", Role.TECHNICIAN)

PASS = Check(code="item", result=Result.PASS)
FAIL = Check(code="item", result=Result.FAIL)


def said(who: Person, body: Struct, at: str, *, sees: int | None = None, visit: UUID | None = None) -> Said:
    """`sees` is how much of the log its author had pulled; left out, everything that is written above it."""
    return Said(who=who, body=body, at=at, sees=sees, visit=visit)


def clock(at: str) -> datetime:
    """The day's time, UTC: "09:30" or "09:30:15"; or that of another day: "2025-07-08T09:30"."""
    return datetime.fromisoformat(at if "T" in at else f"2025-07-01T{at}").replace(tzinfo=UTC)


def history(*lines: Said) -> list[Fact]:
    """The facts in the order written, which is the order in which they reached the log."""
    counters: dict[UUID, int] = {}
    return [_fact(number, line, counters) for number, line in enumerate(lines, 1)]


def numbered(facts: Iterable[Fact]) -> list[Fact]:
    """The same facts, arriving in this order."""
    return [replace(fact, log_number=number) for number, fact in enumerate(facts, 1)]


def segments(facts: list[Fact]) -> list[list[Fact]]:
    """The log cut wherever somebody looked at it: what lies between two cuts may arrive in any order.

    A base that cannot be true pins its fact: it counts as having seen whatever happened to come before.
    """
    cuts = {0, len(facts)}
    for index, fact in enumerate(facts):
        cuts |= {index, index + 1} if fact.base_version > index else {fact.base_version}
    return [facts[start:end] for start, end in pairwise(sorted(cuts))]


def arrivals(facts: list[Fact]) -> Iterator[list[Fact]]:
    """Every order of arrival in which all saw what they saw, and each phone sent what it had in turn."""
    for parts in product(*(tuple(_interleaved(_queues(part))) for part in segments(facts))):
        yield numbered(fact for part in parts for fact in part)


def folded(facts: Iterable[Fact]) -> Job:
    """The document."""
    return fold(JOB, facts).job


def job_of(*lines: Said) -> Job:
    """The document of facts in the order written."""
    return folded(history(*lines))


def codes(job: Job, visit: UUID | None = None) -> set[str]:
    """The codes of the job's findings, or of one visit's."""
    return {finding.code for finding in job.findings if visit is None or finding.visit_id == visit}


def finding(job: Job, code: str) -> Finding:
    """The one finding with this code."""
    (found,) = [each for each in job.findings if each.code == code]
    return found


def visit_of(job: Job, visit_id: UUID = VISIT) -> Visit:
    """The visit, by default the first technician's."""
    return next(visit for visit in job.visits if visit.id == visit_id)


def opened(at: str = "08:00", who: Person = DESK, **changes: object) -> Said:
    """The job is opened; by default a repair that the customer pays."""
    body = desk.JobOpened(outlet_id=named("HZ01"), work_type=WorkType.REPAIR, warranty=Warranty.PAID)
    return said(who, replace(body, **changes), at, sees=0)


def planned(at: str = "08:01", visit: UUID = VISIT, to: Person = A, sees: int | None = None, **changes: object) -> Said:
    """A visit from nine to ten within the window from nine to eleven."""
    body = desk.VisitPlanned(
        technician_id=to.id,
        window_start=clock("09:00"),
        window_end=clock("11:00"),
        work_start=clock("09:00"),
        work_end=clock("10:00"),
    )
    return said(DESK, replace(body, **changes), at, sees=sees, visit=visit)


def reassigned(at: str, visit: UUID = OTHER_VISIT) -> Said:
    """The visit goes to B instead."""
    return planned(at, visit=visit, to=B, sees=2, replaces_visit_id=VISIT)


def door_steps(
    *bodies: Struct, who: Person = A, visit: UUID = VISIT, start: str = "09:00", sees: int = 2
) -> tuple[Said, ...]:
    """Steps at the door, a minute apart, by somebody who has been offline since `sees`."""
    begin = clock(start)
    return tuple(
        said(who, body, f"{begin + timedelta(minutes=index):%H:%M}", sees=sees, visit=visit)
        for index, body in enumerate(bodies)
    )


def _fact(number: int, line: Said, counters: dict[UUID, int]) -> Fact:
    device_id = named(f"device of {line.who.name}")
    seq = counters[device_id] = counters.get(device_id, 0) + 1
    at = clock(line.at)
    return Fact(
        id=named(f"fact {number} of {line.who.name}"),
        job_id=JOB,
        visit_id=line.visit,
        body=line.body,
        author_id=line.who.id,
        role=line.who.role,
        device_id=device_id,
        seq=seq if line.who.counts else None,
        base_version=number - 1 if line.sees is None else line.sees,
        log_number=number,
        happened_at=at,
        corrected_at=at,
        grade=TimeGrade.OFFSET,
        recorded_at=at,
    )


def _queues(facts: list[Fact]) -> tuple[tuple[Fact, ...], ...]:
    """What each phone sends in turn; whatever carries no counter comes by itself."""
    queues: dict[UUID, list[Fact]] = {}
    for fact in facts:
        queues.setdefault(fact.id if fact.seq is None else fact.device_id, []).append(fact)
    return tuple(tuple(queue) for queue in queues.values())


def _interleaved(queues: tuple[tuple[Fact, ...], ...]) -> Iterator[tuple[Fact, ...]]:
    if not queues:
        yield ()
    for index, (first, *rest) in enumerate(queues):
        left = (tuple(rest),) if rest else ()
        for tail in _interleaved((*queues[:index], *left, *queues[index + 1 :])):
            yield (first, *tail)
