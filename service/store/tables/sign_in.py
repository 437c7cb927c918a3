"""Devices, tokens and guesses."""

from sqlalchemy import (
    BigInteger,
    Column,
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

from service.store.tables.columns import created_at, identity, metadata, org_id

devices = Table(
    "devices",
    metadata,
    org_id(),
    identity(),
    identity("member_id"),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False, comment="phone or desk"),
    Column("platform", Text, comment="android, ios, … as the phone names it; null for a desk"),
    Column("app_version", Text),
    Column("public_key", Text, comment="The phone's own key, PEM, when it made one"),
    Column("authority_version", BigInteger, nullable=False, server_default=text("1"), comment="Raised to revoke"),
    Column("revoked_at", DateTime(timezone=True)),
    Column("clock_offset_ms", BigInteger, comment="Device clock minus server clock at the last exchange"),
    Column("last_seen_at", DateTime(timezone=True)),
    Column("suspected_at", DateTime(timezone=True), comment="When it looked like a clone, or like a phone set back"),
    Column("suspected_why", Text, comment="fact_id_reused or seq_reused; null again once a person knows why"),
    created_at(),
    PrimaryKeyConstraint("org_id", "id"),
    ForeignKeyConstraint(["org_id", "member_id"], ["members.org_id", "members.id"]),
    Index(None, "org_id", "member_id"),
)

enrolment_codes = Table(
    "enrolment_codes",
    metadata,
    org_id(),
    identity(),
    identity("member_id"),
    Column("code_digest", LargeBinary, nullable=False),
    identity("created_by"),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("used_at", DateTime(timezone=True)),
    Column("device_id", Uuid),
    created_at(),
    PrimaryKeyConstraint("org_id", "id"),
    UniqueConstraint("org_id", "code_digest"),
    ForeignKeyConstraint(["org_id", "member_id"], ["members.org_id", "members.id"]),
)

refresh_tokens = Table(
    "refresh_tokens",
    metadata,
    org_id(),
    identity(),
    identity("device_id"),
    Column("token_digest", LargeBinary, nullable=False),
    Column("successor_id", Uuid, comment="Issued when this one was used; its first use retires this one"),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("retired_at", DateTime(timezone=True)),
    created_at(),
    PrimaryKeyConstraint("org_id", "id"),
    UniqueConstraint("org_id", "token_digest"),
    ForeignKeyConstraint(["org_id", "device_id"], ["devices.org_id", "devices.id"]),
    Index(None, "org_id", "device_id"),
)

signing_keys = Table(
    "signing_keys",
    metadata,
    org_id(),
    Column("key_id", Text, nullable=False),
    Column("private_pem", Text, nullable=False),
    Column("public_pem", Text, nullable=False),
    created_at(),
    Column("retired_at", DateTime(timezone=True)),
    PrimaryKeyConstraint("org_id", "key_id"),
    ForeignKeyConstraint(["org_id"], ["organisations.org_id"]),
)

sign_in_attempts = Table(
    "sign_in_attempts",
    metadata,
    org_id(),
    Column("login", Text, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("blocked_until", DateTime(timezone=True)),
    PrimaryKeyConstraint("org_id", "login"),
)
