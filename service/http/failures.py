"""What an exception means to the one who asked: database errors by SQLSTATE, routing errors, and our own bugs."""

import random
import traceback

import asyncpg
import structlog
from litestar.exceptions import HTTPException, MethodNotAllowedException
from sqlalchemy import exc

from service.attempts import sqlstate
from service.http.errors import Refused

_log = structlog.get_logger("onsite")

CODES_BY_SQLSTATE = {"23505": "already_exists", "23P01": "already_exists", "23503": "reference_missing"}
CODES_BY_CLASS = {
    "08": "busy",
    "22": "value_out_of_range",
    "23": "state_conflict",
    "40": "busy",
    "53": "busy",
    "55": "busy",
    "57": "busy",
}
# A connection used in the instant between its server's last words and its end is an internal error to asyncpg.
_UNREACHABLE = (exc.TimeoutError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError, TimeoutError)


def refusal_of(error: Exception) -> Refused:
    """The problem to answer with. What nobody foresaw becomes `internal_error`; the caller logs it."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, HTTPException):
        return _routing_refusal(error)
    if (code := _database_code(error)) is None:
        return Refused("internal_error")
    return busy() if code == "busy" else Refused(code)


def busy() -> Refused:
    """503 with a wait drawn at random, so that the phones turned away together do not return together."""
    seconds = random.randint(1, 5)  # noqa: S311 (spreads load; guards nothing)
    return Refused("busy", headers=((b"retry-after", b"%d" % seconds),), seconds=seconds)


def log_bug(error: Exception, *, request_id: str, operation: str) -> None:
    """Where it happened and what kind, never the text: error texts quote bodies, names and phone numbers."""
    _log.error(
        "bug",
        request_id=request_id,
        operation=operation,
        error=type(error).__qualname__,
        cause=type(error.__cause__ or error.__context__).__qualname__,
        sqlstate=sqlstate(error),
        traceback=traceback.format_tb(error.__traceback__),
    )


def _routing_refusal(error: HTTPException) -> Refused:
    if isinstance(error, MethodNotAllowedException):
        allowed = ", ".join(sorted((error.headers or {}).get("allow", "").split(", ")))
        return Refused("method_not_allowed", headers=((b"allow", allowed.encode()),), allowed=allowed)
    if error.status_code == 404:
        return Refused("not_found")
    return Refused("malformed_request" if error.status_code < 500 else "internal_error")


def _database_code(error: Exception) -> str | None:
    state = sqlstate(error)
    if state is not None:
        return CODES_BY_SQLSTATE.get(state) or CODES_BY_CLASS.get(state[:2])
    if isinstance(error, _UNREACHABLE) or (isinstance(error, exc.DBAPIError) and error.connection_invalidated):
        return "busy"
    return "busy" if isinstance(error, exc.InterfaceError) else None
