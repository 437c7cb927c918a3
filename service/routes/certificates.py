"""Certificates: who may do special work, and until which day."""

from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, func
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.actor import Actor
from domain.facts.words import SpecialWork
from domain.people import CertificateContent, MemberCertificate, NewCertificate
from service.endpoint import get, post, put
from service.paging import Paging, Slice
from service.store import registry
from service.store.registers import CERTIFICATES, MEMBERS
from service.store.tables import certificates


class CertificateQuery(Paging, frozen=True, kw_only=True):
    """`lapses_before` finds what is to be renewed: valid or reviewed until a day before this one."""

    member_id: UUID | None = None
    kind: SpecialWork | None = None
    lapses_before: date | None = None


class CertificatePage(Slice[MemberCertificate], frozen=True, kw_only=True):
    """Part of the list of certificates."""


@post("/v1/certificates", right="manage_members", status=201, problems=("already_exists",))
async def create_certificate(actor: Actor, db: AsyncConnection, body: NewCertificate) -> MemberCertificate:
    """Record a member's certificate.

    Sent again with the same `id` and content, it answers the certificate that is stored.
    """
    await registry.require(db, MEMBERS, actor, {body.member_id}, "/member_id")
    return await registry.create(db, CERTIFICATES, actor, body)


@get("/v1/certificates", right="read_members")
async def list_certificates(actor: Actor, db: AsyncConnection, query: CertificateQuery) -> CertificatePage:
    """List the certificates of your outlets' members."""
    conditions: list[ColumnElement[bool]] = []
    if query.member_id is not None:
        conditions.append(certificates.c.member_id == query.member_id)
    if query.kind is not None:
        conditions.append(certificates.c.kind == query.kind.value)
    if query.lapses_before is not None:
        last_day = func.least(certificates.c.valid_until, certificates.c.review_due_on)
        conditions.append(last_day < query.lapses_before)
    return await registry.page(db, CERTIFICATES, actor, query, CertificatePage, conditions)


@get("/v1/certificates/{certificate_id}", right="read_members", problems=("not_found",))
async def read_certificate(actor: Actor, db: AsyncConnection, certificate_id: UUID) -> MemberCertificate:
    """Read one certificate."""
    return await registry.read(db, CERTIFICATES, actor, certificate_id)


@put(
    "/v1/certificates/{certificate_id}",
    right="manage_members",
    problems=("not_found", "already_exists", "version_changed"),
)
async def update_certificate(
    actor: Actor, db: AsyncConnection, certificate_id: UUID, body: CertificateContent, expected_version: int
) -> MemberCertificate:
    """Replace what is known about a certificate, such as the day of its next review."""
    return await registry.change(db, CERTIFICATES, actor, certificate_id, expected_version, body)
