"""What other systems are told, who they are, and what became of each telling."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Identity,
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
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from service.store.tables.columns import A_RANDOM_KEY, NOW, created_at, identity, metadata, org_id, version

webhooks = Table(
    "webhooks",
    metadata,
    org_id(),
    identity(),
    Column("url", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("events", ARRAY(Text), nullable=False, comment="Patterns of kinds; empty: every kind"),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("disabled_why", Text, comment="failing or gone, when it was not a person who switched it off"),
    Column("disabled_at", DateTime(timezone=True)),
    Column("secret", LargeBinary, nullable=False, server_default=A_RANDOM_KEY, comment="Signs what it is sent"),
    Column("earlier_secret", LargeBinary, comment="Signs beside it until a while after a rotation"),
    Column("earlier_secret_until", DateTime(timezone=True)),
    Column("position", BigInteger, nullable=False, server_default=text("0"), comment="Its deliveries reach so far"),
    Column("failures", Integer, nullable=False, server_default=text("0"), comment="Tries since anything arrived"),
    Column("failing_since", DateTime(timezone=True)),
    Column("due_at", DateTime(timezone=True), nullable=False, server_default=NOW, comment="Not to be tried before"),
    version(),
    created_at(),
    PrimaryKeyConstraint("org_id", "id"),
    ForeignKeyConstraint(["org_id"], ["organisations.org_id"]),
)

events = Table(
    "events",
    metadata,
    org_id(),
    identity(),
    Column("number", BigInteger, Identity(), nullable=False, comment="Drawn under the job's lock: in its order"),
    Column("position", BigInteger, comment="Its place in the organisation's list, once others may read on from it"),
    Column("kind", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, server_default=NOW),
    Column("job_id", Uuid),
    Column("outlet_id", Uuid),
    Column("data", JSONB, nullable=False, comment="Ids and codes (domain.events.EventData)"),
    PrimaryKeyConstraint("org_id", "id"),
    UniqueConstraint("org_id", "position"),
    ForeignKeyConstraint(["org_id"], ["organisations.org_id"]),
    Index(None, "number", postgresql_where=text("position IS NULL")),
    Index(None, "org_id", "at"),
)

event_heads = Table(
    "event_heads",
    metadata,
    org_id(),
    Column("position", BigInteger, nullable=False, comment="The last one given; never given again"),
    PrimaryKeyConstraint("org_id"),
    ForeignKeyConstraint(["org_id"], ["organisations.org_id"]),
)

deliveries = Table(
    "deliveries",
    metadata,
    org_id(),
    identity("webhook_id"),
    Column("position", BigInteger, nullable=False, comment="Of the event"),
    identity("event_id"),
    Column("job_id", Uuid, comment="Of several with one, only the first that waits is sent"),
    Column("state", Text, nullable=False, server_default="waiting", comment="waiting, delivered or failed"),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("due_at", DateTime(timezone=True), nullable=False, server_default=NOW),
    Column("tried_at", DateTime(timezone=True)),
    Column("status", Integer, comment="Of the last answer, null when there was none"),
    Column("error", Text, comment="Why the last attempt failed, as a code"),
    Column("milliseconds", Integer),
    PrimaryKeyConstraint("org_id", "webhook_id", "position"),
    ForeignKeyConstraint(["org_id", "webhook_id"], ["webhooks.org_id", "webhooks.id"], ondelete="CASCADE"),
    ForeignKeyConstraint(["org_id", "event_id"], ["events.org_id", "events.id"], ondelete="CASCADE"),
    Index(None, "org_id", "webhook_id", "job_id", "position", postgresql_where=text("state = 'waiting'")),
    Index(None, "org_id", "event_id"),
)
