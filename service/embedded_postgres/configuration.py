"""The server's settings and the accounts' rights, as text; both are written anew whenever they change here."""

import secrets
from pathlib import Path

import msgspec

DATABASE = "onsite"
OWNER_ROLE = "onsite_owner"
APP_ROLE = "onsite_app"

# The superuser has no line: nobody signs in as it, the supervisor uses it without a server (`postgres --single`).
ACCESS = f"""\
local {DATABASE} {OWNER_ROLE} scram-sha-256
local {DATABASE} {APP_ROLE} scram-sha-256
"""

SETTINGS = """\
# Written at every start from service/embedded_postgres/configuration.py; changes made here are lost.
listen_addresses = ''
port = {port}
unix_socket_directories = '{socket_directory}'
unix_socket_permissions = 0700
max_connections = 100
password_encryption = 'scram-sha-256'

# Nothing acknowledged is lost, whatever is switched off.
fsync = on
synchronous_commit = on
full_page_writes = on
# Full pages are most of the log and shrink well; less to write is less to wait for.
wal_compression = 'pglz'
# Checkpoints by time, not by size, while a day's work is loaded; recovery stays within seconds.
max_wal_size = '1GB'

shared_buffers = '128MB'
# Disks without a moving arm, and a small machine's page cache.
random_page_cost = 1.1
effective_cache_size = '512MB'
# Every statement of the service is short; compiling one takes longer than running it.
jit = off
# A first day's jobs fill empty tables within seconds; until they are looked at, the planner takes them for empty.
autovacuum_naptime = '5s'

timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
default_text_search_config = 'pg_catalog.simple'

# The keeper writes the log and bounds its size. Values and row contents stay out of it: they are personal data.
log_destination = 'stderr'
logging_collector = off
log_line_prefix = '%m [%p] %q%u '
log_error_verbosity = 'terse'
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_min_error_statement = 'panic'
log_checkpoints = off
log_lock_waits = on
# A long recovery shows that it goes on.
log_startup_progress_interval = '2s'
"""

# A request that takes longer is stopped and answered, rather than holding locks that others wait for.
APP_LIMITS = {
    "statement_timeout": "15s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "10s",
    "transaction_timeout": "30s",
}


class Passwords(msgspec.Struct, frozen=True, kw_only=True):
    """Generated once, kept beside the data, readable by its owner only."""

    owner: str
    app: str


def new_passwords() -> Passwords:
    return Passwords(owner=secrets.token_urlsafe(32), app=secrets.token_urlsafe(32))


def settings(socket_directory: Path, port: int) -> str:
    return SETTINGS.format(socket_directory=socket_directory, port=port)


def creation() -> list[str]:
    """Statements that a new cluster gets, in its database `postgres`."""
    return [f"CREATE ROLE {OWNER_ROLE}", f"CREATE ROLE {APP_ROLE}", f"CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE}"]


def rights(passwords: Passwords) -> list[str]:
    """Statements, in the service's database, that bring both accounts from any earlier state to this one."""
    plain = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
    future = f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER_ROLE} GRANT"
    return [
        f"ALTER ROLE {OWNER_ROLE} {plain} PASSWORD '{passwords.owner}'",
        f"ALTER ROLE {APP_ROLE} {plain} PASSWORD '{passwords.app}'",
        *(f"ALTER ROLE {APP_ROLE} SET {name} = '{limit}'" for name, limit in APP_LIMITS.items()),
        f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC",
        f"GRANT CONNECT ON DATABASE {DATABASE} TO {APP_ROLE}",
        f"ALTER SCHEMA public OWNER TO {OWNER_ROLE}",
        f"GRANT USAGE ON SCHEMA public TO {APP_ROLE}",
        f"{future} USAGE ON SCHEMAS TO {APP_ROLE}",
        f"{future} SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP_ROLE}",
        f"{future} USAGE, SELECT ON SEQUENCES TO {APP_ROLE}",
    ]
