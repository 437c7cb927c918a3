"""Schemes and profiles: the product's and the organisation's, checked before they are used."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.kpis.table import KPI_BY_ID
from domain.people.actor import Actor
from domain.scoring.checks import SchemeFault, faults
from domain.scoring.profile import ScoringProfile, profile_faults
from domain.scoring.scheme import Scheme
from domain.scoring.words import fault_in_words
from service.http.errors import Reason, Refused
from service.scoring.shipped import MEASURED, SHIPPED
from service.store.scoring import criteria
from service.store.scoring.criteria import Kept

MOST = 200
"""So many schemes, and so many profiles, are listed."""


async def scheme_of(db: AsyncConnection, actor: Actor, code: str) -> Scheme:
    """The scheme of this code, the product's or the organisation's; `not_found` without."""
    if (shipped := SHIPPED.get(code)) is not None:
        return shipped
    kept = await criteria.find(db, actor.org_id, Scheme, code)
    if kept is None:
        raise Refused("not_found")
    return kept.item


async def profile_of(db: AsyncConnection, actor: Actor, code: str) -> Kept[ScoringProfile]:
    """The organisation's profile of this code; `not_found` without."""
    kept = await criteria.find(db, actor.org_id, ScoringProfile, code)
    if kept is None:
        raise Refused("not_found")
    return kept


async def put_scheme(db: AsyncConnection, actor: Actor, scheme: Scheme, expected_version: int) -> Kept[Scheme]:
    """Keep a scheme that adds up. Those that come with the product stay as they are."""
    if scheme.code in SHIPPED:
        raise Refused("already_exists")
    _refuse(faults(scheme, MEASURED))
    return await criteria.put(db, actor, scheme, expected_version)


async def put_profile(
    db: AsyncConnection, actor: Actor, profile: ScoringProfile, expected_version: int
) -> Kept[ScoringProfile]:
    """Keep a profile that fits its scheme."""
    scheme = SHIPPED.get(profile.scheme)
    if scheme is None:
        kept = await criteria.find(db, actor.org_id, Scheme, profile.scheme)
        scheme = None if kept is None else kept.item
    if scheme is None:
        _refuse((SchemeFault("/scheme", "scheme_unknown", name=profile.scheme),))
        raise AssertionError("refused above")
    _refuse(profile_faults(profile, scheme, KPI_BY_ID.keys(), MEASURED))
    return await criteria.put(db, actor, profile, expected_version)


def _refuse(found: Sequence[SchemeFault]) -> None:
    if found:
        words = [(fault, fault_in_words(fault)) for fault in found]
        reasons = tuple(Reason(fault.pointer, fault.code, said.zh, said.en) for fault, said in words)
        raise Refused("scheme_refused", errors=reasons)
