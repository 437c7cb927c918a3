"""Whether a visit's parts are at hand before it sets out: what it needs, and what lies in the van and the depot."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from msgspec import Struct

from domain.facts import Fact
from domain.facts.door.attendance import VisitEnded
from domain.facts.words import PartNeed
from domain.job.document import Job
from domain.job.visit import Visit
from domain.stock import ONE_PIECE


class Need(Struct, frozen=True, kw_only=True):
    """A part that a visit has to bring. `missed_by` is the earlier visit that could not do without it."""

    part_code: str
    quantity_thousandths: int
    missed_by: UUID | None


class PartReadiness(Struct, frozen=True, kw_only=True):
    """One part: needed, in the van, in the depot of the job's outlet, and how much the van is short of."""

    part_code: str
    needed_thousandths: int
    in_van_thousandths: int
    in_depot_thousandths: int
    short_thousandths: int
    missed_by_visit_id: UUID | None


def needs(job: Job, visit: Visit, missed: Mapping[UUID, Sequence[PartNeed]]) -> list[Need]:
    """What the plan names, and what earlier visits missed and nobody has fitted since; of both, the greater quantity.

    `missed` holds the quantities by visit; a part that is named without one is one piece.
    """
    wanted: dict[str, Need] = {}
    for part in visit.plan.parts if visit.plan else ():
        _want(wanted, part, None)
    for earlier in job.visits:
        if earlier.id == visit.id or earlier.ended_at is None:
            continue
        quantities = {need.part_code: need.quantity_thousandths for need in missed.get(earlier.id, ())}
        for code in earlier.missing_parts:
            if not _fitted_since(job, earlier, code):
                part = PartNeed(part_code=code, quantity_thousandths=quantities.get(code, ONE_PIECE))
                _want(wanted, part, earlier.id)
    return [wanted[code] for code in sorted(wanted)]


def missed_by_visit(job: Job, log: Sequence[Fact]) -> dict[UUID, tuple[PartNeed, ...]]:
    """The quantities behind the codes of `missing_parts`: from the fact that the visit's document follows."""
    codes = {visit.id: visit.missing_parts for visit in job.visits}
    said = [(fact.visit_id, fact.body.missing_parts) for fact in log if isinstance(fact.body, VisitEnded)]
    return {
        visit_id: parts
        for visit_id, parts in said
        if visit_id is not None and tuple(part.part_code for part in parts) == codes.get(visit_id)
    }


def readiness(need: Need, in_van: int, in_depot: int) -> PartReadiness:
    """What lies there against what is needed; a van below zero holds nothing."""
    return PartReadiness(
        part_code=need.part_code,
        needed_thousandths=need.quantity_thousandths,
        in_van_thousandths=in_van,
        in_depot_thousandths=in_depot,
        short_thousandths=max(0, need.quantity_thousandths - max(0, in_van)),
        missed_by_visit_id=need.missed_by,
    )


def _want(wanted: dict[str, Need], part: PartNeed, missed_by: UUID | None) -> None:
    """Of a part that is named twice, the greater quantity; who missed it stays known."""
    before = wanted.get(part.part_code)
    quantity = max(part.quantity_thousandths, 0 if before is None else before.quantity_thousandths)
    known = missed_by or (None if before is None else before.missed_by)
    wanted[part.part_code] = Need(part_code=part.part_code, quantity_thousandths=quantity, missed_by=known)


def _fitted_since(job: Job, earlier: Visit, code: str) -> bool:
    after = earlier.ended_at
    lines = (line for visit in job.visits if visit.id != earlier.id for line in visit.parts)
    return any(line.body.part_code == code and after is not None and line.at >= after for line in lines)
