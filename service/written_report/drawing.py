"""What the charts of a report show, as points and bars."""

from collections.abc import Iterable

from domain.kpis.kpi import target_of
from domain.kpis.result import KpiResult
from domain.kpis.table import KPI_BY_ID
from service.scoring.evidence_index import EvidenceIndex
from service.written_report.charts import PALE, Bar, Charts, Panel, Point
from service.written_report.figures import COMPARED, TREND, Figures, known

MOST_TECHNICIANS = 40


def charts_of(figures: Figures) -> Charts:
    """Panels with nothing counted are left out."""
    by_month = ((each, str(each.starts_on)[:7]) for each in figures.trend)
    by_person = ((each, figures.people.get(each.group or "", "")) for each in figures.technicians)
    return Charts(
        trend=_panels(figures, TREND, by_month),
        comparison=_panels(figures, COMPARED, by_person),
        coverage=[] if figures.index is None else _bars(figures.index),
    )


def _panels(figures: Figures, kpis: tuple[str, ...], named: Iterable[tuple[KpiResult, str]]) -> list[Panel]:
    points: dict[str, list[Point]] = {}
    for result, label in sorted(named, key=lambda pair: pair[1]):
        if result.value_hundredths is not None and label:
            points.setdefault(result.kpi, []).append(_point(result, label))
    found = []
    for name in known(kpis):
        target = target_of(KPI_BY_ID[name], figures.report.targets)
        if name in points:
            limit = None if target is None else target.hundredths / 100
            found.append(Panel(name, limit, points[name][:MOST_TECHNICIANS]))
    return found


def _point(result: KpiResult, label: str) -> Point:
    value = (result.value_hundredths or 0) / 100
    low, high = result.interval_low_hundredths, result.interval_high_hundredths
    return Point(
        label=label,
        value=value,
        low=value if low is None else low / 100,
        high=value if high is None else high / 100,
        small=result.small_sample,
    )


def _bars(index: EvidenceIndex) -> list[Bar]:
    """Earned, covered but not earned, not measured: 100 together."""
    earned = sum(each.earned_hundredths or 0 for each in index.aspects) / 100
    covered = index.covered_points_hundredths / 100
    return [
        Bar(earned, "", PALE),
        Bar(max(0.0, covered - earned), "////", "white"),
        Bar(max(0.0, index.applicable_points - covered), "...", "white"),
    ]
