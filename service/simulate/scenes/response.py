"""Orders (1) to (6): how soon somebody answers, and who moves a window."""

import asyncio
from datetime import datetime, timedelta

from service.simulate import attendance as door
from service.simulate import desk as desks
from service.simulate import planning
from service.simulate.clocks import now
from service.simulate.day import (
    Day,
    Errand,
    Technician,
    come_back,
    finding_codes,
    go_offline,
    open_job,
    seen,
    send,
    sync,
)
from service.simulate.ledger import Json

SHORTEST_WINDOW_SECONDS, LONGEST_WINDOW_SECONDS = 1.2, 60.0
ARRIVES_BEFORE_END = timedelta(seconds=0.8)


async def gas_smell(day: Day, technician: Technician) -> None:
    """(1) Urgent: an answer after 58 minutes, made safe, nothing charged."""
    reported, answered = _answered_after(minutes=58)
    times: Json = {"reported_at": reported, "first_response_at": answered}
    job_id = await open_job(
        day, "(1)", technician, "gas smell, urgent", "HZ-G16", priority="urgent", symptom_code="GH-S02", **times
    )
    errand = await send(day, "(1)", technician, job_id)
    await sync(errand, "takes the visit")
    go_offline(errand)
    visit = errand.visit
    door.come(visit)
    visit.record("incident_reported", kind="gas_smell", serious=False)
    door.start(visit, make_safe=True)
    await day.pass_time(25)
    door.finish(visit, "GH-S02", "GH-C02", "M09")
    door.leave(visit)
    await come_back(errand, "made safe, free of charge")
    job = await seen(errand)
    day.expect("(1)", "first response after 58 minutes", held=_response(job) == timedelta(minutes=58))
    free = job["money"]["charged_fen"] == 0 and "work_without_acknowledgement" not in finding_codes(job)
    day.expect("(1)", "made safe without fees, completed", held=free and job["status"] == "completed")


async def day_later(day: Day, technician: Technician) -> None:
    """(2) A normal order, answered after exactly 24 hours, and then a visit as it should be."""
    reported, answered = _answered_after(minutes=24 * 60)
    times: Json = {"reported_at": reported, "first_response_at": answered}
    job_id = await open_job(day, "(2)", technician, "refrigerator not cold", "BC-R480", symptom_code="RF-S01", **times)
    errand = await send(day, "(2)", technician, job_id)
    await sync(errand, "takes the visit")
    visit = errand.visit
    door.come(visit)
    await sync(errand, "at the door, checked in")
    await day.pass_time(10)
    lines = technician.prices.lines("F-VISIT", "F-LABOUR-SMALL", "P-RF-021")
    door.diagnose(visit, "RF-S01", "RF-C01")
    door.agree(visit, lines)
    await sync(errand, "customer signs the fees")
    go_offline(errand)
    door.start(visit)
    await day.pass_time(20)
    visit.record("work_paused", reason="break")
    visit.record("work_resumed")
    door.fit(visit, "P-RF-021", lines[-1])
    door.finish(visit, "RF-S01", "RF-C01")
    door.settle(visit, lines)
    await come_back(errand, "repaired, paid, signed off")
    job = await seen(errand)
    day.expect("(2)", "first response after 24 hours to the second", held=_response(job) == timedelta(hours=24))
    clean = job["status"] == "completed" and not job["findings"]
    day.expect("(2)", "completed without any finding", held=clean)


async def no_response(day: Day, technician: Technician) -> None:
    """(3) Nobody ever answered."""
    job_id = await open_job(
        day, "(3)", technician, "nobody calls back", "HZ-P600", reported_at=_ago(hours=26).isoformat()
    )
    await day.pass_time(300)
    job = await desks.job(technician.desk, job_id)
    silent = job["first_response_at"] is None and not job["visits"] and job["status"] == "open"
    day.expect("(3)", "stays open, without a first response", held=silent)


async def last_second(day: Day, technician: Technician) -> None:
    """(4) At the door in the last second of the window."""
    job_id = await open_job(day, "(4)", technician, "washer does not drain", "BC-W100", symptom_code="WM-S02")
    errand = await send(day, "(4)", technician, job_id)
    closes = await _promised_in_time(errand)
    await sync(errand, "takes the visit")
    visit, arrives = errand.visit, closes - ARRIVES_BEFORE_END
    # The window is real, so its last second has to be waited for.
    await asyncio.sleep((arrives - now()).total_seconds())
    # A machine that has much to do wakes us late; the technician was there in time.
    visit.seconds_ago = (now() - arrives).total_seconds()
    go_offline(errand)
    door.come(visit)
    await day.pass_time(5)
    door.small_repair(visit, "WM-S02", "WM-C02", "P-WM-032")
    await come_back(errand, "came in the last second, repaired")
    job = await seen(errand)
    early = (closes - datetime.fromisoformat(job["visits"][0]["arrived_at"])).total_seconds()
    day.expect("(4)", f"arrival in the last second of the window ({early:.2f} s left)", held=0 <= early < 1)


async def _promised_in_time(errand: Errand) -> datetime:
    """The end of a window as short as it may be for the phone to hear of it before its last second."""
    desk, seconds = errand.technician.desk, SHORTEST_WINDOW_SECONDS
    while True:
        begins = now()
        closes = begins + timedelta(seconds=seconds)
        promised = {"window_start": begins.isoformat(), "window_end": closes.isoformat()}
        await planning.promise_window(desk, errand.job_id, errand.visit.visit_id, promised)
        await errand.technician.phone.sync()
        if now() < closes - ARRIVES_BEFORE_END or seconds > LONGEST_WINDOW_SECONDS:
            return closes
        seconds *= 2


async def customer_moves(day: Day, technician: Technician) -> None:
    """(5) The customer moves tomorrow's window this evening."""
    moved = await _move(day, technician, "(5)", asked_by="customer", agreed=True)
    day.expect("(5)", "the window was moved by the customer", held=moved == "customer")


async def technician_moves(day: Day, technician: Technician) -> None:
    """(6) The technician moves it, and the customer did not agree."""
    moved = await _move(day, technician, "(6)", asked_by="technician", agreed=False)
    day.expect("(6)", "moved without the customer's agreement", held=moved == "technician_without_agreement")


async def _move(day: Day, technician: Technician, scene: str, *, asked_by: str, agreed: bool) -> str | None:
    job_id = await open_job(day, scene, technician, "for tomorrow", "HZ-H90", symptom_code="HD-S01")
    errand = await send(day, scene, technician, job_id, times=planning.window(now() + timedelta(days=1)))
    await day.pass_time(400)
    await planning.replan_visit(technician.desk, job_id, errand.visit.visit_id, asked_by=asked_by, agreed=agreed)
    said = "with" if agreed else "without"
    day.say(technician.desk.name, scene, f"{asked_by} moves the window, {said} the customer's word", "moved")
    await sync(errand, "hears of the new time")
    moved: str | None = (await seen(errand))["visits"][0]["window_moved_by"]
    # Tomorrow's hours are given back, so that the day can be played again and again.
    await planning.cancel_visit(technician.desk, job_id, errand.visit.visit_id, "company", "演练结束")
    return moved


def _answered_after(minutes: int) -> tuple[str, str]:
    answered = now()
    return (answered - timedelta(minutes=minutes)).isoformat(), answered.isoformat()


def _response(job: Json) -> timedelta:
    return datetime.fromisoformat(job["first_response_at"]) - datetime.fromisoformat(job["reported_at"])


def _ago(*, hours: int) -> datetime:
    return now() - timedelta(hours=hours)
