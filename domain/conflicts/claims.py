"""Fields that two people can set without knowing of each other, and which value then stands.

Plans belong to the desk, facts to the door (design 2.5). Whoever loses stays in the conflict record with both values
and the rule that decided.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from domain.conflicts.ownership import DETAIL_OWNERS, OWNERS, merge_rule, outranks
from domain.facts import Fact, Placement, TimeGrade, saw
from domain.facts.desk import VisitPlanned, VisitReplanned, WarrantyDecided
from domain.facts.door.work import Diagnosed, RepairRecorded
from domain.facts.shared import DetailsAmended, says_nothing
from domain.job.cases import Claim, Conflict
from domain.people.actor import Role
from domain.steps.planning import as_shown


class Register(Placement, frozen=True, kw_only=True):
    """Who set a field last, and from what: enough to tell knowing from unknowing.

    `base` is the value before its author began to edit unaware of others; `rival` is the other side of the conflict
    that this value is in, to fall back on when its author takes the edit back. `lost` is a value that once lost.
    """

    value: str | None
    base: str | None
    rival: "Register | None" = None
    lost: bool = False
    fact_id: UUID
    author_id: UUID
    role: Role
    at: datetime
    grade: TimeGrade


class Claimed(Struct, frozen=True):
    """The register after a claim, and the conflict if the two did not know each other.

    `again`: the same value has lost before, so that its conflict may be on record. `settled` names the conflict that
    is none any more: its author went back to where they had begun.
    """

    register: Register
    conflict: Conflict | None = None
    again: bool = False
    settled: UUID | None = None


class Field(Struct, frozen=True):
    """How a fact claims a field: its name, the value as text, who owns it, and what its author says was there."""

    name: str
    value: str | None
    owner: str
    was: str | None = None


def field_of(fact: Fact) -> Field | None:
    """The field that a fact sets, if it is one that people can set concurrently."""
    reader = _FIELDS.get(type(fact.body))
    return reader(fact, fact.body) if reader is not None else None


def claim(job_id: UUID, field: Field, known: Register | None, fact: Fact, current: str | None = None) -> Claimed:
    """Set the field, or lose to who owns it. Knowing of the other value always wins: it is a change, not a conflict.

    `current` is the value that the field had before anybody claimed it.
    """
    if known is None:
        return Claimed(_register(field, _begun(field, current), fact))
    if saw(fact, known):
        return _changed(job_id, field, known, fact)
    mine = _register(field, _begun(field, known.base), fact)
    if known.value == field.value:
        return Claimed(known if outranks(field.owner, known.role, fact.role) else mine)
    if known.value == known.base:
        return Claimed(mine)
    if known.rival is not None and field.value == known.rival.base and _same_run(fact, known.rival):
        return Claimed(replace(known, rival=None), settled=_conflict_id(job_id, field, known.rival))
    return _contested(job_id, field, known, mine)


def _changed(job_id: UUID, field: Field, known: Register, fact: Fact) -> Claimed:
    """An edit by somebody who knew the value. Going back to where one began gives way to what another had set."""
    if not _same_run(fact, known):
        return Claimed(_register(field, _begun(field, known.value), fact))
    if known.rival is not None and field.value == known.base:
        return Claimed(known.rival, settled=_conflict_id(job_id, field, known.rival))
    return Claimed(replace(_register(field, known.base, fact), rival=known.rival))


def _begun(field: Field, held: str | None) -> str | None:
    """What an edit began from: what its author saw. After a restore the log may lack it, and hold another value.

    An app that says it saw what it sets says nothing: the value would count as no change.
    """
    return held if field.was in (None, field.value) else field.was


def _contested(job_id: UUID, field: Field, known: Register, mine: Register) -> Claimed:
    winner, loser = (known, mine) if outranks(field.owner, known.role, mine.role) else (mine, known)
    conflict = Conflict(
        id=_conflict_id(job_id, field, loser),
        field=field.name,
        rule=merge_rule(field.owner, known.role, mine.role),
        base=known.base,
        chosen=_claim(winner),
        other=_claim(loser),
        decision=None,
        decisions=(),
        outdated=None,
    )
    return Claimed(replace(winner, rival=replace(loser, rival=None, lost=True)), conflict, again=loser.lost)


def _conflict_id(job_id: UUID, field: Field, loser: Register) -> UUID:
    """A conflict is the case of the one value that does not stand: what arrives between the two does not rename it."""
    return uuid5(job_id, f"{field.name}:{loser.fact_id}")


def _same_run(fact: Fact, known: Register) -> bool:
    """Whether the fact goes on from the same device's edit without having heard of anything since."""
    return known.device_id == fact.device_id and known.log_number > fact.base_version and saw(fact, known)


def _register(field: Field, base: str | None, fact: Fact) -> Register:
    return Register(
        value=field.value,
        base=base,
        fact_id=fact.id,
        author_id=fact.author_id,
        role=fact.role,
        device_id=fact.device_id,
        seq=fact.seq,
        log_number=fact.log_number,
        base_version=fact.base_version,
        happened_at=fact.happened_at,
        uptime_ms=fact.uptime_ms,
        boot_id=fact.boot_id,
        at=fact.corrected_at,
        grade=fact.grade,
    )


def _claim(register: Register) -> Claim:
    return Claim(
        value=register.value,
        fact_id=register.fact_id,
        author_id=register.author_id,
        role=register.role,
        device_id=register.device_id,
        at=register.at,
        time_grade=register.grade,
    )


def _as_text(body: Struct) -> str:
    return msgspec.json.encode(body).decode()


def _detail(_fact: Fact, body: DetailsAmended) -> Field | None:
    if says_nothing(body):
        return None
    value = None if body.clear else body.now
    return Field(f"detail:{body.field}", value, DETAIL_OWNERS[body.field], body.was)


def _plan(fact: Fact, body: VisitPlanned) -> Field:
    return Field(f"plan:{fact.visit_id or fact.id}", _as_text(as_shown(body)), OWNERS["plan"])


def _of_visit(name: str) -> Callable[[Fact, Struct], Field]:
    return lambda fact, body: Field(f"{name}:{fact.visit_id or fact.id}", _as_text(body), OWNERS[name])


_FIELDS: dict[type[Struct], Callable[[Fact, Any], Field | None]] = {
    DetailsAmended: _detail,
    VisitPlanned: _plan,
    VisitReplanned: _of_visit("plan"),
    WarrantyDecided: lambda _fact, body: Field("warranty", _as_text(body), OWNERS["warranty"]),
    Diagnosed: _of_visit("diagnosis"),
    RepairRecorded: _of_visit("repair"),
}
