"""Counts to figures, by the product's targets or by those of an organisation's own profile."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec.structs import replace

from domain.kpis.kpi import Origin, Target
from domain.kpis.kpis import KPI_BY_ID, KPIS
from domain.kpis.query import Report
from domain.kpis.result import Counts, KpiResult, passed
from domain.scoring.profile import OwnTarget, ScoringProfile
from service.desk.kpi_results import results_of

SPREAD = tuple(kpi.id for kpi in KPIS if kpi.spread)


def figures(
    counts: Sequence[Counts], report: Report, own: ScoringProfile | None, at: datetime
) -> tuple[KpiResult, ...]:
    """Every KPI's figure, those with nothing counted too where there are no groups and spans."""
    return judged(results_of(counts, report, at), own)


def judged(results: Iterable[KpiResult], own: ScoringProfile | None) -> tuple[KpiResult, ...]:
    """The figures, by the organisation's own targets where its profile has some."""
    asked = {} if own is None else {each.kpi: each for each in own.targets}
    return tuple(_judged(each, asked[each.kpi]) if each.kpi in asked else each for each in results)


def _judged(result: KpiResult, asked: OwnTarget) -> KpiResult:
    target = Target(hundredths=asked.target_hundredths, origin=Origin.PRODUCT_DEFAULT)
    met = passed(KPI_BY_ID[result.kpi], target, result.numerator, result.denominator)
    return replace(result, target_hundredths=asked.target_hundredths, passed=met)
