"""The feed: what a device has not seen yet, asked on asyncpg itself.

SQLAlchemy's execution layer would cost more than the statement and its answer.
"""

from collections.abc import Iterable, Sequence
from operator import itemgetter
from uuid import UUID

import asyncpg
from msgspec import Struct

from domain.people.actor import Role
from service.store.people.sessions import Standing
from service.store.sync import feed_statement as at
from sync import cursor as cursors
from sync.cursor import Cursor, Pages, Place, Snapshot
from sync.protocol import Reset, Withdrawn

JOB, SITE, VAN = "job", "site", "van"
SMALLEST_DOCUMENT_BYTES = 400
"""A page of so many bytes holds no more documents than this allows; more need not be read."""
WITHDRAWAL_BYTES = 100


class Ask(Struct, frozen=True):
    """A pull's question: whose device, the key that signs its cursors, its cursor, and how much it wants at once."""

    org_id: UUID
    member_id: UUID
    device_id: UUID
    key: bytes
    known: Cursor | None
    documents: int
    bytes: int
    digest: bool = False
    """Whether the digest of the whole scope is wanted, too. It takes longer than an empty pull."""


class Changes(Struct, frozen=True, kw_only=True):
    """What a pull answers: documents as stored bytes, documents to purge, and the next cursor."""

    standing: Standing
    jobs: list[bytes]
    sites: list[bytes]
    vans: list[bytes]
    withdrawn: list[Withdrawn]
    catalogue: str
    cursor: str
    more: bool
    reset: Reset | None
    digest: str | None
    """Of all that the device then holds; None when not asked, and when these pages began with an earlier one."""
    from_the_future: int | None
    """The epoch, when the device has seen more of it than there is: the database went back unannounced."""


async def changes(connection: "asyncpg.Connection[asyncpg.Record]", asks: Sequence[Ask]) -> list[Changes | None]:
    """For each device one page of what changed since its cursor; None where member or device do not exist.

    A device that knows nothing, or stood elsewhere, starts anew.
    """
    about: list[list[asyncpg.Record]] = [[] for _ in asks]
    statement = at.PULL_AND_DIGEST if any(ask.digest for ask in asks) else at.PULL
    for row in await connection.fetch(statement, *zip(*map(parameters, asks), strict=True)):
        about[row[at.ASKER] - 1].append(row)
    return [changes_of(ask, rows) if rows else None for ask, rows in zip(asks, about, strict=True)]


def parameters(ask: Ask) -> tuple[object, ...]:
    """What `feed_statement.ASKERS` is told of one device."""
    who = (ask.org_id, ask.member_id, ask.device_id)
    wanted = min(ask.documents, 1 + ask.bytes // SMALLEST_DOCUMENT_BYTES)
    known = ask.known
    if known is None:
        return (*who, None, None, None, None, None, None, None, None, wanted)
    where = (known.epoch, known.scopes, None if known.seen is None else cursors.spelled(known.seen))
    return (*who, *where, *_bound(known.pages), wanted)


def changes_of(ask: Ask, rows: Sequence[asyncpg.Record]) -> Changes:
    """The answer for one device, from its rows: the first is its standing, the others are documents."""
    first, *documents = rows
    whole = documents.pop()[at.BODY] if ask.digest else None
    page = _page(ask, sorted(documents, key=itemgetter(at.NUMBER)))
    more = len(page) < len(documents)
    bodies, withdrawn = _apart(page)
    before = ask.known if first[at.GOES_ON] else None
    role, outlet_ids, *rest = first[at.STANDING]
    return Changes(
        standing=Standing(Role(role), tuple(outlet_ids), *rest),
        jobs=bodies[JOB],
        sites=bodies[SITE],
        vans=bodies[VAN],
        withdrawn=withdrawn,
        catalogue=first[at.CATALOGUE],
        cursor=cursors.write(_next(before, first, page[-1] if more else None), ask.key, ask.device_id),
        more=more,
        reset=_reset(ask.known, first),
        digest=whole.hex() if whole and not more and (before is None or before.pages is None) else None,
        from_the_future=first[at.EPOCH] if first[at.FROM_THE_FUTURE] else None,
    )


def _bound(pages: Pages | None) -> tuple[object, ...]:
    if pages is None:
        return (None, None, None, None, None)
    after = pages.after
    return (cursors.spelled(pages.target), pages.due_before, after.rank, str(after.xid), after.document_id)


def _page(ask: Ask, documents: Sequence[asyncpg.Record]) -> Sequence[asyncpg.Record]:
    """As many documents as were asked for and fit, but at least one, or the device would never get on."""
    left = ask.bytes
    for index, row in enumerate(documents):
        left -= WITHDRAWAL_BYTES if row[at.BODY] is None else len(row[at.BODY])
        if index >= ask.documents or (left < 0 and index > 0):
            return documents[:index]
    return documents


def _apart(page: Iterable[asyncpg.Record]) -> tuple[dict[str, list[bytes]], list[Withdrawn]]:
    """The documents by their kind, and what must go."""
    bodies: dict[str, list[bytes]] = {JOB: [], SITE: [], VAN: []}
    withdrawn: list[Withdrawn] = []
    for row in page:
        if row[at.REASON] is None:
            bodies[row[at.KIND]].append(row[at.BODY])
        else:
            withdrawn.append(Withdrawn(id=row[at.DOCUMENT_ID], kind=row[at.KIND], reason=row[at.REASON]))
    return bodies, withdrawn


def _next(before: Cursor | None, first: asyncpg.Record, last: asyncpg.Record | None) -> Cursor:
    """While pages follow, the device still has only what it had; after the last, all that the target could see."""
    pages = before.pages if before is not None else None
    target = _durable(first) if pages is None else pages.target
    epoch, scopes = first[at.EPOCH], first[at.SCOPES]
    if last is None:
        return Cursor(epoch=epoch, scopes=scopes, seen=target)
    after = Place(last[at.RANK], int(last[at.XID]), last[at.DOCUMENT_ID])
    bound = Pages(target, first[at.DUE_BEFORE], after)
    return Cursor(epoch=epoch, scopes=scopes, seen=before.seen if before else None, pages=bound)


def _durable(first: asyncpg.Record) -> Snapshot:
    """The statement's snapshot, up to the newest transaction that the device is told of.

    What lies above may be ids of transactions that came to nothing: they need not be on the disk, and a database that
    is killed hands them out again. What is written under them then must not count as seen.
    """
    newest = first[at.XID]
    return cursors.packed(first[at.SNAPSHOT], 1 if newest is None else int(newest) + 1)


def _reset(known: Cursor | None, first: asyncpg.Record) -> Reset | None:
    """Why the device starts anew, on the first page that does; None when it goes on."""
    if first[at.GOES_ON]:
        return None
    if known is None or known == cursors.NOWHERE:
        return Reset.FIRST
    return Reset.SCOPES if first[at.SAME_EPOCH] else Reset.EPOCH
