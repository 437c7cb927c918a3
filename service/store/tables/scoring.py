"""Criteria of an organisation's own: schemes, profiles, limits of patterns."""

from sqlalchemy import Column, DateTime, ForeignKeyConstraint, PrimaryKeyConstraint, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from service.store.tables.columns import NOW, identity, metadata, org_id, version

criteria = Table(
    "criteria",
    metadata,
    org_id(),
    Column("kind", Text, nullable=False, comment="scheme, profile or pattern_limits"),
    Column("code", Text, nullable=False),
    Column("body", JSONB, nullable=False),
    version(),
    identity("changed_by"),
    Column("changed_at", DateTime(timezone=True), nullable=False, server_default=NOW),
    PrimaryKeyConstraint("org_id", "kind", "code"),
    ForeignKeyConstraint(["org_id"], ["organisations.org_id"]),
)
