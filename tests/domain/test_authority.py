"""Who may push a kind of fact is who may do the same through a route."""

import pytest

from domain.facts.kinds import DOOR_KINDS, ON_SITE
from domain.people.actor import RIGHTS, Role
from domain.people.authority import MAY_RECORD

ALSO_AT_THE_DESK = {"customer_contacted", "visit_declined"}
BY_RIGHT = {
    "open_jobs": {"job_opened"},
    "plan_visits": {"visit_planned", "visit_replanned", "visit_cancelled"},
    "amend_jobs": {"details_amended", "note_added"},
    "decide_warranty": {"warranty_decided"},
    "cancel_jobs": {"job_cancelled"},
    "close_jobs": {"job_closed", "job_reopened", "job_held", "job_released", "recovery_made", "job_excluded"},
    "decide_cases": {"case_decided"},
    "inspect_visits": {"inspected", "error_confirmed", "complaint_closed"},
    "record_feedback": {
        *("request_answered", "rating_asked", "rated", "report_delivered"),
        *("complaint_opened", "complaint_answered"),
    },
    "follow_up_jobs": {"followed_up"},
    "void_ratings": {"rating_voided"},
    "release_prices": {"price_code_issued"},
    "send_customer_codes": {"customer_code_issued"},
    "record_visits": DOOR_KINDS - ALSO_AT_THE_DESK,
}


@pytest.mark.parametrize(
    ("right", "kind"), [(right, kind) for right, kinds in BY_RIGHT.items() for kind in sorted(kinds)]
)
def test_a_role_pushes_what_it_may_do_through_a_route_and_nothing_else(right: str, kind: str) -> None:
    # Out of reach, a technician plans a visit of their own in a job that they opened; no route does that.
    alone = {Role.TECHNICIAN} if kind == "visit_planned" else set()

    # A customer has no token: they speak through a link.
    assert MAY_RECORD[kind] - {Role.CUSTOMER} == RIGHTS[right] | alone


@pytest.mark.parametrize(
    "kind",
    ["visit_planned", "visit_replanned", "visit_cancelled", "job_closed", "job_reopened", "job_excluded", "job_held"],
)
def test_an_integration_moves_no_visit_and_closes_no_job(kind: str) -> None:
    assert Role.INTEGRATION not in MAY_RECORD[kind]


def test_every_kind_of_the_door_is_a_technician_s_and_all_from_the_arrival_on_show_that_somebody_was_there() -> None:
    assert all(Role.TECHNICIAN in MAY_RECORD[kind] for kind in DOOR_KINDS)
    assert {"visit_accepted", "visit_declined", "customer_contacted", "departed"} == DOOR_KINDS - ON_SITE
    assert "fees_declined" in ON_SITE
    assert "rated" not in DOOR_KINDS
