"""The parts of a report besides figures: findings, conflicts, improvements, restated figures."""

from zoneinfo import ZoneInfo

from domain.improvements import Improvement
from domain.kpis.kpi import KpiUnit
from domain.kpis.table import KPI_BY_ID
from domain.rules.table import RULE_BY_CODE
from service.wording import instant
from service.written_report.printer import Part, Printer, hundredths


def findings(printer: Printer) -> Part:
    """Which rules were broken most often."""
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


def conflicts(printer: Printer) -> Part:
    """Over which fields people disagreed most often."""
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


def improvements(printer: Printer) -> Part:
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


def restatements(printer: Printer) -> Part:
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


def _taken(action: Improvement) -> list[str]:
    unit = KPI_BY_ID[action.kpi].unit if action.kpi in KPI_BY_ID else KpiUnit.PERCENT
    figures = (action.before, action.after)
    return [hundredths(None if each is None else each.value_hundredths, unit) for each in figures]
