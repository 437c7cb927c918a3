"""A first look at each new connection: it is used only once its database is known to belong to the epoch."""

import asyncpg
import structlog

from service.store.sync import epochs
from service.store.sync.epochs import Life

_log = structlog.get_logger("onsite")


class FirstLook:
    """Looks at each new connection of one application. It remembers the life that it saw last."""

    def __init__(self) -> None:
        self._known: Life | None = None

    async def __call__(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        """Let the connection be used, or close it and raise ConnectionError: who asked for it may try again."""
        try:
            self._known = await look(connection, self._known)
        except asyncpg.InsufficientPrivilegeError:
            # Some hosts keep the cluster's number to themselves; their restores are for the operator to tell.
            _log.warning("life_hidden")
        except asyncpg.PostgresError as error:
            connection.terminate()
            _log.warning("life_unknown", sqlstate=error.sqlstate)
            raise ConnectionError("Which life of the data this is cannot be told now.") from None
        except BaseException:
            connection.terminate()
            raise


async def look(connection: "asyncpg.Connection[asyncpg.Record]", known: Life | None = None) -> Life | None:
    """Open a new epoch if the database lives anew. A life that is `known` already has its epoch, and is not checked."""
    now = await epochs.life(connection)
    if now is not None and now != known:
        reason = await epochs.settle(connection, now)
        if reason is not None:
            log_opened(reason)
    return now


def log_opened(reason: epochs.Reason) -> None:
    """Log why every phone starts anew."""
    _log.warning("epoch_opened", reason=reason.value)
