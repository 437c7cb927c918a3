"""Orders (11), (12) and (15): repairs of the past that a phone only now reports.

A fact lies between what its author had seen and its own recording. Work that truly lies hours or weeks back was
therefore opened at the door, out of reach: its author had seen nothing of the server's.
"""

from datetime import datetime, timedelta

from msgspec.structs import replace

from service.simulate import attendance as door
from service.simulate import desk as desks
from service.simulate import planning
from service.simulate.attendance import Attendance
from service.simulate.clocks import now
from service.simulate.day import Day, Errand, Technician, open_job, seen, send, sync
from service.simulate.desk import Place
from service.simulate.ledger import Json
from service.simulate.network import Fault
from service.simulate.scenes.records import knows_repairs
from sync.versions import decoded

DAY_SECONDS = 24 * 60 * 60
FAST_SECONDS = 7 * 60
CLOSE_SECONDS = 2.0


async def repeat_fault(day: Day, technician: Technician) -> None:
    """(11) The same fault on day 30 and again on day 31 after a repair that a phone only now reports."""
    place = desks.some_place(technician.desk, "BC-W100")
    first = past_repair(day, "(11)", technician, place, days_ago=31, fault=("WM-S01", "WM-C01", "P-WM-031"))
    await sync(first, "a repair of 31 days ago leaves the phone")
    ended = datetime.fromisoformat((await seen(first))["visits"][0]["ended_at"])
    for days in (30, 31):
        reported = (ended + timedelta(days=days)).isoformat()
        job_id = await open_job(
            day,
            "(11)",
            technician,
            f"same fault on day {days}",
            "BC-W100",
            place=place,
            symptom_code="WM-S01",
            follows_job_id=first.job_id,
            reported_at=reported,
        )
        job = await desks.job(technician.desk, job_id)
        after = datetime.fromisoformat(job["reported_at"]) - ended
        follows = job["follows_job_id"] == first.job_id and job["asset_id"] == place.asset_id
        day.expect("(11)", f"a repeat on day {days}, tied to the first repair", held=follows and after.days == days)


async def third_fault(day: Day, technician: Technician) -> None:
    """(12) The third quality fault of one appliance within its term."""
    place = desks.some_place(technician.desk, "BC-T55")
    fault = ("TV-S01", "TV-C01", "P-TV-061")
    first = past_repair(day, "(12)", technician, place, days_ago=60, fault=fault)
    second = past_repair(day, "(12)", technician, place, days_ago=25, fault=fault, follows_job_id=first.job_id)
    await sync(second, "two earlier repairs of one TV leave the phone")
    job_id = await open_job(
        day,
        "(12)",
        technician,
        "TV without picture, third time",
        "BC-T55",
        place=place,
        symptom_code="TV-S01",
        follows_job_id=second.job_id,
        warranty="covered_main_part",
    )
    errand = await send(day, "(12)", technician, job_id)
    await sync(errand, "takes the visit")
    visit = errand.visit
    door.come(visit)
    door.diagnose(visit, "TV-S01", "TV-C01")
    lines = technician.prices.lines("F-VISIT", "F-LABOUR-SMALL", "P-TV-061", warranty="covered_main_part")
    door.agree(visit, lines)
    door.start(visit)
    door.fit(visit, "P-TV-061", lines[-1], "covered_main_part")
    door.finish(visit, "TV-S01", "TV-C01")
    door.settle(visit, lines)
    await sync(errand, "repaired under warranty, for the third time")
    chain = [await desks.job(technician.desk, each) for each in (job_id, second.job_id, first.job_id)]
    tied = [job["follows_job_id"] for job in chain] == [second.job_id, first.job_id, None]
    same = {job["asset_id"] for job in chain} == {place.asset_id}
    solved = all(job["visits"][0]["repair"]["cause_code"] == "TV-C01" for job in chain)
    day.expect("(12)", "three repairs of one appliance, one after another, same cause", held=tied and same and solved)
    earlier = {first.job_id, second.job_id} if place.asset_id else set[str]()
    known = knows_repairs(technician, place.site_id, earlier)
    day.expect("(12)", "the phone knew of both earlier repairs", held=known)


async def six_hours_offline(day: Day, technician: Technician) -> None:
    """(15) A whole visit, six hours without signal on a clock 7 minutes fast, then synced twice."""
    phone = technician.phone
    phone.clock = replace(phone.clock, ahead_seconds=FAST_SECONDS, gains_per_second=0.0)
    place = desks.some_place(technician.desk, "HZ-H90")
    errand = past_repair(
        day, "(15)", technician, place, days_ago=0.25, fault=("HD-S01", "HD-C01", "P-HD-051"), hours=5.5
    )
    arrived = next(entry for entry in phone.outbox if entry.kind == "arrived")
    entries = list(phone.outbox)
    day.plant(technician, Fault.LOST_ANSWER)
    synced = await sync(errand, "six hours without signal, clock 7 minutes fast")
    known = synced.outcomes["duplicate"] == len(entries)
    day.expect("(15)", f"synced twice: all {len(entries)} facts known already", held=known)
    job = await seen(errand)
    off = abs((datetime.fromisoformat(job["visits"][0]["arrived_at"]) - arrived.true_at).total_seconds())
    day.expect("(15)", f"arrival at its true time, {off:.2f} s off", held=off < CLOSE_SECONDS)
    plans = sum(entry.kind == "visit_planned" for entry in entries)
    once = decoded(job["version"])[1] == len(entries) + plans
    complete = once and job["status"] == "completed" and not job["low_graded_times"]
    day.expect("(15)", "every fact once, the plan with what it is judged by, every time well known", held=complete)


def past_repair(
    day: Day,
    scene: str,
    technician: Technician,
    place: Place,
    *,
    days_ago: float,
    fault: tuple[str, str, str],
    hours: float = 2.0,
    follows_job_id: str | None = None,
) -> Errand:
    """A repair opened and finished at the door some time ago, still on the phone."""
    phone = technician.phone
    symptom_code, cause_code, part_code = fault
    job_id, visit_id = phone.new_id(), phone.new_id()
    begun = days_ago * DAY_SECONDS
    visit = Attendance(phone=phone, prices=technician.prices, job_id=job_id, visit_id=visit_id, seconds_ago=begun)
    phone.record(job_id, "job_opened", _at_the_door(technician, place, symptom_code, follows_job_id), seconds_ago=begun)
    visit.record("visit_planned", technician_id=technician.id, **planning.window(now(begun)))
    visit.seconds_ago = begun - hours * 600
    door.come(visit)
    visit.seconds_ago = begun - hours * 1800
    door.small_repair(visit, symptom_code, cause_code, part_code)
    return Errand(day=day, scene=scene, technician=technician, job_id=job_id, visit=visit)


def _at_the_door(technician: Technician, place: Place, symptom_code: str, follows_job_id: str | None) -> Json:
    return {
        **desks.promise(technician.desk, place),
        "channel": "door",
        "symptom_code": symptom_code,
        "follows_job_id": follows_job_id,
    }
