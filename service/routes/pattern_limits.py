"""Pattern limits: from when on repairs that look alike open a case (R11)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.patterns import ORIGINS, LimitOrigin, PatternLimits
from domain.people.actor import Actor
from service.http.endpoint import Output, get, put
from service.store.scoring import criteria
from service.store.scoring.criteria import Kept


class PatternLimitsEntry(Output, frozen=True, kw_only=True):
    """The limits, who set them when, and where the product's own come from. Version 0 are the product's own."""

    version: int
    changed_by: UUID | None
    changed_at: datetime | None
    item: PatternLimits
    defaults: PatternLimits
    origins: tuple[LimitOrigin, ...]


@get("/v1/pattern-limits", right="read_cases")
async def read_pattern_limits(actor: Actor, db: AsyncConnection) -> PatternLimitsEntry:
    """Read the limits: how often one part on one appliance, or in one technician's repairs, opens a case."""
    return _entry(await criteria.find(db, actor.org_id, PatternLimits, PatternLimits().code))


@put(
    "/v1/pattern-limits",
    right="edit_pattern_limits",
    problems=("version_changed",),
    example=PatternLimits(share_percent=60),
)
async def put_pattern_limits(
    actor: Actor, db: AsyncConnection, body: PatternLimits, expected_version: int
) -> PatternLimitsEntry:
    """Set the limits; those left out are the product's.

    The next daily look opens and clears cases by them; what somebody decided stays decided.
    """
    return _entry(await criteria.put(db, actor, body, expected_version))


def _entry(kept: Kept[PatternLimits] | None) -> PatternLimitsEntry:
    return PatternLimitsEntry(
        version=0 if kept is None else kept.version,
        changed_by=None if kept is None else kept.changed_by,
        changed_at=None if kept is None else kept.changed_at,
        item=PatternLimits() if kept is None else kept.item,
        defaults=PatternLimits(),
        origins=ORIGINS,
    )
