"""An external database, looked at before it is used: its release, its schema, and as whom one signs in."""

from datetime import UTC, datetime

from msgspec import Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from service.running.migrate import applied_revision

OLDEST_SERVER = 160_000
"""PostgreSQL 16, as `server_version_num` counts."""

_ASK = text(
    "SELECT rolsuper, current_setting('server_version_num')::int, clock_timestamp(),"
    " current_setting('fsync') = 'on' AND current_setting('synchronous_commit') <> 'off'"
    " FROM pg_roles WHERE rolname = current_user"
)


class Inspected(Struct, frozen=True, kw_only=True):
    """What was found. `revision` is None in an empty database."""

    revision: str | None
    superuser: bool
    server_version: int
    clock_ahead_seconds: float
    durable: bool
    """Whether a commit is on the disk before it is answered."""


async def inspect(db: AsyncConnection) -> Inspected:
    """Look; nothing is changed."""
    superuser, version, at, durable = (await db.execute(_ASK)).one()
    return Inspected(
        revision=await applied_revision(db),
        superuser=superuser,
        server_version=version,
        clock_ahead_seconds=(datetime.now(UTC) - at).total_seconds(),
        durable=durable,
    )


def too_old(found: Inspected) -> str | None:
    """Why the server cannot be used at all."""
    if found.server_version >= OLDEST_SERVER:
        return None
    return f"The database is PostgreSQL {found.server_version // 10_000}; Onsite needs 16 or newer."


def too_mighty(found: Inspected) -> str | None:
    """Why one does not serve requests with this account: what went wrong in one would stop at nothing."""
    if not found.superuser:
        return None
    return (
        "DATABASE_URL signs in as a superuser, whom no right of the database holds back."
        " Give Onsite a role of its own that may only read and write rows, as compose.yaml does."
    )
