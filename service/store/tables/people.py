"""Organisations, outlets, members."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Double,
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

from domain.warranty.claim import LABOUR_DAYS, PART_DAYS
from service.store.tables.columns import A_RANDOM_KEY, A_RANDOM_NUMBER, created_at, identity, metadata, org_id, version

organisations = Table(
    "organisations",
    metadata,
    org_id(),
    Column("code", Text, nullable=False, comment="What a person types at sign-in, unique on this installation"),
    Column("name", Text, nullable=False),
    Column("language", Text, nullable=False, server_default="zh"),
    Column("time_zone", Text, nullable=False, server_default="Asia/Shanghai"),
    Column("epoch", BigInteger, nullable=False, server_default=A_RANDOM_NUMBER, comment="Which life of the data"),
    Column("epoch_system_id", Text, comment="Cluster, database and table that this epoch was opened on"),
    Column("epoch_timeline", Integer, comment="And its timeline: another one is another life"),
    Column(
        "lives",
        ARRAY(Integer),
        nullable=False,
        server_default=text("'{0}'::integer[]"),
        comment="The lives that led here, one more with each epoch: versions of jobs name the one they count in",
    ),
    Column("cursor_key", LargeBinary, nullable=False, server_default=A_RANDOM_KEY, comment="Signs sync cursors"),
    Column(
        "catalogue_digest",
        Text,
        nullable=False,
        server_default="",
        comment="Of the catalogue's bundle; pulls announce it; empty while there has never been one",
    ),
    created_at(),
    PrimaryKeyConstraint("org_id"),
    # The one key that cannot start with org_id: it is how a person without a token names the organisation.
    UniqueConstraint("code"),
)

outlets = Table(
    "outlets",
    metadata,
    org_id(),
    identity(),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("city", Text, nullable=False),
    Column("area", Text, nullable=False, comment="city or county: decides the distance fee"),
    Column("latitude", Double, nullable=False),
    Column("longitude", Double, nullable=False),
    Column("coordinate_system", Text, nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("complaint_line", Text, nullable=False),
    Column("labour_guarantee_days", Integer, nullable=False, server_default=text(str(LABOUR_DAYS))),
    Column("part_guarantee_days", Integer, nullable=False, server_default=text(str(PART_DAYS))),
    version(),
    created_at(),
    PrimaryKeyConstraint("org_id", "id"),
    UniqueConstraint("org_id", "code"),
    ForeignKeyConstraint(["org_id"], ["organisations.org_id"]),
)

members = Table(
    "members",
    metadata,
    org_id(),
    identity(),
    Column("role", Text, nullable=False),
    Column("outlet_ids", ARRAY(Uuid), nullable=False, comment="Empty: every outlet"),
    Column("login", Text, nullable=False, comment="Badge number for technicians"),
    Column("name", Text, nullable=False),
    Column("team", Text),
    Column("language", Text, nullable=False, server_default="zh"),
    Column("skills", ARRAY(Text), nullable=False),
    Column("daily_minutes", Integer, nullable=False, server_default=text("480"), comment="Planned work a day at most"),
    Column("password_hash", Text),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("authority_version", BigInteger, nullable=False, server_default=text("1"), comment="Raised to revoke"),
    version(),
    created_at(),
    PrimaryKeyConstraint("org_id", "id"),
    UniqueConstraint("org_id", "login"),
    ForeignKeyConstraint(["org_id"], ["organisations.org_id"]),
)

certificates = Table(
    "certificates",
    metadata,
    org_id(),
    identity(),
    identity("member_id"),
    Column("kind", Text, nullable=False, comment="refrigeration, height, electrician, gas, welding, chemicals"),
    Column("number", Text, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_until", Date, nullable=False, comment="Inclusive"),
    Column("review_due_on", Date, comment="Inclusive; a review overdue makes the certificate invalid"),
    version(),
    PrimaryKeyConstraint("org_id", "id"),
    UniqueConstraint("org_id", "member_id", "kind", "number"),
    ForeignKeyConstraint(["org_id", "member_id"], ["members.org_id", "members.id"]),
)

absences = Table(
    "absences",
    metadata,
    org_id(),
    identity(),
    identity("member_id"),
    Column("starts_at", DateTime(timezone=True), nullable=False),
    Column("ends_at", DateTime(timezone=True), nullable=False),
    Column("reason", Text, nullable=False),
    version(),
    PrimaryKeyConstraint("org_id", "id"),
    ForeignKeyConstraint(["org_id", "member_id"], ["members.org_id", "members.id"]),
    Index(None, "org_id", "member_id", "starts_at"),
)

member_photos = Table(
    "member_photos",
    metadata,
    org_id(),
    identity("member_id"),
    Column("picture", LargeBinary, nullable=False, comment="A small JPEG, drawn anew from what was sent"),
    created_at(),
    PrimaryKeyConstraint("org_id", "member_id"),
    ForeignKeyConstraint(["org_id", "member_id"], ["members.org_id", "members.id"]),
)
