"""Files: what facts name, what arrives, and what is kept."""

from sqlalchemy import (
    BigInteger,
    Boolean,
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

from service.store.tables.columns import created_at, identity, metadata, org_id

PENDING = text("received_at IS NULL AND NOT taken_back")

evidence = Table(
    "evidence",
    metadata,
    org_id(),
    identity("job_id"),
    identity("fact_id"),
    Column("digest", LargeBinary, nullable=False, comment="SHA-256 of the bytes that the fact names"),
    Column("visit_id", Uuid),
    Column("kind", Text, nullable=False, comment="Of the fact"),
    Column("purpose", Text, nullable=False),
    identity("member_id"),
    Column("named_at", DateTime(timezone=True), nullable=False, comment="When the fact was recorded"),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("received_at", DateTime(timezone=True), comment="Null while its bytes are missing, or damaged"),
    Column("taken_back", Boolean, nullable=False, server_default=text("false"), comment="The fact was retracted"),
    PrimaryKeyConstraint("org_id", "job_id", "fact_id", "digest"),
    ForeignKeyConstraint(["org_id", "job_id"], ["jobs.org_id", "jobs.id"]),
    Index(None, "org_id", "digest"),
    Index(None, "org_id", "due_at", "fact_id", "digest", postgresql_where=PENDING),
)

attachments = Table(
    "attachments",
    metadata,
    org_id(),
    Column("digest", LargeBinary, nullable=False, comment="SHA-256 of the bytes, which lie in the vault"),
    Column("media_type", Text, nullable=False, comment="As the bytes say"),
    Column("size_bytes", BigInteger, nullable=False),
    Column("width", Integer),
    Column("height", Integer),
    Column("thumbnail", Text, nullable=False, comment="none, asked, made or failed"),
    created_at(),
    Column("last_sent_at", DateTime(timezone=True), nullable=False),
    Column("checked_at", DateTime(timezone=True), nullable=False, comment="When the bytes last had this digest"),
    Column("damaged_at", DateTime(timezone=True), comment="When they were found to have another, or to be gone"),
    PrimaryKeyConstraint("org_id", "digest"),
    ForeignKeyConstraint(["org_id"], ["organisations.org_id"]),
    Index(None, "org_id", "checked_at"),
    Index(None, "org_id", "last_sent_at"),
)

attachment_jobs = Table(
    "attachment_jobs",
    metadata,
    org_id(),
    identity("job_id"),
    Column("digest", LargeBinary, nullable=False),
    Column("purpose", Text),
    identity("member_id"),
    identity("device_id"),
    Column("received_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("org_id", "job_id", "digest"),
    ForeignKeyConstraint(["org_id", "job_id"], ["jobs.org_id", "jobs.id"]),
    ForeignKeyConstraint(["org_id", "digest"], ["attachments.org_id", "attachments.digest"]),
    Index(None, "org_id", "digest"),
    comment="For which jobs the bytes were sent: who may see one of them may see the bytes",
)

uploads = Table(
    "uploads",
    metadata,
    org_id(),
    identity(),
    identity("job_id"),
    identity("member_id"),
    identity("device_id"),
    Column("digest", LargeBinary, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("offset_bytes", BigInteger, nullable=False, server_default=text("0"), comment="So much is on the disk"),
    Column("purpose", Text),
    Column("media_type", Text, comment="As its sender says"),
    Column("metadata", Text, nullable=False, comment="Upload-Metadata as it was sent"),
    Column("turn", BigInteger, nullable=False, server_default=text("0"), comment="Which request writes"),
    created_at(),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("finished_at", DateTime(timezone=True)),
    PrimaryKeyConstraint("org_id", "id"),
    ForeignKeyConstraint(["org_id", "job_id"], ["jobs.org_id", "jobs.id"]),
    Index(None, "org_id", "member_id", postgresql_where=text("finished_at IS NULL")),
    Index(None, "org_id", "expires_at"),
)
