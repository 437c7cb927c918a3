"""Products, parts and prices, and their bundles."""

from sqlalchemy import (
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB

from service.store.tables.columns import created_at, metadata, org_id, version

catalogue = Table(
    "catalogue",
    metadata,
    org_id(),
    Column("kind", Text, nullable=False, comment="product, part, fault_code, price_list, checklist"),
    Column("code", Text, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("body", JSONB, nullable=False),
    version(),
    created_at(),
    PrimaryKeyConstraint("org_id", "kind", "code"),
    ForeignKeyConstraint(["org_id"], ["organisations.org_id"]),
)

catalogue_bundles = Table(
    "catalogue_bundles",
    metadata,
    org_id(),
    Column("digest", Text, nullable=False, comment="Of the body: 16 hex digits of its SHA-256"),
    Column("body", LargeBinary, nullable=False, comment="Canonical JSON of the whole catalogue at that time"),
    Column("replaced_at", DateTime(timezone=True), comment="Null while pulls announce it"),
    PrimaryKeyConstraint("org_id", "digest"),
    ForeignKeyConstraint(["org_id"], ["organisations.org_id"]),
)
