"""The keys that this process knows, and the tokens it has verified already."""

import asyncio
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256

from service.database import Database
from service.sign_in import tokens
from service.sign_in.tokens import EXPIRED, LEEWAY, Claims, TokenError, VerifyingKey
from service.store.people import signing_keys

MOST_TOKENS = 20_000
# A key withdrawn in the database is out of use everywhere within this time.
KEYS_GOOD_FOR_SECONDS = 60.0
# Whoever makes up key ids waits, and costs a few small queries a second at most.
BETWEEN_LOADS_SECONDS = 0.1


@dataclass
class Keyring:
    """One process's memory; everything in it can be lost and is found again in the database."""

    keys: dict[str, VerifyingKey] = field(default_factory=dict)
    loaded_at: float = float("-inf")
    loading: asyncio.Lock = field(default_factory=asyncio.Lock)
    verified: OrderedDict[bytes, Claims] = field(default_factory=OrderedDict)


async def claims_of(keyring: Keyring, database: Database, token: str) -> Claims:
    """The claims of a valid token; TokenError otherwise. Checking a signature takes longer than asking the database."""
    if time.monotonic() - keyring.loaded_at > KEYS_GOOD_FOR_SECONDS:
        await _load(keyring, database)
    digest = sha256(token.encode()).digest()
    if known := keyring.verified.get(digest):
        return _still_valid(keyring, digest, known)
    header = tokens.read_header(token)
    if header.kid not in keyring.keys:
        await _load(keyring, database)
    claims = tokens.verify(token, header, keyring.keys, datetime.now(UTC))
    _remember(keyring, digest, claims)
    return claims


def _still_valid(keyring: Keyring, digest: bytes, claims: Claims) -> Claims:
    if claims.exp + LEEWAY.total_seconds() <= time.time():
        keyring.verified.pop(digest, None)
        raise TokenError(EXPIRED)
    keyring.verified.move_to_end(digest)
    return claims


def _remember(keyring: Keyring, digest: bytes, claims: Claims) -> None:
    keyring.verified[digest] = claims
    if len(keyring.verified) > MOST_TOKENS:
        keyring.verified.popitem(last=False)


async def _load(keyring: Keyring, database: Database) -> None:
    """Read the keys, unless somebody did since we began to ask. Requests that ask together share one reading."""
    asked_at = time.monotonic()
    async with keyring.loading:
        if keyring.loaded_at >= asked_at:
            return
        await asyncio.sleep(max(0.0, keyring.loaded_at + BETWEEN_LOADS_SECONDS - time.monotonic()))
        started_at = time.monotonic()
        async with database.reader() as db:
            keys = await signing_keys.verifying_keys(db, datetime.now(UTC))
        if not keyring.keys.keys() <= keys.keys():
            keyring.verified.clear()
        keyring.keys, keyring.loaded_at = keys, started_at
