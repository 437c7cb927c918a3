"""What is done in the background."""

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from service.store.tables.columns import NOW, identity, metadata, org_id

UNFINISHED = text("state IN ('waiting', 'running')")

tasks = Table(
    "tasks",
    metadata,
    org_id(),
    identity(),
    Column("kind", Text, nullable=False, comment="Which handler does it (service.work.kinds)"),
    Column("key", Text, comment="Of tasks of a kind with one key, only one waits or runs"),
    Column("day", Date, comment="Of a daily pass: one for each organisation, kind and day"),
    Column("details", JSONB, nullable=False),
    Column("state", Text, nullable=False, comment="waiting, running, done or failed"),
    Column("due_at", DateTime(timezone=True), nullable=False, comment="While it runs: when it is given up for lost"),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("again_at", DateTime(timezone=True), comment="Asked for while it was running: when it is to run again"),
    Column("holder", Uuid, comment="Which crew of which process runs it"),
    Column("steps_done", BigInteger),
    Column("steps_total", BigInteger),
    Column("last_error", Text),
    Column("asked_at", DateTime(timezone=True), nullable=False, server_default=NOW),
    Column("started_at", DateTime(timezone=True)),
    Column("finished_at", DateTime(timezone=True)),
    PrimaryKeyConstraint("org_id", "id"),
    UniqueConstraint("org_id", "kind", "day"),
    ForeignKeyConstraint(["org_id"], ["organisations.org_id"]),
    Index(None, "org_id", "kind", "key", unique=True, postgresql_where=UNFINISHED),
    Index(None, "org_id", "state", "asked_at", "id"),
    # Crews look for work in all organisations at once, every second.
    Index(None, "due_at", postgresql_where=UNFINISHED),
)
