"""How the figures read on paper, in Chinese or English. Numbers stand as the API gives them."""

from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from domain.improvements import Improvement
from domain.kpis.kpi import Kpi, KpiUnit, target_of
from domain.kpis.kpis import KPI_BY_ID, KPIS
from domain.kpis.result import KpiResult
from domain.rules.rules import RULE_BY_CODE
from service.customer_page.words import instant
from service.written_report.figures import COMPARED, TREND, Figures, known

WORDS = msgspec.json.decode(Path(__file__).with_name("words.json").read_bytes(), type=dict[str, dict[str, str]])
Pair = tuple[str, str]


class Part(Struct, frozen=True, kw_only=True):
    """One heading with what stands under it; `image` names a chart, `right` the columns of numbers."""

    title: str
    pairs: list[Pair] = []
    image: str | None = None
    alt: str = ""
    texts: list[str] = []
    columns: list[str] = []
    rows: list[list[str]] = []
    right: list[int] = []
    wide: list[int] = []


class Printed(Struct, frozen=True, kw_only=True):
    """What the template reads; the charts are put beside it."""

    language: str
    title: str
    organisation: str
    head: list[Pair]
    parts: list[Part]
    foot: str
    charts: dict[str, str | None]


class Printer(Struct, frozen=True):
    """One language."""

    figures: Figures
    language: str

    def say(self, word: str, /, **values: object) -> str:
        return WORDS[word][self.language].format_map(values)

    def chosen(self, zh: str, en: str) -> str:
        return zh if self.language == "zh" else en

    @property
    def subject(self) -> str:
        subject = self.figures.subject
        return " · ".join(name for name in (subject.outlet, subject.technician) if name) or self.say("whole")

    @property
    def period(self) -> str:
        return f"{self.figures.report.first_day} – {self.figures.report.last_day}"


def printed(figures: Figures, language: str, charts: dict[str, str | None]) -> Printed:
    """The whole paper."""
    printer = Printer(figures, language)
    say = printer.say
    at = instant(figures.at, ZoneInfo(figures.subject.time_zone))
    head = [
        (say("subject"), printer.subject),
        (say("period"), printer.period),
        (say("as_of"), at),
        (say("targets"), say(f"targets_{figures.report.profile}")),
    ]
    parts = [
        _summary(printer),
        *_coverage(printer, charts),
        _results(printer),
        *_chart(printer, charts, "trend", TREND),
        *_chart(printer, charts, "comparison", COMPARED),
        _findings(printer),
        _conflicts(printer),
        _improvements(printer),
        _restatements(printer),
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


def hundredths(value: int | None, unit: KpiUnit) -> str:
    """A figure as the API gives it: 9348 is 93.48, with its unit."""
    if value is None:
        return "–"
    sign, digits = "-" if value < 0 else "", f"{abs(value) // 100}.{abs(value) % 100:02}"
    suffix = {KpiUnit.PERCENT: " %", KpiUnit.MINUTES: " min", KpiUnit.INDEX: "", KpiUnit.PER_THOUSAND: " ‰"}[unit]
    return f"{sign}{digits}{suffix}"


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
    target = target_of(kpi, printer.figures.report.profile)
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


def _summary(printer: Printer) -> Part:
    figures, say = printer.figures, printer.say
    judged = [each.passed for each in figures.results]
    met = say("met_of", met=judged.count(True), missed=judged.count(False), unjudged=judged.count(None))
    index = figures.index
    if index is None:
        return Part(title=say("summary"), pairs=[(say("met"), met)])
    covered = say("coverage_of", covered=_plain(index.covered_points_hundredths), points=index.applicable_points)
    pairs = [
        (say("index"), "–" if index.index_hundredths is None else _plain(index.index_hundredths)),
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
        earned=_plain(earned),
        lost=_plain(index.covered_points_hundredths - earned),
        unmeasured=_plain(index.applicable_points * 100 - index.covered_points_hundredths),
    )
    return [Part(title=say("coverage_title"), image="coverage", alt=say("alt_coverage"), texts=[key])]


def _results(printer: Printer) -> Part:
    names = ("kpi", "name", "numerator", "denominator", "value", "interval", "target", "verdict", "pending", "notes")
    return Part(
        title=printer.say("figures"),
        columns=[printer.say(name) for name in names],
        rows=[row_of(printer, each) for each in printer.figures.results],
        right=[2, 3, 4, 5, 8],
        wide=[1, 9],
    )


def _chart(printer: Printer, charts: dict[str, str | None], name: str, kpis: tuple[str, ...]) -> list[Part]:
    if charts.get(name) is None:
        return []
    listed = ", ".join(f"{each} {printer.chosen(KPI_BY_ID[each].zh, KPI_BY_ID[each].en)}" for each in known(kpis))
    texts = [f"{printer.say(f'{name}_key')} {listed}."]
    return [Part(title=printer.say(name), image=name, alt=printer.say(f"alt_{name}", kpis=listed), texts=texts)]


def _findings(printer: Printer) -> Part:
    say = printer.say
    rows = []
    for each in printer.figures.findings:
        rule = RULE_BY_CODE.get(each.code)
        said = each.code if rule is None else f"{printer.chosen(rule.zh, rule.en)} ({each.code})"
        rows.append([said, str(each.count), str(each.open)])
    return Part(
        title=say("findings"),
        columns=[say("finding"), say("count"), say("open")] if rows else [],
        rows=rows,
        right=[1, 2],
        wide=[0],
        texts=[] if rows else [say("none")],
    )


def _conflicts(printer: Printer) -> Part:
    say = printer.say
    rows = [[each.code, str(each.count), str(each.open)] for each in printer.figures.conflicts]
    return Part(
        title=say("conflicts"),
        columns=[say("field"), say("count"), say("open")] if rows else [],
        rows=rows,
        right=[1, 2],
        wide=[0],
        texts=[] if rows else [say("none")],
    )


def _improvements(printer: Printer) -> Part:
    """What is done about the figures, with those before and after."""
    say = printer.say
    rows = [
        [each.kpi, each.title, each.due_on.isoformat(), say(f"state_{each.state}"), *_taken(each)]
        for each in printer.figures.improvements
    ]
    names = ("kpi", "improvement", "due", "state", "before", "after")
    return Part(
        title=say("improvements"),
        columns=[say(name) for name in names] if rows else [],
        rows=rows,
        right=[4, 5],
        wide=[1],
        texts=[] if rows else [say("none")],
    )


def _taken(action: Improvement) -> list[str]:
    unit = KPI_BY_ID[action.kpi].unit if action.kpi in KPI_BY_ID else KpiUnit.PERCENT
    figures = (action.before, action.after)
    return [hundredths(None if each is None else each.value_hundredths, unit) for each in figures]


def _restatements(printer: Printer) -> Part:
    """Which figures of the last snapshot would be others now."""
    say, restated = printer.say, printer.figures.restated
    if restated is None:
        return Part(title=say("restatements"), texts=[say("no_snapshot")])
    at = instant(restated.frozen_at, ZoneInfo(printer.figures.subject.time_zone))
    rows = []
    for each in restated.figures:
        unit = KPI_BY_ID[each.kpi].unit if each.kpi in KPI_BY_ID else KpiUnit.PERCENT
        values = [None if result is None else result.value_hundredths for result in (each.frozen, each.now)]
        rows.append([each.kpi, *(hundredths(value, unit) for value in values)])
    return Part(
        title=say("restatements"),
        texts=[say("snapshot_of", at=at), *([] if rows else [say("none")])],
        columns=[say("kpi"), say("frozen"), say("now")] if rows else [],
        rows=rows,
        right=[1, 2],
        wide=[0],
    )


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


def _plain(value: int) -> str:
    return f"{value // 100}.{value % 100:02}"
