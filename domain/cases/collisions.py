"""Visits that take the same hours of one technician: a run of them is one collision, for one person to decide once."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from msgspec import Struct

Visit: TypeAlias = tuple[UUID, UUID]
"""Job and visit: a visit's id comes from a device, and only its job makes it unique."""


class TakenHours(Struct, frozen=True, kw_only=True):
    """The planned work of one visit in a collision."""

    job_id: UUID
    job_number: str
    outlet_id: UUID
    visit_id: UUID
    starts_at: datetime
    ends_at: datetime


class Collision(Struct, frozen=True, kw_only=True):
    """All visits of one technician of which each overlaps with another one, without a gap, by their beginning."""

    technician_id: UUID
    starts_at: datetime
    ends_at: datetime
    visit_count: int
    visits: tuple[TakenHours, ...]


class Asked(Struct, frozen=True):
    """A case about a collision that waits for a person, or that one has decided."""

    case_id: UUID
    opened_at: datetime
    is_decided: bool
    visits: frozenset[Visit]


def collision(technician_id: UUID, hours: Sequence[TakenHours]) -> Collision:
    """The collision of these visits, which come by their beginning."""
    return Collision(
        technician_id=technician_id,
        starts_at=hours[0].starts_at,
        ends_at=max(each.ends_at for each in hours),
        visit_count=len(hours),
        visits=tuple(hours),
    )


def visits_of(collided: Collision) -> frozenset[Visit]:
    """The visits that collide."""
    return frozenset((each.job_id, each.visit_id) for each in collided.visits)


def waiting(collisions: Iterable[Collision], asked: Iterable[Asked]) -> Iterator[tuple[Collision, Asked | None]]:
    """The collisions that a person has to decide, each with the case that asks about it already.

    A case stays with the collision while they share a visit, whoever joins or leaves; of two that grew together the
    older one asks on. What was decided is not asked again, unless a visit joined that the decision did not know.
    """
    about: dict[Visit, list[Asked]] = defaultdict(list)
    for each in asked:
        for visit in each.visits:
            about[visit].append(each)
    taken = set[UUID]()
    for collided in collisions:
        visits = visits_of(collided)
        near = {each.case_id: each for visit in visits for each in about[visit]}
        if any(each.is_decided and visits <= each.visits for each in near.values()):
            continue
        still = [each for each in near.values() if not each.is_decided and each.case_id not in taken]
        standing = min(still, key=lambda one: (one.opened_at, one.case_id), default=None)
        if standing is not None:
            taken.add(standing.case_id)
        yield collided, standing
