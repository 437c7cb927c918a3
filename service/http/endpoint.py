"""How a route is written: a plain function from typed values to a typed value, and one line that declares it.

    @post("/v1/jobs/{job_id}/visits", right="plan_visits", status=201, problems=("job_not_found",), example=PLAN_VISIT)
    async def plan_visit(actor: Actor, db: AsyncConnection, job_id: UUID, body: PlanVisit) -> Visit:
        # Its docstring; then: load, decide, save.

A function is given what its parameters are called:

actor             who is signed in, holding `right`
claims            what the token says, with `own_sign_in`: the function itself asks whether the token still holds
db                a transaction that is committed before the answer leaves; on GET a reader in autocommit
body, query       decoded as the Struct of the annotation
headers           a Struct whose fields are renamed to what the headers are called
expected_version  from If-Match
database, request the application's database, and the request itself
any other name    a part of the path

After a deadlock or a serialization failure the function runs again from the start, so it must act through `db` only.
The contract comes from the same declaration: operation id, parameters and schemas from names and annotations,
summary and description from the docstring.
"""

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Literal, TypedDict, Unpack, get_type_hints

from msgspec import Struct

Handler = Callable[..., Awaitable[Any]]
Declare = Callable[[Handler], "Operation"]
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]

Headers = tuple[tuple[bytes, bytes], ...]

GIVEN = {"actor", "claims", "db", "body", "query", "headers", "expected_version", "database", "request"}


class Input(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A body or query: unknown names are refused. Repeat `frozen=True, kw_only=True` on each."""


class Output(Struct, frozen=True, kw_only=True):
    """An answer: every field is always present, so no field has a default. Repeat the arguments on each."""


class EncodedJson(Struct, frozen=True):
    """An answer that is encoded already. Declare what the JSON holds with `response=`."""

    body: bytes
    version: int | str | None = None


class Media(Struct, frozen=True):
    """An answer of bytes with a media type, and where needed headers, of its own."""

    body: bytes
    media_type: str
    headers: Headers = ()
    status: int | None = None
    """Where it is not the declared one."""


class HeadersOnly(Struct, frozen=True):
    """An answer without a body; `status` where it is not the declared one."""

    headers: Headers
    status: int | None = None


class Download(Struct, frozen=True):
    """An answer of bytes that are sent as they are read. Declare their kinds with `media_types=`."""

    status: int
    media_type: str
    size_bytes: int
    chunks: AsyncIterator[bytes]
    headers: Headers


class Operation(Struct, frozen=True, kw_only=True):
    """One declared route: all that is needed to serve it and to describe it."""

    method: Method
    path: str
    handler: Handler
    takes: frozenset[str]
    body: Any
    query: Any
    headers: Any
    version: Any
    path_parameters: dict[str, Any]
    request: Any
    """What the contract says the body is, where that tells more than `body`'s own type."""
    response: Any
    tag: str
    """Where the contract lists it; the route module's name unless told."""
    status: int = 200
    right: str | None = None
    """What the actor's role must hold; None asks for sign-in only, and not even that when `public`."""
    public: bool = False
    own_sign_in: bool = False
    """The handler checks token and right against the database in a statement of its own (`auth.verified`)."""
    listed: bool = True
    """False keeps it out of the contract: pages for people."""
    problems: tuple[str, ...] = ()
    """Codes beyond those that every such operation may answer with."""
    example: Struct | None = None
    response_example: Struct | None = None
    decode: Callable[[bytes], Any] | None = None
    """From bytes to `body`, where that is more than decoding strictly."""
    body_bytes: int | None = None
    """The most a body may have, when not what the settings say."""
    streams: str | None = None
    """The media type of a body that the handler reads from `request` itself, as it comes.

    The contract tells it in the description only: generators know a few media types, and warn of any other.
    """
    made_at: str | None = None
    """Where the state of what is made to order is read, with fields of the answer; `/file` below is the file."""
    media_types: tuple[str, ...] = ()
    """What a Download may hold."""
    answer_headers: dict[str, str] = {}
    """What the headers of a `HeadersOnly` answer say, for the contract."""
    options: Headers = ()
    """What OPTIONS of this address answers besides the methods."""

    @property
    def id(self) -> str:
        return self.handler.__name__

    @property
    def needs_version(self) -> bool:
        """Whether a request without If-Match is refused; a handler that takes `int | None` does not insist."""
        return self.version is int


class Declaration(TypedDict, total=False):
    """What a decorator takes besides the path; each is told in Operation, whose default holds where it is left out."""

    right: str
    public: bool
    own_sign_in: bool
    status: int
    request: type[Struct]
    response: type[Struct]
    problems: tuple[str, ...]
    example: Struct
    response_example: Struct
    body_bytes: int
    decode: Callable[[bytes], Any]
    streams: str
    made_at: str
    media_types: tuple[str, ...]
    answer_headers: dict[str, str]
    options: Headers
    tag: str
    listed: bool


def get(path: str, **declared: Unpack[Declaration]) -> Declare:
    return _declare("GET", path, declared)


def post(path: str, **declared: Unpack[Declaration]) -> Declare:
    return _declare("POST", path, declared)


def put(path: str, **declared: Unpack[Declaration]) -> Declare:
    return _declare("PUT", path, declared)


def patch(path: str, **declared: Unpack[Declaration]) -> Declare:
    return _declare("PATCH", path, declared)


def delete(path: str, **declared: Unpack[Declaration]) -> Declare:
    return _declare("DELETE", path, declared)


def _declare(method: Method, path: str, declared: Declaration) -> Declare:
    def declare(handler: Handler) -> Operation:
        kinds = get_type_hints(handler, include_extras=True)
        returned = kinds.pop("return")
        told: dict[str, Any] = {
            "request": kinds.get("body"),
            "response": returned,
            "tag": _section(handler.__module__),
            **declared,
        }
        return Operation(
            method=method,
            path=path,
            handler=handler,
            takes=frozenset(inspect.signature(handler).parameters),
            body=kinds.get("body"),
            query=kinds.get("query"),
            headers=kinds.get("headers"),
            version=kinds.get("expected_version"),
            path_parameters={name: kind for name, kind in kinds.items() if name not in GIVEN},
            **told,
        )

    return declare


def _section(module: str) -> str:
    """Where the contract lists what this module serves: `sessions` of service.routes.sessions, `sync` of its parts."""
    return (module.partition(".routes.")[2] or module.rpartition(".")[2]).partition(".")[0]
