"""What customers and members agreed to or took back. What was said last stands; nothing is changed or removed."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from msgspec import Struct, convert
from sqlalchemy import Column, ColumnElement, Row, Select, false, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people.actor import Actor
from domain.people.consent import ConsentChannel, ConsentKind
from service.http.errors import Refused
from service.store.tables import consents

MOST = 200
_OWN = consents.c
_NEWEST = (_OWN.said_at.desc(), _OWN.recorded_at.desc(), _OWN.id.desc())
OF_CUSTOMER, OF_MEMBER = _OWN.customer_id, _OWN.member_id


class ConsentWord(Struct, frozen=True, kw_only=True):
    """What somebody said about one use of their data: when, how, to which text, and who wrote it down."""

    id: UUID
    kind: ConsentKind
    given: bool
    said_at: datetime
    channel: ConsentChannel
    notice: str
    recorded_by: UUID
    recorded_at: datetime


async def add(
    db: AsyncConnection, actor: Actor, whose: Column[Any], person_id: UUID, consent_id: UUID | None, said: Struct
) -> ConsentWord:
    """Write down what was said; the stored word when the same `id` came with the same content before."""
    values = {name: getattr(said, name) for name in ("kind", "given", "said_at", "channel", "notice")}
    row = {"org_id": actor.org_id, "id": consent_id or uuid4(), "recorded_by": actor.member_id, whose.name: person_id}
    added = insert(consents).values(**row, **values).on_conflict_do_nothing().returning(*_columns())
    if (made := (await db.execute(added)).one_or_none()) is not None:
        return _consent(made)
    known = (await db.execute(_said(actor.org_id, whose, person_id).where(_OWN.id == row["id"]))).one_or_none()
    stored = None if known is None else _consent(known)
    if stored is None or any(getattr(stored, name) != value for name, value in values.items()):
        raise Refused("already_exists")
    return stored


async def of(db: AsyncConnection, org_id: UUID, whose: Column[Any], person_id: UUID) -> tuple[ConsentWord, ...]:
    """What the person said, the newest first."""
    rows = await db.execute(_said(org_id, whose, person_id).order_by(*_NEWEST).limit(MOST))
    return tuple(_consent(row) for row in rows)


def agreed(whose: Column[Any], person: Any, org_id: Any, kind: ConsentKind) -> ColumnElement[bool]:  # noqa: ANN401
    """Whether this person's last word on it is that they agree, for a query over people."""
    own = (_OWN.org_id == org_id, whose == person, _OWN.kind == kind.value)
    last = select(_OWN.given).where(*own).order_by(*_NEWEST).limit(1).scalar_subquery()
    return func.coalesce(last, false())


def _said(org_id: UUID, whose: Column[Any], person_id: UUID) -> Select[Any]:
    return select(*_columns()).where(_OWN.org_id == org_id, whose == person_id)


def _columns() -> list[Column[Any]]:
    return [_OWN[name] for name in ConsentWord.__struct_fields__]


def _consent(row: Row[Any]) -> ConsentWord:
    return convert(row._mapping, ConsentWord)  # noqa: SLF001 (the documented way to a row's mapping)
