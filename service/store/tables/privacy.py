"""What tells of people: how long it is kept, what was erased, what they agreed to, and for what it left."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
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
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

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
    Column("customer_id", Uuid, comment="Whose name, phone number and addresses"),
    Column("taken_at", DateTime(timezone=True), nullable=False, comment="When it was recorded"),
    Column("distance_metres", Integer, comment="What is left of a position: how far from the address it was"),
    Column("terms", JSONB, nullable=False, comment="The terms by which it was erased"),
    PrimaryKeyConstraint("org_id", "id"),
    ForeignKeyConstraint(["org_id"], ["organisations.org_id"]),
    Index(None, "org_id", "erased_at", "id"),
    Index(None, "org_id", "job_id"),
    comment="Added to, and never changed: what an auditor reads",
)

consents = Table(
    "consents",
    metadata,
    org_id(),
    identity(),
    Column("customer_id", Uuid),
    Column("member_id", Uuid),
    Column("kind", Text, nullable=False, comment="domain.people.consent.ConsentKind"),
    Column("given", Boolean, nullable=False, comment="False takes back what was given before"),
    Column("said_at", DateTime(timezone=True), nullable=False),
    Column("channel", Text, nullable=False),
    Column("notice", Text, nullable=False, comment="Which text was agreed to"),
    identity("recorded_by"),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=NOW),
    PrimaryKeyConstraint("org_id", "id"),
    ForeignKeyConstraint(["org_id", "customer_id"], ["customers.org_id", "customers.id"]),
    ForeignKeyConstraint(["org_id", "member_id"], ["members.org_id", "members.id"]),
    Index(None, "org_id", "customer_id", "kind", "said_at"),
    Index(None, "org_id", "member_id", "kind", "said_at"),
    comment="Added to, and never changed; what was said last stands",
)

accesses = Table(
    "accesses",
    metadata,
    org_id(),
    Column("id", Uuid, nullable=False, server_default=text("gen_random_uuid()")),
    Column("at", DateTime(timezone=True), nullable=False, server_default=NOW),
    identity("member_id"),
    Column("role", Text, nullable=False, comment="Theirs at that time"),
    Column("outlet_ids", ARRAY(Uuid), nullable=False, comment="Theirs at that time; none: all of them"),
    Column("action", Text, nullable=False, comment="asked or fetched"),
    Column("subject", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("purpose_note", Text),
    identity("export_id"),
    PrimaryKeyConstraint("org_id", "id"),
    ForeignKeyConstraint(["org_id"], ["organisations.org_id"]),
    Index(None, "org_id", "at", "id"),
    comment="Added to, and never changed: for what data of people left",
)

impact_assessments = Table(
    "impact_assessments",
    metadata,
    org_id(),
    identity(),
    Column("made_on", Date, nullable=False),
    Column("necessity", Text, nullable=False),
    Column("risks", Text, nullable=False),
    Column("measures", Text, nullable=False),
    identity("recorded_by"),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=NOW),
    PrimaryKeyConstraint("org_id", "id"),
    ForeignKeyConstraint(["org_id"], ["organisations.org_id"]),
    Index(None, "org_id", "made_on", "id"),
    comment="Added to, never changed, and kept at least three years",
)
