"""Service reports: visits frozen for paper."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKeyConstraint,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)

from service.store.tables.columns import (
    created_at,
    identity,
    metadata,
    org_id,
)

service_reports = Table(
    "service_reports",
    metadata,
    org_id(),
    identity(),
    identity("job_id"),
    identity("visit_id"),
    Column("job_version", BigInteger, nullable=False, comment="When it was frozen"),
    Column("language", Text, nullable=False),
    Column("code", Text, nullable=False, comment="What the paper bears: 80 bits of the content's digest"),
    Column("content", LargeBinary, nullable=False, comment="The frozen visit, canonical JSON"),
    Column("made_by", Uuid, nullable=False),
    Column("paper", LargeBinary, comment="The PDF, once it is set"),
    Column("task_id", Uuid, comment="Which task sets it"),
    created_at(),
    PrimaryKeyConstraint("org_id", "id"),
    UniqueConstraint("org_id", "job_id", "code"),
    ForeignKeyConstraint(["org_id", "job_id"], ["jobs.org_id", "jobs.id"]),
)
