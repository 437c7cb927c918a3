"""A repair on the server in memory: what a device lacks or holds otherwise, and what it should not hold."""

from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from tests.simulation.memory_pull import Changes, Cursor, digest_of, reads, visible
from tests.simulation.memory_request import Request

if TYPE_CHECKING:
    from tests.simulation.memory_server import MemoryServer


def repair(server: "MemoryServer", device_id: UUID, request: Request) -> Changes:
    """One page. Before the last one, or in another life than its cursor's, the device goes on from where it stood."""
    scopes = server.scopes(device_id)
    held = {each.id: each.digest for each in request.held}
    due = visible(server, scopes)
    extra = sorted(held.keys() - set(due))
    wrong = extra + [each for each in due if held.get(each) != digest_of(server, each).hex()]
    page, more = wrong[: request.limit], len(wrong) > request.limit
    here = msgspec.json.encode(Cursor(server.life, scopes, server.snapshot())).decode()
    return Changes(
        jobs=[msgspec.Raw(server.data.jobs[each].body) for each in page if each not in extra],
        withdrawn=[{"id": each, "kind": "job", "reason": "not_in_scope"} for each in page if each in extra],
        cursor=request.cursor or "" if more or not reads(request.cursor, server.life) else here,
        more=more,
        reset=None,
    )
