"""Schemes weigh figures by points; profiles hold an organisation's own targets and declarations."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people.actor import Actor
from domain.scoring.profile import NotApplicable, OwnTarget, ScoringProfile
from domain.scoring.scheme import Scheme, SplitPart
from service.http.codes import require_same_code
from service.http.endpoint import Output, get, put
from service.http.errors import Refused
from service.scoring import schemes
from service.scoring.shipped import DEFAULT, SHIPPED
from service.store.scoring import criteria
from service.store.scoring.criteria import Kept


class SchemeEntry(Output, frozen=True, kw_only=True):
    """A scheme; one that comes with the product has version 0, and nobody changed it."""

    version: int
    changed_by: UUID | None
    changed_at: datetime | None
    item: Scheme


class SchemeList(Output, frozen=True, kw_only=True):
    """All schemes, the product's first."""

    items: tuple[SchemeEntry, ...]


class ScoringProfileEntry(Output, frozen=True, kw_only=True):
    """A profile, and who set it when."""

    version: int
    changed_by: UUID
    changed_at: datetime
    item: ScoringProfile


class ScoringProfileList(Output, frozen=True, kw_only=True):
    """All profiles of the organisation."""

    items: tuple[ScoringProfileEntry, ...]


_GB = SHIPPED[DEFAULT]
_PROFILE = ScoringProfile(
    code="own-2026",
    zh="2026 年目标",
    en="Targets of 2026",
    targets=(OwnTarget(kpi="K14", target_hundredths=9800),),
    split=(SplitPart(clause="5.1.2", points=4), SplitPart(clause="5.1.4", points=8)),
    not_applicable=(NotApplicable(clause="5.2.3", reason="不承担送货与安装"),),
)


@get("/v1/schemes", right="read_figures")
async def list_schemes(actor: Actor, db: AsyncConnection) -> SchemeList:
    """List the scoring schemes: those that come with the product, and those that the organisation added."""
    shipped = [_shipped(scheme) for scheme in SHIPPED.values()]
    own = [_scheme(each) for each in await criteria.every(db, actor.org_id, Scheme, schemes.MOST)]
    return SchemeList(items=(*shipped, *own))


@get("/v1/schemes/{code}", right="read_figures", problems=("not_found",))
async def read_scheme(actor: Actor, db: AsyncConnection, code: str) -> SchemeEntry:
    """Read one scheme: sections, indicators, points with their basis, aspects with what measures them."""
    if code in SHIPPED:
        return _shipped(SHIPPED[code])
    kept = await criteria.find(db, actor.org_id, Scheme, code)
    if kept is None:
        raise Refused("not_found")
    return _scheme(kept)


@put(
    "/v1/schemes/{code}",
    right="edit_schemes",
    problems=("already_exists", "scheme_refused", "version_changed"),
    example=Scheme(**{**{name: getattr(_GB, name) for name in _GB.__struct_fields__}, "code": "own-edition"}),
)
async def put_scheme(actor: Actor, db: AsyncConnection, code: str, body: Scheme, expected_version: int) -> SchemeEntry:
    """Add an edition (`If-Match: "0"`), or replace one (If-Match: its version).

    Sections have to add up to their points, and sections to the total: a scheme that does not is refused with every
    reason. Schemes that come with the product stay as they are; divide joint points in a profile.
    """
    require_same_code(code, body.code)
    return _scheme(await schemes.put_scheme(db, actor, body, expected_version))


@get("/v1/scoring-profiles", right="read_figures")
async def list_scoring_profiles(actor: Actor, db: AsyncConnection) -> ScoringProfileList:
    """List the organisation's profiles."""
    found = await criteria.every(db, actor.org_id, ScoringProfile, schemes.MOST)
    return ScoringProfileList(items=tuple(_profile(each) for each in found))


@get("/v1/scoring-profiles/{code}", right="read_figures", problems=("not_found",))
async def read_scoring_profile(actor: Actor, db: AsyncConnection, code: str) -> ScoringProfileEntry:
    """Read one profile."""
    return _profile(await schemes.profile_of(db, actor, code))


@put(
    "/v1/scoring-profiles/{code}",
    right="edit_schemes",
    problems=("scheme_refused", "version_changed"),
    example=_PROFILE,
)
async def put_scoring_profile(
    actor: Actor, db: AsyncConnection, code: str, body: ScoringProfile, expected_version: int
) -> ScoringProfileEntry:
    """Add a profile (`If-Match: "0"`), or replace one (If-Match: its version).

    Targets of the organisation's own, a split of the scheme's joint points, which has to sum to them, and indicators
    that do not apply to the firm, each with a reason. Reports that were frozen keep the profile as it was.
    """
    require_same_code(code, body.code)
    return _profile(await schemes.put_profile(db, actor, body, expected_version))


def _shipped(scheme: Scheme) -> SchemeEntry:
    return SchemeEntry(version=0, changed_by=None, changed_at=None, item=scheme)


def _scheme(kept: Kept[Scheme]) -> SchemeEntry:
    return SchemeEntry(version=kept.version, changed_by=kept.changed_by, changed_at=kept.changed_at, item=kept.item)


def _profile(kept: Kept[ScoringProfile]) -> ScoringProfileEntry:
    return ScoringProfileEntry(
        version=kept.version, changed_by=kept.changed_by, changed_at=kept.changed_at, item=kept.item
    )
