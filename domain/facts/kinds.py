"""The table of fact kinds: what each is called, what it says, and whether it speaks about one visit."""

from msgspec import Struct

from domain.facts import desk, door, feedback, handling, issued_codes, shared, vouchers


class Kind(Struct, frozen=True):
    """`name` is the field that is set on the wire; `of_visit` facts must name their visit."""

    name: str
    body: type[Struct]
    of_visit: bool


KINDS: tuple[Kind, ...] = (
    Kind("job_opened", desk.JobOpened, of_visit=False),
    Kind("visit_planned", desk.VisitPlanned, of_visit=True),
    Kind("plan_frozen", desk.PlanFrozen, of_visit=True),
    Kind("visit_replanned", desk.VisitReplanned, of_visit=True),
    Kind("visit_cancelled", desk.VisitCancelled, of_visit=True),
    Kind("job_cancelled", desk.JobCancelled, of_visit=False),
    Kind("warranty_decided", desk.WarrantyDecided, of_visit=False),
    Kind("case_decided", desk.CaseDecided, of_visit=False),
    Kind("inspected", feedback.Inspected, of_visit=True),
    Kind("followed_up", feedback.FollowedUp, of_visit=False),
    Kind("complaint_opened", feedback.ComplaintOpened, of_visit=False),
    Kind("complaint_answered", feedback.ComplaintAnswered, of_visit=False),
    Kind("refund_requested", desk.RefundRequested, of_visit=False),
    Kind("refunded", desk.Refunded, of_visit=False),
    Kind("job_closed", desk.JobClosed, of_visit=False),
    Kind("job_reopened", desk.JobReopened, of_visit=False),
    Kind("visit_accepted", door.VisitAccepted, of_visit=True),
    Kind("visit_declined", door.VisitDeclined, of_visit=True),
    Kind("customer_contacted", door.CustomerContacted, of_visit=True),
    Kind("departed", door.Departed, of_visit=True),
    Kind("arrived", door.Arrived, of_visit=True),
    Kind("checked_in", door.CheckedIn, of_visit=True),
    Kind("diagnosed", door.Diagnosed, of_visit=True),
    Kind("fees_disclosed", door.FeesDisclosed, of_visit=True),
    Kind("fees_acknowledged", door.FeesAcknowledged, of_visit=True),
    Kind("fees_declined", door.FeesDeclined, of_visit=True),
    Kind("work_started", door.WorkStarted, of_visit=True),
    Kind("work_paused", door.WorkPaused, of_visit=True),
    Kind("work_resumed", door.WorkResumed, of_visit=True),
    Kind("part_used", door.PartUsed, of_visit=True),
    Kind("repair_recorded", door.RepairRecorded, of_visit=True),
    Kind("guidance_given", door.GuidanceGiven, of_visit=True),
    Kind("work_finished", door.WorkFinished, of_visit=True),
    Kind("charged", door.Charged, of_visit=True),
    Kind("paid", door.Paid, of_visit=True),
    Kind("signed_off", door.SignedOff, of_visit=True),
    Kind("visit_ended", door.VisitEnded, of_visit=True),
    Kind("incident_reported", door.IncidentReported, of_visit=True),
    Kind("rated", door.Rated, of_visit=False),
    Kind("price_code_issued", issued_codes.PriceCodeIssued, of_visit=False),
    Kind("customer_code_issued", issued_codes.CustomerCodeIssued, of_visit=False),
    Kind("invoice_requested", vouchers.InvoiceRequested, of_visit=False),
    Kind("invoice_issued", vouchers.InvoiceIssued, of_visit=False),
    Kind("request_answered", handling.RequestAnswered, of_visit=False),
    Kind("error_confirmed", feedback.ErrorConfirmed, of_visit=True),
    Kind("rating_asked", feedback.RatingAsked, of_visit=False),
    Kind("rating_voided", feedback.RatingVoided, of_visit=False),
    Kind("report_delivered", handling.ReportDelivered, of_visit=False),
    Kind("complaint_closed", feedback.ComplaintClosed, of_visit=False),
    Kind("job_held", handling.JobHeld, of_visit=False),
    Kind("job_released", handling.JobReleased, of_visit=False),
    Kind("recovery_made", handling.RecoveryMade, of_visit=False),
    Kind("job_excluded", handling.JobExcluded, of_visit=False),
    Kind("details_amended", shared.DetailsAmended, of_visit=False),
    Kind("note_added", shared.NoteAdded, of_visit=False),
    Kind("attachment_added", shared.AttachmentAdded, of_visit=False),
    Kind("fact_retracted", shared.FactRetracted, of_visit=False),
)

KIND_BY_NAME = {kind.name: kind for kind in KINDS}
KIND_BY_BODY = {kind.body: kind for kind in KINDS}

DOOR_KINDS = frozenset(kind.name for kind in KINDS if kind.of_visit and hasattr(door, kind.body.__name__))
"""What the technician of a visit says about it."""

ON_SITE = DOOR_KINDS - {"visit_accepted", "visit_declined", "customer_contacted", "departed"}
"""Steps that show that somebody is, or was, at the customer's."""
