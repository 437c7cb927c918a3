"""Passwords: argon2id, never on the event loop, and no faster for a login that does not exist."""

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Annotated

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from msgspec import Meta, Struct

# RFC 9106, second recommended option: 64 MiB, three passes. About 50 ms of one core.
_HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)


# Of a password that somebody chooses; what is typed at sign-in may be anything.
Password = Annotated[str, Meta(min_length=12, max_length=1000, examples=["onsite-demo-2025"])]


class Verdict(Struct, frozen=True):
    """Whether a password was right, and its new hash when the stored one was made with older parameters."""

    right: bool
    new_hash: str | None = None


async def hash_password(password: str) -> str:
    return await asyncio.get_running_loop().run_in_executor(_threads(os.getpid()), _HASHER.hash, password)


async def verify(password: str, stored_hash: str | None) -> Verdict:
    """Compare with the stored hash; with none, do the same work and say no."""
    return await asyncio.get_running_loop().run_in_executor(_threads(os.getpid()), _verify, password, stored_hash)


def _verify(password: str, stored_hash: str | None) -> Verdict:
    try:
        _HASHER.verify(stored_hash or _hash_of_nothing(), password)
    except (VerificationError, InvalidHashError):
        return Verdict(right=False)
    if stored_hash is None:
        return Verdict(right=False)
    return Verdict(right=True, new_hash=_HASHER.hash(password) if _HASHER.check_needs_rehash(stored_hash) else None)


@cache
def _threads(_process_id: int) -> ThreadPoolExecutor:
    """Each hash in progress takes 64 MiB and a core; further sign-ins wait their turn.

    A pool for each process: a forked worker inherits the pool but not its threads, and would wait for them for ever.
    """
    return ThreadPoolExecutor(max_workers=2, thread_name_prefix="password")


@cache
def _hash_of_nothing() -> str:
    return _HASHER.hash("no member has this password")
