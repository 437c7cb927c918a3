"""What visits and jobs count for the KPIs."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from service.store.tables.columns import identity, metadata, org_id

measures = Table(
    "measures",
    metadata,
    org_id(),
    identity("job_id"),
    Column("place", Integer, nullable=False, comment="0 is the job itself, then its visits"),
    Column("visit_id", Uuid),
    identity("outlet_id"),
    Column("technician_id", Uuid),
    Column("product_code", Text),
    Column("fault_group", Text),
    Column("work_type", Text, nullable=False),
    Column("priority", Text, nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("asset_id", Uuid, comment="Of a repair order: by it a repeated repair is found"),
    Column("reported_at", DateTime(timezone=True)),
    Column("repeat_of", Text, nullable=False, comment="request, user_damage or none: what it is to an earlier repair"),
    Column("completed_at", DateTime(timezone=True), comment="Of a solved repair order"),
    Column("watched_until", DateTime(timezone=True), comment="Until here a new request is a repeat"),
    Column("first_day", Date, comment="The first and last of its days; null where it counts for none"),
    Column("last_day", Date),
    # One element for each KPI that it counts for, side by side.
    Column("kpis", ARRAY(Text), nullable=False),
    Column("days", ARRAY(Date), nullable=False, comment="In site time: the period that it belongs to"),
    Column("decided_at", ARRAY(DateTime(timezone=True)), nullable=False, comment="Until then it is pending"),
    Column("numerators", ARRAY(BigInteger), nullable=False),
    Column("denominators", ARRAY(BigInteger), nullable=False),
    Column("excluded", ARRAY(Text), nullable=False),
    Column("low_graded", ARRAY(Boolean), nullable=False),
    Column("seconds", ARRAY(BigInteger), nullable=False, comment="The interval behind it"),
    PrimaryKeyConstraint("org_id", "job_id", "place"),
    ForeignKeyConstraint(["org_id", "job_id"], ["jobs.org_id", "jobs.id"]),
    Index(None, "org_id", "outlet_id", "last_day", "first_day"),
    Index(None, "org_id", "asset_id", "reported_at", postgresql_where=text("asset_id IS NOT NULL")),
    # A page keeps room: most changes of a measure move none of its indexed columns.
    postgresql_with={"fillfactor": 80},
)
