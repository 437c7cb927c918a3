"""One-time codes that the server made for one job: a supervisor's for a price, a customer's for agreeing (R03, R10).

A fact holds the code's digest. Whoever was told the code says it in a fact of their own, on the phone or off the net.
"""

import hashlib
import re
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from domain.facts.words import Digest, Instant, Line

CodeDigest = Annotated[Digest, Meta(description="SHA-256 of the job's id, a colon and the code's signs")]


class PriceCodeIssued(Struct, frozen=True, kw_only=True):
    """A supervisor allows one item of this job at a price above the list; the code is told by voice (R03)."""

    digest: CodeDigest
    valid_until: Instant
    reason: Line | None = None


class CustomerCodeIssued(Struct, frozen=True, kw_only=True):
    """A code was sent to the customer, who agrees to fees by telling it (R10)."""

    digest: CodeDigest
    valid_until: Instant


def code_digest(job_id: UUID, code: str) -> str:
    """The digest of a code as somebody typed it, whatever its case, spaces and dashes."""
    signs = re.sub(r"[^0-9A-Z]", "", code.upper())
    return hashlib.sha256(f"{job_id}:{signs}".encode()).hexdigest()
