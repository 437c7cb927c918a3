"""Improvement actions."""

from sqlalchemy import Column, Date, DateTime, ForeignKeyConstraint, Index, PrimaryKeyConstraint, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from service.store.tables.columns import NOW, identity, metadata, org_id, version

improvements = Table(
    "improvements",
    metadata,
    org_id(),
    identity(),
    Column("kpi", Text, nullable=False),
    Column("outlet_id", Uuid, comment="Null: the whole organisation"),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("title", Text, nullable=False),
    Column("cause", Text),
    Column("action", Text, nullable=False),
    identity("owner_id"),
    Column("due_on", Date, nullable=False),
    Column("state", Text, nullable=False),
    Column("before_snapshot_id", Uuid),
    Column("after_first_day", Date),
    Column("after_last_day", Date),
    Column("after_snapshot_id", Uuid),
    Column("conclusion", Text),
    identity("opened_by"),
    Column("opened_at", DateTime(timezone=True), nullable=False, server_default=NOW),
    Column("before", JSONB(none_as_null=True), nullable=False, comment="The figure as it was taken"),
    Column("after", JSONB(none_as_null=True)),
    version(),
    PrimaryKeyConstraint("org_id", "id"),
    ForeignKeyConstraint(["org_id", "owner_id"], ["members.org_id", "members.id"]),
    ForeignKeyConstraint(["org_id", "outlet_id"], ["outlets.org_id", "outlets.id"]),
    Index(None, "org_id", "outlet_id", "kpi"),
)
