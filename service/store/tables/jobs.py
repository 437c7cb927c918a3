"""Jobs: the facts, and what is folded from them."""

from sqlalchemy import (
    BigInteger,
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
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from service.store.tables.columns import identity, metadata, org_id

jobs = Table(
    "jobs",
    metadata,
    org_id(),
    identity(),
    Column("number", Text, nullable=False, comment="What people say on the phone"),
    identity("outlet_id"),
    Column("customer_id", Uuid),
    Column("site_id", Uuid),
    Column("asset_id", Uuid),
    Column("work_type", Text, nullable=False),
    Column("priority", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("technician_ids", ARRAY(Uuid), nullable=False),
    Column("planned_start", DateTime(timezone=True), comment="Of the next live visit"),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    Column("open_cases", Integer, nullable=False),
    Column("version", BigInteger, nullable=False, comment="As apps see it: number of facts in the log, and life"),
    Column("memory", LargeBinary, nullable=False, comment="What the fold needs to go on from the document"),
    Column("chain", LargeBinary, nullable=False, comment="The chain value of the newest fact"),
    Column("refund_due_fen", BigInteger, comment="Still to go back; null when nothing is"),
    Column("refund_fell_due_at", DateTime(timezone=True)),
    Column("refund_in_time_until", Date, comment="The last of five working days"),
    Column("refund_lawful_until", Date, comment="The last of fifteen days"),
    Column("refund_calendar_known", Boolean, comment="False: holidays not yet announced may move the days"),
    PrimaryKeyConstraint("org_id", "id"),
    ForeignKeyConstraint(["org_id", "outlet_id"], ["outlets.org_id", "outlets.id"]),
    Index(None, "org_id", "outlet_id", "status", "id"),
    Index(None, "org_id", "outlet_id", "opened_at", "id"),
    Index(None, "org_id", "customer_id"),
    Index(None, "org_id", "asset_id"),
    Index(None, "org_id", "refund_in_time_until", "id", postgresql_where=text("refund_in_time_until IS NOT NULL")),
)

facts = Table(
    "facts",
    metadata,
    org_id(),
    identity("job_id"),
    Column("log_number", BigInteger, nullable=False, comment="Its place in the job's log, from 1, no gaps"),
    identity(),
    Column("visit_id", Uuid),
    Column("kind", Text, nullable=False),
    identity("author_id"),
    Column("author_role", Text, nullable=False),
    identity("device_id"),
    Column("seq", BigInteger, comment="The device's own counter; null for a fact made on the server"),
    Column("base_version", BigInteger, nullable=False, comment="How much of this log its author had seen"),
    Column("happened_at", DateTime(timezone=True), nullable=False, comment="The device's clock"),
    Column("recorded_at", DateTime(timezone=True), nullable=False, comment="The server's clock"),
    Column("corrected_at", DateTime(timezone=True), nullable=False),
    Column("time_grade", Text, nullable=False),
    Column("record", LargeBinary, nullable=False, comment="The fact's JSON, byte for byte as its author sent it"),
    Column("holds_position", Boolean, nullable=False, comment="An exact position, which is erased after a time (R14)"),
    Column("digest", LargeBinary, nullable=False, comment="SHA-256 of the canonical record, as it was sent"),
    Column("chain", LargeBinary, nullable=False, comment="SHA-256 of the previous chain value and this digest"),
    Column("outcome", LargeBinary, nullable=False, comment="The answer its author was given, byte for byte"),
    Column("schema", Integer, nullable=False, server_default=text("1"), comment="The contract it was written by"),
    Column("life", Integer, nullable=False, server_default=text("0"), comment="Of the data, when it was recorded"),
    PrimaryKeyConstraint("org_id", "job_id", "log_number"),
    UniqueConstraint("org_id", "id"),
    ForeignKeyConstraint(["org_id", "job_id"], ["jobs.org_id", "jobs.id"]),
    Index(None, "org_id", "device_id", "seq"),
    Index(None, "org_id", "corrected_at", postgresql_where=text("holds_position")),
)

documents = Table(
    "documents",
    metadata,
    org_id(),
    identity(),
    Column("kind", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False, comment="Canonical JSON; a pull joins these bytes and never decodes"),
    Column("digest", LargeBinary, nullable=False, comment="SHA-256 of the body: devices compare theirs with it"),
    PrimaryKeyConstraint("org_id", "id"),
    # Up to a page, a document lies in its row as it is: unpacking it would cost a bootstrap half its speed. Pages
    # keep room, so that the next version of a document goes beside it and its index entry stays.
    postgresql_with={"toast_tuple_target": 8160, "fillfactor": 75},
)

asset_visits = Table(
    "asset_visits",
    metadata,
    org_id(),
    identity("job_id"),
    identity("visit_id"),
    identity("asset_id"),
    Column("ended_at", DateTime(timezone=True), nullable=False),
    Column("body", LargeBinary, nullable=False, comment="The visit as phones hold it (domain.repair_record.history)"),
    # A visit's id comes from a device: only its job makes it unique.
    PrimaryKeyConstraint("org_id", "job_id", "visit_id"),
    ForeignKeyConstraint(["org_id", "job_id"], ["jobs.org_id", "jobs.id"]),
    Index(None, "org_id", "asset_id", "ended_at"),
)

bookings = Table(
    "bookings",
    metadata,
    org_id(),
    identity("visit_id"),
    identity("job_id"),
    identity("technician_id"),
    Column("starts_at", DateTime(timezone=True), nullable=False),
    Column("ends_at", DateTime(timezone=True), nullable=False),
    # A visit's id comes from a device: only its job makes it unique.
    PrimaryKeyConstraint("org_id", "job_id", "visit_id"),
    ForeignKeyConstraint(["org_id", "job_id"], ["jobs.org_id", "jobs.id"]),
    Index(None, "org_id", "technician_id", "starts_at"),
)
