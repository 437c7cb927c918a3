"""Frozen reports: what was reported, and all that was counted for it."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from service.store.tables.columns import identity, metadata, org_id

snapshots = Table(
    "snapshots",
    metadata,
    org_id(),
    identity(),
    Column("frozen_at", DateTime(timezone=True), nullable=False),
    identity("frozen_by"),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("outlet_ids", ARRAY(Uuid), nullable=False, comment="Whose work it counts; empty: every outlet's"),
    Column("question", JSONB, nullable=False, comment="As domain.kpis.query.Report, to tell which changes touch it"),
    Column("body", LargeBinary, nullable=False, comment="Canonical JSON of what was reported; never changed"),
    Column("sha256", LargeBinary, nullable=False, comment="Of the body, which names that of the items"),
    PrimaryKeyConstraint("org_id", "id"),
    ForeignKeyConstraint(["org_id"], ["organisations.org_id"]),
    Index(None, "org_id", "frozen_at", "id"),
    Index(None, "org_id", "last_day"),
)

snapshot_items = Table(
    "snapshot_items",
    metadata,
    org_id(),
    identity("snapshot_id"),
    Column("number", BigInteger, nullable=False),
    Column("kpi", Text, nullable=False),
    identity("job_id"),
    Column("place", SmallInteger, nullable=False),
    Column("visit_id", Uuid),
    Column("grouped", Text),
    Column("starts_on", Date),
    Column("day", Date, nullable=False),
    Column("decided_at", DateTime(timezone=True), nullable=False),
    Column("numerator", BigInteger, nullable=False),
    Column("denominator", BigInteger, nullable=False),
    Column("excluded", Text),
    Column("low_graded", Boolean, nullable=False),
    Column("seconds", BigInteger),
    Column("facts", BigInteger, nullable=False, comment="How many facts the job's log had"),
    PrimaryKeyConstraint("org_id", "snapshot_id", "number"),
    # They are written first: what was reported is then computed from them, and written once.
    ForeignKeyConstraint(
        ["org_id", "snapshot_id"], ["snapshots.org_id", "snapshots.id"], deferrable=True, initially="DEFERRED"
    ),
)
