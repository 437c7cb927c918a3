"""One-time codes: the same for every order of arrival, and nothing where nobody asked for them."""

from itertools import islice

import pytest

from domain.facts.door.fees import Consent
from domain.facts.issued_codes import code_digest
from domain.fold import fold, go_on
from tests.domain.bodies import a_visit, agreed, fees
from tests.domain.builders import JOB, NAMESPACE, arrivals, codes, history, job_of
from tests.domain.examples import Example
from tests.domain.examples_of_codes import CODE, DEARER, EXAMPLES


@pytest.mark.parametrize("example", EXAMPLES, ids=[f"{each.code}: {each.law}" for each in EXAMPLES])
def test_what_is_found_of_a_code_does_not_depend_on_which_fact_arrived_first(example: Example) -> None:
    for lines in (example.breaks, example.keeps):
        facts = history(*lines)
        expected = codes(fold(JOB, facts).job)
        for arrived in islice(arrivals(facts), 20):
            state = fold(JOB, ())
            for number, fact in enumerate(arrived):
                state = go_on(state, [fact]) or fold(JOB, arrived[: number + 1])
            assert state == fold(JOB, arrived)
            assert codes(state.job) == expected


def test_the_same_code_is_known_however_it_is_typed_and_differs_by_job() -> None:
    assert code_digest(JOB, "K7QMX-4TR9H") == code_digest(JOB, " k7qmx 4tr9h")
    assert code_digest(JOB, "K7QMX-4TR9H") != code_digest(NAMESPACE, "K7QMX-4TR9H")


def test_a_visit_that_was_planned_without_this_asks_for_no_issued_code() -> None:
    by_code = agreed(fees(DEARER), method=Consent.ONE_TIME_CODE, code=CODE)

    found = codes(job_of(*a_visit(fees(DEARER), by_code)))

    assert not {code for code in found if "code" in code}
