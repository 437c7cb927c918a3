"""The application: the operations in routes, one database, and nothing of Litestar's that guesses."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import cache
from typing import Any

from litestar import Litestar, Request, Response
from litestar.enums import ScopeType
from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp, Method, Receive, Scope, Send

from service import openapi
from service.database import open_database
from service.epochs import watching
from service.http import reading, serving
from service.http.answers import API_POLICY, NOT_STORED, Answer, Headers
from service.http.endpoint import Operation
from service.http.faults import watch_for_faults
from service.http.reading import HttpRequest
from service.http.tus import speaking_tus
from service.pulling.listening import Listeners
from service.routes import OPERATIONS
from service.settings import Settings
from service.work.crew import at_work
from service.work.kinds import KINDS, ROUNDS

Lifespan = Callable[[Litestar], AbstractAsyncContextManager[None]]


def create_app(
    settings: Settings,
    database_url: str,
    operations: Sequence[Operation] = OPERATIONS,
    also: Sequence[Lifespan] = (),
) -> Litestar:
    """The service on the database at `database_url`; `also` begins after it and ends before it."""

    @asynccontextmanager
    async def with_database(app: Litestar) -> AsyncIterator[None]:
        async with (
            open_database(database_url, settings) as database,
            watching.watched(database),
            at_work(database, settings, KINDS, ROUNDS),
        ):
            app.state.database = database
            yield

    app = Litestar(
        # OPTIONS first: Litestar adds its own to a path that has none yet.
        route_handlers=[*_options(operations), *map(_route, operations)],
        lifespan=[with_database, *also],
        exception_handlers={Exception: _refuse},
        openapi_config=None,
        logging_config=None,
        # service.http.reading counts the bytes itself, per operation.
        request_max_body_size=None,
    )
    served = speaking_tus(_past_routing(app.asgi_handler, operations))
    app.asgi_handler = watch_for_faults(served, allowed=settings.faults)
    app.state.settings = settings
    app.state.listeners = Listeners()
    app.state.contract = cache(lambda: openapi.document_bytes(operations))
    return app


def _past_routing(routed: ASGIApp, operations: Sequence[Operation]) -> ASGIApp:
    """Serve addresses without parameters straight away: Litestar's way to a handler costs more than an empty pull."""
    direct = {(method, op.path): op for op in operations if "{" not in op.path for method in _methods(op)}

    async def handle(scope: Scope, receive: Receive, send: Send) -> None:
        operation = direct.get((scope["method"], scope["path"])) if scope["type"] == ScopeType.HTTP else None
        if operation is None:
            await routed(scope, receive, send)
            return
        scope["path_params"] = {}
        answer = await serving.serve(operation, HttpRequest(scope, receive))
        await answer(scope, receive, send)

    return handle


def _route(operation: Operation) -> HTTPRouteHandler:
    async def handle(request: Request[Any, Any, Any]) -> ASGIApp:
        return await serving.serve(operation, _plain(request))

    # Litestar passes parameters on as text; service.http.decoding gives them their types.
    path = operation.path.replace("}", ":str}")
    # The answer carries its own status; Litestar's is not used, and it would refuse 204 from a function that returns.
    return HTTPRouteHandler(path, http_method=_methods(operation), status_code=200, name=operation.id)(handle)


def _plain(request: Request[Any, Any, Any]) -> HttpRequest:
    return HttpRequest(request.scope, request.receive)


def _methods(operation: Operation) -> list[Method]:
    return ["GET", "HEAD"] if operation.method == "GET" else [operation.method]


def _options(operations: Sequence[Operation]) -> Iterator[HTTPRouteHandler]:
    """What each address allows; Litestar's own answer would lack the headers that every other one carries."""
    allowed: dict[str, set[str]] = {}
    more: dict[str, Headers] = {}
    for operation in operations:
        path = operation.path.replace("}", ":str}")
        allowed.setdefault(path, {"OPTIONS"}).update(_methods(operation))
        more[path] = more.get(path) or operation.options
    for path, methods in allowed.items():
        allow = (b"allow", ", ".join(sorted(methods)).encode())
        yield HTTPRouteHandler(path, http_method="OPTIONS", status_code=200)(_answer_with((allow, *more[path])))


def _answer_with(told: Headers) -> Callable[..., Awaitable[ASGIApp]]:
    async def handle(request: Request[Any, Any, Any]) -> ASGIApp:
        return Answer(204, b"", reading.request_id(_plain(request)), headers=(*API_POLICY, *NOT_STORED, *told))

    return handle


class _Ready(Response[None]):
    """Lets an exception handler hand over an answer that is complete."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(None)
        self.answer = answer

    def to_asgi_response(self, *_: object, **__: object) -> Answer:  # type: ignore[override]
        return self.answer


def _refuse(request: Request[Any, Any, Any], error: Exception) -> Response[None]:
    """Failures outside every operation: unknown paths, wrong methods, a host header that is none."""
    return _Ready(serving.refuse(_plain(request), error, "routing"))
