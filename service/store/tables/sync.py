"""Who may hold which document, and what became of it on the phones."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY

from service.store.tables.columns import CURRENT_TRANSACTION, NOW, TransactionId, identity, metadata, org_id

audience = Table(
    "audience",
    metadata,
    org_id(),
    identity("scope_id"),
    identity("document_id"),
    Column("visible", Boolean, nullable=False),
    Column("reason", Text, comment="Why it was withdrawn"),
    Column("due_at", DateTime(timezone=True), comment="When its next work begins; what is due soon is sent first"),
    Column("xid", TransactionId, nullable=False, server_default=CURRENT_TRANSACTION),
    Column("changed_at", DateTime(timezone=True), nullable=False, server_default=NOW),
    # Document before scope: of the two, only the feed's own index can serve a pull, whatever the planner believes.
    PrimaryKeyConstraint("org_id", "document_id", "scope_id"),
    ForeignKeyConstraint(["org_id", "document_id"], ["documents.org_id", "documents.id"]),
    Index(None, "org_id", "scope_id", "xid", "document_id"),
)

purges = Table(
    "purges",
    metadata,
    org_id(),
    identity("device_id"),
    identity("document_id"),
    Column(
        "withdrawn_at",
        DateTime(timezone=True),
        nullable=False,
        comment="Which withdrawal this answers: changed_at of the audience row. A later one is still to be answered",
    ),
    Column("purged_at", DateTime(timezone=True), nullable=False, comment="When the device said that it let go of it"),
    PrimaryKeyConstraint("org_id", "device_id", "document_id"),
    ForeignKeyConstraint(["org_id", "device_id"], ["devices.org_id", "devices.id"]),
)

refused_numbers = Table(
    "refused_numbers",
    metadata,
    org_id(),
    identity("device_id"),
    Column("seq", BigInteger, nullable=False, comment="The device's own counter"),
    Column("fact_id", Uuid, nullable=False, comment="The strict fact that bore it; nothing else of it was kept"),
    PrimaryKeyConstraint("org_id", "device_id", "seq"),
    ForeignKeyConstraint(["org_id", "device_id"], ["devices.org_id", "devices.id"]),
)

repairs = Table(
    "repairs",
    metadata,
    org_id(),
    identity(),
    identity("device_id"),
    identity("member_id"),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("differing", ARRAY(Uuid), nullable=False, comment="Documents that the device held with another content"),
    Column("missing", ARRAY(Uuid), nullable=False, comment="Documents that it should have held"),
    Column("extra", ARRAY(Uuid), nullable=False, comment="Documents that it should not have held"),
    PrimaryKeyConstraint("org_id", "id"),
    ForeignKeyConstraint(["org_id", "device_id"], ["devices.org_id", "devices.id"]),
    Index(None, "org_id", "device_id", "at"),
    Index(None, "org_id", "at", "id"),
)
