"""Improvements: what is done about a figure, by whom, until when, and what came of it."""

from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.fields import Code
from domain.improvements import Improvement, ImprovementContent, ImprovementState, NewImprovement
from domain.people.actor import Actor
from service.http.endpoint import get, post, put
from service.http.paging import Paging, Slice
from service.scoring import improving
from service.seed import examples
from service.seed.company import sample_id
from service.store.registry import registry
from service.store.scoring import improvements
from service.store.scoring.improvements import IMPROVEMENTS


class ImprovementQuery(Paging, frozen=True, kw_only=True):
    """Which actions to list."""

    kpi: Code | None = None
    outlet_id: UUID | None = None
    owner_id: UUID | None = None
    state: ImprovementState | None = None


class ImprovementPage(Slice[Improvement], frozen=True, kw_only=True):
    """Part of the list of improvement actions."""


_NEW = NewImprovement(
    id=sample_id("improvement", "HZ01/2025-06"),
    kpi="K03",
    outlet_id=sample_id("outlet", "HZ01"),
    first_day=date(2025, 6, 1),
    last_day=date(2025, 6, 30),
    title="准时上门率低于目标",
    cause="下午时段安排过密",
    action="每位工程师下午最多安排三单，改约须事先征得顾客同意",
    owner_id=sample_id("member", "supervisor.hz01"),
    due_on=date(2025, 7, 31),
)


@post(
    "/v1/improvements",
    right="edit_improvements",
    status=201,
    problems=("already_exists",),
    example=_NEW,
)
async def create_improvement(actor: Actor, db: AsyncConnection, body: NewImprovement) -> Improvement:
    """Begin an improvement action. The figure that gave cause is taken now, or from the snapshot that is named.

    Sent again with the same `id` and content, it answers the action that is stored.
    """
    return await improving.create(db, actor, body)


@get("/v1/improvements", right="read_figures")
async def list_improvements(actor: Actor, db: AsyncConnection, query: ImprovementQuery) -> ImprovementPage:
    """List the improvement actions of your outlets and of the whole organisation."""
    conditions = improvements.narrowed(query.kpi, query.outlet_id, query.owner_id, query.state)
    return await registry.page(db, IMPROVEMENTS, actor, query, ImprovementPage, conditions)


@get("/v1/improvements/{improvement_id}", right="read_figures", problems=("not_found",))
async def read_improvement(actor: Actor, db: AsyncConnection, improvement_id: UUID) -> Improvement:
    """Read one improvement action with its figures before and after."""
    return await registry.read(db, IMPROVEMENTS, actor, improvement_id)


@put(
    "/v1/improvements/{improvement_id}",
    right="edit_improvements",
    problems=("not_found", "version_changed"),
    example=examples.content(ImprovementContent, _NEW),
)
async def update_improvement(
    actor: Actor, db: AsyncConnection, improvement_id: UUID, body: ImprovementContent, expected_version: int
) -> Improvement:
    """Replace an improvement action.

    Name a second period or a snapshot, and its figure is taken as the one after. A figure that was taken stays as it
    is, whatever facts come later, until another period or snapshot is named. Done needs a figure after.
    """
    return await improving.change(db, actor, improvement_id, body, expected_version)
