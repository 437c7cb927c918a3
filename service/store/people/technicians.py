"""The technicians of an outlet with everything that dispatch needs to know, in four statements for any number."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Row, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.dispatch.candidates import Engagement, Technician
from domain.people.actor import Actor, Role
from domain.people.members import Absence, MemberCertificate
from service.store.tables import absences, bookings, certificates, jobs, members, sites

Kind = TypeVar("Kind", bound=msgspec.Struct)
Span = tuple[datetime, datetime]


async def of_outlet(
    db: AsyncConnection, actor: Actor, outlet_id: UUID, span: Span, member_id: UUID | None = None
) -> list[Technician]:
    """Every technician of the outlet, or the one asked for, with what is planned in the span."""
    members_of = (
        select(*(members.c[name] for name in ("id", "login", "name", "active", "skills", "daily_minutes")))
        .where(members.c.org_id == actor.org_id, members.c.role == Role.TECHNICIAN.value, _works_for(outlet_id))
        .order_by(members.c.login)
    )
    if member_id is not None:
        members_of = members_of.where(members.c.id == member_id)
    rows = (await db.execute(members_of)).all()
    ids = [row.id for row in rows]
    certified = await certificates_of(db, actor.org_id, ids)
    away = await _absences(db, actor.org_id, ids, span)
    engaged = await _engagements(db, actor, ids, span)
    return [
        Technician(
            **{**row._mapping, "skills": tuple(row.skills)},  # noqa: SLF001 (the documented way to a row's mapping)
            certificates=tuple(certified.get(row.id, ())),
            absences=tuple(away.get(row.id, ())),
            engagements=tuple(engaged.get(row.id, ())),
        )
        for row in rows
    ]


async def certificates_of(
    db: AsyncConnection, org_id: UUID, member_ids: Collection[UUID]
) -> dict[UUID, list[MemberCertificate]]:
    """The certificates of these members, valid or not, by kind and last day."""
    query = select(*(certificates.c[name] for name in MemberCertificate.__struct_fields__)).where(
        certificates.c.org_id == org_id, certificates.c.member_id.in_(member_ids)
    )
    found: dict[UUID, list[MemberCertificate]] = {}
    for row in await db.execute(query.order_by(certificates.c.kind, certificates.c.valid_until)):
        found.setdefault(row.member_id, []).append(_struct(row, MemberCertificate))
    return found


async def distance_km(db: AsyncConnection, org_id: UUID, site_id: UUID | None) -> int | None:
    """How far the site lies from the outlet, where somebody wrote that down."""
    if site_id is None:
        return None
    return await db.scalar(select(sites.c.distance_km).where(sites.c.org_id == org_id, sites.c.id == site_id))


def _works_for(outlet_id: UUID) -> ColumnElement[bool]:
    return or_(members.c.outlet_ids.contains([outlet_id]), members.c.outlet_ids == [])


async def _absences(
    db: AsyncConnection, org_id: UUID, member_ids: Collection[UUID], span: Span
) -> dict[UUID, list[Absence]]:
    query = select(*(absences.c[name] for name in Absence.__struct_fields__)).where(
        absences.c.org_id == org_id,
        absences.c.member_id.in_(member_ids),
        absences.c.starts_at < span[1],
        absences.c.ends_at > span[0],
    )
    found: dict[UUID, list[Absence]] = {}
    for row in await db.execute(query.order_by(absences.c.starts_at)):
        found.setdefault(row.member_id, []).append(_struct(row, Absence))
    return found


async def _engagements(
    db: AsyncConnection, actor: Actor, member_ids: Collection[UUID], span: Span
) -> dict[UUID, list[Engagement]]:
    """Planned work, not promised windows. The number of a job that the actor may not see stays unsaid."""
    query = (
        select(bookings, jobs.c.outlet_id, jobs.c.number)
        .join(jobs, (jobs.c.org_id == bookings.c.org_id) & (jobs.c.id == bookings.c.job_id))
        .where(
            bookings.c.org_id == actor.org_id,
            bookings.c.technician_id.in_(member_ids),
            bookings.c.starts_at < span[1],
            bookings.c.ends_at > span[0],
        )
        .order_by(bookings.c.starts_at)
    )
    found: dict[UUID, list[Engagement]] = {}
    for row in await db.execute(query):
        seen = not actor.outlet_ids or row.outlet_id in actor.outlet_ids
        engagement = Engagement(
            visit_id=row.visit_id,
            job_id=row.job_id,
            outlet_id=row.outlet_id,
            job_number=row.number if seen else None,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
        )
        found.setdefault(row.technician_id, []).append(engagement)
    return found


def _struct(row: Row[Any], kind: type[Kind]) -> Kind:
    return msgspec.convert(row._mapping, kind)  # noqa: SLF001 (the documented way to a row's mapping)
