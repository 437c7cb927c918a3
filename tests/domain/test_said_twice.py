"""What is said twice about one visit is not lost: the first stands, a finding names the second."""

from domain.facts import desk, door
from domain.facts.words import Side
from tests.domain.bodies import SIGNED, a_visit, instead
from tests.domain.builders import DESK, VISIT, A, finding, folded, history, opened, planned, said, told, visit_of


def test_a_second_sign_off_is_found_and_the_first_stands() -> None:
    again = door.SignedOff(method=door.Consent.REFUSED, reason="顾客不在")
    job = told(*a_visit(*instead()[:-1], SIGNED, again))
    sign_off = visit_of(job).sign_off
    assert sign_off is not None
    assert sign_off.method is door.Consent.SIGNATURE
    assert "repeated_step" in {each.code for each in job.findings}


def test_a_visit_that_two_people_decline_keeps_the_first_reason_and_names_the_second() -> None:
    facts = history(
        opened(),
        planned(),
        said(A, door.VisitDeclined(reason="车坏了"), "09:00", sees=2, visit=VISIT),
        said(DESK, door.VisitDeclined(reason="技师请假"), "09:05", sees=2, visit=VISIT),
    )
    job = folded(facts)
    assert visit_of(job).outcome_reason == "车坏了"
    assert finding(job, "repeated_step").fact_ids == (facts[3].id,)


def test_a_visit_that_is_cancelled_twice_keeps_the_first_reason_and_names_the_second() -> None:
    facts = history(
        opened(),
        planned(),
        said(DESK, desk.VisitCancelled(side=Side.CUSTOMER, reason="顾客改期"), "08:30", visit=VISIT),
        said(DESK, desk.VisitCancelled(side=Side.COMPANY, reason="缺件"), "08:40", visit=VISIT),
    )
    job = folded(facts)
    assert visit_of(job).outcome_reason == "顾客改期"
    assert finding(job, "repeated_step").fact_ids == (facts[3].id,)
