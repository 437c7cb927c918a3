"""One-time enrolment codes, short enough to be read out to somebody. Pure."""

import re
import secrets
from datetime import datetime, timedelta
from enum import Enum
from hashlib import sha256
from uuid import UUID

from msgspec import Struct

VALID_FOR = timedelta(minutes=15)
# Ten of 31 signs, none of which looks or sounds like another: about 49 bits.
_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_LENGTH = 10


class StoredCode(Struct, frozen=True):
    """What the database knows of a code: not the code."""

    id: UUID
    member_id: UUID
    expires_at: datetime
    used_at: datetime | None = None
    device_id: UUID | None = None


class Use(Enum):
    """What it means that somebody presents a code."""

    FIRST = "first"
    REPEATED = "repeated"
    USED = "used"
    EXPIRED = "expired"


def judge(code: StoredCode, device_id: UUID, at: datetime) -> Use:
    """How the code is being used. A repeated use is the same device again, which never got its answer."""
    if code.used_at is not None and code.device_id != device_id:
        return Use.USED
    if code.expires_at <= at:
        return Use.EXPIRED if code.used_at is None else Use.USED
    return Use.FIRST if code.used_at is None else Use.REPEATED


def new_code() -> str:
    """For instance `K7QMX-4TR9H`."""
    signs = "".join(secrets.choice(_SIGNS) for _ in range(_LENGTH))
    return f"{signs[:5]}-{signs[5:]}"


def as_typed(text: str) -> str | None:
    """The code in what somebody typed, whatever its case, spaces and dashes; None when it cannot be one."""
    signs = re.sub(r"[\s\-–—]", "", text).upper()
    return signs if len(signs) == _LENGTH and set(signs) <= set(_SIGNS) else None


def digest(signs: str) -> bytes:
    return sha256(signs.encode()).digest()


def guess_key(signs: str) -> str:
    """What wrong guesses are counted under: the code's first four signs.

    Whoever guesses meets the back-off on each opening, however many addresses the guesses come from, and nobody
    can lock the whole organisation out of enrolling by guessing wrong.
    """
    return f"enrolment code {signs[:4]}…"
