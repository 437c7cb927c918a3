"""Every setting, and the only reader of the environment."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from service.plain_words import plain

VARIABLES = {
    "database_url": "DATABASE_URL",
    "data_directory": "ONSITE_DATA",
    "host": "ONSITE_HOST",
    "port": "ONSITE_PORT",
    "workers": "ONSITE_WORKERS",
    "public_url": "ONSITE_PUBLIC_URL",
    "language": "ONSITE_LANGUAGE",
    "body_bytes": "ONSITE_BODY_BYTES",
    "body_seconds": "ONSITE_BODY_SECONDS",
    "connections": "ONSITE_CONNECTIONS",
    "statement_seconds": "ONSITE_STATEMENT_SECONDS",
    "lock_seconds": "ONSITE_LOCK_SECONDS",
    "pool_wait_seconds": "ONSITE_POOL_WAIT_SECONDS",
    "oldest_schema": "ONSITE_OLDEST_SCHEMA",
    "private_webhooks": "ONSITE_PRIVATE_WEBHOOKS",
    "faults": "ONSITE_FAULTS",
    "attachments": "ONSITE_ATTACHMENTS",
    "attachment_bytes": "ONSITE_ATTACHMENT_BYTES",
    "s3_endpoint": "AWS_ENDPOINT_URL",
    "s3_region": "AWS_REGION",
    "s3_key_id": "AWS_ACCESS_KEY_ID",
    "s3_secret": "AWS_SECRET_ACCESS_KEY",
}

# Scheme, then anything but blanks, with a port of digits where there is one.
DATABASE_PATTERN = r"^postgres(ql)?(\+asyncpg)?://([^\s/@]*@)?(\[[^\s\]]*\]|[^\s/:?]*)(:\d+)?(/[^\s]*)?(\?\S*)?$"

# A folder from the root, or a bucket; anything else with a scheme is a mistake.
ATTACHMENTS_PATTERN = r"^(s3://[a-z0-9][a-z0-9.-]+(/[^\s?#]*)?|/[^\0]*|[A-Za-z]:[\\/].*)$"

FORMS = {
    "DATABASE_URL": "postgresql://account:password@host:5432/database",
    "ONSITE_ATTACHMENTS": "/a/folder/from/the/root or s3://bucket/prefix",
    "ONSITE_LANGUAGE": "zh or en",
}
MOST_WORKERS_UNASKED = 3

Seconds = Annotated[float, Meta(gt=0, le=600)]


class SettingsError(Exception):
    """A setting that cannot be read; the text names the variable and what is wrong with it."""


class Settings(Struct, frozen=True, kw_only=True, rename=VARIABLES):
    """What one installation decides. Durations are seconds, sizes bytes."""

    database_url: Annotated[str, Meta(pattern=DATABASE_PATTERN)] | None = None
    """An external PostgreSQL; absent means the embedded one under the data directory."""
    data_directory: str = ".onsite"
    host: str = "127.0.0.1"
    port: Annotated[int, Meta(ge=1, le=65535)] = 8000
    workers: Annotated[int, Meta(ge=1, le=64)] | None = None
    """Server processes; absent means one for each core, as far as the connections of the embedded database go."""
    public_url: str | None = None
    """Where clients reach the service when that is not host and port."""
    language: Literal["zh", "en"] = "zh"
    """Of prose, when neither the member nor the request asks for one."""
    body_bytes: Annotated[int, Meta(ge=1024, le=2**30)] = 1_000_000
    body_seconds: Seconds = 15
    connections: Annotated[int, Meta(ge=1, le=500)] = 12
    """Per worker, for each of the two pools."""
    statement_seconds: Seconds = 5
    lock_seconds: Seconds = 2
    pool_wait_seconds: Seconds = 2
    oldest_schema: Annotated[int, Meta(ge=1, le=2**31 - 1)] = 1
    """Apps built against an older version of the contract may push, and pull nothing."""
    private_webhooks: bool = False
    """Whether webhooks may go to http and to addresses of this network (`service.webhooks.addresses`)."""
    faults: bool = False
    """Whether requests may ask for faults (`service.http.faults`); `onsite demo` allows it."""

    attachments: Annotated[str, Meta(pattern=ATTACHMENTS_PATTERN)] | None = None
    """Where photos are kept: a folder, or `s3://bucket/prefix`; absent means a folder in the data directory."""
    attachment_bytes: Annotated[int, Meta(ge=1024, le=2**30)] = 32 * 2**20
    """The most that one file may have."""
    s3_endpoint: str | None = None
    """Where S3 is, when it is not Amazon's; without region and keys, S3's own ways to find them are used."""
    s3_region: str | None = None
    s3_key_id: str | None = None
    s3_secret: str | None = None

    @property
    def data_path(self) -> Path:
        return Path(self.data_directory).resolve()

    @property
    def spool_path(self) -> Path:
        """Where uploads lie until they are whole. Server processes on several machines must share it."""
        return self.data_path / "uploads"

    @property
    def vault_path(self) -> Path:
        """Where photos and exports are kept, unless `attachments` names another place."""
        return self.data_path / "attachments"

    @property
    def processes(self) -> int:
        return self.workers or min(MOST_WORKERS_UNASKED, os.cpu_count() or 1)

    @property
    def base_url(self) -> str:
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings in the environment. An empty variable counts as absent."""
    environment = os.environ if environment is None else environment
    given = {name: environment[name] for name in VARIABLES.values() if environment.get(name)}
    try:
        return msgspec.convert(given, Settings, strict=False)
    except msgspec.ValidationError as wrong:
        text, _, path = str(wrong).partition(" - at ")
        name = path.strip("`$.")
        # A pattern tells nobody anything, and the value may hold a password.
        reason = f"not of the form {FORMS[name]}" if name in FORMS else plain(text)
        raise SettingsError(f"{name}: {reason}. See `onsite --help`.") from None
