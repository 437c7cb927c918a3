"""What shows that a repair was honest, and what the customer has to be told (R11, R12, R18)."""

from domain.cases.findings import BrokenRule, broken
from domain.catalogue import COUNTED
from domain.facts.door.work import OldPart, PartUsed
from domain.facts.shared import Purpose
from domain.job.document import Job
from domain.job.visit import Visit

ABOUT_DATA = "data_use"
TOLD = ("repair_warranty", "complaint_line", ABOUT_DATA)
"""Topics of guidance: how long the repair is guaranteed and where to complain (R18), what is recorded and why (R12)."""


def replacement_gap(job: Job, visit: Visit) -> list[BrokenRule]:
    """Parts that took the place of others, without anything that shows it (R11)."""
    if visit.plan is None or not visit.plan.requirements.part_evidence or _seen_before_and_after(job, visit):
        return []
    bare = [line.body.part_code for line in visit.parts if line.body.unit in COUNTED and not _is_shown(line.body)]
    return [broken("replacement_without_evidence", items=", ".join(bare))] if bare else []


def telling_gap(visit: Visit) -> list[BrokenRule]:
    """What the customer should have been told and was not (R12, R18)."""
    asked = visit.plan.requirements.told if visit.plan is not None else ()
    missing = [topic for topic in asked if topic not in visit.guidance]
    terms = ", ".join(topic for topic in missing if topic != ABOUT_DATA)
    found = [broken("terms_not_told", items=terms)] if terms else []
    return [*found, broken("data_use_not_told")] if ABOUT_DATA in missing else found


def _is_shown(part: PartUsed) -> bool:
    exchanged = part.serial_in is not None and part.serial_out is not None
    return part.old_part is not OldPart.NONE or exchanged or bool(part.photo_digests)


def _seen_before_and_after(job: Job, visit: Visit) -> bool:
    shown = {file.body.purpose for file in job.attachments if file.visit_id == visit.id}
    return shown >= {Purpose.BEFORE, Purpose.AFTER}
