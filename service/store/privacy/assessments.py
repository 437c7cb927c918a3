"""Impact assessments, and of which sensitive data nobody agreed to be a subject (R15)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from msgspec import Struct
from sqlalchemy import Row, Select, literal, not_, select, tuple_, union_all
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people.actor import Actor, Role
from domain.people.consent import ConsentKind
from domain.retention import assessed_until
from service.http import paging
from service.http.errors import Refused
from service.http.paging import Moment, Paging
from service.store.privacy import consents
from service.store.scopes import members_seen
from service.store.tables import impact_assessments, member_photos, members

_OWN = impact_assessments.c
_SAID = ("made_on", "necessity", "risks", "measures")
_COLUMNS = [_OWN[name] for name in ("id", *_SAID, "recorded_by", "recorded_at")]


class ImpactAssessment(Struct, frozen=True, kw_only=True):
    """Why sensitive data are handled, what that may do to people, and what protects them; kept until `kept_until`."""

    id: UUID
    made_on: date
    necessity: str
    risks: str
    measures: str
    recorded_by: UUID
    recorded_at: datetime
    kept_until: date


class Unconsented(Struct, frozen=True, kw_only=True):
    """Sensitive data of a member are handled, and nothing says that they agreed to it."""

    member_id: UUID
    name: str
    kind: ConsentKind


async def add(db: AsyncConnection, actor: Actor, assessment_id: UUID | None, said: Struct) -> ImpactAssessment:
    """Keep an assessment; the stored one when the same `id` came with the same content before."""
    values = {name: getattr(said, name) for name in _SAID}
    row = {"org_id": actor.org_id, "id": assessment_id or uuid4(), "recorded_by": actor.member_id}
    added = insert(impact_assessments).values(**row, **values).on_conflict_do_nothing().returning(*_COLUMNS)
    if (made := (await db.execute(added)).one_or_none()) is not None:
        return _assessment(made)
    known = (await db.execute(_kept(actor.org_id).where(_OWN.id == row["id"]))).one()
    if any(getattr(known, name) != value for name, value in values.items()):
        raise Refused("already_exists")
    return _assessment(known)


async def newest(db: AsyncConnection, org_id: UUID) -> ImpactAssessment | None:
    row = (await db.execute(_kept(org_id).order_by(_OWN.made_on.desc(), _OWN.id.desc()).limit(1))).one_or_none()
    return None if row is None else _assessment(row)


async def page(db: AsyncConnection, org_id: UUID, query: Paging) -> tuple[tuple[ImpactAssessment, ...], str | None]:
    """The next part of the list, the last recorded first."""
    statement = _kept(org_id)
    if (last := paging.key_after(query, "impact assessments", Moment)) is not None:
        statement = statement.where(tuple_(_OWN.recorded_at, _OWN.id) < tuple_(*last))
    ordered = statement.order_by(_OWN.recorded_at.desc(), _OWN.id.desc()).limit(query.limit + 1)
    found = [_assessment(row) for row in await db.execute(ordered)]
    return paging.part(query, "impact assessments", found, lambda last: (last.recorded_at, last.id))


async def without_consent(db: AsyncConnection, actor: Actor, most: int) -> tuple[Unconsented, ...]:
    """Technicians at work who did not agree to positions, and members whose photo is kept without their word."""
    shown = select(member_photos.c.member_id).where(member_photos.c.org_id == actor.org_id)
    handled = (
        (ConsentKind.POSITION, members.c.role == Role.TECHNICIAN.value),
        (ConsentKind.PHOTO, members.c.id.in_(shown)),
    )
    parts = [
        select(members.c.id.label("member_id"), members.c.name, literal(kind.value).label("kind")).where(
            members.c.org_id == actor.org_id,
            members.c.active,
            members_seen(actor),
            concerned,
            not_(consents.agreed(consents.OF_MEMBER, members.c.id, members.c.org_id, kind)),
        )
        for kind, concerned in handled
    ]
    every = union_all(*parts).subquery()
    rows = await db.execute(select(every).order_by(every.c.member_id, every.c.kind).limit(most))
    return tuple(Unconsented(member_id=row.member_id, name=row.name, kind=ConsentKind(row.kind)) for row in rows)


def _kept(org_id: UUID) -> Select[Any]:
    return select(*_COLUMNS).where(_OWN.org_id == org_id)


def _assessment(row: Row[Any]) -> ImpactAssessment:
    said = dict(row._mapping)  # noqa: SLF001 (the documented way to a row's mapping)
    return ImpactAssessment(**said, kept_until=assessed_until(row.made_on))
