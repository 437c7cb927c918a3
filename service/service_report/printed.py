"""How a frozen visit reads on paper, in Chinese or English: pairs, tables and sentences for the template."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from domain.facts.words import Check, FeeLine, Reading
from domain.job.money import Disclosure
from domain.job.visit import PartLine, SignOff
from service.customer_page.words import FREE, SPECIAL_WORK, instant, money, quantity, window
from service.service_report.content import Report

WORDS = msgspec.json.decode(Path(__file__).with_name("words.json").read_bytes(), type=dict[str, dict[str, str]])
Pair = tuple[str, str]


class Section(Struct, frozen=True, kw_only=True):
    """One heading with what stands under it; `right` names the columns of numbers."""

    title: str
    pairs: list[Pair] = []
    columns: list[str] = []
    rows: list[list[str]] = []
    right: list[int] = []
    texts: list[str] = []


class Printed(Struct, frozen=True, kw_only=True):
    """What the template reads."""

    language: str
    title: str
    organisation: str
    outlet: str
    head: list[Pair]
    sections: list[Section]
    code_title: str
    code: str
    code_text: str
    foot: str


class Printer:
    """One language and one place's clocks."""

    def __init__(self, report: Report, language: str) -> None:
        """For this report."""
        self.report, self.language, self.zone = report, language, ZoneInfo(report.names.time_zone)

    def say(self, name: str, **values: object) -> str:
        """One text of `words.json`; a word of a later contract stands as it is."""
        texts = WORDS.get(name)
        return name.partition("_")[2] if texts is None else texts[self.language].format_map(values)

    def named(self, code: str | None) -> str:
        """A code with what it is called."""
        if code is None:
            return ""
        word = self.report.names.words.get(code)
        return code if word is None else f"{code} {word.zh if self.language == 'zh' else word.en}"

    def at(self, moment: datetime | None) -> str:
        return "" if moment is None else instant(moment, self.zone)


def printed(report: Report, language: str, code: str) -> Printed:
    """The whole paper. Sections about which nothing was recorded are left out."""
    printer = Printer(report, language)
    names, say = report.names, printer.say
    visit = report.visit
    sections = [
        _fault(printer),
        _readings(printer, visit.repair.readings if visit.repair else ()),
        _checks(printer, visit.repair.checks if visit.repair else ()),
        _parts(printer, visit.parts),
        _fees(printer),
        _warranty(printer),
        _sign_off(printer, visit.sign_off),
    ]
    foot = say(
        "foot",
        number=report.job_number,
        version=report.version,
        chain=report.chain[:16],
        phone=names.complaint_line,
    )
    return Printed(
        language=language,
        title=say("title"),
        organisation=names.organisation,
        outlet=names.outlet,
        head=_head(printer),
        sections=[section for section in sections if section is not None],
        code_title=say("code_title"),
        code=code,
        code_text=say("code_text"),
        foot=foot,
    )


def _head(printer: Printer) -> list[Pair]:
    report, names, visit, say = printer.report, printer.report.names, printer.report.visit, printer.say
    plan = visit.plan
    product = "" if names.product is None else names.product.zh if printer.language == "zh" else names.product.en
    spans = [f"{printer.at(span.started_at)} – {printer.at(span.ended_at)[-5:]}" for span in visit.work]
    held = () if plan is None else plan.certificates
    certificates = [f"{SPECIAL_WORK[each.kind][printer.language]} {each.number} ({each.valid_until})" for each in held]
    return _told(
        (say("number"), report.job_number),
        (say("work_type"), say(f"work_{report.work_type}")),
        (say("product"), product),
        (say("technician"), names.technician),
        (say("badge"), names.badge),
        (say("certificates"), "; ".join(certificates)),
        (say("window"), "" if plan is None else window(plan.window_start, plan.window_end, printer.zone)),
        (say("arrived"), printer.at(visit.arrived_at)),
        (say("checked_in"), printer.at(visit.check_in.at if visit.check_in else None)),
        (say("worked"), "; ".join(spans)),
        (say("finished"), printer.at(visit.finished_at)),
    )


def _fault(printer: Printer) -> Section | None:
    report, visit, say, named = printer.report, printer.report.visit, printer.say, printer.named
    said = visit.repair or visit.diagnosis
    outcome = visit.outcome or (visit.repair.result if visit.repair else None)
    pairs = _told(
        (say("reported"), report.symptom or named(report.symptom_code)),
        (say("symptom"), named(said.symptom_code if said else None)),
        (say("condition"), named(said.condition_code if said else None)),
        (say("cause"), named(said.cause_code if said else None)),
        (say("measures"), "; ".join(map(named, visit.repair.measure_codes)) if visit.repair else ""),
        (say("result"), say(f"outcome_{outcome}") if outcome else ""),
        (say("remark"), (visit.repair.text if visit.repair else None) or ""),
        (say("guidance"), "; ".join(visit.guidance)),
    )
    return Section(title=say("fault"), pairs=pairs) if pairs else None


def _readings(printer: Printer, readings: Iterable[Reading]) -> Section | None:
    rows = [[each.code, f"{quantity(each.value_thousandths)} {each.unit}", _limits(each)] for each in readings]
    columns = [printer.say(name) for name in ("reading", "value", "limits")]
    return Section(title=printer.say("readings"), columns=columns, rows=rows, right=[1, 2]) if rows else None


def _limits(reading: Reading) -> str:
    low, high = reading.low_thousandths, reading.high_thousandths
    if low is None and high is None:
        return ""
    return f"{'' if low is None else quantity(low)} … {'' if high is None else quantity(high)}"


def _checks(printer: Printer, checks: Iterable[Check]) -> Section | None:
    rows = [[printer.named(each.code), printer.say(each.result.value), each.reason or ""] for each in checks]
    columns = [printer.say(name) for name in ("check", "answer", "reason")]
    return Section(title=printer.say("checks"), columns=columns, rows=rows) if rows else None


def _parts(printer: Printer, parts: Iterable[PartLine]) -> Section | None:
    rows = [
        [
            printer.named(each.body.part_code),
            quantity(each.body.quantity_thousandths),
            each.body.serial_in or each.body.batch or "",
            printer.say(f"grade_{each.body.grade}"),
            printer.say(f"old_{each.body.old_part}"),
        ]
        for each in parts
    ]
    columns = [printer.say(name) for name in ("part", "quantity", "serial", "grade", "old_part")]
    return Section(title=printer.say("parts"), columns=columns, rows=rows, right=[1]) if rows else None


def _fees(printer: Printer) -> Section:
    """The bill; where there is none, the fees that were told."""
    visit, say = printer.report.visit, printer.say
    shown = visit.bills[-1] if visit.bills else visit.disclosures[-1] if visit.disclosures else None
    if shown is None:
        return Section(title=say("fees"), texts=[say("no_fees")])
    rows = [_fee_row(printer, line, shown.currency) for line in shown.lines]
    rows.append([say("total"), "", "", money(shown.total_fen, shown.currency, printer.language)])
    paid = money(visit.paid_fen, shown.currency, printer.language) if visit.payments else ""
    told = visit.disclosures[-1] if visit.disclosures else None
    pairs = [*(_agreement(printer, told) if told is not None else []), *_told((say("paid"), paid))]
    columns = [say(name) for name in ("item", "quantity", "unit_price", "amount")]
    return Section(title=say("fees"), pairs=pairs, columns=columns, rows=rows, right=[1, 2, 3])


def _fee_row(printer: Printer, line: FeeLine, currency: str) -> list[str]:
    covered = printer.say("covered") if line.warranty in FREE else ""
    reason = f" – {line.reason}" if line.reason else ""
    return [
        f"{line.description or line.code}{covered}{reason}",
        quantity(line.quantity_thousandths),
        money(line.unit_price_fen, currency, printer.language),
        money(line.amount_fen, currency, printer.language),
    ]


def _agreement(printer: Printer, told: Disclosure) -> list[Pair]:
    say = printer.say
    how = say(f"method_{told.acknowledged_by}") if told.acknowledged_by else ""
    return _told(
        (say("told"), printer.at(told.at)),
        (say("agreed"), f"{printer.at(told.acknowledged_at)} {how}".strip()),
        (say("declined"), printer.at(told.declined_at)),
    )


def _warranty(printer: Printer) -> Section:
    report, say = printer.report, printer.say
    decided = report.warranty_decision
    pairs = _told(
        (say("decision"), say(f"warranty_{report.warranty}")),
        (say("basis"), decided.basis if decided is not None else ""),
    )
    return Section(title=say("warranty"), pairs=pairs)


def _sign_off(printer: Printer, sign_off: SignOff | None) -> Section:
    say = printer.say
    if sign_off is None:
        return Section(title=say("sign_off"), texts=[say("not_signed")])
    pairs = _told(
        (say("signed"), printer.at(sign_off.at)),
        (say("method"), say(f"method_{sign_off.method}")),
        (say("by"), say(f"relation_{sign_off.relation}")),
        (say("reason"), sign_off.reason or ""),
        (say("evidence"), sign_off.evidence_digest or ""),
    )
    return Section(title=say("sign_off"), pairs=pairs)


def _told(*pairs: Pair) -> list[Pair]:
    return [pair for pair in pairs if pair[1]]
