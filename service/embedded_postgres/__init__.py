"""A real PostgreSQL 18 that lives and dies with the process that started it.

`start` answers once the server does, however long its recovery takes. It never starts a second server on the same
data: while the first owner lives, others attach to it. The processes: owner → keeper → PostgreSQL. The keeper
(keeper.py) sees the owner end, in whatever way, and stops the server; the kernel tells the server when the keeper
is killed; and whatever is left after that, the next `start` finds and stops.
"""

from service.embedded_postgres.errors import PostgresUnavailable
from service.embedded_postgres.inspection import Inspection, State, erase, exists, inspect
from service.embedded_postgres.server import Server, start

__all__ = ["Inspection", "PostgresUnavailable", "Server", "State", "erase", "exists", "inspect", "start"]
