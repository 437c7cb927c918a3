"""Schemes and profiles over HTTP, and the index that is read by them."""

import copy
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from httpx import Response

from service.scoring.shipped import SHIPPED
from service.seed.company import sample_id
from tests.builders.sample_desk import ADMIN, AUDITOR, DISPATCHER, ELSEWHERE, SUPERVISOR, TECHNICIAN, Desk
from tests.builders.sample_plans import THESE_DAYS

GB = "gb-t-27922-2011"
NOBODY = "019f3517-9c00-7000-8000-00000000dead"
PROFILE: dict[str, Any] = {"code": "own", "zh": "自定", "en": "Own"}


def own_edition(**changes: Any) -> dict[str, Any]:
    scheme: dict[str, Any] = msgspec.to_builtins(SHIPPED[GB])
    return {**copy.deepcopy(scheme), "code": "own", **changes}


async def put(desk: Desk, path: str, body: dict[str, Any], version: int = 0, login: str = ADMIN) -> Response:
    return await desk.ask(login, "PUT", path, json=body, version=version)


async def index(desk: Desk, login: str = AUDITOR, **query: str) -> Response:
    return await desk.ask(login, "GET", "/v1/index", params={**THESE_DAYS, **query})


def found(answer: Response) -> list[tuple[str, str]]:
    return [(each["pointer"], each["code"]) for each in answer.json()["errors"]]


async def test_the_product_s_scheme_is_there_and_nobody_changes_it(desk: Desk) -> None:
    listed = (await desk.ask(AUDITOR, "GET", "/v1/schemes")).json()["items"]
    assert [(each["item"]["code"], each["version"]) for each in listed] == [(GB, 0)]

    refused = await put(desk, f"/v1/schemes/{GB}", own_edition(code=GB))
    assert (refused.status_code, refused.json()["code"]) == (409, "already_exists")


async def test_another_edition_is_added_read_and_replaced_from_the_version_that_was_read(desk: Desk) -> None:
    added = await put(desk, "/v1/schemes/own", own_edition())
    assert (added.status_code, added.json()["version"]) == (200, 1)
    assert (await desk.ask(SUPERVISOR, "GET", "/v1/schemes/own")).json() == added.json()

    stale = await put(desk, "/v1/schemes/own", own_edition(edition="第二版"))
    replaced = await put(desk, "/v1/schemes/own", own_edition(edition="第二版"), version=1)
    assert (stale.status_code, stale.json()["code"]) == (412, "version_changed")
    assert (replaced.json()["version"], replaced.json()["item"]["edition"]) == (2, "第二版")


def _less(scheme: dict[str, Any]) -> None:
    scheme["sections"][1]["indicators"][3]["points"] = 9


def _badly_split(scheme: dict[str, Any]) -> None:
    parts = [{"clause": "5.1.2", "points": 5}, {"clause": "5.1.4", "points": 6}]
    scheme["sections"][0]["joint_blocks"][0]["split"] = parts


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_less, ("/sections/1/points", "section_does_not_add_up")),
        (_badly_split, ("/sections/0/joint_blocks/0/split", "split_does_not_add_up")),
    ],
)
async def test_a_scheme_that_does_not_add_up_is_refused_and_not_kept(
    desk: Desk, change: Callable[[dict[str, Any]], None], reason: tuple[str, str]
) -> None:
    scheme = own_edition()
    change(scheme)
    refused = await put(desk, "/v1/schemes/own", scheme)
    assert (refused.status_code, refused.json()["code"], found(refused)) == (422, "scheme_refused", [reason])
    assert (await desk.ask(ADMIN, "GET", "/v1/schemes/own")).status_code == 404


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"scheme": "nowhere"}, ("/scheme", "scheme_unknown")),
        ({"targets": [{"kpi": "K99", "target_hundredths": 1}]}, ("/targets/0/kpi", "evidence_unknown")),
        ({"not_applicable": [{"clause": "9.9", "reason": "x"}]}, ("/not_applicable/0/clause", "clause_unknown")),
        ({"split": [{"clause": "5.2.4", "points": 10}]}, ("/split/0/clause", "clause_not_joint")),
        ({"split": [{"clause": "5.1.2", "points": 12}]}, ("/split", "split_incomplete")),
        (
            {"split": [{"clause": "5.1.2", "points": 6}, {"clause": "5.1.4", "points": 7}]},
            ("/split", "split_does_not_add_up"),
        ),
    ],
)
async def test_a_profile_that_does_not_fit_its_scheme_is_refused(
    desk: Desk, changes: dict[str, Any], reason: tuple[str, str]
) -> None:
    refused = await put(desk, "/v1/scoring-profiles/own", {**PROFILE, **changes})
    assert (refused.status_code, refused.json()["code"]) == (422, "scheme_refused")
    assert reason in found(refused)


@pytest.mark.parametrize("login", [DISPATCHER, SUPERVISOR, AUDITOR, TECHNICIAN])
async def test_only_an_admin_sets_schemes_and_profiles(desk: Desk, login: str) -> None:
    for path, body in (("/v1/schemes/own", own_edition()), ("/v1/scoring-profiles/own", PROFILE)):
        assert (await put(desk, path, body, login=login)).status_code == 403


async def test_without_a_sample_there_is_no_index_but_all_that_is_not_measured(desk: Desk) -> None:
    answer = (await index(desk, first_day="2001-01-01", last_day="2001-01-31")).json()
    assert (answer["zh"], answer["index_hundredths"], answer["coverage_hundredths"]) == ("现场证据指数", None, 0)
    assert {each["clause"] for each in answer["not_measured_here"]} == {
        *(f"5.1.{number}" for number in range(1, 8)),
        *(f"5.2.{number}" for number in range(1, 7)),
        *("5.3.1", "5.3.2"),
    }
    assert [each["code"] for each in answer["deduction_candidates"] if not each["measurable"]] == ["data_outside_job"]


async def test_what_somebody_declares_inapplicable_is_listed_with_the_reason_and_who_said_so(desk: Desk) -> None:
    declared = {**PROFILE, "not_applicable": [{"clause": "5.2.3", "reason": "不承担送货与安装"}]}
    await put(desk, "/v1/scoring-profiles/own", declared)

    answer = (await index(desk, profile="own")).json()

    assert answer["applicable_points"] == 96
    (listed,) = answer["not_applicable"]
    assert (listed["clause"], listed["reason"]) == ("5.2.3", "不承担送货与安装")
    assert listed["declared_by"] == str(desk.member_id(ADMIN))
    assert "5.2.3" not in {each["clause"] for each in answer["not_measured_here"]}


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ({"first_day": "2025-02-01", "last_day": "2025-01-31"}, "/last_day", "ends_before_it_begins"),
        ({"first_day": "1999-01-01"}, "/last_day", "period_too_long"),
        ({"outlet_id": NOBODY}, "/outlet_id", "unknown_reference"),
        ({"technician_id": NOBODY}, "/technician_id", "unknown_reference"),
    ],
)
async def test_what_cannot_be_meant_is_refused(desk: Desk, query: dict[str, str], pointer: str, code: str) -> None:
    refused = await index(desk, **query)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_query")
    assert (pointer, code) in found(refused)


@pytest.mark.parametrize("query", [{"scheme": "nowhere"}, {"profile": "nowhere"}])
async def test_an_unknown_scheme_or_profile_is_not_found(desk: Desk, query: dict[str, str]) -> None:
    assert (await index(desk, **query)).status_code == 404


async def test_a_profile_is_not_read_by_another_scheme_than_its_own(desk: Desk) -> None:
    await put(desk, "/v1/schemes/own", own_edition())
    await put(desk, "/v1/scoring-profiles/own", PROFILE)
    assert found(await index(desk, scheme="own", profile="own")) == [("/profile", "of_another_scheme")]


async def test_an_outlet_of_others_is_unknown_to_who_works_elsewhere(desk: Desk) -> None:
    refused = await index(desk, login=ELSEWHERE, outlet_id=str(sample_id("outlet", "HZ01")))
    assert found(refused) == [("/outlet_id", "unknown_reference")]
