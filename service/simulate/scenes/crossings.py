"""What desk and door do unaware of each other: cancelled, reassigned, amended twice, recorded by the wrong person."""

from service.simulate import attendance as door
from service.simulate import decisions, planning
from service.simulate import desk as desks
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
    sync_phone,
)


async def cancelled_unaware(day: Day, technician: Technician) -> None:
    """Cancelled while the technician is out of reach and on the way."""
    errand = await _on_the_way(day, "cancelled", technician, "range hood weak", "HZ-H90")
    await desks.cancel_job(technician.desk, errand.job_id, "customer", "顾客自行解决")
    day.say(technician.desk.name, "cancelled", "the customer calls it off", "cancelled")
    await day.pass_time(15)
    visit = errand.visit
    visit.record("departed")
    visit.record("arrived", evidence="customer_code")
    door.check_in(visit)
    visit.record("visit_ended", outcome="unable", reason="顾客已取消")
    await come_back(errand, "was at the door, unaware")
    day.planted["cancelled_while_offline"] += 1
    job = await seen(errand)
    kept = job["status"] == "cancelled_with_work" and job["visits"][0]["arrived_at"] is not None
    day.fired["cancelled_while_offline"] += "worked_after_cancellation" in finding_codes(job)
    day.expect("cancelled", "cancelled with work: the trip is kept and shown for review", held=kept)


async def reassigned_unaware(day: Day, technician: Technician) -> None:
    """Given to a colleague while the first technician, out of reach, already works."""
    errand = await _on_the_way(day, "reassigned", technician, "water purifier dry", "HZ-P600")
    second = await planning.reassign_visit(technician.desk, errand.job_id, errand.visit.visit_id, technician.id)
    day.say(technician.desk.name, "reassigned", "sends a colleague instead", "planned")
    await day.pass_time(15)
    visit = errand.visit
    visit.record("departed")
    visit.record("arrived", evidence="plate_scan")
    door.check_in(visit)
    door.small_repair(visit, "WP-S01", "WP-C01", "P-WP-071")
    await come_back(errand, "repaired it, unaware")
    day.planted["worked_after_reassignment"] += 1
    job = await seen(errand)
    day.fired["worked_after_reassignment"] += "worked_after_reassignment" in finding_codes(job)
    first = next(each for each in job["visits"] if each["id"] == visit.visit_id)
    kept = first["technician_id"] == technician.id and first["outcome"] == "solved"
    day.expect("reassigned", "the work stays with who did it", held=kept)
    told = any(each["code"] == "work_done_by_other" and each["visit_id"] == second for each in job["findings"])
    day.expect("reassigned", "the colleague is told before leaving", held=told)
    await planning.cancel_visit(technician.desk, errand.job_id, second, "company", "已由原技师完成")
    day.say(technician.desk.name, "reassigned", "spares the colleague the trip", "cancelled")


async def withdrawn_in_time(day: Day, technician: Technician) -> None:
    """Given to a colleague before anybody left: the phone lets go of it."""
    job_id = await open_job(day, "withdrawn", technician, "washer shakes", "BC-W100", symptom_code="WM-S03")
    errand = await send(day, "withdrawn", technician, job_id)
    await sync(errand, "takes the visit")
    held = job_id in technician.phone.jobs
    second = await planning.reassign_visit(technician.desk, job_id, errand.visit.visit_id, technician.id)
    synced = await sync(errand, "hears that a colleague goes")
    day.planted["withdrawn"] += 1
    day.fired["withdrawn"] += any(each["id"] == job_id for each in synced.withdrawn)
    gone = held and job_id not in technician.phone.jobs
    day.expect("withdrawn", "the phone lets go of a job that a colleague has now", held=gone)
    await desks.cancel_job(technician.desk, job_id, "customer", "改约下周")
    day.say(technician.desk.name, "withdrawn", "the customer asks for next week", "cancelled")
    day.expect("withdrawn", "the colleague's visit is off too", held=await _cancelled(errand, second))


async def two_amend(day: Day, technician: Technician) -> None:
    """The technician and the desk set one field unaware of each other; the desk then takes the technician's word."""
    errand = await _on_the_way(day, "conflict", technician, "noise", "BC-R480")
    visit = errand.visit
    at_door = technician.phone.record(
        errand.job_id, "details_amended", {"field": "symptom", "now": "夜间异响, 压缩机启动时"}
    )
    technician.phone.record(errand.job_id, "note_added", {"text": "门卫要求登记, 从北门进"})
    await desks.amend(technician.desk, errand.job_id, "symptom", "顾客来电: 一直异响")
    day.say(technician.desk.name, "conflict", "notes the symptom as told on the phone", "recorded")
    await day.pass_time(5)
    await come_back(errand, "noted the symptom as heard, and a remark")
    job = await seen(errand)
    conflict = next((each for each in job["conflicts"] if each["field"] == "detail:symptom"), None)
    day.planted["conflict"] += 1
    day.fired["conflict"] += conflict is not None
    noted = any(note["text"].startswith("门卫") for note in job["notes"])
    day.expect("conflict", "both values are kept, and the remark", held=conflict is not None and noted)
    if conflict is not None:
        reason = "技师现场所闻为准"
        job = await decisions.decide_conflict(technician.desk, errand.job_id, conflict["id"], "override", reason)
        day.say(technician.desk.name, "conflict", "decides for the technician's words", "decided")
        decided = job["details"]["symptom"] == at_door.fact["details_amended"]["now"]
        day.expect("conflict", "the decision stands", held=decided)
    door.come(visit)
    door.small_repair(visit, "AC-S04", "RF-C01", "P-RF-021")
    await sync(errand, "repaired, paid")


async def wrong_author(day: Day, technician: Technician) -> None:
    """A technician writes on a job that is not theirs: set aside, then released by the desk."""
    job_id = await open_job(day, "set aside", technician, "not yet planned", "LS-KF35", symptom_code="AC-S03")
    entry = technician.phone.record(job_id, "note_added", {"text": "路过时查看, 排水管已疏通"})
    await sync_phone(day, "set aside", technician, "a remark about somebody else's job")
    day.planted["quarantined"] += 1
    day.fired["quarantined"] += entry.outcome == "quarantined"
    day.planted["released"] += 1
    waited = await decisions.release(technician.desk, entry)
    job = await desks.job(technician.desk, job_id)
    released = waited and any(note["fact_id"] == entry.fact["id"] for note in job["notes"])
    day.fired["released"] += released
    day.say(technician.desk.name, "set aside", "reads the remark and lets it count", "released" if released else "held")
    day.expect("set aside", "a released fact is part of the job", held=released)


async def newer_app(day: Day, technician: Technician) -> None:
    """A fact of a kind that this server does not know stays where a person can read it."""
    job_id = await open_job(day, "newer app", technician, "error code shown", "HZ-G16", symptom_code="GH-S03")
    errand = await send(day, "newer app", technician, job_id)
    await sync(errand, "takes the visit")
    visit = errand.visit
    door.come(visit)
    unknown = visit.record("hologram_taken", depth_metres=3)
    door.small_repair(visit, "GH-S03", "GH-C03", "P-GH-042")
    await sync(errand, "repaired, with one fact of a kind unknown here")
    day.planted["unreadable"] += 1
    day.fired["unreadable"] += unknown.outcome == "unreadable"
    job = await seen(errand)
    day.expect("newer app", "one unreadable fact stops no other", held=job["status"] == "completed")


async def _on_the_way(day: Day, scene: str, technician: Technician, what: str, product_code: str) -> Errand:
    """Planned, taken along, and out of reach."""
    job_id = await open_job(day, scene, technician, what, product_code)
    errand = await send(day, scene, technician, job_id)
    await sync(errand, "takes the visit")
    errand.visit.record("visit_accepted")
    await sync(errand, "accepts, and loses signal")
    go_offline(errand)
    return errand


async def _cancelled(errand: Errand, visit_id: str) -> bool:
    visits = (await seen(errand))["visits"]
    return any(each["id"] == visit_id and each["status"] == "cancelled" for each in visits)
