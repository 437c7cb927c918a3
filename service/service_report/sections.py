"""The sections of a service report; what nothing was recorded about is None."""

from collections.abc import Iterable

from domain.facts.words import Check, FeeLine, Reading
from domain.job.money import Disclosure
from domain.job.visit import PartLine, SignOff
from service.service_report.printer import Pair, Printer, Section, known_pairs
from service.wording import FREE, money, quantity


def fault(printer: Printer) -> Section | None:
    """What was reported, found and done."""
    report, visit, say, named = printer.report, printer.report.visit, printer.say, printer.named
    said = visit.repair or visit.diagnosis
    outcome = visit.outcome or (visit.repair.result if visit.repair else None)
    pairs = known_pairs(
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


def readings(printer: Printer, readings: Iterable[Reading]) -> Section | None:
    """What was measured."""
    rows = [[each.code, f"{quantity(each.value_thousandths)} {each.unit}", _limits(each)] for each in readings]
    columns = [printer.say(name) for name in ("reading", "value", "limits")]
    return Section(title=printer.say("readings"), columns=columns, rows=rows, right=[1, 2]) if rows else None


def checks(printer: Printer, checks: Iterable[Check]) -> Section | None:
    """What was looked at."""
    rows = [[printer.named(each.code), printer.say(each.result.value), each.reason or ""] for each in checks]
    columns = [printer.say(name) for name in ("check", "answer", "reason")]
    return Section(title=printer.say("checks"), columns=columns, rows=rows) if rows else None


def parts(printer: Printer, parts: Iterable[PartLine]) -> Section | None:
    """What was fitted."""
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


def fees(printer: Printer) -> Section:
    """The bill; where there is none, the fees that were told."""
    visit, say = printer.report.visit, printer.say
    shown = visit.bills[-1] if visit.bills else visit.disclosures[-1] if visit.disclosures else None
    if shown is None:
        return Section(title=say("fees"), texts=[say("no_fees")])
    rows = [_fee_row(printer, line, shown.currency) for line in shown.lines]
    rows.append([say("total"), "", "", money(shown.total_fen, shown.currency, printer.language)])
    paid = money(visit.paid_fen, shown.currency, printer.language) if visit.payments else ""
    disclosed = visit.disclosures[-1] if visit.disclosures else None
    pairs = [*(_agreement(printer, disclosed) if disclosed is not None else []), *known_pairs((say("paid"), paid))]
    columns = [say(name) for name in ("item", "quantity", "unit_price", "amount")]
    return Section(title=say("fees"), pairs=pairs, columns=columns, rows=rows, right=[1, 2, 3])


def warranty(printer: Printer) -> Section:
    """Who bears the cost, and why."""
    report, say = printer.report, printer.say
    decided = report.warranty_decision
    pairs = known_pairs(
        (say("decision"), say(f"warranty_{report.warranty}")),
        (say("basis"), decided.basis if decided is not None else ""),
    )
    return Section(title=say("warranty"), pairs=pairs)


def sign_off(printer: Printer, sign_off: SignOff | None) -> Section:
    """Who signed, how and when."""
    say = printer.say
    if sign_off is None:
        return Section(title=say("sign_off"), texts=[say("not_signed")])
    pairs = known_pairs(
        (say("signed"), printer.at(sign_off.at)),
        (say("method"), say(f"method_{sign_off.method}")),
        (say("by"), say(f"relation_{sign_off.relation}")),
        (say("reason"), sign_off.reason or ""),
        (say("evidence"), sign_off.evidence_digest or ""),
    )
    return Section(title=say("sign_off"), pairs=pairs)


def _limits(reading: Reading) -> str:
    low, high = reading.low_thousandths, reading.high_thousandths
    if low is None and high is None:
        return ""
    return f"{'' if low is None else quantity(low)} … {'' if high is None else quantity(high)}"


def _fee_row(printer: Printer, line: FeeLine, currency: str) -> list[str]:
    covered = printer.say("covered") if line.warranty in FREE else ""
    reason = f" – {line.reason}" if line.reason else ""
    return [
        f"{line.description or line.code}{covered}{reason}",
        quantity(line.quantity_thousandths),
        money(line.unit_price_fen, currency, printer.language),
        money(line.amount_fen, currency, printer.language),
    ]


def _agreement(printer: Printer, disclosed: Disclosure) -> list[Pair]:
    say = printer.say
    how = say(f"method_{disclosed.acknowledged_by}") if disclosed.acknowledged_by else ""
    return known_pairs(
        (say("told"), printer.at(disclosed.at)),
        (say("agreed"), f"{printer.at(disclosed.acknowledged_at)} {how}".strip()),
        (say("declined"), printer.at(disclosed.declined_at)),
    )
