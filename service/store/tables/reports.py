"""Written reports: what was asked for, and the paper."""

from sqlalchemy import Column, Date, ForeignKeyConstraint, Index, LargeBinary, PrimaryKeyConstraint, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY

from service.store.tables.columns import created_at, identity, metadata, org_id

written_reports = Table(
    "written_reports",
    metadata,
    org_id(),
    identity(),
    Column("task_id", Uuid, comment="The task that makes it"),
    Column("made_by", Uuid, nullable=False),
    Column("role", Text, nullable=False, comment="Theirs when they asked"),
    Column("outlet_ids", ARRAY(Uuid), nullable=False, comment="Theirs when they asked; none: all of them"),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("outlet_id", Uuid),
    Column("technician_id", Uuid),
    Column("language", Text, nullable=False),
    Column("figures", LargeBinary, comment="Everything on the paper, as JSON"),
    Column("paper", LargeBinary, comment="The PDF, once it is made"),
    created_at(),
    PrimaryKeyConstraint("org_id", "id"),
    ForeignKeyConstraint(["org_id"], ["organisations.org_id"]),
    Index(None, "org_id", "made_by", "created_at", "id"),
)
