"""Every table. The statements that are written as SQL, most of them beside this file, name its columns as text.

Each primary, unique and foreign key starts with `org_id`: one organisation can never reference, collide with or
probe another, and the schema can be distributed by organisation without change. One key does not: an organisation's
own code, by which people without a token name it.
"""

import uuid
from datetime import datetime

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
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.types import UserDefinedType

metadata = MetaData(
    naming_convention={
        "ix": "%(table_name)s_%(column_0_N_name)s_index",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "pk": "%(table_name)s_pkey",
    },
)


class TransactionId(UserDefinedType[int]):
    """PostgreSQL's `xid8`: the 64-bit id of the transaction that wrote the row."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """Name the type in DDL."""
        return "xid8"


CURRENT_TRANSACTION = text("pg_current_xact_id()")
NOW = text("clock_timestamp()")
# As PostgreSQL spells them back, so that a test can compare the migrated schema with this file.
A_RANDOM_NUMBER = text("(floor((random() * ('9007199254740992'::bigint)::double precision)))::bigint")
A_RANDOM_KEY = text("sha256((uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())))")


def _org_id() -> Column[uuid.UUID]:
    return Column("org_id", Uuid, nullable=False)


def _id(name: str = "id") -> Column[uuid.UUID]:
    return Column(name, Uuid, nullable=False)


def _created_at() -> Column[datetime]:
    return Column("created_at", DateTime(timezone=True), nullable=False, server_default=NOW)


def _version() -> Column[int]:
    """Rises by one with each change; it is the resource's ETag."""
    return Column("version", BigInteger, nullable=False, server_default=text("1"))


# People ---------------------------------------------------------------------------------------------------------

organisations = Table(
    "organisations",
    metadata,
    _org_id(),
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
    _created_at(),
    PrimaryKeyConstraint("org_id"),
    # The one key that cannot start with org_id: it is how a person without a token names the organisation.
    UniqueConstraint("code"),
)

outlets = Table(
    "outlets",
    metadata,
    _org_id(),
    _id(),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("city", Text, nullable=False),
    Column("area", Text, nullable=False, comment="city or county: decides the distance fee"),
    Column("latitude", Double, nullable=False),
    Column("longitude", Double, nullable=False),
    Column("coordinate_system", Text, nullable=False),
    Column("free_distance_km", Integer, nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("complaint_line", Text, nullable=False),
    _version(),
    _created_at(),
    PrimaryKeyConstraint("org_id", "id"),
    UniqueConstraint("org_id", "code"),
    ForeignKeyConstraint(["org_id"], ["organisations.org_id"]),
)

members = Table(
    "members",
    metadata,
    _org_id(),
    _id(),
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
    _version(),
    _created_at(),
    PrimaryKeyConstraint("org_id", "id"),
    UniqueConstraint("org_id", "login"),
    ForeignKeyConstraint(["org_id"], ["organisations.org_id"]),
)

certificates = Table(
    "certificates",
    metadata,
    _org_id(),
    _id(),
    _id("member_id"),
    Column("kind", Text, nullable=False, comment="refrigeration, height, electrician, gas, welding, chemicals"),
    Column("number", Text, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_until", Date, nullable=False, comment="Inclusive"),
    Column("review_due_on", Date, comment="Inclusive; a review overdue makes the certificate invalid"),
    _version(),
    PrimaryKeyConstraint("org_id", "id"),
    UniqueConstraint("org_id", "member_id", "kind", "number"),
    ForeignKeyConstraint(["org_id", "member_id"], ["members.org_id", "members.id"]),
)

absences = Table(
    "absences",
    metadata,
    _org_id(),
    _id(),
    _id("member_id"),
    Column("starts_at", DateTime(timezone=True), nullable=False),
    Column("ends_at", DateTime(timezone=True), nullable=False),
    Column("reason", Text, nullable=False),
    _version(),
    PrimaryKeyConstraint("org_id", "id"),
    ForeignKeyConstraint(["org_id", "member_id"], ["members.org_id", "members.id"]),
    Index(None, "org_id", "member_id", "starts_at"),
)

# Sign-in --------------------------------------------------------------------------------------------------------

devices = Table(
    "devices",
    metadata,
    _org_id(),
    _id(),
    _id("member_id"),
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
    _created_at(),
    PrimaryKeyConstraint("org_id", "id"),
    ForeignKeyConstraint(["org_id", "member_id"], ["members.org_id", "members.id"]),
    Index(None, "org_id", "member_id"),
)

enrolment_codes = Table(
    "enrolment_codes",
    metadata,
    _org_id(),
    _id(),
    _id("member_id"),
    Column("code_digest", LargeBinary, nullable=False),
    _id("created_by"),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("used_at", DateTime(timezone=True)),
    Column("device_id", Uuid),
    _created_at(),
    PrimaryKeyConstraint("org_id", "id"),
    UniqueConstraint("org_id", "code_digest"),
    ForeignKeyConstraint(["org_id", "member_id"], ["members.org_id", "members.id"]),
)

refresh_tokens = Table(
    "refresh_tokens",
    metadata,
    _org_id(),
    _id(),
    _id("device_id"),
    Column("token_digest", LargeBinary, nullable=False),
    Column("successor_id", Uuid, comment="Issued when this one was used; its first use retires this one"),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("retired_at", DateTime(timezone=True)),
    _created_at(),
    PrimaryKeyConstraint("org_id", "id"),
    UniqueConstraint("org_id", "token_digest"),
    ForeignKeyConstraint(["org_id", "device_id"], ["devices.org_id", "devices.id"]),
    Index(None, "org_id", "device_id"),
)

signing_keys = Table(
    "signing_keys",
    metadata,
    _org_id(),
    Column("key_id", Text, nullable=False),
    Column("private_pem", Text, nullable=False),
    Column("public_pem", Text, nullable=False),
    _created_at(),
    Column("retired_at", DateTime(timezone=True)),
    PrimaryKeyConstraint("org_id", "key_id"),
    ForeignKeyConstraint(["org_id"], ["organisations.org_id"]),
)

sign_in_attempts = Table(
    "sign_in_attempts",
    metadata,
    _org_id(),
    Column("login", Text, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("blocked_until", DateTime(timezone=True)),
    PrimaryKeyConstraint("org_id", "login"),
)

# Customers (personal data lives here only) -----------------------------------------------------------------------

customers = Table(
    "customers",
    metadata,
    _org_id(),
    _id(),
    _id("outlet_id"),
    Column("name", Text, nullable=False),
    Column("phone", Text),
    Column("language", Text, nullable=False, server_default="zh"),
    Column("note", Text),
    _version(),
    _created_at(),
    PrimaryKeyConstraint("org_id", "id"),
    ForeignKeyConstraint(["org_id", "outlet_id"], ["outlets.org_id", "outlets.id"]),
    Index(None, "org_id", "outlet_id", "id"),
)

sites = Table(
    "sites",
    metadata,
    _org_id(),
    _id(),
    _id("customer_id"),
    Column("address", Text, nullable=False),
    Column("latitude", Double),
    Column("longitude", Double),
    Column("coordinate_system", Text),
    Column("time_zone", Text, nullable=False),
    Column("distance_km", Integer, comment="One way from the outlet, rounded up"),
    Column("access_note", Text),
    _version(),
    _created_at(),
    PrimaryKeyConstraint("org_id", "id"),
    ForeignKeyConstraint(["org_id", "customer_id"], ["customers.org_id", "customers.id"]),
    Index(None, "org_id", "customer_id"),
)

assets = Table(
    "assets",
    metadata,
    _org_id(),
    _id(),
    _id("site_id"),
    Column("product_code", Text, nullable=False),
    Column("serial_number", Text),
    Column("invoiced_on", Date),
    Column("installed_on", Date),
    Column("note", Text),
    _version(),
    _created_at(),
    PrimaryKeyConstraint("org_id", "id"),
    ForeignKeyConstraint(["org_id", "site_id"], ["sites.org_id", "sites.id"]),
    Index(None, "org_id", "site_id"),
)

catalogue = Table(
    "catalogue",
    metadata,
    _org_id(),
    Column("kind", Text, nullable=False, comment="product, part, fault_code, price_list, checklist"),
    Column("code", Text, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("body", JSONB, nullable=False),
    _version(),
    _created_at(),
    PrimaryKeyConstraint("org_id", "kind", "code"),
    ForeignKeyConstraint(["org_id"], ["organisations.org_id"]),
)

catalogue_bundles = Table(
    "catalogue_bundles",
    metadata,
    _org_id(),
    Column("digest", Text, nullable=False, comment="Of the body: 16 hex digits of its SHA-256"),
    Column("body", LargeBinary, nullable=False, comment="Canonical JSON of the whole catalogue at that time"),
    Column("replaced_at", DateTime(timezone=True), comment="Null while pulls announce it"),
    PrimaryKeyConstraint("org_id", "digest"),
    ForeignKeyConstraint(["org_id"], ["organisations.org_id"]),
)

# Jobs: the facts, and what is folded from them -------------------------------------------------------------------

jobs = Table(
    "jobs",
    metadata,
    _org_id(),
    _id(),
    Column("number", Text, nullable=False, comment="What people say on the phone"),
    _id("outlet_id"),
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
    PrimaryKeyConstraint("org_id", "id"),
    ForeignKeyConstraint(["org_id", "outlet_id"], ["outlets.org_id", "outlets.id"]),
    Index(None, "org_id", "outlet_id", "status", "id"),
    Index(None, "org_id", "outlet_id", "opened_at", "id"),
    Index(None, "org_id", "customer_id"),
    Index(None, "org_id", "asset_id"),
)

facts = Table(
    "facts",
    metadata,
    _org_id(),
    _id("job_id"),
    Column("log_number", BigInteger, nullable=False, comment="Its place in the job's log, from 1, no gaps"),
    _id(),
    Column("visit_id", Uuid),
    Column("kind", Text, nullable=False),
    _id("author_id"),
    Column("author_role", Text, nullable=False),
    _id("device_id"),
    Column("seq", BigInteger, comment="The device's own counter; null for a fact made on the server"),
    Column("base_version", BigInteger, nullable=False, comment="How much of this log its author had seen"),
    Column("happened_at", DateTime(timezone=True), nullable=False, comment="The device's clock"),
    Column("recorded_at", DateTime(timezone=True), nullable=False, comment="The server's clock"),
    Column("corrected_at", DateTime(timezone=True), nullable=False),
    Column("time_grade", Text, nullable=False),
    Column("record", LargeBinary, nullable=False, comment="The fact's JSON, byte for byte as its author sent it"),
    Column("digest", LargeBinary, nullable=False, comment="SHA-256 of the canonical record"),
    Column("chain", LargeBinary, nullable=False, comment="SHA-256 of the previous chain value and this digest"),
    Column("outcome", LargeBinary, nullable=False, comment="The answer its author was given, byte for byte"),
    Column("schema", Integer, nullable=False, server_default=text("1"), comment="The contract it was written by"),
    Column("life", Integer, nullable=False, server_default=text("0"), comment="Of the data, when it was recorded"),
    PrimaryKeyConstraint("org_id", "job_id", "log_number"),
    UniqueConstraint("org_id", "id"),
    ForeignKeyConstraint(["org_id", "job_id"], ["jobs.org_id", "jobs.id"]),
    Index(None, "org_id", "device_id", "seq"),
)

documents = Table(
    "documents",
    metadata,
    _org_id(),
    _id(),
    Column("kind", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False, comment="Canonical JSON; a pull joins these bytes and never decodes"),
    Column("digest", LargeBinary, nullable=False, comment="SHA-256 of the body: devices compare theirs with it"),
    PrimaryKeyConstraint("org_id", "id"),
    # Up to a page, a document lies in its row as it is: unpacking it would cost a bootstrap half its speed. Pages
    # keep room, so that the next version of a document goes beside it and its index entry stays.
    postgresql_with={"toast_tuple_target": 8160, "fillfactor": 75},
)

audience = Table(
    "audience",
    metadata,
    _org_id(),
    _id("scope_id"),
    _id("document_id"),
    Column("visible", Boolean, nullable=False),
    Column("reason", Text, comment="Why it was withdrawn"),
    Column("due_at", DateTime(timezone=True), comment="When its next work begins; what is due soon is sent first"),
    Column("xid", TransactionId, nullable=False, server_default=CURRENT_TRANSACTION),
    Column("changed_at", DateTime(timezone=True), nullable=False, server_default=NOW),
    # Document before scope: of the two, only the feed's own index can serve a pull, whatever the planner believes.
    PrimaryKeyConstraint("org_id", "document_id", "scope_id"),
    ForeignKeyConstraint(["org_id", "document_id"], ["documents.org_id", "documents.id"]),
    Index(None, "org_id", "scope_id", "xid", "document_id"),
)

purges = Table(
    "purges",
    metadata,
    _org_id(),
    _id("device_id"),
    _id("document_id"),
    Column("purged_at", DateTime(timezone=True), nullable=False, comment="When the device said that it let go of it"),
    PrimaryKeyConstraint("org_id", "device_id", "document_id"),
    ForeignKeyConstraint(["org_id", "device_id"], ["devices.org_id", "devices.id"]),
)

repairs = Table(
    "repairs",
    metadata,
    _org_id(),
    _id(),
    _id("device_id"),
    _id("member_id"),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("differing", ARRAY(Uuid), nullable=False, comment="Documents that the device held with another content"),
    Column("missing", ARRAY(Uuid), nullable=False, comment="Documents that it should have held"),
    Column("extra", ARRAY(Uuid), nullable=False, comment="Documents that it should not have held"),
    PrimaryKeyConstraint("org_id", "id"),
    ForeignKeyConstraint(["org_id", "device_id"], ["devices.org_id", "devices.id"]),
    Index(None, "org_id", "device_id", "at"),
    Index(None, "org_id", "at", "id"),
)

bookings = Table(
    "bookings",
    metadata,
    _org_id(),
    _id("visit_id"),
    _id("job_id"),
    _id("technician_id"),
    Column("starts_at", DateTime(timezone=True), nullable=False),
    Column("ends_at", DateTime(timezone=True), nullable=False),
    # A visit's id comes from a device: only its job makes it unique.
    PrimaryKeyConstraint("org_id", "job_id", "visit_id"),
    ForeignKeyConstraint(["org_id", "job_id"], ["jobs.org_id", "jobs.id"]),
    Index(None, "org_id", "technician_id", "starts_at"),
)

# Stock: what people did to it, and what the jobs' documents say was used ------------------------------------------

stock_operations = Table(
    "stock_operations",
    metadata,
    _org_id(),
    _id(),
    Column("kind", Text, nullable=False, comment="received, issued, returned, counted, scrapped, old_part_returned"),
    Column("part_code", Text, nullable=False),
    Column("quantity_thousandths", BigInteger, nullable=False, comment="Below zero in a count that found less"),
    Column("from_location_id", Uuid, comment="An outlet's id for its depot, a member's for their van"),
    Column("to_location_id", Uuid),
    Column("serial_number", Text),
    Column("batch", Text),
    Column("reason", Text),
    _id("member_id"),
    Column("at", DateTime(timezone=True), nullable=False, comment="The server's clock"),
    PrimaryKeyConstraint("org_id", "id"),
    ForeignKeyConstraint(["org_id", "member_id"], ["members.org_id", "members.id"]),
    Index(None, "org_id", "from_location_id", "part_code"),
    Index(None, "org_id", "to_location_id", "part_code"),
    Index(None, "org_id", "part_code", "serial_number"),
    Index(None, "org_id", "at", "id"),
)

stock_uses = Table(
    "stock_uses",
    metadata,
    _org_id(),
    _id("fact_id"),
    _id("job_id"),
    _id("visit_id"),
    _id("technician_id"),
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
    PrimaryKeyConstraint("org_id", "fact_id"),
    ForeignKeyConstraint(["org_id", "job_id"], ["jobs.org_id", "jobs.id"]),
    Index(None, "org_id", "job_id"),
    Index(None, "org_id", "location_id", "part_code"),
    Index(None, "org_id", "part_code", "serial_number"),
    Index(None, "org_id", "at", "fact_id"),
)

cases = Table(
    "cases",
    metadata,
    _org_id(),
    _id(),
    Column("kind", Text, nullable=False, comment="finding, conflict, booking, quarantine, device, shortage, serial"),
    Column("code", Text, nullable=False),
    Column("outlet_id", Uuid, comment="Null while nobody knows which job it belongs to"),
    Column("job_id", Uuid),
    Column("severity", Text, nullable=False),
    Column("state", Text, nullable=False, comment="open, decided or cleared"),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("body", LargeBinary, nullable=False, comment="The finding, conflict, overlap or quarantined fact as JSON"),
    PrimaryKeyConstraint("org_id", "id"),
    Index(None, "org_id", "state", "outlet_id", "id"),
    Index(None, "org_id", "job_id"),
)

quarantine = Table(
    "quarantine",
    metadata,
    _org_id(),
    _id(),
    Column("fact_id", Uuid, comment="Null when not even that could be read"),
    Column("job_id", Uuid),
    _id("device_id"),
    _id("author_id"),
    Column("author_role", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("record", LargeBinary, nullable=False, comment="Byte for byte as it was sent"),
    Column("digest", LargeBinary, nullable=False),
    Column("outcome", LargeBinary, nullable=False, comment="The answer its author was given, byte for byte"),
    Column("clock_offset_ms", BigInteger),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("state", Text, nullable=False, comment="held, released or discarded"),
    Column("decided_by", Uuid),
    Column("decided_at", DateTime(timezone=True)),
    Column("decision_reason", Text),
    Column("seq", BigInteger, comment="The device's own counter, when it could be read"),
    Column("schema", Integer, nullable=False, server_default=text("1"), comment="The contract it was written by"),
    Column("delivered_by", Uuid, comment="Who handed it over, when that is not its author"),
    PrimaryKeyConstraint("org_id", "id"),
    UniqueConstraint("org_id", "device_id", "digest"),
    Index(None, "org_id", "fact_id"),
    Index(None, "org_id", "device_id", "seq"),
)
