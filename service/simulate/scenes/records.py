"""A repair record with gaps, and what a phone knows of an appliance before it comes."""

from service.simulate import attendance as door
from service.simulate.day import Day, Technician, blocking, open_job, seen, send, sync


async def gaps_in_record(day: Day, technician: Technician) -> None:
    """A code of another product and a finish with gaps are refused online; with every answer the record is complete."""
    job_id = await open_job(day, "record", technician, "refrigerator not cold", "BC-R480", symptom_code="RF-S01")
    errand = await send(day, "record", technician, job_id)
    await sync(errand, "takes the visit")
    visit = errand.visit
    lines = technician.prices.lines("F-VISIT", "F-LABOUR-SMALL", "P-RF-021")
    door.come(visit)
    door.diagnose(visit, "RF-S01", "RF-C01")
    door.agree(visit, lines)
    door.start(visit)
    door.fit(visit, "P-RF-021", lines[-1])
    wrong = visit.record("repair_recorded", strict=True, cause_code="AC-C01", measure_codes=["M01"], result="solved")
    early = visit.record("work_finished", strict=True)
    await sync(errand, "asks with another product's code, and to finish")
    refused = wrong.outcome == "refused" and "fault_code_unknown" in wrong.finding_codes
    day.expect("record", "a code that the product does not have is refused online", held=refused)
    open_ = {"repair_record_incomplete", "safety_after_repair_open"} <= set(early.finding_codes)
    day.expect("record", "finishing with gaps is refused online", held=open_ and early.outcome == "refused")
    door.finish(visit, "RF-S01", "RF-C01")
    door.settle(visit, lines)
    await sync(errand, "answers every item")
    job = await seen(errand)
    record = job["visits"][0]["record"]
    whole = record["complete"] and record["norm_kept"] and record["safety"] == "passed" and not blocking(job)
    day.expect("record", "the record is complete, safe, and nothing is blocked", held=whole)


def knows_repairs(technician: Technician, site_id: str, job_ids: set[str]) -> bool:
    """Whether the phone's card of the site tells of these jobs, as far as its budget goes."""
    card = technician.phone.sites.get(site_id, {})
    told = {each["job_id"] for each in card.get("history", ())}
    return job_ids <= told or card.get("history_is_whole") is False
