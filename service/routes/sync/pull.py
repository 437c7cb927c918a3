"""Pull: what changed for a device since it last looked."""

from datetime import UTC, datetime

import msgspec

from domain.job import Job
from domain.places import SiteCard
from service.database import Database
from service.epoch import epoch
from service.http.endpoint import Output, Raw, post
from service.http.errors import Refused
from service.sign_in import auth
from service.sign_in.tokens import Claims
from service.store.feed import Ask, Changes
from sync import cursor as cursors
from sync.cursor import Cursor
from sync.protocol import Pull, Withdrawn


class PullAnswer(Output, frozen=True, kw_only=True):
    """Everything in the device's scope that its cursor could not have seen.

    `reset` is true on the first page of a fresh start, and on no other: what the device holds and does not find in the
    pages from there on is no longer its own; push first, then drop it.
    """

    jobs: tuple[Job, ...]
    sites: tuple[SiteCard, ...]
    withdrawn: tuple[Withdrawn, ...]
    catalogue: str
    cursor: str
    more: bool
    reset: bool
    server_time: datetime


@post(
    "/v1/sync/pull",
    own_sign_in=True,
    problems=("cursor_invalid",),
    response=PullAnswer,
    example=Pull(limit=200),
)
async def pull_changes(claims: Claims, database: Database, body: Pull) -> Raw:
    """Everything that changed for this device since its cursor, documents whole, and the next cursor.

    Without a cursor: everything it may hold. Repeat while `more` is true; pages belong to one moment. Store the new
    cursor after applying the page; asking again with the old one gives the same again.
    """
    known = _cursor(body.cursor)
    now = await epoch(database, claims.org)
    found = await database.pulls.changes(Ask(claims.org, claims.sub, claims.device, now, known, body.limit))
    auth.actor_of(claims, found.standing if found else None)
    assert found is not None, "actor_of refuses who does not exist"
    return Raw(pull_answer(found, datetime.now(UTC)))


def pull_answer(found: Changes, at: datetime) -> bytes:
    """The encoded `PullAnswer`: stored documents joined as they are, nothing is decoded on the way out."""
    rest = msgspec.json.encode(
        {
            "withdrawn": found.withdrawn,
            "catalogue": found.catalogue,
            "cursor": found.cursor,
            "more": found.more,
            "reset": found.reset,
            "server_time": at,
        }
    )
    return b'{"jobs":[%b],"sites":[%b],%b' % (b",".join(found.jobs), b",".join(found.sites), rest[1:])


def _cursor(text: str | None) -> Cursor | None:
    if text is None:
        return None
    known = cursors.read(text)
    if known is None:
        raise Refused("cursor_invalid")
    return known
