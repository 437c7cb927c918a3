"""What a visit cost: told, charged, paid."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from msgspec.structs import replace

from service.seed.volume import goods
from service.seed.volume.days import day_of, minutes, next_morning
from service.seed.volume.plots import Plot
from service.seed.volume.scene import Scene
from service.seed.volume.visit_records import (
    Bill,
    Fitted,
    Line,
    Payment,
    Quote,
)


def quoted(draw: Random, scene: Scene, at: datetime, parts: Sequence[Fitted]) -> Quote:
    lines, plot = _lines(scene, at, parts), scene.plot
    finish = {"kept": at + timedelta(hours=4), "missed": at + minutes(9), "none": None}[plot["promise"]]
    if scene.outcome in ("needs_revisit", "temporary", "unable") and finish is not None:
        finish = next_morning(at, days=draw.randint(1, 6), hour=17)
    paid = sum(line.fen for line in lines) > 0
    if paid and plot["fees"] == "above_list" and scene.outcome != "customer_declined":
        lines = (*lines[:-1], replace(lines[-1], fen=lines[-1].fen + 2_000))
    shown = not (paid and plot["fees"] == "list_hidden")
    return Quote(at=at, lines=lines, list_shown=shown, finish_by=finish, agreed_at=at + minutes(3))


def _lines(scene: Scene, at: datetime, parts: Sequence[Fitted]) -> tuple[Line, ...]:
    """Nothing to pay within warranty; else coming, parts, and labour last."""
    labour = goods.LABOUR.get(scene.work_type, "F-LABOUR-SMALL")
    if scene.warranty != "paid":
        return (Line(code=labour, kind=goods.LABOUR_KINDS.get(labour, "labour"), fen=0, list_fen=0),)
    prices = goods.price_list(day_of(at), scene.work_type, scene.outlet)
    visit = goods.list_line(prices, "F-VISIT-COUNTY" if scene.outlet == "JX01" else "F-VISIT-CITY")
    if scene.outcome == "no_fault_found":
        return (visit,)
    fitted = [Line(code=each.code, kind="part", fen=each.price_fen, list_fen=each.price_fen) for each in parts]
    return (visit, *fitted, goods.list_line(prices, labour))


def billed(scene: Scene, quote: Quote, at: datetime) -> Bill | None:
    if quote.total_fen == 0:
        return None
    lines = quote.lines
    if scene.plot["fees"] == "charged_above":
        lines = (*lines[:-1], replace(lines[-1], fen=lines[-1].fen + 1_000))
    return Bill(
        at=at,
        lines=lines,
        settlement_shown=scene.plot["fees"] != "settlement_hidden",
        invoice_asked=scene.plot["invoice"] in ("issued", "owed"),
    )


def payments(plot: Plot, bill: Bill) -> tuple[Payment, ...]:
    if plot["money"] == "unpaid":
        return ()
    at, receipt = bill.at + minutes(1), plot["money"] != "no_receipt"
    if plot["money"] == "paid_later":
        first = bill.total_fen // 2
        rest = Payment(at=at + minutes(2), fen=bill.total_fen - first, receipt=receipt)
        return (Payment(at=at, fen=first, receipt=receipt), rest)
    return (Payment(at=at, fen=bill.total_fen, receipt=receipt),)
