"""Whether the service answers, and the contract that it keeps."""

from collections.abc import Callable
from enum import StrEnum

from sqlalchemy import text

from service.database import Database
from service.http.endpoint import EncodedJson, Output, get
from service.http.reading import HttpRequest


class Readiness(StrEnum):
    """Whether the database behind the service answers."""

    READY = "ready"
    UNREADY = "unready"


class Health(Output, frozen=True, kw_only=True):
    """The process is alive when this arrives at all; `status` tells whether it can do its work."""

    status: Readiness


@get("/v1/health", public=True, problems=("busy",), response_example=Health(status=Readiness.READY))
async def read_health(database: Database) -> Health:
    """Tell whether the service is alive and ready.

    Answers 503 `busy` while the database cannot be reached.
    """
    async with database.reader() as db:
        await db.execute(text("SELECT 1"))
    return Health(status=Readiness.READY)


@get("/v1/openapi.json", public=True, listed=False)
async def read_contract(request: HttpRequest) -> EncodedJson:
    """Give the contract itself, as openapi/openapi.json holds it."""
    contract: Callable[[], bytes] = request.app.state.contract
    return EncodedJson(contract())
