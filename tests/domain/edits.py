"""One field of one job, set by this one or that one."""

from domain.facts import shared
from domain.facts.shared import Detail
from domain.job.cases import Conflict
from domain.job.document import Job
from tests.domain.builders import Person, Said, arrivals, folded, history, said


def sets(
    who: Person,
    now: str | None,
    at: str,
    *,
    field: Detail = Detail.ACCESS_NOTE,
    sees: int | None = 1,
    was: str | None = None,
) -> Said:
    return said(who, shared.DetailsAmended(field=field, was=was, now=now, clear=now is None), at, sees=sees)


def same_every_way(*lines: Said) -> Job:
    facts = history(*lines)
    job = folded(facts)
    assert all(folded(arrived) == job for arrived in arrivals(facts))
    return job


def values(conflict: Conflict) -> tuple[str | None, str | None, str | None]:
    return conflict.base, conflict.chosen.value, conflict.other.value
