"""The table of figures: each row is one figure as the API gives it."""

from domain.kpis.kpi import Kpi, target_of
from domain.kpis.result import KpiResult
from domain.kpis.table import KPI_BY_ID
from service.written_report.printer import Part, Printer, hundredths


def results(printer: Printer) -> Part:
    """Every KPI, in the order of the API."""
    names = ("kpi", "name", "numerator", "denominator", "value", "interval", "target", "verdict", "pending", "notes")
    return Part(
        title=printer.say("figures"),
        columns=[printer.say(name) for name in names],
        rows=[row_of(printer, each) for each in printer.figures.results],
        right=[2, 3, 4, 5, 8],
        wide=[1, 9],
    )


def row_of(printer: Printer, result: KpiResult) -> list[str]:
    """One figure as the cells of its row."""
    kpi, say = KPI_BY_ID[result.kpi], printer.say
    low, high = result.interval_low_hundredths, result.interval_high_hundredths
    interval = "–" if low is None or high is None else f"{hundredths(low, kpi.unit)} – {hundredths(high, kpi.unit)}"
    verdict = "–" if result.passed is None else say("yes" if result.passed else "no")
    return [
        kpi.id,
        printer.chosen(kpi.zh, kpi.en),
        str(result.numerator),
        str(result.denominator),
        hundredths(result.value_hundredths, kpi.unit),
        interval,
        _target(printer, kpi),
        verdict,
        str(result.pending),
        _notes(printer, result),
    ]


def _target(printer: Printer, kpi: Kpi) -> str:
    target = target_of(kpi, printer.figures.report.targets)
    if target is None:
        return "–"
    return f"{hundredths(target.hundredths, kpi.unit)} ({printer.say(f'origin_{target.origin}')})"


def _notes(printer: Printer, result: KpiResult) -> str:
    said = []
    if result.small_sample and result.denominator:
        said.append(printer.say("small"))
    if result.provisional:
        said.append(printer.say("provisional"))
    if result.low_graded_items:
        percent = (200 * result.low_graded_items + result.items) // (2 * result.items)
        said.append(printer.say("low_graded", percent=percent))
    left_out = sum(each.count for each in result.excluded)
    if left_out:
        said.append(f"{printer.say('excluded')} {left_out}")
    return "; ".join(said)
