"""How long what tells of people is kept, and what was erased."""

from sqlalchemy import (
    Column,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from service.store.tables.columns import NOW, identity, metadata, org_id, version

retention_terms = Table(
    "retention_terms",
    metadata,
    org_id(),
    Column("body", JSONB, nullable=False),
    version(),
    identity("changed_by"),
    Column("changed_at", DateTime(timezone=True), nullable=False, server_default=NOW),
    PrimaryKeyConstraint("org_id"),
    ForeignKeyConstraint(["org_id"], ["organisations.org_id"]),
)

erasures = Table(
    "erasures",
    metadata,
    org_id(),
    Column("id", Uuid, nullable=False, server_default=text("gen_random_uuid()")),
    Column("erased_at", DateTime(timezone=True), nullable=False, server_default=NOW),
    Column("data", Text, nullable=False, comment="What was erased (domain.retention)"),
    Column("job_id", Uuid),
    Column("fact_id", Uuid, comment="Of which fact, or the fact that named the file"),
    Column("digest", LargeBinary, comment="Of the file"),
    Column("taken_at", DateTime(timezone=True), nullable=False, comment="When it was recorded"),
    Column("distance_metres", Integer, comment="What is left of a position: how far from the address it was"),
    Column("terms", JSONB, nullable=False, comment="The terms by which it was erased"),
    PrimaryKeyConstraint("org_id", "id"),
    ForeignKeyConstraint(["org_id"], ["organisations.org_id"]),
    Index(None, "org_id", "erased_at", "id"),
    Index(None, "org_id", "job_id"),
    comment="Added to, and never changed: what an auditor reads",
)
