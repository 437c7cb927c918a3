"""What happened at the door: an attendance from the acceptance to the goodbye."""

from datetime import datetime, timedelta
from random import Random

from msgspec.structs import replace

from domain.facts.words import Tracking
from service.seed.volume import goods
from service.seed.volume.days import day_of, minutes, moment, phone_evening
from service.seed.volume.door_fees import billed, payments, quoted
from service.seed.volume.plots import Plot
from service.seed.volume.scene import Scene
from service.seed.volume.visit_records import (
    Attendance,
    Fitted,
    Incident,
    Item,
    Signature,
    Span,
)

FAST_CLOCK_SECONDS = 7 * 60


def attended(draw: Random, scene: Scene, arrived_at: datetime, accepted_at: datetime) -> Attendance:
    """Somebody came, and did what the scene says."""
    pushed_at, ahead = _pushed(scene.plot, arrived_at)
    begun = Attendance(
        pushed_at=pushed_at,
        clock_ahead_seconds=ahead,
        accepted_at=accepted_at,
        departed_at=arrived_at - minutes(draw.randint(10, 20)),
        arrived_at=arrived_at,
        outcome=scene.outcome,
    )
    if scene.outcome == "no_access":
        shown = draw.choice(["position", "position", "unverified"])
        return replace(begun, arrival_shown_by=shown, ended_at=arrived_at + minutes(15), items=_items(draw, scene))
    begun = replace(
        begun,
        checked_in_at=arrived_at + timedelta(seconds=draw.randint(20, 110)),
        uniform=scene.plot["identity"] != "no_uniform",
        badge=scene.plot["identity"] != "no_badge",
        items=_items(draw, scene),
    )
    if scene.outcome == "unable" and scene.plot["fate"] == "withdrawn":
        return replace(begun, ended_at=arrived_at + minutes(8))
    begun = replace(begun, diagnosed_at=arrived_at + minutes(draw.randint(5, 9)))
    return _with_work(draw, scene, begun, arrived_at + minutes(10))


def _with_work(draw: Random, scene: Scene, begun: Attendance, told_at: datetime) -> Attendance:
    parts = _parts(draw, scene, told_at + minutes(20))
    quote = quoted(draw, scene, told_at, parts)
    if scene.outcome == "customer_declined":
        declined = replace(quote, agreed_at=None, declined_at=told_at + minutes(2))
        return replace(begun, quotes=(declined,), ended_at=told_at + minutes(6))
    started_at = told_at + minutes(5)
    if quote.total_fen > 0 and scene.plot["fees"] == "before_agreement":
        quote = replace(quote, agreed_at=started_at + minutes(4))
    worked = minutes(draw.choice([25, 35, 45, 55, 70, 90, 105]))
    spans, finished_at = _spans(scene.plot, started_at, worked)
    if scene.outcome in ("needs_revisit", "temporary", "unable"):
        return _left_undone(draw, scene, replace(begun, quotes=(quote,), spans=spans), finished_at)
    done = replace(begun, quotes=(quote,), spans=spans, parts=parts, finished_at=finished_at)
    return _settled(scene, _recorded(scene, done, finished_at), finished_at)


def _left_undone(draw: Random, scene: Scene, begun: Attendance, finished_at: datetime) -> Attendance:
    """Work ends with the visit, and no bill is made out."""
    group = goods.group_of(scene.product)
    short = ((goods.part_of(draw, group, measured=False).code, 1000),) if scene.short else ()
    spans = (*begun.spans[:-1], replace(begun.spans[-1], ends=finished_at))
    return replace(begun, spans=spans, ended_at=finished_at, short=short)


def _recorded(scene: Scene, done: Attendance, finished_at: datetime) -> Attendance:
    word, guided = scene.plot["record"], scene.plot["guidance"] == "given" or scene.work_type == "guide"
    writes = scene.work_type != "guide" and word != "no_repair"
    repaired = "M01" if done.parts else "M10" if scene.outcome == "no_fault_found" else "M03"
    return replace(
        done,
        recorded_at=finished_at - timedelta(seconds=50) if writes else None,
        measures=(repaired,) if writes else (),
        guided_at=finished_at - timedelta(seconds=20) if guided else None,
        guidance=("repair_warranty", "complaint_line", "data_use", "use_and_care") if guided else (),
        tested=word != "no_test",
    )


def _settled(scene: Scene, done: Attendance, finished_at: datetime) -> Attendance:
    bill = billed(scene, done.quotes[-1], finished_at + minutes(2))
    method = {"signed": "signature"}.get(scene.plot["signature"], scene.plot["signature"])
    reason = None if method == "signature" else "顾客未说明" if method == "refused" else "顾客外出"
    ended_at = finished_at + minutes(9)
    harm = (Incident(at=ended_at - minutes(1), kind="property"),) if scene.plot["incident"] == "one" else ()
    return replace(
        done,
        bills=() if bill is None else (bill,),
        payments=() if bill is None else payments(scene.plot, bill),
        signature=None if method == "none" else Signature(at=finished_at + minutes(6), method=method, reason=reason),
        incidents=harm,
        ended_at=ended_at,
    )


def _pushed(plot: Plot, arrived_at: datetime) -> tuple[datetime, int]:
    evening = phone_evening(arrived_at)
    late = {"next_day": timedelta(days=1), "days_late": timedelta(days=3)}.get(plot["push"], timedelta())
    return evening + late, FAST_CLOCK_SECONDS if plot["push"] == "fast_clock" else 0


def _spans(plot: Plot, started_at: datetime, worked: timedelta) -> tuple[tuple[Span, ...], datetime]:
    if plot["pause"] == "none":
        return (Span(begins=started_at, ends=started_at + worked),), started_at + worked
    stopped, rest = started_at + worked / 2, minutes(12)
    end = started_at + worked + rest
    return (
        Span(begins=started_at, ends=stopped, pause=plot["pause"]),
        Span(begins=stopped + rest, ends=end),
    ), end


def _parts(draw: Random, scene: Scene, at: datetime) -> tuple[Fitted, ...]:
    """Of a repair that was done; a second visit for a part fits one in any case."""
    word = scene.plot["parts"]
    waited = scene.plot["second"] in ("parts", "parts_released") and word == "none"
    if scene.work_type != "repair" or scene.outcome != "solved" or (word == "none" and not waited):
        return ()
    group = goods.group_of(scene.product)
    measured = word == "measured" and group == "AC"
    part = goods.part_of(draw, group, measured=measured)
    serial = f"SN-{draw.randrange(10**9):09}" if word == "serial" else None
    numbered = word not in ("serial", "no_number") and not measured
    return (
        Fitted(
            at=at,
            code=part.code,
            unit=part.unit,
            tracked=part.tracked is not Tracking.NONE,
            thousandths=1000,
            serial=serial,
            batch=f"B-{day_of(at):%y%m}-{part.code[-3:]}" if numbered else None,
            replaces=not measured,
            fate=None if measured or word == "no_fate" else draw.choice(["returned", "left_with_customer", "waived"]),
            price_fen=part.price_fen if scene.warranty == "paid" else 0,
        ),
    )


def _items(draw: Random, scene: Scene) -> tuple[Item, ...]:
    asked = goods.asked_of(scene.work_type, goods.group_of(scene.product), scene.special)
    if scene.outcome == "no_access":
        return goods.items(asked, {}, ("door_routine", "safety_after_repair"))
    undone = scene.outcome not in ("solved", "no_fault_found")
    answers = dict.fromkeys(("D12", "D13", "D16"), "unanswered") if undone else {}
    word = scene.plot["norm"]
    if word != "kept":
        answers |= {draw.choice(["D05", "D06", "D08"]): word}
    if scene.plot["safety"] == "failed" and not undone:
        answers |= {"S01": "failed"}
    return goods.items(asked, answers, ("safety_after_repair",) if undone else ())


def accepted_in_the_morning(draw: Random, window_start: datetime) -> datetime:
    return moment(day_of(window_start), 7, draw.randint(10, 25), draw.randint(0, 59))
