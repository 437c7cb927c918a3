"""Ids as devices make them: UUIDv7, whose random part follows from the seed."""

import random
from datetime import datetime
from uuid import UUID


class Identities:
    """One device's source of ids. The time in them keeps two plays of one seed apart."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)

    def new(self, at: datetime) -> str:
        """The next id."""
        milliseconds = int(at.timestamp() * 1000) & (2**48 - 1)
        bits = self._random.getrandbits(74)
        return str(UUID(int=milliseconds << 80 | 7 << 76 | (bits >> 62) << 64 | 2 << 62 | bits & (2**62 - 1)))
