"""Who does the work: members, what they are certified for, when they are away."""

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from domain.facts.words import Instant, SpecialWork
from domain.fields import Code, Codes, Language, Name, Record
from domain.people.actor import Role

DailyMinutes = Annotated[int, Meta(ge=0, le=1440, description="Planned work a day at most")]
OutletIds = Annotated[tuple[UUID, ...], Meta(max_length=100, description="Empty: every outlet")]


class MemberContent(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A member as an administrator sets them; `active` false ends their access at once and keeps their history."""

    login: Code
    name: Name
    role: Role
    outlet_ids: OutletIds
    team: Name | None = None
    language: Language = Language.CHINESE
    skills: Codes = ()
    daily_minutes: DailyMinutes = 480
    active: bool = True


class NewMember(MemberContent, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A member to create; with an `id` of the caller's own it may be sent again."""

    id: UUID | None = None


class Member(Record, frozen=True, kw_only=True):
    """Somebody who signs in: a technician by badge number, or one of the desk's roles."""

    login: str
    name: str
    role: Role
    outlet_ids: tuple[UUID, ...]
    team: str | None
    language: Language
    skills: tuple[str, ...]
    daily_minutes: int
    active: bool


class CertificateContent(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A state certificate; all days are inclusive, and a review overdue makes it invalid (R16)."""

    kind: SpecialWork
    number: Code
    valid_from: date
    valid_until: date
    review_due_on: date | None = None

    def __post_init__(self) -> None:
        """Refuse a term that ends before it begins."""
        if self.valid_until < self.valid_from:
            raise ValueError("valid_until must not be before valid_from")


class NewCertificate(CertificateContent, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A certificate to record; with an `id` of the caller's own it may be sent again."""

    id: UUID | None = None
    member_id: UUID


class MemberCertificate(Record, frozen=True, kw_only=True):
    """What a member may do that others may not, and until when."""

    member_id: UUID
    kind: SpecialWork
    number: str
    valid_from: date
    valid_until: date
    review_due_on: date | None


class AbsenceContent(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A span without work, from `starts_at` until just before `ends_at`."""

    starts_at: Instant
    ends_at: Instant
    reason: Name

    def __post_init__(self) -> None:
        """Refuse a span that ends before it begins."""
        if self.ends_at <= self.starts_at:
            raise ValueError("ends_at must be after starts_at")


class NewAbsence(AbsenceContent, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An absence to record; with an `id` of the caller's own it may be sent again."""

    id: UUID | None = None
    member_id: UUID


class Absence(Record, frozen=True, kw_only=True):
    """When a member cannot be planned."""

    member_id: UUID
    starts_at: Instant
    ends_at: Instant
    reason: str


def certificate_valid_on(certificate: MemberCertificate, day: date) -> bool:
    """Whether the certificate covers work on `day`, its last day and its review day included."""
    reviewed = certificate.review_due_on is None or day <= certificate.review_due_on
    return certificate.valid_from <= day <= certificate.valid_until and reviewed
