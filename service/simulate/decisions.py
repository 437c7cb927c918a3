"""What a dispatcher decides: warranty, cases, facts that were set aside."""

from service.simulate.clocks import now
from service.simulate.desk import Desk, act, job
from service.simulate.ledger import Entry, Json


async def decide_warranty(desk: Desk, job_id: str, *, photo: str | None) -> Entry:
    """Not covered because of misuse, with a photo and a word to the customer, or without either."""
    body = {
        "decision": "paid",
        "basis": "使用不当",
        "exclusion_code": "misuse",
        "evidence_digests": [photo] if photo else [],
        "customer_told": photo is not None,
    }
    return await act(desk, f"/v1/jobs/{job_id}/warranty-decision", "warranty_decided", body, job_id=job_id)


async def decide_conflict(desk: Desk, job_id: str, case_id: str, choice: str, reason: str) -> Json:
    """Choose one of two values; answers the job. The server names the fact that says so, and it enters the ledger."""
    said_at = now()
    await _decide(desk, case_id, choice, reason)
    document = await job(desk, job_id)
    decision = next(each["decision"] for each in document["conflicts"] if each["id"] == case_id)
    body = {"case_id": case_id, "choice": choice, "reason": reason}
    fact = {"id": decision["fact_id"], "job_id": job_id, "visit_id": None, "case_decided": body}
    desk.device.ledger.add(fact, desk.name, said_at, at_desk=True).outcome = "recorded"
    return document


async def release(desk: Desk, entry: Entry) -> bool:
    """Read what was set aside and let it into the log; whether it was waiting for that."""
    waiting = await desk.device.session.pages("/v1/cases", kind="quarantine", state="open", job_id=entry.fact["job_id"])
    for line in waiting:
        case = await desk.device.session.call("GET", f"/v1/cases/{line['id']}")
        if case["held"]["fact_id"] == entry.fact["id"]:
            await _decide(desk, case["id"], "release", "情况属实")
            return True
    return False


async def _decide(desk: Desk, case_id: str, choice: str, reason: str) -> None:
    await desk.device.session.call("POST", f"/v1/cases/{case_id}/decision", {"choice": choice, "reason": reason})
