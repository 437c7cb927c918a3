"""How the figures read on paper, in Chinese or English. Numbers stand as the API gives them."""

from zoneinfo import ZoneInfo

from msgspec import Struct

from domain.kpis.table import KPI_BY_ID, KPIS
from service.wording import instant
from service.written_report.figure_table import results
from service.written_report.figures import COMPARED, TREND, Figures, known
from service.written_report.open_matters import conflicts, findings, improvements, restatements
from service.written_report.printer import Pair, Part, Printer, plain


class Printed(Struct, frozen=True, kw_only=True):
    """What the template reads; the charts are put beside it."""

    language: str
    title: str
    organisation: str
    head: list[Pair]
    parts: list[Part]
    foot: str
    charts: dict[str, str | None]


def printed(figures: Figures, language: str, charts: dict[str, str | None]) -> Printed:
    """The whole paper."""
    printer = Printer(figures, language)
    say = printer.say
    at = instant(figures.at, ZoneInfo(figures.subject.time_zone))
    head = [
        (say("subject"), printer.subject),
        (say("period"), printer.period),
        (say("as_of"), at),
        (say("targets"), say(f"targets_{figures.report.targets}")),
    ]
    parts = [
        _summary(printer),
        *_coverage(printer, charts),
        results(printer),
        *_chart(printer, charts, "trend", TREND),
        *_chart(printer, charts, "comparison", COMPARED),
        findings(printer),
        conflicts(printer),
        improvements(printer),
        restatements(printer),
        *_not_measured(printer),
        _definitions(printer),
    ]
    return Printed(
        language=language,
        title=say("title"),
        organisation=figures.subject.organisation,
        head=head,
        parts=parts,
        foot=say("foot", subject=printer.subject, period=printer.period),
        charts=charts,
    )


def _summary(printer: Printer) -> Part:
    figures, say = printer.figures, printer.say
    judged = [each.passed for each in figures.results]
    met = say("met_of", met=judged.count(True), missed=judged.count(False), unjudged=judged.count(None))
    index = figures.index
    if index is None:
        return Part(title=say("summary"), pairs=[(say("met"), met)])
    covered = say("coverage_of", covered=plain(index.covered_points_hundredths), points=index.applicable_points)
    pairs = [
        (say("index"), "–" if index.index_hundredths is None else plain(index.index_hundredths)),
        (say("coverage"), covered),
        (say("samples"), str(index.samples)),
        (say("met"), met),
    ]
    texts = [say("index_note", edition=index.edition)]
    if index.index_hundredths is None:
        texts.append(say("no_index"))
    return Part(title=say("summary"), pairs=pairs, texts=texts)


def _coverage(printer: Printer, charts: dict[str, str | None]) -> list[Part]:
    index, say = printer.figures.index, printer.say
    if index is None or charts.get("coverage") is None:
        return []
    earned = sum(each.earned_hundredths or 0 for each in index.aspects)
    key = say(
        "coverage_key",
        earned=plain(earned),
        lost=plain(index.covered_points_hundredths - earned),
        unmeasured=plain(index.applicable_points * 100 - index.covered_points_hundredths),
    )
    return [Part(title=say("coverage_title"), image="coverage", alt=say("alt_coverage"), texts=[key])]


def _chart(printer: Printer, charts: dict[str, str | None], name: str, kpis: tuple[str, ...]) -> list[Part]:
    if charts.get(name) is None:
        return []
    listed = ", ".join(f"{each} {printer.chosen(KPI_BY_ID[each].zh, KPI_BY_ID[each].en)}" for each in known(kpis))
    texts = [f"{printer.say(f'{name}_key')} {listed}."]
    return [Part(title=printer.say(name), image=name, alt=printer.say(f"alt_{name}", kpis=listed), texts=texts)]


def _not_measured(printer: Printer) -> list[Part]:
    index = printer.figures.index
    if index is None:
        return []
    texts = [
        printer.say("not_measured_row", clause=each.clause, name=printer.chosen(each.zh, each.en))
        for each in index.not_measured_here
    ]
    return [Part(title=printer.say("not_measured"), texts=texts)]


def _definitions(printer: Printer) -> Part:
    """What each figure means, for whoever audits them."""
    say = printer.say
    texts = []
    for kpi in KPIS:
        definition = say(
            "definition",
            numerator=printer.chosen(kpi.numerator.zh, kpi.numerator.en),
            denominator=printer.chosen(kpi.denominator.zh, kpi.denominator.en),
            clause=kpi.clause,
        )
        words = kpi.limit.words if kpi.limit else None
        limit = "" if words is None else " " + say("limit", limit=printer.chosen(words.zh, words.en))
        texts.append(f"{kpi.id} {printer.chosen(kpi.zh, kpi.en)}. {definition}{limit}")
    return Part(title=say("definitions"), texts=texts)
