"""Certificates: who may do special work, and until which day."""

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.facts.words import SpecialWork
from domain.people.actor import Actor
from domain.people.members import CertificateContent, MemberCertificate, NewCertificate
from service.http.endpoint import get, post, put
from service.http.paging import Paging, Slice
from service.seed import examples
from service.store import filters
from service.store.registry import registry
from service.store.registry.registers import CERTIFICATES, MEMBERS

LapseDay = Annotated[date, Meta(description="Valid and reviewed until a day before this one")]


class CertificateQuery(Paging, frozen=True, kw_only=True):
    """Which certificates to list."""

    member_id: UUID | None = None
    kind: SpecialWork | None = None
    lapses_before: LapseDay | None = None


class CertificatePage(Slice[MemberCertificate], frozen=True, kw_only=True):
    """Part of the list of certificates."""


@post(
    "/v1/certificates",
    right="manage_members",
    status=201,
    problems=("already_exists",),
    example=examples.NEW_CERTIFICATE,
    response_example=examples.CERTIFICATE,
)
async def create_certificate(actor: Actor, db: AsyncConnection, body: NewCertificate) -> MemberCertificate:
    """Record a member's certificate.

    Sent again with the same `id` and content, it answers the certificate that is stored.
    """
    await registry.require(db, MEMBERS, actor, {body.member_id}, "/member_id")
    return await registry.create(db, CERTIFICATES, actor, body)


@get("/v1/certificates", right="read_members", response_example=examples.page(CertificatePage, examples.CERTIFICATE))
async def list_certificates(actor: Actor, db: AsyncConnection, query: CertificateQuery) -> CertificatePage:
    """List the certificates of your outlets' members."""
    conditions = filters.of_certificates(query.member_id, query.kind, query.lapses_before)
    return await registry.page(db, CERTIFICATES, actor, query, CertificatePage, conditions)


@get(
    "/v1/certificates/{certificate_id}",
    right="read_members",
    problems=("not_found",),
    response_example=examples.CERTIFICATE,
)
async def read_certificate(actor: Actor, db: AsyncConnection, certificate_id: UUID) -> MemberCertificate:
    """Read one certificate."""
    return await registry.read(db, CERTIFICATES, actor, certificate_id)


@put(
    "/v1/certificates/{certificate_id}",
    right="manage_members",
    problems=("not_found", "already_exists", "version_changed"),
    example=examples.content(CertificateContent, examples.NEW_CERTIFICATE),
    response_example=examples.CERTIFICATE,
)
async def update_certificate(
    actor: Actor, db: AsyncConnection, certificate_id: UUID, body: CertificateContent, expected_version: int
) -> MemberCertificate:
    """Replace what is known about a certificate, such as the day of its next review."""
    return await registry.change(db, CERTIFICATES, actor, certificate_id, expected_version, body)
