"""The links by which customers see their job and speak for themselves."""

from sqlalchemy import (
    Column,
    DateTime,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    Table,
    Uuid,
)

from service.store.tables.columns import (
    created_at,
    identity,
    metadata,
    org_id,
)

customer_links = Table(
    "customer_links",
    metadata,
    org_id(),
    identity(),
    identity("job_id"),
    Column("created_by", Uuid, nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("opened_at", DateTime(timezone=True), comment="When it was first opened"),
    Column("revoked_at", DateTime(timezone=True)),
    created_at(),
    PrimaryKeyConstraint("org_id", "id"),
    ForeignKeyConstraint(["org_id", "job_id"], ["jobs.org_id", "jobs.id"]),
    Index(None, "org_id", "job_id"),
)
