"""The contract's examples of a visit, sent one after another: an app's developer may begin with them."""

import msgspec

from domain.facts.door.attendance import IncidentReported, VisitDeclined
from domain.facts.door.fees import FeesDeclined
from service.desk.visit_actions import VISIT_ACTIONS
from service.seed.company import sample_id
from tests.builders.attendance import Attendance
from tests.builders.sample_desk import DISPATCHER, Desk
from tests.builders.sample_plans import WANG, opened, plan, planned

OTHER_WAYS = (VisitDeclined, FeesDeclined, IncidentReported)


async def test_the_examples_of_a_visit_are_a_repair_at_which_no_rule_is_broken(desk: Desk) -> None:
    job = await opened(desk, asset_id=str(sample_id("asset", "LS-KF35-0011")), symptom_code="AC-S01", warranty="paid")
    attendance = Attendance(desk, await planned(desk, job["id"], plan(WANG)))

    for action in VISIT_ACTIONS:
        if not isinstance(action.example, OTHER_WAYS):
            await attendance.said(action.path, msgspec.to_builtins(action.example))

    visit = await attendance.visit()
    told = {name: visit["record"][name] for name in ("complete", "norm_kept", "safety")}
    assert (visit["status"], told) == ("ended", {"complete": True, "norm_kept": True, "safety": "passed"})
    assert (await desk.ask(DISPATCHER, "GET", f"/v1/jobs/{job['id']}")).json()["findings"] == []
