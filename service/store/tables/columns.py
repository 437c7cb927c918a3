"""What tables are made of: one metadata, and the columns that many of them have."""

import uuid
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    MetaData,
    Uuid,
    text,
)
from sqlalchemy.types import UserDefinedType

metadata = MetaData(
    naming_convention={
        "ix": "%(table_name)s_%(column_0_N_name)s_index",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "pk": "%(table_name)s_pkey",
    },
)


class TransactionId(UserDefinedType[int]):
    """PostgreSQL's `xid8`: the 64-bit id of the transaction that wrote the row."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """Name the type in DDL."""
        return "xid8"


CURRENT_TRANSACTION = text("pg_current_xact_id()")
NOW = text("clock_timestamp()")
# As PostgreSQL spells them back, so that a test can compare the migrated schema with this file.
A_RANDOM_NUMBER = text("(floor((random() * ('9007199254740992'::bigint)::double precision)))::bigint")
A_RANDOM_KEY = text("sha256((uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())))")


def org_id() -> Column[uuid.UUID]:
    """Whose row it is: the first column of every key."""
    return Column("org_id", Uuid, nullable=False)


def identity(name: str = "id") -> Column[uuid.UUID]:
    """Which row of the organisation's, or which other thing it points to."""
    return Column(name, Uuid, nullable=False)


def created_at() -> Column[datetime]:
    """When the row was written."""
    return Column("created_at", DateTime(timezone=True), nullable=False, server_default=NOW)


def version() -> Column[int]:
    """Rises by one with each change; it is the resource's ETag."""
    return Column("version", BigInteger, nullable=False, server_default=text("1"))
