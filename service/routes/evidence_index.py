"""The on-site evidence index: what visits show of a scoring scheme, and what they cannot."""

from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.fields import Code
from domain.people.actor import Actor
from service.http.endpoint import get
from service.http.errors import Violation, invalid_query
from service.kpis.periods import PeriodQuery, require_period
from service.scoring import evidence_index, schemes
from service.scoring.evidence_index import EvidenceIndex
from service.scoring.shipped import DEFAULT


class IndexQuery(PeriodQuery, frozen=True, kw_only=True):
    """A period, by which scheme, and by which of the organisation's profiles."""

    scheme: Code | None = None
    profile: Code | None = None


@get("/v1/index", right="read_figures", problems=("not_found",))
async def read_evidence_index(actor: Actor, db: AsyncConnection, query: IndexQuery) -> EvidenceIndex:
    """Read the on-site evidence index of a period.

    It is earned over covered points, of the aspects that visits give evidence of and that have at least one sample; the
    coverage says how much of the scheme that is. What is not measured on site is listed and never scored; what somebody
    declared not to apply leaves the scheme. It is no score under the scheme, and stands for no star.
    """
    report = await require_period(db, actor, query)
    profile = None if query.profile is None else await schemes.profile_of(db, actor, query.profile)
    named = query.scheme or (DEFAULT if profile is None else profile.item.scheme)
    scheme = await schemes.scheme_of(db, actor, named)
    if profile is not None and profile.item.scheme != scheme.code:
        raise invalid_query(Violation("/profile", "of_another_scheme"))
    return await evidence_index.index_at(db, actor, report, scheme, profile, datetime.now(UTC))
