"""Refresh tokens: opaque, kept as digests, each good until its successor is first used. Pure."""

import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from enum import Enum
from hashlib import sha256
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from msgspec import Struct

IDLE = timedelta(days=30)
LONGEST_DESK_SESSION = timedelta(days=90)


class StoredToken(Struct, frozen=True):
    """What the database knows of a token: not the token."""

    id: UUID
    device_id: UUID
    successor_id: UUID | None
    expires_at: datetime
    retired_at: datetime | None


class Use(Enum):
    """What it means that somebody presents a token."""

    FIRST = "first"
    REPEATED = "repeated"
    REUSED = "reused"
    REVOKED = "revoked"
    EXPIRED = "expired"


def judge(token: StoredToken, at: datetime) -> Use:
    """How the token is being used.

    A repeated use is a client that never got its answer: it gets the same successor again. A token whose successor
    has been used belongs to somebody who copied it, or to whom it was copied from: nobody can tell, so both lose it.
    """
    if token.retired_at is not None:
        return Use.REUSED if token.successor_id else Use.REVOKED
    if token.expires_at <= at:
        return Use.EXPIRED
    return Use.REPEATED if token.successor_id else Use.FIRST


def new_token(org_id: UUID) -> str:
    """The first token of a family."""
    return _text(org_id, secrets.token_bytes(32))


def successor(token: str, successor_id: UUID) -> str:
    """The token that follows `token`, the same each time.

    It takes the old token, which the database does not hold, and the random id of the successor's row, which the
    client never sees: neither a copy of the database nor an old token alone yields it.
    """
    derived = HKDF(SHA256(), 32, salt=successor_id.bytes, info=b"onsite refresh token").derive(token.encode())
    return _text(organisation(token), derived)


def organisation(token: str) -> UUID:
    """The organisation that a token names; ValueError when it is no token of ours."""
    if not _SHAPE.fullmatch(token):
        raise ValueError("not a refresh token")
    return UUID(bytes=urlsafe_b64decode(token.removeprefix(_PREFIX))[:16])


def digest(token: str) -> bytes:
    return sha256(token.encode()).digest()


def expiry(device_kind: str, device_created_at: datetime, at: datetime) -> datetime:
    """A phone is enrolled until it lies idle; a desk signs in anew now and then however busy it is."""
    idle = at + IDLE
    return min(idle, device_created_at + LONGEST_DESK_SESSION) if device_kind == "desk" else idle


def _text(org_id: UUID, secret: bytes) -> str:
    return _PREFIX + urlsafe_b64encode(org_id.bytes + secret).decode()


# A prefix lets secret scanners find a token that leaked. 48 bytes fill 64 characters: one spelling each.
_PREFIX = "onsite_refresh_"
_SHAPE = re.compile(rf"{_PREFIX}[A-Za-z0-9_-]{{64}}")
