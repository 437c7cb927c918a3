"""Exports: what was asked for, and where the file lies."""

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from service.store.tables.columns import created_at, identity, metadata, org_id

exports = Table(
    "exports",
    metadata,
    org_id(),
    identity(),
    Column("task_id", Uuid, comment="The task that makes it"),
    Column("made_by", Uuid, nullable=False),
    Column("role", Text, nullable=False, comment="Theirs when they asked"),
    Column("outlet_ids", ARRAY(Uuid), nullable=False, comment="Theirs when they asked; none: all of them"),
    Column("subject", Text, nullable=False, comment="measures, kpi_results, evidence or contacts"),
    Column("format", Text, nullable=False),
    Column("purpose", Text, comment="What for, where it tells of people (R13)"),
    Column("purpose_note", Text),
    Column("period", JSONB, nullable=False, comment="What was asked for"),
    Column("size_bytes", BigInteger, comment="Null until the file is whole"),
    Column("sha256", LargeBinary),
    Column("rows", BigInteger),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    created_at(),
    PrimaryKeyConstraint("org_id", "id"),
    ForeignKeyConstraint(["org_id"], ["organisations.org_id"]),
    Index(None, "org_id", "made_by", "created_at", "id"),
    Index(None, "org_id", "expires_at"),
)
