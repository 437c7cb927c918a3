"""Preview: what a push would do, without doing it."""

from datetime import UTC, datetime

import msgspec
from msgspec import Struct

from domain.job.document import Job
from domain.people.actor import Actor
from service.cases.contents import CaseLine
from service.cases.reading import line_of, zone_of
from service.database import Database
from service.http.endpoint import EncodedJson, Output, post
from service.pulling.pullable import is_pullable
from service.recording.batch import batch_of
from service.recording.preview import preview
from service.routes.sync.push import PUSH_BYTES, outcomes_of, own_documents, read_push
from service.seed.worked_example import PUSH
from sync.protocol import Push, PushOutcome
from sync.record import Record, read
from sync.unknown_names import unknown_names


class UnknownFields(Struct, frozen=True, kw_only=True):
    """Fields of the fact at this index that would be kept and not understood."""

    index: int
    pointers: tuple[str, ...]


class PreviewAnswer(Output, frozen=True, kw_only=True):
    """One outcome for each fact, the jobs as they would then be, and the cases that would open or take in a visit.

    `unknown_fields`: in an app that is not newer than the server, a name that is misspelt.
    """

    outcomes: tuple[PushOutcome, ...]
    jobs: tuple[Job, ...]
    cases: tuple[CaseLine, ...]
    unknown_fields: tuple[UnknownFields, ...]


@post(
    "/v1/sync/preview",
    right="push_facts",
    body_bytes=PUSH_BYTES,
    decode=read_push,
    response=PreviewAnswer,
    example=PUSH,
)
async def preview_push(actor: Actor, database: Database, body: Push) -> EncodedJson:
    """Say what a push would do, and do nothing.

    The body is that of a push, and the answers are those that it would get now; only the moment of recording differs.
    Nothing is kept: no fact, no case, no clock, no purge. An app asks before something that is hard to take back, and
    a developer to see what a rule does. It holds the same jobs as a push would for as long as it takes, and is told
    `busy` where somebody else holds them for longer than a second.
    """
    batch = await batch_of(database, actor, body, datetime.now(UTC))
    found = await preview(database, batch, [bytes(raw) for raw in body.facts])
    jobs = own_documents(actor, found.recorded) if is_pullable(database, body.schema) else []
    async with database.reader() as db:
        zone = await zone_of(db, actor)
    cases = msgspec.json.encode([line_of(each, zone) for each in found.cases])
    unknown = msgspec.json.encode(_unknown_fields(body))
    return EncodedJson(
        b'{"outcomes":[%b],"jobs":[%b],"cases":%b,"unknown_fields":%b}'
        % (outcomes_of(found.recorded), b",".join(jobs), cases, unknown)
    )


def _unknown_fields(body: Push) -> list[UnknownFields]:
    read_facts = [read(bytes(raw), body.schema) for raw in body.facts]
    named = [unknown_names(fact, body.schema) if isinstance(fact, Record) else () for fact in read_facts]
    return [UnknownFields(index=index, pointers=pointers) for index, pointers in enumerate(named) if pointers]
