"""Orders (13) and (14): a part that is missing, a certificate's last day."""

from service.simulate import attendance as door
from service.simulate import planning
from service.simulate.day import (
    Day,
    Technician,
    blocking,
    finding_codes,
    open_job,
    seen,
    send,
    sync,
)

DAY_SECONDS = 24 * 60 * 60
FAST_SECONDS = 7 * 60
CLOSE_SECONDS = 2.0


async def part_short(day: Day, technician: Technician) -> None:
    """(13) A part is short: on hold, and a second visit that brings it."""
    job_id = await open_job(day, "(13)", technician, "refrigerator compressor", "BC-R480", symptom_code="RF-S01")
    errand = await send(day, "(13)", technician, job_id)
    await sync(errand, "takes the visit")
    visit = errand.visit
    need = {"part_code": "P-RF-024", "quantity_thousandths": 1000}
    lines = technician.prices.lines("F-VISIT", "F-LABOUR-LARGE", "P-RF-024")
    door.come(visit)
    door.diagnose(visit, "RF-S01", "RF-C01")
    door.agree(visit, lines)
    door.start(visit)
    visit.record("work_paused", reason="parts")
    door.leave(visit, "needs_revisit", reason="缺压缩机", missing=[need])
    await sync(errand, "compressor short, on hold")
    held = await seen(errand)
    waits = held["status"] == "needs_revisit" and held["visits"][0]["missing_parts"] == ["P-RF-024"]
    day.expect("(13)", "the job waits for a part and a second visit", held=waits)
    await day.pass_time(90)
    again = await send(day, "(13)", technician, job_id, parts=[need])
    await sync(again, "takes the second visit, with the part")
    door.come(again.visit)
    door.agree(again.visit, lines)
    door.start(again.visit)
    door.fit(again.visit, "P-RF-024", lines[-1])
    door.finish(again.visit, "RF-S01", "RF-C01")
    door.settle(again.visit, lines)
    await sync(again, "repaired on the second visit")
    job = await seen(again)
    once = job["money"]["charged_fen"] == sum(line["amount_fen"] for line in lines) and not blocking(job)
    day.expect("(13)", "completed on the second visit, charged once", held=once and job["status"] == "completed")


async def last_day_of_certificate(day: Day, technician: Technician) -> None:
    """(14) Work at height on the last day of the certificate."""
    await planning.certify_until_today(technician.desk, technician.id, "height")
    job_id = await open_job(
        day, "(14)", technician, "outdoor unit, at height", "LS-KF72", symptom_code="AC-S04", special_work=["height"]
    )
    errand = await send(day, "(14)", technician, job_id)
    await sync(errand, "takes the visit")
    visit = errand.visit
    lines = technician.prices.lines("F-VISIT", "F-LABOUR-MEDIUM", "F-HEIGHT", "P-AC-012")
    door.come(visit)
    door.diagnose(visit, "AC-S04", "AC-C04")
    door.agree(visit, lines)
    started = door.start(visit, special_work=["height"], strict=True)
    await sync(errand, "asks to start at height")
    door.fit(visit, "P-AC-012", lines[-1])
    door.finish(visit, "AC-S04", "AC-C04")
    door.settle(visit, lines)
    await sync(errand, "done at height")
    valid = started.outcome == "recorded" and "certificate_missing" not in finding_codes(await seen(errand))
    day.expect("(14)", "the certificate is valid on its last day", held=valid)
