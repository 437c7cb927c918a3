"""Problem responses: shared by every operation, one per status."""

from collections.abc import Iterable
from typing import Any

from service.http.endpoint import Operation
from service.http.errors import PROBLEMS
from service.openapi.directions import REF, Schema

REASONS = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    408: "RequestTimeout",
    409: "Conflict",
    410: "Gone",
    412: "PreconditionFailed",
    413: "ContentTooLarge",
    415: "UnsupportedMediaType",
    416: "RangeNotSatisfiable",
    422: "UnprocessableContent",
    426: "UpgradeRequired",
    428: "PreconditionRequired",
    429: "TooManyRequests",
    460: "ChecksumMismatch",
    503: "ServiceUnavailable",
    507: "InsufficientStorage",
}

_TEXT = {"type": "string"}
_SECONDS = {"type": "integer", "format": "int64", "minimum": 0, "maximum": 86400}
_HEADERS = {
    401: {"WWW-Authenticate": {"description": "The scheme to sign in with", "schema": _TEXT}},
    429: {"Retry-After": {"description": "Seconds to wait", "schema": _SECONDS}},
    503: {"Retry-After": {"description": "Seconds to wait", "schema": _SECONDS}},
}


def shared_responses(operations: Iterable[Operation]) -> dict[str, Any]:
    """One response per status that any of the operations may answer with, and one for all others."""
    answered = sorted({status for operation in operations for status in statuses(operation)})
    anything = {"description": "Any other refusal", "content": _content("internal_error")}
    return {REASONS[status]: _response(status) for status in answered} | {"Problem": anything}


def with_codes(components: dict[str, Schema]) -> dict[str, Schema]:
    """The components with the codes of problems as a type of their own, so that apps can switch on them."""
    problem, code = components["Problem"], {"$ref": f"{REF}ProblemCode"}
    codes = {
        "description": "What was wrong, for programs. `GET /v1/problems/{code}` explains each. More may come.",
        "type": "string",
        "enum": sorted(PROBLEMS),
    }
    typed = {**problem, "properties": {**problem["properties"], "code": code}}
    return {**components, "Problem": typed, "ProblemCode": codes}


def references(operation: Operation) -> dict[str, Any]:
    """The responses of one operation, by status, as references."""
    found = {str(status): {"$ref": f"#/components/responses/{REASONS[status]}"} for status in statuses(operation)}
    return {**found, "default": {"$ref": "#/components/responses/Problem"}}


def statuses(operation: Operation) -> list[int]:
    """What the operation may refuse with, from what it takes and from the codes that it names."""
    found = {PROBLEMS[code].status for code in operation.problems} | {503, 429}
    for applies, more in (
        (not operation.public, {401}),
        (operation.right is not None, {403}),
        (operation.path_parameters, {404}),
        (operation.query, {422}),
        (operation.headers, {422}),
        (operation.streams, {400, 408, 413, 415, 422}),
        (operation.body, {400, 408, 413, 415, 422}),
        (operation.method != "GET" and "db" in operation.takes, {409}),
        (operation.version, {412, 422}),
        (operation.needs_version, {428}),
    ):
        found |= more if applies else set()
    return sorted(found)


def _response(status: int) -> dict[str, Any]:
    codes = [code for code, kind in PROBLEMS.items() if kind.status == status]
    response = {"description": f"One of: {', '.join(codes)}" if codes else REASONS[status]}
    return {**response, "headers": _HEADERS.get(status, {}), "content": _content(codes[0] if codes else "busy")}


def _content(code: str) -> dict[str, Any]:
    kind = PROBLEMS[code]
    example = {
        "type": f"/v1/problems/{code}",
        "title": kind.en.title,
        "status": kind.status,
        "detail": kind.en.advice,
        "instance": "/v1/jobs",
        "code": code,
        "retryable": kind.retryable,
        "request_id": "0f6d3b9c51f94c0ab3de7c1c7a0b4f12",
        "errors": [],
        "current": None,
    }
    return {"application/problem+json": {"schema": {"$ref": f"{REF}Problem"}, "example": example}}
