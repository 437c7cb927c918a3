"""The on-site evidence index of a period, counted from the measures and said with everything that it leaves open."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.kpis.query import Filters, ReportQuery
from domain.kpis.result import Counts
from domain.people.actor import Actor
from domain.scoring.evidence_index import AspectScore, NotMeasured, Samples, index_of
from domain.scoring.profile import ScoringProfile, with_split
from domain.scoring.scheme import Scheme, evidence_of, indicators
from service.store.measures import counting
from service.store.measures.behind import Behind, jobs_behind
from service.store.measures.tallies import NAMED, tallies
from service.store.scoring.criteria import Kept

MOST_JOBS = 100


class DeclaredInapplicable(Struct, frozen=True, kw_only=True):
    """An indicator that somebody declared not to apply to this firm, and why."""

    clause: str
    zh: str
    en: str
    reason: str
    declared_by: UUID
    declared_at: datetime


class DeductionCandidate(Struct, frozen=True, kw_only=True):
    """What may cost a special deduction; nothing is taken off: a person decides. `jobs` are the first hundred.

    Not `measurable`: visits cannot show it, so look elsewhere.
    """

    code: str
    zh: str
    en: str
    measurable: bool
    count: int
    job_ids: tuple[UUID, ...]


class EvidenceIndex(Struct, frozen=True, kw_only=True):
    """The index of a period. It is no score under the scheme, and stands for no star."""

    zh: str
    en: str
    scheme: str
    edition: str
    profile: str | None
    first_day: date
    last_day: date
    filters: Filters
    at: datetime
    index_hundredths: int | None
    coverage_hundredths: int
    covered_points_hundredths: int
    applicable_points: int
    samples: int
    aspects: tuple[AspectScore, ...]
    ratios: tuple[AspectScore, ...]
    not_measured_here: tuple[NotMeasured, ...]
    not_applicable: tuple[DeclaredInapplicable, ...]
    deduction_candidates: tuple[DeductionCandidate, ...]
    assumptions_zh: tuple[str, ...]
    assumptions_en: tuple[str, ...]


async def index_at(
    db: AsyncConnection,
    actor: Actor,
    report: ReportQuery,
    scheme: Scheme,
    profile: Kept[ScoringProfile] | None,
    at: datetime,
    counts: Sequence[Counts] | None = None,
) -> EvidenceIndex:
    """The index as it stands at this moment; of the report's `counts`, all of them, if they are at hand."""
    asked = replace(report, group_by=None, span=None)
    if counts is None:
        counts = await counting.count(db, actor, asked, sorted(evidence_of(scheme)), (), at)
    deductions = candidates_of(scheme)
    behind = await jobs_behind(db, tallies(actor, asked, deductions, lists=NAMED), at, MOST_JOBS) if deductions else []
    return scored(scheme, profile, asked, at, counts, behind)


def candidates_of(scheme: Scheme) -> list[str]:
    """The measures of what may cost a deduction."""
    return sorted({code for each in scheme.deductions for code in each.evidence})


def scored(
    scheme: Scheme,
    profile: Kept[ScoringProfile] | None,
    report: ReportQuery,
    at: datetime,
    counts: Sequence[Counts],
    behind: Sequence[Behind],
) -> EvidenceIndex:
    """The index that these counts come to."""
    declared = _declared(scheme, profile)
    divided = scheme if profile is None else with_split(scheme, profile.item)
    samples = {each.kpi: Samples(each.numerator, each.denominator) for each in counts}
    index = index_of(divided, samples, {each.clause for each in declared})
    return EvidenceIndex(
        zh="现场证据指数",
        en="On-site evidence index",
        scheme=scheme.code,
        edition=scheme.edition,
        profile=None if profile is None else profile.item.code,
        first_day=report.first_day,
        last_day=report.last_day,
        filters=report.filters,
        at=at,
        **{name: getattr(index, name) for name in index.__struct_fields__},
        not_applicable=declared,
        deduction_candidates=tuple(_candidates(scheme, samples, behind)),
        assumptions_zh=scheme.assumptions_zh,
        assumptions_en=scheme.assumptions_en,
    )


def _declared(scheme: Scheme, profile: Kept[ScoringProfile] | None) -> tuple[DeclaredInapplicable, ...]:
    if profile is None:
        return ()
    reasons = {each.clause: each.reason for each in profile.item.not_applicable}
    return tuple(
        DeclaredInapplicable(
            clause=each.clause,
            zh=each.zh,
            en=each.en,
            reason=reasons[each.clause],
            declared_by=profile.changed_by,
            declared_at=profile.changed_at,
        )
        for each in indicators(scheme)
        if each.clause in reasons
    )


def _candidates(scheme: Scheme, samples: dict[str, Samples], behind: Sequence[Behind]) -> list[DeductionCandidate]:
    return [
        DeductionCandidate(
            code=each.code,
            zh=each.zh,
            en=each.en,
            measurable=bool(each.evidence),
            count=sum(samples[code].total for code in each.evidence if code in samples),
            job_ids=tuple(dict.fromkeys(found.job_id for found in behind if found.kpi in each.evidence)),
        )
        for each in scheme.deductions
    ]
