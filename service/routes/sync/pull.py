"""Pull: what changed for a device since it last looked."""

import msgspec

from domain.customers import SiteCard
from domain.job.document import Job
from domain.stock import VanStock
from service.database import Database
from service.http.endpoint import EncodedJson, Output, post
from service.http.errors import Refused
from service.pulling import changes as pulling
from service.pulling.changes import Device
from service.pulling.pullable import require_pullable
from service.sign_in import auth
from service.sign_in.tokens import Claims
from service.store.sync.feed import Changes
from sync.protocol import Pull, Reset, Withdrawn


class PullAnswer(Output, frozen=True, kw_only=True):
    """Everything in the device's scope that its cursor could not have seen.

    What must go comes first, then what is due within a day, then the rest. `reset` says on the first page of a fresh
    start why it is one, and is null on every other: what the device holds and does not find in the pages from there
    on is no longer its own; push first, then drop it. `digest`, in hex, when it was asked for and the pull is
    complete in one page: null says nothing, so ask again in the next pull.
    """

    jobs: tuple[Job, ...]
    sites: tuple[SiteCard, ...]
    vans: tuple[VanStock, ...]
    withdrawn: tuple[Withdrawn, ...]
    catalogue: str
    cursor: str
    more: bool
    reset: Reset | None
    digest: str | None


@post(
    "/v1/sync/pull",
    own_sign_in=True,
    right="pull_documents",
    problems=("cursor_invalid", "app_too_old"),
    response=PullAnswer,
    example=Pull(limit=200),
)
async def pull_changes(claims: Claims, database: Database, body: Pull) -> EncodedJson:
    """Everything that changed for this device since its cursor, documents whole, and the next cursor.

    Without a cursor: everything it may hold. Repeat while `more` is true; pages belong to one moment. Store the new
    cursor after applying the page; asking again with the old one gives the same again.
    """
    require_pullable(database, body.schema)
    device = Device(claims.org, claims.sub, claims.device)
    since = None if body.cursor is None else await pulling.read_cursor(database, device, body.cursor)
    if since is None and body.cursor is not None:
        raise Refused("cursor_invalid")
    found = await pulling.changes(database, device, since, body.limit, body.budget_bytes, digest=body.digest)
    auth.require(auth.actor_of(claims, found.standing if found else None), "pull_documents")
    assert found is not None, "actor_of refuses who does not exist"
    return EncodedJson(pull_answer(found))


def pull_answer(found: Changes) -> bytes:
    """The encoded `PullAnswer`: stored documents joined as they are, nothing is decoded on the way out."""
    rest = msgspec.json.encode(
        {
            "withdrawn": found.withdrawn,
            "catalogue": found.catalogue,
            "cursor": found.cursor,
            "more": found.more,
            "reset": found.reset,
            "digest": found.digest,
        }
    )
    jobs, sites, vans = map(_with_commas, (found.jobs, found.sites, found.vans))
    return b"".join([b'{"jobs":[', *jobs, b'],"sites":[', *sites, b'],"vans":[', *vans, b"],", rest[1:]])


def _with_commas(documents: list[bytes]) -> list[bytes]:
    """For one join of everything: a first pull is megabytes, and each further copy costs what the database does."""
    pieces = [b","] * (2 * len(documents))
    pieces[::2] = documents
    return pieces[:-1]
