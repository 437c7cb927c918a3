"""The addresses of other systems, their secrets, and how each fares."""

import enum
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import ColumnElement, Interval, bindparam, func, select, text, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.fields import Record, Remark
from domain.people.actor import Actor
from service.http.endpoint import Input
from service.store.registry.registry import Register
from service.store.tables import event_heads, webhooks

MOST_OF_AN_ORGANISATION = 20
DISABLED_AFTER = timedelta(days=3)


class EventPattern(enum.StrEnum):
    """Which kinds of events: one of them, or all that begin alike."""

    JOB = "job.*"
    JOB_OPENED = "job.opened"
    JOB_COMPLETED = "job.completed"
    VISIT = "visit.*"
    VISIT_PLANNED = "visit.planned"
    VISIT_ACCEPTED = "visit.accepted"
    VISIT_TRAVELLING = "visit.travelling"
    VISIT_ARRIVED = "visit.arrived"
    VISIT_CHECKED_IN = "visit.checked_in"
    VISIT_WORKING = "visit.working"
    VISIT_PAUSED = "visit.paused"
    VISIT_FINISHED = "visit.finished"
    VISIT_SIGNED_OFF = "visit.signed_off"
    VISIT_ENDED = "visit.ended"
    VISIT_DECLINED = "visit.declined"
    VISIT_NO_ACCESS = "visit.no_access"
    VISIT_UNABLE = "visit.unable"
    VISIT_CANCELLED = "visit.cancelled"
    VISIT_SUPERSEDED = "visit.superseded"
    CASE = "case.*"
    CASE_OPENED = "case.opened"
    CASE_DECIDED = "case.decided"
    KPI_RESTATED = "kpi.restated"
    SNAPSHOT_FROZEN = "snapshot.frozen"


class Disabled(enum.StrEnum):
    """Why nothing is sent there any more, when no person said so."""

    FAILING = "failing"
    GONE = "gone"


Address = Annotated[
    str, Meta(min_length=10, max_length=1000, description="https", examples=["https://erp.example.com/onsite"])
]
Patterns = Annotated[tuple[EventPattern, ...], Meta(max_length=30, description="Which events; empty: all of them")]


class WebhookContent(Input, frozen=True, kw_only=True):
    """Where to send which events. `active` again goes on where it stopped."""

    url: Address
    description: Remark = ""
    events: Patterns = ()
    active: bool = True


class NewWebhook(WebhookContent, frozen=True, kw_only=True):
    """A webhook to be created, under an id of your own if you like."""

    id: UUID | None = None


class Webhook(Record, frozen=True, kw_only=True):
    """An address of another system, and how it fares. Its secret is told when it is made, and never again."""

    url: str
    description: str
    events: tuple[EventPattern, ...]
    active: bool
    disabled_why: Disabled | None
    disabled_at: datetime | None
    failures: int
    """Tries since anything arrived."""
    failing_since: datetime | None
    earlier_secret_until: datetime | None
    """Until when the secret before the present one signs too."""


class Target(Struct, frozen=True):
    """What a sender must know."""

    url: str
    secrets: tuple[bytes, ...]
    failures: int


async def are_too_many(db: AsyncConnection, org_id: UUID) -> bool:
    """Whether the organisation has more webhooks than it may."""
    count = await db.scalar(select(func.count()).where(_row.org_id == org_id))
    return (count or 0) > MOST_OF_AN_ORGANISATION


async def begin_now(db: AsyncConnection, org_id: UUID, webhook_id: UUID) -> None:
    """One that this very transaction made is told of nothing that happened before it; any other goes on."""
    head = select(event_heads.c.position).where(event_heads.c.org_id == org_id).scalar_subquery()
    made_now = (_row.org_id == org_id) & (_row.id == webhook_id) & text("webhooks.xmin = pg_current_xact_id()::xid")
    await db.execute(update(webhooks).where(made_now).values(position=func.coalesce(head, 0)))


def tried_anew() -> dict[str, Any]:
    """What a webhook that is switched on has behind it."""
    forgotten = dict.fromkeys(("disabled_why", "disabled_at", "failing_since"))
    return {**forgotten, "failures": 0, "due_at": func.now()}


async def secret(db: AsyncConnection, org_id: UUID, webhook_id: UUID) -> bytes:
    """What signs from now on; the webhook is there."""
    own = (_row.org_id == org_id) & (_row.id == webhook_id)
    found: bytes = (await db.scalars(select(_row.secret).where(own))).one()
    return found


async def rotate(
    db: AsyncConnection, org_id: UUID, webhook_id: UUID, overlap: timedelta
) -> tuple[bytes, datetime] | None:
    """The new secret, and until when the earlier one signs too; None when there is no such webhook."""
    row = (await db.execute(_ROTATE, {"org_id": org_id, "id": webhook_id, "overlap": overlap})).one_or_none()
    return None if row is None else (row.secret, row.earlier_secret_until)


async def target(db: AsyncConnection, org_id: UUID, webhook_id: UUID, *, resting: bool = False) -> Target | None:
    """Where to send, signed how; None when it is gone, switched off or not due, unless `resting` ones count too."""
    query = select(
        _row.url, _row.secret, _row.earlier_secret, _row.earlier_secret_until > func.now(), _row.failures
    ).where(_row.org_id == org_id, _row.id == webhook_id)
    row = (await db.execute(query if resting else query.where(_row.active, _row.due_at <= func.now()))).one_or_none()
    if row is None:
        return None
    url, present, earlier, still, failures = row
    return Target(url, (present, earlier) if still else (present,), failures)


async def fared(
    db: AsyncConnection, org_id: UUID, webhook_id: UUID, wait: timedelta, *, arrived: bool, gone: bool
) -> bool:
    """Remember how the last tries went; False when it is switched off now, or was before.

    It is switched off when its owner says that it is gone, and after three days in which nothing arrived.
    """
    values = {"arrived": arrived, "gone": gone, "wait": wait, "disabled_after": DISABLED_AFTER}
    return bool(await db.scalar(_FARED, {"org_id": org_id, "id": webhook_id, **values}))


def _everyone(_actor: Actor) -> ColumnElement[bool]:
    """They are the organisation's; the right alone decides."""
    return true()


WEBHOOKS = Register(table=webhooks, kind=Webhook, seen=_everyone)

_row = webhooks.c

_ROTATE = text("""
UPDATE webhooks SET earlier_secret = secret, earlier_secret_until = now() + :overlap, version = version + 1,
    secret = sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))
WHERE org_id = :org_id AND id = :id RETURNING secret, earlier_secret_until
""").bindparams(bindparam("overlap", type_=Interval))

_FARED = text("""
UPDATE webhooks SET
    failures = CASE WHEN :arrived THEN 0 ELSE failures + 1 END,
    failing_since = CASE WHEN NOT :arrived THEN coalesce(failing_since, now()) END,
    due_at = now() + :wait,
    active = active AND NOT (:gone OR coalesce(NOT :arrived AND failing_since < now() - :disabled_after, false)),
    disabled_why = CASE WHEN :gone THEN 'gone'
        WHEN NOT :arrived AND failing_since < now() - :disabled_after THEN 'failing' END,
    disabled_at = CASE WHEN :gone OR NOT :arrived AND failing_since < now() - :disabled_after THEN now() END
WHERE org_id = :org_id AND id = :id AND active RETURNING active
""").bindparams(bindparam("wait", type_=Interval), bindparam("disabled_after", type_=Interval))
