"""What people mean to record, looking at what their device holds: any kind of fact, mostly as their role would."""

from random import Random

from domain.facts.kinds import KIND_BY_NAME
from tests.simulation.bodies import Scene, an_id, body
from tests.simulation.device import Device
from tests.simulation.faults import Fired
from tests.simulation.ledger import Json

DESK = (
    *("job_opened", "visit_planned", "visit_replanned", "visit_cancelled", "job_cancelled", "warranty_decided"),
    *("case_decided", "followed_up", "complaint_opened", "complaint_answered", "refund_requested", "refunded"),
    *("job_closed", "job_reopened", "inspected", "rated", "customer_contacted", "visit_declined"),
    *("request_answered", "error_confirmed", "rating_asked", "rating_voided", "report_delivered", "complaint_closed"),
    *("price_code_issued", "customer_code_issued", "job_held", "job_released", "recovery_made", "job_excluded"),
    "plan_frozen",
)
DOOR = (
    *("visit_accepted", "visit_declined", "customer_contacted", "departed", "arrived", "checked_in", "diagnosed"),
    *("fees_disclosed", "fees_acknowledged", "fees_declined", "work_started", "work_paused", "work_resumed"),
    *("part_used", "repair_recorded", "guidance_given", "work_finished", "charged", "paid", "signed_off"),
    *("visit_ended", "incident_reported"),
)
BOTH = (
    *("details_amended", "note_added", "attachment_added", "fact_retracted"),
    *("invoice_requested", "invoice_issued"),
)
USUAL_DAY = (
    *("visit_accepted", "departed", "arrived", "checked_in", "diagnosed", "fees_disclosed", "fees_acknowledged"),
    *("work_started", "part_used", "repair_recorded", "work_finished", "charged", "paid", "signed_off", "visit_ended"),
)
_PLANNING = ("visit_planned", "visit_planned", "visit_planned", "details_amended", "details_amended", "job_cancelled")
_TWO_PEOPLE_MEET = ("details_amended", "details_amended", "diagnosed", "repair_recorded", "note_added")
COUNTED = {
    "visit_cancelled": "visit_cancelled",
    "job_cancelled": "job_cancelled",
    "fact_retracted": "fact_retracted",
    "case_decided": "case_decided",
}


def kind_for(device: Device, chance: Random, fired: Fired) -> str:
    """What somebody of this role records next; now and then something that is not theirs to say."""
    technician = device.person.role == "technician"
    if chance.random() < 0.04:
        fired["not_authorised"] += 1
        return chance.choice(DESK if technician else DOOR)
    usual = (USUAL_DAY, _TWO_PEOPLE_MEET, DOOR, BOTH) if technician else (_PLANNING, DESK, DESK, BOTH)
    return chance.choice(chance.choice(usual))


def meant(kind: str, device: Device, job: str, scene: Scene, chance: Random, fired: Fired) -> tuple[str | None, Json]:
    """The visit that is meant, and the body."""
    visits = scene.document.get("visits", [])
    visit_id = _visit(kind, device, visits, chance)
    drawn = body(kind, chance, scene)
    if kind in COUNTED:
        fired[COUNTED[kind]] += 1
    if kind == "visit_planned" and drawn["replaces_visit_id"] and drawn["replaces_visit_id"] != visit_id:
        fired["visit_reassigned"] += 1
    if job not in device.documents and kind != "job_opened":
        fired["job_unknown"] += 1
    return visit_id, drawn


def _visit(kind: str, device: Device, visits: list[Json], chance: Random) -> str | None:
    """Technicians speak of visits of their own, mostly; a plan is mostly for a visit that is not there yet."""
    if not KIND_BY_NAME[kind].of_visit and chance.random() < 0.7:
        return None
    own = [str(visit["id"]) for visit in visits if visit["technician_id"] == device.person.id]
    anybodys = [str(visit["id"]) for visit in visits]
    if kind == "visit_planned":
        return chance.choice(anybodys) if anybodys and chance.random() < 0.3 else an_id(chance)
    if own and chance.random() < 0.95:
        return chance.choice(own)
    return chance.choice(anybodys) if anybodys and chance.random() < 0.95 else an_id(chance)
