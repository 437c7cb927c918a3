"""Retention: how long personal data is kept, and what was erased."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people.actor import Actor
from domain.retention import TERM_SOURCES, RetentionTerms, TermSource
from service.http.endpoint import Output, get, put
from service.http.paging import Paging, Slice
from service.store.privacy import erasures
from service.store.privacy import terms as retention_terms
from service.store.privacy.erasures import Erasure
from service.store.privacy.terms import KeptTerms


class RetentionSettings(Output, frozen=True, kw_only=True):
    """The terms that hold, and what each of them means by default."""

    version: int
    changed_by: UUID | None
    changed_at: datetime | None
    item: RetentionTerms
    sources: tuple[TermSource, ...]


class ErasureQuery(Paging, frozen=True, kw_only=True):
    """Of which job; of all of them without it."""

    job_id: UUID | None = None


class ErasurePage(Slice[Erasure], frozen=True, kw_only=True):
    """Erasures, the newest first."""


@get("/v1/retention-terms", right="read_privacy")
async def read_retention_terms(actor: Actor, db: AsyncConnection) -> RetentionSettings:
    """Read how long personal data is kept, with the defaults and where they come from."""
    return _settings(await retention_terms.read(db, actor.org_id))


@put("/v1/retention-terms", right="manage_privacy", problems=("version_changed",), example=RetentionTerms())
async def put_retention_terms(
    actor: Actor, db: AsyncConnection, body: RetentionTerms, expected_version: int
) -> RetentionSettings:
    """Set the terms (`If-Match`: their version, `"0"` for the defaults); what is left out is the default.

    They hold from the next night on, also for what was recorded before. What was erased does not come back.
    """
    return _settings(await retention_terms.put(db, actor, body, expected_version))


@get("/v1/erasures", right="read_privacy")
async def list_erasures(actor: Actor, db: AsyncConnection, query: ErasureQuery) -> ErasurePage:
    """List what was erased, by which terms, in the jobs that you see.

    Digest and place in the chain of a fact stay, so that a log still verifies.
    """
    items, next_cursor = await erasures.page(db, actor, query, query.job_id)
    return ErasurePage(items=tuple(items), next_cursor=next_cursor, has_more=next_cursor is not None)


def _settings(kept: KeptTerms) -> RetentionSettings:
    said = {name: getattr(kept, name) for name in KeptTerms.__struct_fields__}
    return RetentionSettings(**said, sources=TERM_SOURCES)
