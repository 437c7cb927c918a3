"""Sensitive data: positions and photos of members. Who agreed, and what was weighed before (R15)."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.calendar.china import CHINA_TIME
from domain.people.actor import Actor
from service.http.endpoint import Input, Output, get, post
from service.http.errors import Violation, invalid_body
from service.http.paging import Paging, Slice
from service.store.privacy import assessments
from service.store.privacy.assessments import ImpactAssessment, Unconsented

MOST_TOLD = 200
Weighed = Annotated[str, Meta(min_length=1, max_length=4000)]


class NewImpactAssessment(Input, frozen=True, kw_only=True):
    """What was weighed; with an `id` of the caller's own it may be sent again."""

    id: UUID | None = None
    made_on: date
    necessity: Weighed
    risks: Weighed
    measures: Weighed


class ImpactAssessmentPage(Slice[ImpactAssessment], frozen=True, kw_only=True):
    """Impact assessments, the last recorded first."""


class SensitiveData(Output, frozen=True, kw_only=True):
    """What is missing: an assessment of the last three years, and the word of whose data are handled.

    `assessed` is whether there is one; `without_consent` tells two hundred at most.
    """

    assessed: bool
    newest_assessment: ImpactAssessment | None
    without_consent: tuple[Unconsented, ...]


_EXAMPLE = NewImpactAssessment(
    made_on=date(2025, 6, 2),
    necessity="签到位置用于核实到场，仅在出发、到达、签到时记录",
    risks="可能推断工程师的行踪",
    measures="无连续轨迹；90 天后只留与地址的距离；访问留痕",
)


@post("/v1/impact-assessments", right="manage_privacy", status=201, problems=("already_exists",), example=_EXAMPLE)
async def record_impact_assessment(actor: Actor, db: AsyncConnection, body: NewImpactAssessment) -> ImpactAssessment:
    """Keep an impact assessment of handling sensitive data. It is never changed, and kept three years at least."""
    if body.made_on > datetime.now(CHINA_TIME).date():
        raise invalid_body(Violation("/made_on", "in_the_future"))
    return await assessments.add(db, actor, body.id, body)


@get("/v1/impact-assessments", right="read_privacy")
async def list_impact_assessments(actor: Actor, db: AsyncConnection, query: Paging) -> ImpactAssessmentPage:
    """List the impact assessments."""
    items, next_cursor = await assessments.page(db, actor.org_id, query)
    return ImpactAssessmentPage(items=tuple(items), next_cursor=next_cursor, has_more=next_cursor is not None)


@get("/v1/sensitive-data", right="read_privacy")
async def read_sensitive_data(actor: Actor, db: AsyncConnection) -> SensitiveData:
    """Read what is missing before sensitive data may be handled: a flag, nobody is kept from their work by it.

    Positions are those of technicians, recorded on departure, arrival and check-in only; photos are what customers see.
    """
    newest = await assessments.newest(db, actor.org_id)
    return SensitiveData(
        assessed=newest is not None and newest.kept_until >= datetime.now(CHINA_TIME).date(),
        newest_assessment=newest,
        without_consent=await assessments.without_consent(db, actor, MOST_TOLD),
    )
