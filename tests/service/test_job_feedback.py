"""What the desk, inspectors and other systems say about a job besides its plan, over HTTP."""

from typing import Any
from uuid import uuid4

import pytest

from domain.facts.kinds import KIND_BY_BODY
from service.desk.feedback_actions import FEEDBACK_ACTIONS, FeedbackAction
from service.http.endpoint import Operation
from service.openapi.examples import given
from service.routes import job_feedback
from tests.builders.sample_desk import DISPATCHER, SUPERVISOR, TECHNICIAN, Desk
from tests.builders.sample_plans import WANG, opened, plan, planned

COMPLAINT = str(uuid4())
each_action = pytest.mark.parametrize("declared", FEEDBACK_ACTIONS, ids=lambda declared: declared.operation)


@pytest.fixture
async def place(desk: Desk) -> tuple[Desk, str]:
    """A paid repair with a planned visit: the desk, and the address of the job's visit."""
    change = await planned(desk, (await opened(desk, warranty="paid"))["id"], plan(WANG))
    return desk, f"/v1/jobs/{change['job']['id']}/visits/{change['visit_id']}"


def address(declared: FeedbackAction, visit: str) -> str:
    of_visit = KIND_BY_BODY[type(declared.example)].of_visit
    return f"{visit if of_visit else visit.partition('/visits/')[0]}/{declared.path}"


@each_action
async def test_a_technician_says_nothing_of_it(place: tuple[Desk, str], declared: FeedbackAction) -> None:
    desk, visit = place
    refused = await desk.ask(TECHNICIAN, "POST", address(declared, visit), json=given(declared.example))
    assert (refused.status_code, refused.json()["code"]) == (403, "not_permitted")


@each_action
async def test_said_again_under_its_id_it_is_said_once(place: tuple[Desk, str], declared: FeedbackAction) -> None:
    desk, visit = place
    said = {**as_json(declared), "id": str(uuid4())}
    await prepared(desk, visit, declared)

    first = await desk.ask(SUPERVISOR, "POST", address(declared, visit), json=said)
    again = await desk.ask(SUPERVISOR, "POST", address(declared, visit), json=said)

    assert first.status_code == again.status_code == 201, first.text
    assert first.json() == again.json()


async def test_a_rating_names_a_visit_of_the_job_or_none(place: tuple[Desk, str]) -> None:
    desk, visit = place
    job, _, visit_id = visit.partition("/visits/")
    refused = await desk.ask(DISPATCHER, "POST", f"{job}/ratings", json={"score": 5, "visit_id": str(uuid4())})
    taken = await desk.ask(DISPATCHER, "POST", f"{job}/ratings", json={"score": 5, "visit_id": visit_id})
    assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
    assert taken.json()["reviews"][0]["visit_id"] == visit_id


async def test_an_error_that_nothing_shows_is_refused_with_the_reason(place: tuple[Desk, str]) -> None:
    desk, visit = place
    error = {"kind": "wrong_part", "source": "inspection"}
    refused = await desk.ask(SUPERVISOR, "POST", f"{visit}/errors", json=error)
    assert [each["code"] for each in refused.json()["errors"]] == ["error_unproven"]

    await desk.ask(SUPERVISOR, "POST", f"{visit}/inspections", json={"result": "fail"})
    taken = await desk.ask(SUPERVISOR, "POST", f"{visit}/errors", json=error)
    assert [each["proven"] for each in taken.json()["errors"]] == [True]


@pytest.mark.parametrize(
    "body", [{"score": 0}, {"score": 6}, {"score": 5, "attitude": 9}, {"score": 5, "given_on": "moon"}, {}]
)
async def test_a_rating_off_its_scale_is_refused(place: tuple[Desk, str], body: dict[str, Any]) -> None:
    desk, visit = place
    refused = await desk.ask(DISPATCHER, "POST", f"{visit.partition('/visits/')[0]}/ratings", json=body)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_body")


def test_every_kind_that_the_desk_says_of_feedback_has_an_address() -> None:
    operations: list[Operation] = list(job_feedback.OPERATIONS)
    assert len({operation.path for operation in operations}) == len(FEEDBACK_ACTIONS) == 15


async def prepared(desk: Desk, visit: str, declared: FeedbackAction) -> None:
    """What has to be there first."""
    job = visit.partition("/visits/")[0]
    before: dict[str, tuple[str, dict[str, Any]]] = {
        "release_job": (f"{job}/holds", {"reason": "parts"}),
        "answer_complaint": (f"{job}/complaints", {"complaint_id": COMPLAINT, "cause_code": "late"}),
        "close_complaint": (f"{job}/complaints", {"complaint_id": COMPLAINT, "cause_code": "late"}),
        "void_rating": (f"{job}/ratings", {"id": COMPLAINT, "score": 1}),
        "confirm_error": (f"{visit}/inspections", {"result": "fail"}),
    }
    if declared.operation in before:
        path, body = before[declared.operation]
        assert (await desk.ask(SUPERVISOR, "POST", path, json=body)).status_code == 201


def as_json(declared: FeedbackAction) -> dict[str, Any]:
    said: Any = given(declared.example)
    named = {name: COMPLAINT for name in ("complaint_id", "rating_fact_id") if name in said}
    return {**said, **named}
