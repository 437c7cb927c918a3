"""Visit actions: a technician's app that is online records one fact at a time, and learns at once what the rules say.

Each operation is the same thin handler around one kind of fact. Offline, the same facts go by push, where nothing is
refused. After a lost answer, send the action again to the same address with the same `id`, and not by push.
"""

from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.facts.door.work import PartUsed
from domain.facts.kinds import KIND_BY_BODY
from domain.facts.words import Instant, Version
from domain.people.actor import Actor
from service.desk import actions
from service.desk.actions import Action
from service.desk.fact_bodies import body_type, fact_of
from service.desk.visit_actions import VISIT_ACTIONS, VisitAction
from service.http import instants
from service.http.endpoint import Operation, Output, post
from sync.protocol import Answer

# An app that sends its own id may send again after a lost answer; without a time, the moment is now.
_ENVELOPE: list[Any] = [
    ("id", UUID | None, None),
    ("happened_at", Instant | None, None),
    ("base_version", Version | None, None),
    ("seq", Version | None, None),
]
PROBLEMS = ("not_found", "not_your_visit", "already_exists", "gate_refused")
MORE_PROBLEMS: dict[type[Struct], tuple[str, ...]] = {PartUsed: ("serial_elsewhere",)}


class VisitActionAnswer(Output, frozen=True, kw_only=True):
    """What was answered when the fact was recorded, and the job's version now."""

    answer: Answer
    version: int


_ANSWER = msgspec.json.Decoder(Answer)


def _operation(declared: VisitAction) -> Operation:
    kind = type(declared.example)
    typed = body_type(declared.operation, kind, _ENVELOPE)

    async def handle(actor: Actor, db: AsyncConnection, job_id: UUID, visit_id: UUID, body: Any) -> VisitActionAnswer:  # noqa: ANN401 (its type is set below)
        instants.require_sane(body, "happened_at")
        action = Action(
            job_id=job_id,
            visit_id=visit_id,
            fact_id=body.id,
            body=fact_of(kind, body),
            happened_at=body.happened_at,
            base_version=body.base_version,
            seq=body.seq,
        )
        done = await actions.act(db, actor, action)
        return VisitActionAnswer(answer=_ANSWER.decode(done.answer), version=done.version)

    handle.__name__, handle.__doc__ = declared.operation, declared.summary
    handle.__annotations__["body"] = typed
    example = typed(**msgspec.structs.asdict(declared.example))
    path = f"/v1/jobs/{{job_id}}/visits/{{visit_id}}/{declared.path}"
    problems = (*PROBLEMS, *MORE_PROBLEMS.get(kind, ()))
    return post(path, right="record_visits", status=201, problems=problems, example=example)(handle)


OPERATIONS: tuple[Operation, ...] = tuple(_operation(declared) for declared in VISIT_ACTIONS)
RECORDABLE = frozenset(KIND_BY_BODY[type(declared.example)].name for declared in VISIT_ACTIONS)
"""The kinds of facts that have an operation of their own."""
