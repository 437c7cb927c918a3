"""An external database, looked at before it is used: its release, its schema, and as whom one signs in."""

from datetime import UTC, datetime

from msgspec import Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from service.running.migrate import applied_revision, newest_revision
from service.store import table_shapes

OLDEST_SERVER = 160_000
"""PostgreSQL 16, as `server_version_num` counts."""
MOST_NAMED = 3

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
    differing: list[str]
    """Tables, columns and keys that are not those of the newest migration, in a database that says to be there."""


async def inspect(db: AsyncConnection) -> Inspected:
    """Look; nothing is changed."""
    superuser, version, at, durable = (await db.execute(_ASK)).one()
    revision = await applied_revision(db)
    return Inspected(
        revision=revision,
        superuser=superuser,
        server_version=version,
        clock_ahead_seconds=(datetime.now(UTC) - at).total_seconds(),
        durable=durable,
        differing=await table_shapes.differing(db) if revision == newest_revision() else [],
    )


def too_old(found: Inspected) -> str | None:
    """Why the server cannot be used at all."""
    if found.server_version >= OLDEST_SERVER:
        return None
    return f"The database is PostgreSQL {found.server_version // 10_000}; Onsite needs 16 or newer."


def too_new(found: Inspected) -> str | None:
    """Why an older release cannot use what a newer one has migrated."""
    if found.revision is None or found.revision <= newest_revision():
        return None
    return (
        f"The database is at migration {found.revision}, and this release knows {newest_revision()}:"
        " a newer one has made it. Run that one, or put back a backup from before."
    )


def of_other_code(found: Inspected) -> str | None:
    """Why tables under the right number are of no use: made before the release by a draft, or changed by hand."""
    if not found.differing:
        return None
    more = len(found.differing) - MOST_NAMED
    named = ", ".join(found.differing[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
    return (
        f"The database is at migration {found.revision}, but its tables are of other code; what differs: {named}."
        " Run the code that made it, put the whole backup back, or begin anew: `onsite reset` deletes an embedded"
        " database; an external one is emptied by its owner, and `onsite migrate` run."
    )


def too_mighty(found: Inspected) -> str | None:
    """Why one does not serve requests with this account: what went wrong in one would stop at nothing."""
    if not found.superuser:
        return None
    return (
        "DATABASE_URL signs in as a superuser, whom no right of the database holds back."
        " Give Onsite a role of its own that may only read and write rows, as compose.yaml does."
    )
