"""What is handed over to be recorded at once."""

from uuid import UUID

from msgspec import Struct

from sync.clock import Exchange
from sync.merge import Author


class Batch(Struct, frozen=True, kw_only=True):
    """Facts of one author: in which organisation, and how the clocks stood when they were handed over.

    `strict` refuses what breaks a gate; `released` facts come out of quarantine by a person's decision.
    """

    org_id: UUID
    author: Author
    exchange: Exchange
    strict: bool = False
    released: bool = False
