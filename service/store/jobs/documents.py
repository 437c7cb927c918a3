"""Documents as phones get them: encoded once, in one spelling, under their digest. A pull joins these bytes."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.customers import SiteCard
from domain.job.document import Job
from domain.stock import VanStock
from service.store.sets import parameters, replace_set
from service.store.tables import documents
from sync.digest import canonical, digest

_COLUMNS = ("org_id", "id", "kind", "version", "body", "digest")
SAVE_DOCUMENTS = replace_set(documents, ("org_id", "id"), *_COLUMNS)
"""Of the rows that `rows_of_documents` makes."""


class Document(Struct, frozen=True):
    """What is stored of a job, a site card or a van, and the version that it bears."""

    version: int
    body: bytes
    digest: bytes


def document(of: Job | SiteCard | VanStock, version: int) -> Document:
    """The document in its one spelling."""
    body = canonical(of)
    return Document(version, body, digest(body))


async def save(db: AsyncConnection, org_id: UUID, kind: str, found: Mapping[UUID, Document]) -> None:
    """Store these documents, whether they are new or not. One statement; none for no documents."""
    if found:
        await db.execute(SAVE_DOCUMENTS, rows_of_documents(org_id, kind, found))


def rows_of_documents(org_id: UUID, kind: str, found: Mapping[UUID, Document]) -> dict[str, list[Any]]:
    """What `SAVE_DOCUMENTS` is given, in the order of `found`."""
    rows = [(org_id, key, kind, each.version, each.body, each.digest) for key, each in found.items()]
    return parameters(_COLUMNS, rows)
