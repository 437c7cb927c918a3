"""Improvement actions as they are kept: the outlet's and the organisation's."""

from uuid import UUID, uuid4

import msgspec
from msgspec import structs
from sqlalchemy import ColumnElement, and_, or_, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.improvements import Improvement, ImprovementState, NewImprovement, TakenFigure
from domain.people.actor import Actor
from service.http.errors import Refused
from service.store.registry import registry
from service.store.registry.registry import Register
from service.store.tables import improvements


async def find(db: AsyncConnection, actor: Actor, improvement_id: UUID) -> Improvement | None:
    """The action, if there is one that the actor may see."""
    if not await registry.is_known(db, IMPROVEMENTS, actor, improvement_id):
        return None
    return await registry.read(db, IMPROVEMENTS, actor, improvement_id)


async def create(
    db: AsyncConnection, actor: Actor, new: NewImprovement, before: TakenFigure, after: TakenFigure | None
) -> Improvement:
    """The new action with its figures; `already_exists` where the id is taken."""
    values = structs.asdict(new)
    improvement_id = values.pop("id") or uuid4()
    figures = {"before": msgspec.to_builtins(before), "after": msgspec.to_builtins(after)}
    row = {"org_id": actor.org_id, "id": improvement_id, "opened_by": actor.member_id, **values, **figures}
    statement = insert(improvements).values(row).on_conflict_do_nothing().returning(improvements.c.id)
    if (await db.execute(statement)).one_or_none() is None:
        raise Refused("already_exists")
    return await registry.read(db, IMPROVEMENTS, actor, improvement_id)


def narrowed(
    kpi: str | None, outlet_id: UUID | None, owner_id: UUID | None, state: ImprovementState | None
) -> list[ColumnElement[bool]]:
    """What a list is narrowed to."""
    wanted = {"kpi": kpi, "outlet_id": outlet_id, "owner_id": owner_id, "state": state and state.value}
    conditions = [improvements.c[name] == value for name, value in wanted.items() if value is not None]
    return [and_(true(), *conditions)]


def _seen(actor: Actor) -> ColumnElement[bool]:
    """Everybody sees what is about the whole organisation."""
    if not actor.outlet_ids:
        return true()
    return or_(improvements.c.outlet_id.is_(None), improvements.c.outlet_id.in_(actor.outlet_ids))


IMPROVEMENTS = Register(table=improvements, kind=Improvement, seen=_seen)
