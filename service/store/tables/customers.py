"""Customers, sites, assets. Personal data lives here only."""

from sqlalchemy import (
    Column,
    Date,
    DateTime,
    Double,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)

from service.store.tables.columns import created_at, identity, metadata, org_id, version

customers = Table(
    "customers",
    metadata,
    org_id(),
    identity(),
    identity("outlet_id"),
    Column("name", Text, nullable=False),
    Column("phone", Text),
    Column("language", Text, nullable=False, server_default="zh"),
    Column("note", Text),
    version(),
    created_at(),
    Column("review_on", Date, nullable=False, server_default=text("(CURRENT_DATE + 30)"), comment="As of evidence"),
    Column("erased_at", DateTime(timezone=True), comment="When the time of the last record was over (R14)"),
    PrimaryKeyConstraint("org_id", "id"),
    ForeignKeyConstraint(["org_id", "outlet_id"], ["outlets.org_id", "outlets.id"]),
    Index(None, "org_id", "outlet_id", "id"),
    Index(None, "org_id", "review_on", postgresql_where=text("erased_at IS NULL")),
)

sites = Table(
    "sites",
    metadata,
    org_id(),
    identity(),
    identity("customer_id"),
    Column("address", Text, nullable=False),
    Column("latitude", Double),
    Column("longitude", Double),
    Column("coordinate_system", Text),
    Column("time_zone", Text, nullable=False),
    Column("distance_km", Integer, comment="One way from the outlet, rounded up"),
    Column("access_note", Text),
    version(),
    created_at(),
    PrimaryKeyConstraint("org_id", "id"),
    ForeignKeyConstraint(["org_id", "customer_id"], ["customers.org_id", "customers.id"]),
    Index(None, "org_id", "customer_id"),
)

assets = Table(
    "assets",
    metadata,
    org_id(),
    identity(),
    identity("site_id"),
    Column("product_code", Text, nullable=False),
    Column("serial_number", Text),
    Column("invoiced_on", Date),
    Column("installed_on", Date),
    Column("exchanged_on", Date, comment="When these goods were given in exchange for others"),
    Column("note", Text),
    version(),
    created_at(),
    PrimaryKeyConstraint("org_id", "id"),
    ForeignKeyConstraint(["org_id", "site_id"], ["sites.org_id", "sites.id"]),
    Index(None, "org_id", "site_id"),
)
