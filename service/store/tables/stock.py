"""What people did to stock, and what the jobs' documents say was used."""

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
    text,
)

from service.store.tables.columns import identity, metadata, org_id

UNSETTLED = text("replaces AND old_part IN ('none', 'returned')")

stock_operations = Table(
    "stock_operations",
    metadata,
    org_id(),
    identity(),
    Column("kind", Text, nullable=False, comment="received, issued, returned, counted, scrapped, old_part_returned"),
    Column("part_code", Text, nullable=False),
    Column("quantity_thousandths", BigInteger, nullable=False, comment="Below zero in a count that found less"),
    Column("from_location_id", Uuid, comment="An outlet's id for its depot, a member's for their van"),
    Column("to_location_id", Uuid),
    Column("serial_number", Text),
    Column("batch", Text),
    Column("reason", Text),
    Column("use_id", Uuid, comment="Of an old part handed in: the use that took it out"),
    identity("member_id"),
    Column("at", DateTime(timezone=True), nullable=False, comment="The server's clock"),
    PrimaryKeyConstraint("org_id", "id"),
    ForeignKeyConstraint(["org_id", "member_id"], ["members.org_id", "members.id"]),
    Index(None, "org_id", "from_location_id", "part_code"),
    Index(None, "org_id", "to_location_id", "part_code"),
    Index(None, "org_id", "part_code", "serial_number"),
    Index(None, "org_id", "at", "id"),
    Index(None, "org_id", "use_id", postgresql_where=text("use_id IS NOT NULL")),
)

stock_uses = Table(
    "stock_uses",
    metadata,
    org_id(),
    identity("fact_id"),
    identity("job_id"),
    identity("visit_id"),
    identity("technician_id"),
    Column("outlet_id", Uuid),
    Column("location_id", Uuid, comment="Null where it came from no stock of ours"),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("part_code", Text, nullable=False),
    Column("quantity_thousandths", BigInteger, nullable=False),
    Column("source", Text, nullable=False, comment="van, depot, purchased or customer"),
    Column("serial_number", Text),
    Column("batch", Text),
    Column("serial_out", Text, comment="Of the part that was taken out"),
    Column("old_part", Text, nullable=False, comment="What became of the part that was taken out"),
    Column("replaces", Boolean, nullable=False, comment="Whether a part was taken out"),
    PrimaryKeyConstraint("org_id", "fact_id"),
    ForeignKeyConstraint(["org_id", "job_id"], ["jobs.org_id", "jobs.id"]),
    Index(None, "org_id", "job_id"),
    Index(None, "org_id", "location_id", "part_code"),
    Index(None, "org_id", "part_code", "serial_number"),
    Index(None, "org_id", "at", "fact_id"),
    Index("stock_uses_unsettled_index", "org_id", "at", "fact_id", postgresql_where=UNSETTLED),
)
