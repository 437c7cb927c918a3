"""Feedback: what is heard and done about a job besides the work. Each is one strict fact.

With an `id` of the caller's own (the fact's) it may be sent again after a lost answer.
"""

from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.facts.kinds import KIND_BY_BODY
from domain.job.document import Job
from domain.people.actor import Actor
from service.desk import actions
from service.desk.actions import Action
from service.desk.fact_bodies import body_type, fact_of
from service.desk.feedback_actions import FEEDBACK_ACTIONS, FeedbackAction
from service.http.endpoint import EncodedJson, Operation, post

PROBLEMS = ("not_found", "already_exists", "gate_refused", "version_changed")
_ENVELOPE_OF_VISIT: list[Any] = [("id", UUID | None, None)]
_ENVELOPE: list[Any] = [*_ENVELOPE_OF_VISIT, ("visit_id", UUID | None, None)]


def _operation(declared: FeedbackAction) -> Operation:
    kind = type(declared.example)
    of_visit = KIND_BY_BODY[kind].of_visit
    typed = body_type(declared.operation, kind, _ENVELOPE_OF_VISIT if of_visit else _ENVELOPE)

    async def of_job(
        actor: Actor,
        db: AsyncConnection,
        job_id: UUID,
        body: Any,  # noqa: ANN401 (its type is set below)
        expected_version: int | None,
    ) -> EncodedJson:
        return await _recorded(db, actor, kind, (job_id, body.visit_id), body, expected_version)

    async def of_its_visit(
        actor: Actor,
        db: AsyncConnection,
        job_id: UUID,
        visit_id: UUID,
        body: Any,  # noqa: ANN401 (its type is set below)
        expected_version: int | None,
    ) -> EncodedJson:
        return await _recorded(db, actor, kind, (job_id, visit_id), body, expected_version)

    handle = of_its_visit if of_visit else of_job
    handle.__name__, handle.__doc__ = declared.operation, declared.summary
    handle.__annotations__["body"] = typed
    return post(
        f"/v1/jobs/{{job_id}}/{'visits/{visit_id}/' if of_visit else ''}{declared.path}",
        right=declared.right,
        status=201,
        problems=PROBLEMS,
        response=Job,
        example=typed(**msgspec.structs.asdict(declared.example)),
    )(handle)


async def _recorded(
    db: AsyncConnection,
    actor: Actor,
    kind: type[Struct],
    about: tuple[UUID, UUID | None],
    body: Any,  # noqa: ANN401 - the kind's own fields, with an id
    expected_version: int | None,
) -> EncodedJson:
    job_id, visit_id = about
    if visit_id is not None:
        job, _ = await actions.take_up(db, actor, job_id, None, body.id)
        actions.visit_of(job, visit_id)
    action = Action(job_id=job_id, visit_id=visit_id, body=fact_of(kind, body), fact_id=body.id)
    done = await actions.act(db, actor, action, expected_version)
    return EncodedJson(done.document, version=done.version)


OPERATIONS: tuple[Operation, ...] = tuple(_operation(declared) for declared in FEEDBACK_ACTIONS)
