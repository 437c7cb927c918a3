"""What is recorded on the way to the door and at it, until the visit ends."""

import enum
from typing import Annotated

from msgspec import Meta, Struct

from domain.facts.words import (
    Check,
    Code,
    Count,
    Digest,
    Instant,
    Line,
    Minutes,
    PartNeed,
    Position,
    Text,
)


class ArrivalEvidence(enum.StrEnum):
    """What shows that the technician was there; `unverified` is a value (G5)."""

    POSITION = "position"
    CUSTOMER_CODE = "customer_code"
    PLATE_SCAN = "plate_scan"
    DESK_CALL = "desk_call"
    UNVERIFIED = "unverified"


class VisitOutcome(enum.StrEnum):
    """How the attendance ended."""

    SOLVED = "solved"
    TEMPORARY = "temporary"
    NEEDS_REVISIT = "needs_revisit"
    NO_FAULT_FOUND = "no_fault_found"
    CUSTOMER_DECLINED = "customer_declined"
    NO_ACCESS = "no_access"
    UNABLE = "unable"


class VisitAccepted(Struct, frozen=True, kw_only=True):
    """The technician takes the visit."""

    note: Text | None = None


class VisitDeclined(Struct, frozen=True, kw_only=True):
    """The technician cannot take it; the visit goes back to the desk."""

    reason: Line


class CustomerContacted(Struct, frozen=True, kw_only=True):
    """A call or message before the visit; with `late_until`, the customer hears that it will be late (K35)."""

    reached: bool
    channel: Code = "phone"
    note: Text | None = None
    late_until: Instant | None = None


class Departed(Struct, frozen=True, kw_only=True):
    """On the way."""

    position: Position | None = None


class Arrived(Struct, frozen=True, kw_only=True):
    """At the door (K03)."""

    position: Position | None = None
    evidence: ArrivalEvidence = ArrivalEvidence.UNVERIFIED


class CheckedIn(Struct, frozen=True, kw_only=True):
    """Shown to the customer: uniform, badge, the items brought along (004 6.2.3 a, R17, K32). Bad news too."""

    uniform: Check
    badge: Check
    badge_number: Code | None = None
    kit_items: Annotated[tuple[Check, ...], Meta(max_length=20)] = ()
    position: Position | None = None
    evidence: ArrivalEvidence = ArrivalEvidence.UNVERIFIED
    photo_digests: Annotated[tuple[Digest, ...], Meta(max_length=20)] = ()


class VisitEnded(Struct, frozen=True, kw_only=True):
    """The technician leaves, or never got in. Items of checklists that come last are answered here (K11)."""

    outcome: VisitOutcome
    reason: Line | None = None
    waited_minutes: Minutes | None = None
    contact_attempts: Count | None = None
    missing_parts: Annotated[tuple[PartNeed, ...], Meta(max_length=50)] = ()
    missing_tools: Annotated[tuple[Code, ...], Meta(max_length=20)] = ()
    passed: Annotated[tuple[Code, ...], Meta(max_length=200)] = ()
    checks: Annotated[tuple[Check, ...], Meta(max_length=100)] = ()


class IncidentReported(Struct, frozen=True, kw_only=True):
    """Harm or danger: a person, property, an unsafe site (K31)."""

    kind: Code
    serious: bool
    text: Text | None = None
