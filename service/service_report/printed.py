"""How a frozen visit reads on paper, in Chinese or English: pairs, tables and sentences for the template."""

from msgspec import Struct

from service.service_report.content import Report
from service.service_report.printer import Pair, Printer, Section, known_pairs
from service.service_report.sections import checks, fault, fees, parts, readings, sign_off, warranty
from service.wording import SPECIAL_WORK, window


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


def printed(report: Report, language: str, code: str) -> Printed:
    """The whole paper. Sections about which nothing was recorded are left out."""
    printer = Printer(report, language)
    names, say = report.names, printer.say
    visit = report.visit
    sections = [
        fault(printer),
        readings(printer, visit.repair.readings if visit.repair else ()),
        checks(printer, visit.repair.checks if visit.repair else ()),
        parts(printer, visit.parts),
        fees(printer),
        warranty(printer),
        sign_off(printer, visit.sign_off),
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
    return known_pairs(
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
