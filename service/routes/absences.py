"""Absences: when a member cannot be planned."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.facts.words import Instant
from domain.people.actor import Actor
from domain.people.members import Absence, AbsenceContent, NewAbsence
from service.http.endpoint import delete, get, post, put
from service.http.paging import Paging, Slice
from service.seed import examples
from service.store import filters
from service.store.registry import registry
from service.store.registry.registers import ABSENCES, MEMBERS


class AbsenceQuery(Paging, frozen=True, kw_only=True):
    """Which absences to list: those that overlap with the span from `from_time` until `until_time`."""

    member_id: UUID | None = None
    from_time: Instant | None = None
    until_time: Instant | None = None


class AbsencePage(Slice[Absence], frozen=True, kw_only=True):
    """Part of the list of absences."""


@post(
    "/v1/absences",
    right="plan_absences",
    status=201,
    problems=("already_exists",),
    example=examples.NEW_ABSENCE,
    response_example=examples.ABSENCE,
)
async def create_absence(actor: Actor, db: AsyncConnection, body: NewAbsence) -> Absence:
    """Record when a member is away. Visits that are planned already stay as they are.

    Sent again with the same `id` and content, it answers the absence that is stored.
    """
    await registry.require(db, MEMBERS, actor, {body.member_id}, "/member_id")
    return await registry.create(db, ABSENCES, actor, body)


@get("/v1/absences", right="read_members", response_example=examples.page(AbsencePage, examples.ABSENCE))
async def list_absences(actor: Actor, db: AsyncConnection, query: AbsenceQuery) -> AbsencePage:
    """List the absences of your outlets' members."""
    conditions = filters.of_absences(query.member_id, query.from_time, query.until_time)
    return await registry.page(db, ABSENCES, actor, query, AbsencePage, conditions)


@get("/v1/absences/{absence_id}", right="read_members", problems=("not_found",), response_example=examples.ABSENCE)
async def read_absence(actor: Actor, db: AsyncConnection, absence_id: UUID) -> Absence:
    """Read one absence."""
    return await registry.read(db, ABSENCES, actor, absence_id)


@put(
    "/v1/absences/{absence_id}",
    right="plan_absences",
    problems=("not_found", "version_changed"),
    example=examples.content(AbsenceContent, examples.NEW_ABSENCE),
    response_example=examples.ABSENCE,
)
async def update_absence(
    actor: Actor, db: AsyncConnection, absence_id: UUID, body: AbsenceContent, expected_version: int
) -> Absence:
    """Replace the span or the reason of an absence."""
    return await registry.change(db, ABSENCES, actor, absence_id, expected_version, body)


@delete("/v1/absences/{absence_id}", right="plan_absences", status=204, problems=("not_found", "version_changed"))
async def remove_absence(actor: Actor, db: AsyncConnection, absence_id: UUID, expected_version: int) -> None:
    """Take an absence back: the member can be planned again."""
    await registry.remove(db, ABSENCES, actor, absence_id, expected_version)
