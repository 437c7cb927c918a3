"""Reading cases at the desk, and deciding those that live outside a job's document."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.actor import Actor
from domain.case_words import CaseKind, CaseState
from service.http import paging
from service.http.paging import Paging
from service.store.cases import StoredCase
from service.store.tables import cases, quarantine


class CaseQuery(Paging, frozen=True, kw_only=True):
    """Which cases to list."""

    kind: CaseKind | None = None
    state: CaseState | None = None
    job_id: UUID | None = None
    outlet_id: UUID | None = None


class HeldDecision(Struct, frozen=True):
    """Who decided on a fact that was set aside, when, and why."""

    state: str
    by: UUID | None
    at: datetime | None
    reason: str | None


async def page(db: AsyncConnection, actor: Actor, query: CaseQuery) -> tuple[list[StoredCase], str | None]:
    """The next part of the list, oldest first, and the cursor of what follows."""
    statement = (
        select(*(cases.c[name] for name in StoredCase.__struct_fields__))
        .where(cases.c.org_id == actor.org_id)
        .order_by(cases.c.opened_at, cases.c.id)
        .limit(query.limit + 1)
    )
    if actor.outlet_ids:
        statement = statement.where(cases.c.outlet_id.in_(actor.outlet_ids))
    for name in ("kind", "state", "job_id", "outlet_id"):
        if (value := getattr(query, name)) is not None:
            statement = statement.where(cases.c[name] == value)
    if (last := paging.moment_after(query, "cases")) is not None:
        statement = statement.where(tuple_(cases.c.opened_at, cases.c.id) > tuple_(*last))
    names = StoredCase.__struct_fields__
    found = [StoredCase(**dict(zip(names, row, strict=True))) for row in await db.execute(statement)]
    if len(found) <= query.limit:
        return found, None
    kept = found[: query.limit]
    return kept, paging.cursor_after_moment(query, "cases", kept[-1].opened_at, kept[-1].id)


async def lock_state(db: AsyncConnection, org_id: UUID, case_id: UUID) -> str | None:
    """The case's state, which nobody else changes until the transaction ends."""
    query = select(cases.c.state).where(cases.c.org_id == org_id, cases.c.id == case_id).with_for_update()
    state: str | None = await db.scalar(query)
    return state


async def decide(db: AsyncConnection, org_id: UUID, case_id: UUID, body: bytes) -> None:
    """Mark a case decided whose decision is kept in its own body."""
    own = (cases.c.org_id == org_id) & (cases.c.id == case_id)
    await db.execute(update(cases).where(own).values(state=CaseState.DECIDED.value, body=body))


async def held_decision(db: AsyncConnection, org_id: UUID, case_id: UUID) -> HeldDecision | None:
    """What was decided on a fact that was set aside."""
    columns = (quarantine.c.state, quarantine.c.decided_by, quarantine.c.decided_at, quarantine.c.decision_reason)
    query = select(*columns).where(quarantine.c.org_id == org_id, quarantine.c.id == case_id)
    row = (await db.execute(query)).one_or_none()
    return None if row is None else HeldDecision(*row)
