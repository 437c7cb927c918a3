"""Where a document shows what was typed: a rule for every kind of fact, as data. Reads JSON."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.simulation.ledger import Json, Typed

AGAIN = ("repeated_step", "step_out_of_order", "step_after_end", "worked_after_cancellation")
"""Findings that say: this step was there already, or did not fit. The fact stays visible by them."""


@dataclass(frozen=True)
class Listed:
    """An entry of its own, by the fact's id, that repeats the body or these fields of it."""

    where: str
    of_visit: bool
    fields: dict[str, str] | None = None


@dataclass(frozen=True)
class Stamped:
    """The visit says when it first happened."""

    field: str


Rule = Listed | Stamped | Callable[[Json, Typed], bool]


def is_shown(document: Json, typed: Typed) -> bool:
    """Whether the document shows this fact in the place of its kind."""
    rule = PLACES[typed.kind]
    match rule:
        case Listed():
            return _is_listed(document, typed, rule)
        case Stamped():
            return bool(visit_of(document, typed).get(rule.field))
        case _:
            return rule(document, typed)


def visit_of(document: Json, typed: Typed) -> Json:
    """The visit that the fact speaks about; empty when there is none."""
    return next((visit for visit in document["visits"] if visit["id"] == typed.visit), {})


def is_named(document: Json, typed: Typed, *codes: str) -> bool:
    """Whether a finding with one of these codes names the fact."""
    return any(typed.id in finding["fact_ids"] for finding in document["findings"] if finding["code"] in codes)


def _is_listed(document: Json, typed: Typed, rule: Listed) -> bool:
    return any(_repeats(entry, typed, rule) for entry in _entries(document, typed, rule))


def _entries(document: Json, typed: Typed, rule: Listed) -> Iterator[Json]:
    holder = visit_of(document, typed) if rule.of_visit else document
    yield from (entry for entry in holder.get(rule.where, ()) if entry["fact_id"] == typed.id)


def _repeats(entry: Json, typed: Typed, rule: Listed) -> bool:
    if rule.fields is None:
        return bool(entry["body"] == typed.body)
    return all(entry[shown] == typed.body[said] for shown, said in rule.fields.items())


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


GIVEN_FOR_A_VISIT = Listed("reasons", of_visit=True, fields={"text": "reason"})
GIVEN_FOR_A_JOB = Listed("reasons", of_visit=False, fields={"text": "reason"})
CALLED_OFF = {"text": "reason", "side": "side"}


def _opened(document: Json, typed: Typed) -> bool:
    told = ("outlet_id", "product_code", "work_type", "channel", "time_zone", "skill", "estimated_minutes")
    as_told = all(document[name] == typed.body[name] for name in told)
    return as_told or is_named(document, typed, *AGAIN)


def _checked_in(document: Json, typed: Typed) -> bool:
    """The exact position is in the log alone."""
    check_in, told = visit_of(document, typed).get("check_in"), {**typed.body, "position": None}
    stands = check_in is not None and check_in["fact_id"] == typed.id and check_in["body"] == told
    return stands or is_named(document, typed, *AGAIN)


def _signed(document: Json, typed: Typed) -> bool:
    sign_off = visit_of(document, typed).get("sign_off")
    stands = sign_off is not None and sign_off["fact_id"] == typed.id and sign_off["reason"] == typed.body["reason"]
    return stands or is_named(document, typed, *AGAIN)


def _ended(document: Json, typed: Typed) -> bool:
    if typed.body["reason"] is not None and not _is_listed(document, typed, GIVEN_FOR_A_VISIT):
        return False
    return visit_of(document, typed).get("outcome") == typed.body["outcome"] or is_named(document, typed, *AGAIN)


def _attached(document: Json, typed: Typed) -> bool:
    known = [(entry["visit_id"], entry["body"]["digest"]) for entry in document["attachments"]]
    return (typed.fact.get("visit_id"), typed.body["digest"]) in known


def _closed(document: Json, typed: Typed) -> bool:
    return typed.body["reason"] is None or _is_listed(document, typed, GIVEN_FOR_A_JOB)


def _shown_to_customer(document: Json, typed: Typed) -> bool:
    return set(typed.body["topics"]) <= set(visit_of(document, typed).get("guidance", ()))


def _acknowledged(document: Json, typed: Typed) -> bool:
    told = visit_of(document, typed).get("disclosures", ())
    agreed = [each for each in told if each["content_hash"] == typed.body["content_hash"]]
    if typed.body["method"] in ("refused", "absent"):
        return is_named(document, typed, "acknowledgement_without_reason", "acknowledgement_unmatched")
    answered = any(each["acknowledged_at"] or each["declined_at"] for each in agreed)
    return answered or is_named(document, typed, "acknowledgement_unmatched")


def _complaint(document: Json, typed: Typed) -> bool:
    known = any(each["id"] == typed.body["complaint_id"] for each in document["complaints"])
    return known or is_named(document, typed, *AGAIN)


def _voided(document: Json, typed: Typed) -> bool:
    marks = [each["voided"]["fact_id"] for each in document["reviews"] if each["voided"]]
    return typed.id in marks or is_named(document, typed, *AGAIN)


def _delivered(document: Json, typed: Typed) -> bool:
    report = document["report"]
    return (report is not None and report["fact_id"] == typed.id) or is_named(document, typed, *AGAIN)


def _elsewhere(_document: Json, _typed: Typed) -> bool:
    """In the log alone, or judged by a law of its own: claims on fields (`typed`), refunds (`money`)."""
    return True


PLACES: dict[str, Rule] = {
    "job_opened": _opened,
    "visit_planned": _elsewhere,
    "visit_replanned": _elsewhere,
    "visit_cancelled": Listed("reasons", of_visit=True, fields=CALLED_OFF),
    "job_cancelled": Listed("reasons", of_visit=False, fields=CALLED_OFF),
    "warranty_decided": _elsewhere,
    "case_decided": _elsewhere,
    "inspected": Listed("reviews", of_visit=False, fields={"result": "result", "text": "note"}),
    "followed_up": Listed("reviews", of_visit=False, fields={"text": "note"}),
    "complaint_opened": _complaint,
    "complaint_answered": _complaint,
    "refund_requested": _elsewhere,
    "refunded": Listed("refunds", of_visit=False, fields=_same("amount_fen", "reference")),
    "job_closed": _closed,
    "job_reopened": GIVEN_FOR_A_JOB,
    "visit_accepted": Stamped("accepted_at"),
    "visit_declined": GIVEN_FOR_A_VISIT,
    "customer_contacted": _elsewhere,
    "departed": Stamped("departed_at"),
    "arrived": Stamped("arrived_at"),
    "checked_in": _checked_in,
    "diagnosed": _elsewhere,
    "fees_disclosed": Listed("disclosures", of_visit=True, fields=_same("lines", "total_fen", "currency")),
    "fees_acknowledged": _acknowledged,
    "fees_declined": _elsewhere,
    "work_started": Stamped("work"),
    "work_paused": _elsewhere,
    "work_resumed": Stamped("work"),
    "part_used": Listed("parts", of_visit=True),
    "repair_recorded": _elsewhere,
    "guidance_given": _shown_to_customer,
    "work_finished": Stamped("finished_at"),
    "charged": Listed("bills", of_visit=True, fields=_same("lines", "total_fen", "currency")),
    "paid": Listed("payments", of_visit=True, fields=_same("amount_fen", "method", "reference")),
    "signed_off": _signed,
    "visit_ended": _ended,
    "incident_reported": Listed("incidents", of_visit=True),
    "rated": Listed("reviews", of_visit=False, fields=_same("score", "text")),
    "plan_frozen": _elsewhere,
    "price_code_issued": _elsewhere,
    "customer_code_issued": _elsewhere,
    "invoice_requested": lambda document, _: document["invoice_requested_at"] is not None,
    "invoice_issued": Listed("invoices", of_visit=False, fields=_same("kind", "number", "amount_fen", "requested")),
    "request_answered": Listed("answers", of_visit=False, fields=_same("means", "solved")),
    "error_confirmed": Listed("errors", of_visit=False),
    "rating_asked": Listed("rating_requests", of_visit=False, fields=_same("complaint_id")),
    "rating_voided": _voided,
    "report_delivered": _delivered,
    "complaint_closed": _complaint,
    "job_held": Listed("holds", of_visit=False, fields=_same("reason", "parts")),
    "job_released": _elsewhere,
    "recovery_made": Listed("recoveries", of_visit=False, fields=_same("failure", "action")),
    "job_excluded": Listed("exclusions", of_visit=False, fields=_same("reason", "measures", "note")),
    "details_amended": _elsewhere,
    "note_added": Listed("notes", of_visit=False, fields=_same("text")),
    "attachment_added": _attached,
    "fact_retracted": Listed(
        "retractions", of_visit=False, fields={"retracted_fact_id": "fact_id", "reason": "reason"}
    ),
}
