"""Which apps may pull documents: not those built for a contract so old that they would misread them."""

from service.database import Database
from service.http.errors import Refused
from sync.schemas import OLDEST_PULL


def is_pullable(database: Database, schema: int) -> bool:
    """Whether an app built against this version of the contract may read documents."""
    return schema >= max(OLDEST_PULL, database.oldest_schema)


def require_pullable(database: Database, schema: int) -> None:
    """Refuse documents to an app that is too old. Its facts are still taken: a push asks nobody's age."""
    if not is_pullable(database, schema):
        raise Refused("app_too_old", schema=schema, oldest=max(OLDEST_PULL, database.oldest_schema))
