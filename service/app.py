"""The application: the operations in routes, one database, and nothing of Litestar's that guesses."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import cache
from typing import Any

from litestar import Litestar, Request, Response
from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp, Method

from service import openapi, serving
from service.answers import Answer
from service.database import open_database
from service.endpoint import Operation
from service.routes import OPERATIONS
from service.settings import Settings

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
        async with open_database(database_url, settings) as database:
            app.state.database = database
            yield

    app = Litestar(
        route_handlers=[_route(operation) for operation in operations],
        lifespan=[with_database, *also],
        exception_handlers={Exception: _refuse},
        openapi_config=None,
        logging_config=None,
        # service.reading counts the bytes itself, per operation.
        request_max_body_size=None,
    )
    app.state.settings = settings
    app.state.contract = cache(lambda: openapi.document_bytes(operations))
    return app


def _route(operation: Operation) -> HTTPRouteHandler:
    async def handle(request: Request[Any, Any, Any]) -> ASGIApp:
        return await serving.serve(operation, request)

    methods: list[Method] = ["GET", "HEAD"] if operation.method == "GET" else [operation.method]
    # Litestar passes parameters on as text; service.decoding gives them their types.
    path = operation.path.replace("}", ":str}")
    # The answer carries its own status; Litestar's is not used, and it would refuse 204 from a function that returns.
    return HTTPRouteHandler(path, http_method=methods, status_code=200, name=operation.id)(handle)


class _Ready(Response[None]):
    """Lets an exception handler hand over an answer that is complete."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(None)
        self.answer = answer

    def to_asgi_response(self, *_: object, **__: object) -> Answer:  # type: ignore[override]
        return self.answer


def _refuse(request: Request[Any, Any, Any], error: Exception) -> Response[None]:
    """Failures outside every operation: unknown paths, wrong methods, a host header that is none."""
    return _Ready(serving.refuse(request, error, "routing"))
