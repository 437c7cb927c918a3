"""What we send to webhooks, as OpenAPI describes requests that come from us."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

from domain.events import EventData, EventKind
from service.openapi.schemas import Schemas
from service.store.webhooks.events import ToldEvent

TAG = {
    "name": "webhook_events",
    "description": "What is sent to your webhooks. Answer any 2xx within ten seconds; see Standard Webhooks 1.0.",
}
_JOB, _OUTLET = UUID("01937d5a-8c00-7000-8000-000000000107"), UUID("01937d5a-8c00-7000-8000-000000000101")
_VISIT, _MEMBER = UUID("01937d5a-8c00-7000-8000-000000000108"), UUID("01937d5a-8c00-7000-8000-000000000103")
_AT = datetime(2026, 3, 2, 2, 5, tzinfo=UTC)
_OF_JOB = EventData(job_id=_JOB, outlet_id=_OUTLET)
_OF_CASE = EventData(job_id=_JOB, outlet_id=_OUTLET, case_id=_VISIT, case_kind="finding", code="work_before_check_in")

_SENT = (
    ("job.opened", EventKind.JOB_OPENED, "A job was opened", _OF_JOB),
    ("job.completed", EventKind.JOB_COMPLETED, "A job was completed: the promise to the customer is kept", _OF_JOB),
    (
        "visit.*",
        EventKind.VISIT_ARRIVED,
        "A visit came to a status, which the type names; a phone that was offline tells of several at once",
        EventData(job_id=_JOB, outlet_id=_OUTLET, visit_id=_VISIT, technician_id=_MEMBER),
    ),
    ("case.opened", EventKind.CASE_OPENED, "Something waits for a person", _OF_CASE),
    ("case.decided", EventKind.CASE_DECIDED, "A person decided what waited", _OF_CASE),
    ("kpi.restated", EventKind.KPI_RESTATED, "Late work changed a figure of a past period", EventData(code="KPI-01")),
    ("snapshot.frozen", EventKind.SNAPSHOT_FROZEN, "Figures were frozen for a report", EventData(snapshot_id=_VISIT)),
    ("webhook.test", EventKind.WEBHOOK_TEST, "Somebody asked whether this arrives; it means nothing", EventData()),
)
_HEADERS = (
    ("webhook-id", "The event's id: the same however often it is sent. Take each once"),
    ("webhook-timestamp", "When it was sent, in seconds since 1970. Refuse what is minutes old"),
    ("webhook-signature", "`v1,` and the Base64 of HMAC-SHA256 over `id.timestamp.body`; two of them after a rotation"),
)


def described(schemas: Schemas) -> dict[str, Any]:
    """One entry for each kind of event, or family of kinds; all have one schema."""
    schema = schemas.told[ToldEvent]
    return {
        name: {"post": _operation(number, kind, said, data, schema)}
        for number, (name, kind, said, data) in enumerate(_SENT, 1)
    }


def _operation(number: int, kind: EventKind, said: str, data: EventData, schema: dict[str, Any]) -> dict[str, Any]:
    event = ToldEvent(id=_VISIT, position=number, type=kind, timestamp=_AT, data=data)
    example = msgspec.to_builtins(event)
    return {
        "operationId": f"receive_{kind.value.partition('.')[0]}_{_verb(kind)}",
        "tags": [TAG["name"]],
        "summary": said,
        "security": [{}],
        "parameters": [
            {"name": name, "in": "header", "required": True, "description": told, "schema": {"type": "string"}}
            for name, told in _HEADERS
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema, "example": example}}},
        "responses": {"2XX": {"description": "Taken. Anything else is tried again; 410 switches the webhook off"}},
    }


def _verb(kind: EventKind) -> str:
    return "status" if kind.value.startswith("visit.") else kind.value.partition(".")[2]
