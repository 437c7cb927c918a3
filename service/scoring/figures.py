"""Counts to figures, by the product's targets or by those of an organisation's own profile."""

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from domain.kpis.kpi import Origin, Target
from domain.kpis.kpis import KPI_BY_ID, KPIS
from domain.kpis.query import Report
from domain.kpis.result import Counts, KpiResult, passed, result_of
from domain.scoring.profile import ScoringProfile
from service.desk.kpi_results import is_provisional

SPREAD = tuple(kpi.id for kpi in KPIS if kpi.spread)


def figures(
    counts: Sequence[Counts], report: Report, own: ScoringProfile | None, at: datetime
) -> tuple[KpiResult, ...]:
    """Every KPI's figure, those with nothing counted too where there are no groups and spans."""
    known = {each.kpi for each in counts}
    plain = report.group_by is None and report.span is None
    missing = [Counts(kpi=kpi.id) for kpi in KPIS if plain and kpi.id not in known]
    found = [each for each in (*counts, *missing) if each.kpi in KPI_BY_ID]
    return tuple(_figure(each, report, own, at) for each in sorted(found, key=_order))


def _figure(counts: Counts, report: Report, own: ScoringProfile | None, at: datetime) -> KpiResult:
    kpi = KPI_BY_ID[counts.kpi]
    result = result_of(kpi, counts, report.profile, provisional=is_provisional(kpi, report, at))
    asked = None if own is None else next((each for each in own.targets if each.kpi == kpi.id), None)
    if asked is None:
        return result
    target = Target(hundredths=asked.target_hundredths, origin=Origin.PRODUCT_DEFAULT)
    met = passed(kpi, target, counts.numerator, counts.denominator)
    return replace(result, target_hundredths=asked.target_hundredths, passed=met)


def _order(counts: Counts) -> tuple[str, str, str]:
    return counts.kpi, str(counts.starts_on or ""), counts.group or ""
