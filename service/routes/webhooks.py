"""Other systems that are told what happens: Standard Webhooks 1.0, signed, at least once, in order for each job.

What was missed can be read again from the list of events. Nothing is kept while there is no webhook.
"""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from msgspec import Meta
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people.actor import Actor
from service.database import Database
from service.http.endpoint import Input, Output, delete, get, post, put
from service.http.errors import Refused
from service.http.paging import Paging, Slice
from service.http.reading import HttpRequest
from service.settings import Settings
from service.store.registry import registry
from service.store.webhooks import webhooks
from service.store.webhooks.webhooks import WEBHOOKS, NewWebhook, Webhook, WebhookContent
from service.webhooks import pinging
from service.webhooks.addresses import require_allowed
from service.webhooks.signing import spelt


class WebhookPage(Slice[Webhook], frozen=True, kw_only=True):
    """Part of the list of webhooks."""


class CreatedWebhook(Output, frozen=True, kw_only=True):
    """The webhook, and the secret by which its receiver verifies signatures. It is shown now and never again."""

    webhook: Webhook
    secret: str


class RotateSecret(Input, frozen=True, kw_only=True):
    """How long the present secret goes on signing beside the new one."""

    overlap_hours: Annotated[int, Meta(ge=0, le=168)] = 24


class RotatedSecret(Output, frozen=True, kw_only=True):
    """The new secret, shown now and never again. Until `earlier_secret_until` the earlier one signs as well."""

    secret: str
    earlier_secret_until: datetime


class Pinged(Output, frozen=True, kw_only=True):
    """What the receiver made of a `webhook.test`; no error means that it arrived."""

    event_id: UUID
    status: int | None
    error: str | None
    milliseconds: int


@post("/v1/webhooks", right="manage_webhooks", status=201, problems=("already_exists", "webhooks_full"))
async def create_webhook(actor: Actor, db: AsyncConnection, body: NewWebhook, request: HttpRequest) -> CreatedWebhook:
    """Have events sent to an address, from now on.

    Sent again with the same `id` and content, it answers what is stored.
    """
    _require_allowed(request, body)
    made = await registry.create(db, WEBHOOKS, actor, body)
    if await webhooks.are_too_many(db, actor.org_id):
        raise Refused("webhooks_full", most=webhooks.MOST_OF_AN_ORGANISATION)
    await webhooks.begin_now(db, actor.org_id, made.id)
    return CreatedWebhook(webhook=made, secret=spelt(await webhooks.secret(db, actor.org_id, made.id)))


@get("/v1/webhooks", right="manage_webhooks")
async def list_webhooks(actor: Actor, db: AsyncConnection, query: Paging) -> WebhookPage:
    """List the webhooks, and whether their deliveries succeed."""
    return await registry.page(db, WEBHOOKS, actor, query, WebhookPage)


@get("/v1/webhooks/{webhook_id}", right="manage_webhooks", problems=("not_found",))
async def read_webhook(actor: Actor, db: AsyncConnection, webhook_id: UUID) -> Webhook:
    """Read one webhook."""
    return await registry.read(db, WEBHOOKS, actor, webhook_id)


@put("/v1/webhooks/{webhook_id}", right="manage_webhooks", problems=("not_found", "version_changed"))
async def update_webhook(
    actor: Actor,
    db: AsyncConnection,
    webhook_id: UUID,
    body: WebhookContent,
    expected_version: int,
    request: HttpRequest,
) -> Webhook:
    """Replace address and choice of events, or switch it off or on.

    Switched on again, it goes on where it stopped, as far back as events are kept.
    """
    _require_allowed(request, body)
    anew = webhooks.tried_anew() if body.active else {}
    return await registry.change(db, WEBHOOKS, actor, webhook_id, expected_version, body, **anew)


@delete("/v1/webhooks/{webhook_id}", right="manage_webhooks", problems=("not_found", "version_changed"))
async def remove_webhook(actor: Actor, db: AsyncConnection, webhook_id: UUID, expected_version: int) -> None:
    """Delete a webhook, its secret and its deliveries."""
    await registry.remove(db, WEBHOOKS, actor, webhook_id, expected_version)


@post(
    "/v1/webhooks/{webhook_id}/secret-rotation",
    right="manage_webhooks",
    problems=("not_found",),
    example=RotateSecret(overlap_hours=24),
)
async def rotate_webhook_secret(
    actor: Actor, db: AsyncConnection, webhook_id: UUID, body: RotateSecret
) -> RotatedSecret:
    """Make a new secret. The present one also signs for a while, so that nothing sent meanwhile is refused."""
    found = await webhooks.rotate(db, actor.org_id, webhook_id, timedelta(hours=body.overlap_hours))
    if found is None:
        raise Refused("not_found")
    return RotatedSecret(secret=spelt(found[0]), earlier_secret_until=found[1])


@post("/v1/webhooks/{webhook_id}/test", right="manage_webhooks", problems=("not_found",))
async def test_webhook(actor: Actor, database: Database, webhook_id: UUID, request: HttpRequest) -> Pinged:
    """Send a `webhook.test` now, and say what came of it within ten seconds. It works for one that is off, too."""
    async with database.reader() as db:
        target = await webhooks.target(db, actor.org_id, webhook_id, resting=True)
    if target is None:
        raise Refused("not_found")
    event, came = await pinging.ping(target, private=_settings(request).private_webhooks)
    return Pinged(event_id=event.id, status=came.status, error=came.error, milliseconds=came.milliseconds)


def _require_allowed(request: HttpRequest, content: WebhookContent) -> None:
    require_allowed(content.url, private=_settings(request).private_webhooks)


def _settings(request: HttpRequest) -> Settings:
    settings: Settings = request.app.state.settings
    return settings
