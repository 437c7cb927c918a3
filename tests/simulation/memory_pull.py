"""A pull on the server in memory: what the cursor's snapshot could not see, in pages bound to one moment."""

from collections.abc import Collection
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
from msgspec import Struct

from sync import digest
from tests.simulation.memory_data import Row
from tests.simulation.memory_request import Request

if TYPE_CHECKING:
    from tests.simulation.memory_server import MemoryServer

Line = tuple[int, UUID, Row]
Withdrawal = dict[str, object]


class Snapshot(Struct, frozen=True, array_like=True):
    """Transactions from `end` on, and the open ones, cannot be seen."""

    end: int
    open: tuple[int, ...]

    def sees(self, xid: int) -> bool:
        return xid < self.end and xid not in self.open


class Cursor(Struct, frozen=True, array_like=True):
    """Where a device stands; `target` and `after` only between the pages of one pull."""

    life: int
    scopes: tuple[UUID, ...]
    seen: Snapshot | None
    target: Snapshot | None = None
    after: tuple[int, UUID] | None = None


class Changes(Struct, frozen=True):
    """The answer of a pull; documents are stored bytes."""

    jobs: list[msgspec.Raw]
    withdrawn: list[Withdrawal]
    cursor: str
    more: bool
    reset: str | None
    digest: str | None = None


def pull(server: "MemoryServer", device_id: UUID, request: Request) -> Changes | None:
    """One page, or None for a cursor that nobody wrote."""
    now, scopes = server.snapshot(), server.scopes(device_id)
    known = _read(request.cursor)
    if request.cursor is not None and known is None:
        return None
    reset = _reason(known, server.life, scopes)
    before = Cursor(server.life, scopes, None) if reset or known is None else known
    target = before.target or now
    lines = _lines(server, before, target, scopes)
    page, more = lines[: request.limit], len(lines) > request.limit
    after = (page[-1][0], page[-1][1]) if more else None
    following = Cursor(server.life, scopes, before.seen, target, after) if more else Cursor(server.life, scopes, target)
    return Changes(
        jobs=[msgspec.Raw(server.data.jobs[job_id].body) for _, job_id, row in page if row.visible],
        withdrawn=[{"id": job_id, "kind": "job", "reason": row.reason} for _, job_id, row in page if not row.visible],
        cursor=msgspec.json.encode(following).decode(),
        more=more,
        reset=reset,
        digest=_digest(server, scopes, target) if request.digest and not more else None,
    )


def anew(server: "MemoryServer", device_id: UUID, request: Request) -> Changes:
    """A pull that a broken cursor does not stop: it starts anew."""
    found = pull(server, device_id, request)
    if found is None:
        found = pull(server, device_id, msgspec.structs.replace(request, cursor=None))
    assert found is not None, "without a cursor there is always an answer"
    return found


def visible(server: "MemoryServer", scopes: Collection[UUID]) -> list[UUID]:
    """The documents that whoever has these scopes is to hold."""
    return sorted({job_id for (scope, job_id), row in server.data.audience.items() if scope in scopes and row.visible})


def digest_of(server: "MemoryServer", job_id: UUID) -> bytes:
    """Of the stored document, in the project's own canonical form."""
    return digest.digest(digest.canonical(msgspec.json.decode(server.data.jobs[job_id].body)))


def _digest(server: "MemoryServer", scopes: Collection[UUID], target: Snapshot) -> str | None:
    """Of all that is to be held; none for pages that end at a moment that is past."""
    rows = server.data.audience.items()
    if not all(target.sees(row.xid) for (scope, _), row in rows if scope in scopes):
        return None
    return digest.scope_digest((each, digest_of(server, each)) for each in visible(server, scopes)).hex()


def _reason(known: Cursor | None, life: int, scopes: tuple[UUID, ...]) -> str | None:
    if known is None:
        return "first"
    if known.life != life:
        return "epoch"
    return None if known.scopes == scopes else "scopes"


def _lines(server: "MemoryServer", before: Cursor, target: Snapshot, scopes: tuple[UUID, ...]) -> list[Line]:
    lines = [
        (row.xid, job_id, row)
        for (scope, job_id), row in server.data.audience.items()
        if scope in scopes
        and target.sees(row.xid)
        and not (before.seen is not None and before.seen.sees(row.xid))
        and (row.visible or (before.seen is not None and not _visible(server, job_id, scopes)))
    ]
    lines.sort(key=lambda line: line[:2])
    return [line for line in lines if before.after is None or line[:2] > before.after]


def _visible(server: "MemoryServer", job_id: UUID, scopes: Collection[UUID]) -> bool:
    rows = [server.data.audience.get((scope, job_id)) for scope in scopes]
    return any(row is not None and row.visible for row in rows)


def reads(text: str | None, life: int) -> bool:
    """Whether this is a cursor of this life."""
    known = _read(text)
    return known is not None and known.life == life


def heard(text: str | None, life: int) -> Snapshot:
    """What a device with this cursor can have heard of in this life."""
    known = _read(text)
    nothing = Snapshot(0, ())
    return nothing if known is None or known.life != life else known.target or known.seen or nothing


def _read(text: str | None) -> Cursor | None:
    try:
        return None if text is None else msgspec.json.decode(text, type=Cursor)
    except msgspec.MsgspecError:
        return None
