"""Push: what a device recorded, and what became of it."""

from datetime import UTC, datetime

import msgspec
from msgspec.structs import asdict, replace

from domain.job.document import Job
from domain.people.actor import Actor, Role
from service.database import Database
from service.http.decoding import decode
from service.http.endpoint import EncodedJson, Output, post
from service.http.errors import Refused
from service.pulling import changes as pulling
from service.pulling.changes import Device
from service.pulling.pullable import is_pullable
from service.recording.batch import batch_of
from service.recording.recording import Recorded, record_committed
from service.routes.sync.pull import PullAnswer, pull_answer
from service.seed.worked_example import PUSH
from service.store.sync import device_clocks, purges
from service.store.sync.audience import scopes
from service.store.sync.feed import Changes
from service.store.underway import underway
from sync.clock import offset_ms
from sync.protocol import BYTES_PER_PULL, DOCUMENTS_PER_PULL, FACTS_PER_PUSH, DeviceTrouble, Push, PushOutcome
from sync.salvage import facts_apart

PUSH_BYTES = 4 * 1024 * 1024

_WHEN_UNREADABLE: dict[str, msgspec.Raw] = {
    **dict.fromkeys(("device_clock", "uptime_ms", "boot_id", "purged_cursor"), msgspec.Raw(b"null")),
    # A cursor that cannot be read: the changes start anew.
    "cursor": msgspec.Raw(b'""'),
}
"""The fields of a push that are about its device, each with the value that replaces one that cannot be read."""


class SalvagedPush(Push, frozen=True, kw_only=True):
    """A push that is not JSON throughout. Only of its first `counted` facts is the place in the push certain."""

    counted: int


class PushAnswer(Output, frozen=True, kw_only=True):
    """One outcome for each fact, and what changed for the device, so that nothing has to be pulled back.

    There are fewer outcomes than facts where one broke off so that those after it cannot be counted: what has no
    outcome stays in the outbox and is sent again.
    `jobs` renew documents that the device holds; what it does not hold, or has to purge, comes with the next pull.
    With a cursor in the request `changes` is the answer of a pull; without one it is null. With `device_trouble` the
    device looks like a clone, or like one set back: nothing is lost, but the app should enrol anew under a new device
    id and hand over what is unsent with `made_on`. It is said until a person at the desk knows why.
    """

    outcomes: tuple[PushOutcome, ...]
    clock_offset_ms: int | None
    device_trouble: DeviceTrouble | None
    jobs: tuple[Job, ...]
    changes: PullAnswer | None


def read_push(raw: bytes) -> Push:
    """The push in these bytes. Facts that are not even JSON are passed on as they are."""
    try:
        return _decoded(raw)
    except Refused as refused:
        apart = facts_apart(raw) if refused.code in {"malformed_json", "nested_too_deeply"} else None
        if apart is None or len(apart.facts) > FACTS_PER_PUSH:
            raise
    facts = tuple(msgspec.Raw(each) for each in apart.facts)
    return SalvagedPush(**asdict(_decoded(apart.rest)) | {"facts": facts, "counted": apart.counted})


@post(
    "/v1/sync/push",
    right="push_facts",
    body_bytes=PUSH_BYTES,
    decode=read_push,
    response=PushAnswer,
    example=PUSH,
)
async def push_facts(actor: Actor, database: Database, body: Push) -> EncodedJson:
    """Record what this device's member did, and hear what became of each fact.

    Facts are recorded in the order of `seq`; one bad fact never stops another, nor does a cursor that cannot be
    read: the changes then start anew. Send the same facts again whenever the answer did not arrive: each is recorded
    once, and a repeat gets its first answer byte for byte. A phone with a new device id, because it looked
    like a clone or was handed over to somebody else, hands over what it had not sent with `made_on`: its earlier one.
    An app that is too old to pull hands over its facts all the same, and is answered outcomes alone.
    """
    batch = await batch_of(database, actor, body, datetime.now(UTC))
    recorded = await record_committed(database, batch, [bytes(raw) for raw in body.facts])
    if isinstance(body, SalvagedPush):
        recorded = replace(
            recorded, outcomes=recorded.outcomes[: body.counted], answers=recorded.answers[: body.counted]
        )
    at, clock_offset_ms = batch.exchange.server_at, offset_ms(batch.exchange)
    async with underway(
        device_clocks.note(database.pull_pool, actor.org_id, actor.device_id, at, clock_offset_ms)
    ) as noted:
        outcomes, own = outcomes_of(recorded), own_documents(actor, recorded)
    device = Device(actor.org_id, actor.member_id, actor.device_id)
    await _note_purges(database, actor, device, body, at)
    readable = is_pullable(database, body.schema)
    if body.cursor is None or not readable:
        return EncodedJson(_push_answer(outcomes, clock_offset_ms, noted.result(), own if readable else [], None))
    since = await pulling.read_cursor(database, device, body.cursor)
    found = await pulling.changes(database, device, since, DOCUMENTS_PER_PULL, BYTES_PER_PULL)
    return EncodedJson(_push_answer(outcomes, clock_offset_ms, noted.result(), [], found))


def own_documents(actor: Actor, recorded: Recorded) -> list[bytes]:
    """The jobs that the push changed and that its author still holds."""
    if actor.role is not Role.TECHNICIAN and not actor.outlet_ids:
        return [each.body for each in recorded.documents.values()]
    own_scopes = {actor.member_id} if actor.role is Role.TECHNICIAN else set(actor.outlet_ids)
    held = [
        job_id
        for job_id, state in recorded.states.items()
        if any(reason is None and scope_id in own_scopes for scope_id, reason in scopes(state.job))
    ]
    return [recorded.documents[job_id].body for job_id in held]


def outcomes_of(recorded: Recorded) -> bytes:
    """The encoded `PushOutcome`s, side by side."""
    return b",".join(
        b'{"index":%d,"outcome":"%b","answer":%b}' % (index, outcome.encode(), answer)
        for index, (outcome, answer) in enumerate(zip(recorded.outcomes, recorded.answers, strict=True))
    )


async def _note_purges(database: Database, actor: Actor, device: Device, body: Push, at: datetime) -> None:
    """Believe the device as far as its newest cursor reaches; without one that can be read, not at all."""
    if body.purged and body.purged_cursor is not None:
        stood = await pulling.read_cursor(database, device, body.purged_cursor)
        if stood is not None:
            await purges.acknowledge(database.pull_pool, actor, body.purged, stood, at)


def _decoded(raw: bytes) -> Push:
    """The push. A clock or a cursor that cannot be read is replaced, so that it holds up no fact."""
    try:
        return decode(raw, Push)
    except Refused as refused:
        broken = {error.pointer.removeprefix("/") for error in refused.errors}
        if not broken or not broken <= _WHEN_UNREADABLE.keys():
            raise
    parts = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
    return _decoded(msgspec.json.encode(parts | {name: _WHEN_UNREADABLE[name] for name in broken}))


def _push_answer(
    outcomes: bytes, clock_offset_ms: int | None, trouble: str | None, jobs: list[bytes], found: Changes | None
) -> bytes:
    changes = b"null" if found is None else pull_answer(found)
    return b'{"outcomes":[%b],"clock_offset_ms":%b,"device_trouble":%b,"jobs":[%b],"changes":%b}' % (
        outcomes,
        msgspec.json.encode(clock_offset_ms),
        msgspec.json.encode(trouble),
        b",".join(jobs),
        changes,
    )
