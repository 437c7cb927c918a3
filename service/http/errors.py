"""Every refusal, by stable code. `problems.json` holds status and prose, `violations.json` that of single fields."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from service.http.answers import API_POLICY, NOT_STORED, PROBLEM, Answer, Headers
from sync.allowed_values import MOST_NAMED

LANGUAGES = ("zh", "en")
ALLOWED = {"zh": "允许的取值：", "en": " Allowed: "}
MOST_SAID_BACK = 200
"""Characters of a path, or of a field's name: no address or field of ours is as long."""
FAULTS_OF_TOKENS = {"token_malformed", "token_expired", "token_revoked", "device_revoked"}


class Prose(Struct, frozen=True):
    """What people read; `advice` tells an app's developer what the app should do."""

    title: str
    detail: str
    advice: str


class ProblemType(Struct, frozen=True):
    """One kind of refusal."""

    status: int
    retryable: bool
    zh: Prose
    en: Prose

    def prose(self, language: str) -> Prose:
        return self.en if language == "en" else self.zh


class Violation(Struct, frozen=True):
    """One field that does not fit: where (JSON pointer, or a query parameter's name) and which rule."""

    pointer: str
    code: str
    parameters: dict[str, str] = {}
    allowed: tuple[str, ...] = ()
    """Of `unknown_value`: what would have been understood."""


class Reason(Struct, frozen=True):
    """Why something is refused, with its own sentence in both languages: a rule of the domain."""

    pointer: str
    code: str
    zh: str
    en: str


class FieldError(Struct, frozen=True, kw_only=True):
    """One field that does not fit. `allowed`: the values that fit, where they can be named, up to the first fifty."""

    pointer: str
    code: str
    message: str
    allowed: tuple[str, ...] | None


class Problem(Struct, frozen=True, kw_only=True):
    """RFC 9457. Decide by `code` and `retryable`; `title` and `detail` are for people and change."""

    type: str
    title: str
    status: Annotated[int, Meta(ge=400, le=599)]
    detail: str
    instance: str
    code: str
    retryable: bool
    request_id: str
    errors: tuple[FieldError, ...]
    current: Annotated[
        dict[str, Any] | None,
        Meta(description="What is stored now, as reading it answers, when a change was made from an older version"),
    ]


PROBLEMS = msgspec.json.decode(Path(__file__).with_name("problems.json").read_bytes(), type=dict[str, ProblemType])
VIOLATIONS = msgspec.json.decode(
    Path(__file__).with_name("violations.json").read_bytes(), type=dict[str, dict[str, str]]
)


class Refused(Exception):  # noqa: N818 (reads as what happened to the request)
    """A request that ends in the problem `code`; `parameters`, and how many `errors`, fill the places in its prose."""

    def __init__(
        self,
        code: str,
        *,
        errors: tuple[Violation | Reason, ...] = (),
        headers: Headers = (),
        current: Struct | None = None,
        **parameters: object,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.errors = errors
        self.headers = headers
        self.current = current
        self.parameters = {"count": len(errors), **parameters}


def unknown_value(pointer: str, allowed: Iterable[str]) -> Violation:
    """A value that is none of the allowed ones."""
    return Violation(pointer, "unknown_value", allowed=tuple(allowed)[:MOST_NAMED])


def invalid_body(*found: Violation) -> Refused:
    """A body that is JSON, with what in it does not fit."""
    return Refused("invalid_body", errors=found)


def invalid_query(*found: Violation) -> Refused:
    """Query parameters that can be read, with those that do not fit."""
    return Refused("invalid_query", errors=found)


def problem_answer(refused: Refused, *, language: str, instance: str, request_id: str) -> Answer:
    """The refusal as `application/problem+json` in the reader's language."""
    kind = PROBLEMS[refused.code]
    prose = kind.prose(language)
    parameters = {**refused.parameters, "request_id": request_id}
    problem = Problem(
        type=f"/v1/problems/{refused.code}",
        title=prose.title,
        status=kind.status,
        detail=prose.detail.format_map(parameters),
        instance=_said_back(instance),
        code=refused.code,
        retryable=kind.retryable,
        request_id=request_id,
        errors=tuple(field_error(violation, language) for violation in refused.errors),
        current=None if refused.current is None else msgspec.to_builtins(refused.current),
    )
    headers = (
        *API_POLICY,
        *NOT_STORED,
        (b"content-language", language.encode()),
        (b"vary", b"Accept-Language"),
        *_challenge(refused.code, kind.status),
        *refused.headers,
    )
    return Answer(kind.status, msgspec.json.encode(problem), request_id, PROBLEM, headers)


def field_error(violation: Violation | Reason, language: str) -> FieldError:
    """The violation with its sentence in the reader's language."""
    if isinstance(violation, Reason):
        message = violation.en if language == "en" else violation.zh
        return FieldError(pointer=_said_back(violation.pointer), code=violation.code, message=message, allowed=None)
    message = VIOLATIONS[violation.code][language].format_map(violation.parameters)
    if violation.allowed:
        message += ALLOWED[language] + ", ".join(violation.allowed)
    pointer = _said_back(violation.pointer)
    return FieldError(pointer=pointer, code=violation.code, message=message, allowed=violation.allowed or None)


def _said_back(given: str) -> str:
    return given if len(given) <= MOST_SAID_BACK else given[: MOST_SAID_BACK - 1] + "…"


def _challenge(code: str, status: int) -> Headers:
    """RFC 9110 asks every 401 to name the scheme, RFC 6750 to say when the token itself is at fault."""
    if status != 401:
        return ()
    fault = b', error="invalid_token"' if code in FAULTS_OF_TOKENS else b""
    return ((b"www-authenticate", b'Bearer realm="onsite"' + fault),)
