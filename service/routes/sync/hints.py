"""Hints: an open stream that says when there is something to pull."""

from service.database import Database
from service.http.endpoint import get
from service.http.reading import HttpRequest
from service.http.streaming import Events
from service.pulling.listening import Listeners
from service.sign_in.tokens import Claims


@get("/v1/sync/hints", own_sign_in=True, right="pull_documents", problems=("busy",))
async def read_hints(claims: Claims, database: Database, request: HttpRequest) -> Events:
    """Stay connected, and hear within a second that something changed for this device.

    Server-sent events. `changed` means: pull now; it is also the first event of every stream, for what happened while
    nobody listened. `bye` is the last one, and its `reason` says why: `token_expired` (refresh the session, come
    back), `token_revoked`, `device_revoked`, `replaced` (this device opened another stream: do not come back) or
    `stopping` (the server is restarting). Lines that begin with a colon are heartbeats, every 15 seconds at the
    latest. After any other end wait for `retry` milliseconds and connect again. Nothing else is ever said here: a
    hint that gets lost costs nothing, since the next pull finds the same.
    """
    listeners: Listeners = request.app.state.listeners
    return Events(await listeners.welcome(database.pull_pool, claims))
