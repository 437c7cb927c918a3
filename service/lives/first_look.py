"""A look at the database's life: no connection is used before it is known that the epoch is of this one."""

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
    """Open a new epoch where the database lives anew; a life that is `known` to have its epoch is not looked into."""
    now = await epochs.life(connection)
    if now is not None and now != known:
        reason = await epochs.settle(connection, now)
        if reason is not None:
            tell(reason)
    return now


def tell(reason: epochs.Reason) -> None:
    """Leave a line for whoever asks why every phone started anew."""
    _log.warning("epoch_opened", reason=reason.value)
