"""Repair: a device whose digest differs from the server's is set right, document by document."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from service.database import Database
from service.http.endpoint import EncodedJson, post
from service.http.errors import Refused
from service.pulling import changes as pulling
from service.pulling.changes import Device
from service.pulling.pullable import require_pullable
from service.routes.sync.pull import PullAnswer, pull_answer
from service.sign_in import auth
from service.sign_in.tokens import Claims
from service.store.sync import repairs
from sync.protocol import BYTES_PER_PULL, DOCUMENTS_PER_PULL, Schema

DOCUMENTS_HELD = 20_000
REPAIR_BYTES = 4 * 1024 * 1024


class HeldDocument(Struct, frozen=True, kw_only=True):
    """A document on the device: the SHA-256 of its canonical form (RFC 8785), in hex."""

    id: UUID
    digest: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class Repair(Struct, frozen=True, kw_only=True, forbid_unknown_fields=False):
    """All that a device holds, where it stands, and how much it wants at once.

    The cursor tells damage from what merely changed since. Without one, or with one that cannot be read, the device is
    set right all the same, and its next pull starts anew (`reset` is `first`).
    """

    held: Annotated[tuple[HeldDocument, ...], Meta(max_length=DOCUMENTS_HELD)] = ()
    cursor: Annotated[str, Meta(max_length=20_000)] | None = None
    limit: Annotated[int, Meta(ge=1, le=DOCUMENTS_PER_PULL)] = 200
    budget_bytes: Annotated[int, Meta(ge=1, le=BYTES_PER_PULL)] = BYTES_PER_PULL
    schema: Schema = 1


@post(
    "/v1/sync/repair",
    own_sign_in=True,
    right="pull_documents",
    problems=("app_too_old", "repairing_too_often"),
    body_bytes=REPAIR_BYTES,
    response=PullAnswer,
    example=Repair(held=(HeldDocument(id=UUID("019f3517-9c00-7000-8000-0000000d0001"), digest="0" * 64),)),
)
async def repair_documents(claims: Claims, database: Database, body: Repair) -> EncodedJson:
    """Set right what this device holds: what it lacks or holds otherwise is sent, what it should not hold withdrawn.

    Ask when the digest of a pull differs from the device's own. While `more` is true ask again, with what it then
    holds; the cursor counts from the last answer on. What was damaged is kept as an incident for the desk. A document
    that is damaged again and again on one device is not sent for ever: 429, and the device goes on with what it has.
    """
    require_pullable(database, body.schema)
    device = Device(claims.org, claims.sub, claims.device)
    since = None if body.cursor is None else await pulling.read_cursor(database, device, body.cursor)
    ask = await pulling.ask_of(database, device, since, body.limit, body.budget_bytes)
    compared = await repairs.compare(database.pull_pool, ask, _held(body.held))
    auth.require(auth.actor_of(claims, compared[0].standing if compared else None), "pull_documents")
    assert compared is not None, "actor_of refuses who does not exist"
    found, damages = compared
    if any(damages.values()):
        seconds = await repairs.keep(database.pull_pool, ask, damages, datetime.now(UTC))
        if seconds is not None:
            raise Refused("repairing_too_often", headers=((b"retry-after", b"%d" % seconds),), seconds=seconds)
    return EncodedJson(pull_answer(found))


def _held(documents: tuple[HeldDocument, ...]) -> dict[UUID, bytes | None]:
    """The digest of each document. One that is named twice with two digests has none: it cannot be right."""
    held: dict[UUID, bytes | None] = {}
    for each in documents:
        digest = bytes.fromhex(each.digest)
        held[each.id] = digest if held.get(each.id, digest) == digest else None
    return held
