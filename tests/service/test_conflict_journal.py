"""The conflict journal: everything about a conflict in one call, decided in one call, undone in one call."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient, Response

from domain.people.actor import Role
from service.database import Database
from service.routes import OPERATIONS
from tests.builders.fleet import a_person, an_outlet, outcomes
from tests.builders.organisations import Organisation, Person
from tests.builders.phone import START, Phone, job_opened, visit_planned

OVERRIDE = {"choice": "override", "reason": "顾客更正"}
UNDO = {"choice": "undo", "reason": "误点"}


class Quarrel:
    """A desk and a technician who name the gate of one address without having heard of each other."""

    def __init__(self, client: AsyncClient, organisation: Organisation) -> None:
        self.client, self.organisation = client, organisation
        self.desk, self.phone = Phone(client, organisation.dispatcher), Phone(client, organisation.technician)
        self.job_id, self.visit_id, self.between = uuid4(), uuid4(), ""

    async def begin(self, by_desk: str = "东门", by_phone: str = "西门", field: str = "access_note") -> dict[str, Any]:
        technician = self.organisation.technician.actor.member_id
        await self.desk.push(
            self.desk.fact(self.job_id, "job_opened", job_opened(self.organisation.outlet_id)),
            self.desk.fact(self.job_id, "visit_planned", visit_planned(technician), visit_id=self.visit_id, minute=1),
        )
        await self.phone.pull()
        await self.desk.push(self.now(self.desk, "details_amended", {"field": field, "now": by_desk}))
        self.between = moment()
        await self.phone.push(self.now(self.phone, "details_amended", {"field": field, "now": by_phone}))
        (entry,) = await self.journal(job_id=str(self.job_id))
        return entry

    def now(self, who: Phone, kind: str, body: dict[str, Any], **more: Any) -> dict[str, Any]:
        """The next fact about the job, at this very moment."""
        return {**who.fact(self.job_id, kind, body, **more), "happened_at": moment()}

    async def journal(self, person: Person | None = None, **filters: str) -> list[dict[str, Any]]:
        answer = await self.ask("", person, params=filters)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])

    async def entry(self, entry: dict[str, Any]) -> dict[str, Any]:
        return dict((await self.ask(f"/{entry['id']}")).json())

    async def ask(self, path: str, person: Person | None = None, **request: Any) -> Response:
        headers = (person or self.organisation.dispatcher).headers
        return await self.client.get(f"/v1/conflicts{path}", headers=headers, **request)

    async def decide(self, entry: dict[str, Any], body: dict[str, Any], person: Person | None = None) -> Response:
        headers = (person or self.organisation.dispatcher).headers
        return await self.client.post(f"/v1/cases/{entry['id']}/decision", json=body, headers=headers)

    async def note(self) -> str | None:
        """What the document says of the gate."""
        path = f"/v1/jobs/{self.job_id}"
        job = (await self.client.get(path, headers=self.organisation.dispatcher.headers)).json()
        return dict(job["details"]).get("access_note")


def moment() -> str:
    return datetime.now(UTC).isoformat()


@pytest.fixture
async def quarrel(client: AsyncClient, an_organisation: Organisation) -> Quarrel:
    return Quarrel(client, an_organisation)


async def test_one_call_tells_both_values_with_author_device_time_and_grade_and_the_rule_and_why(
    quarrel: Quarrel,
) -> None:
    entry = await quarrel.begin()

    dispatcher, technician = quarrel.organisation.dispatcher.actor, quarrel.organisation.technician.actor
    for side, value, actor in ((entry["chosen"], "西门", technician), (entry["other"], "东门", dispatcher)):
        assert (side["value"], side["role"]) == (value, actor.role)
        assert (side["author_id"], side["device_id"]) == (str(actor.member_id), str(actor.device_id))
        assert side["time_grade"] == "offset"
        assert datetime.fromisoformat(side["at"]) > START
    assert (entry["base"], entry["rule"], entry["owner"]) == (None, "latest_wins", "latest_wins")
    assert (entry["field"], entry["field_zh"], entry["field_en"]) == (
        "detail:access_note",
        "进门说明",
        "the access note",
    )
    assert entry["zh"].startswith("进门说明不专属于任何一方，因此采用较晚的值。技师记录于")
    assert entry["en"].startswith("Nobody alone is responsible for the access note, so the later value stands.")
    assert (entry["state"], entry["decisions"], entry["outdated"]) == ("open", [], None)
    assert entry["choices"] == ["accept", "override", "dismiss"]
    assert await quarrel.entry(entry) == entry


async def test_the_row_of_the_merge_table_is_named_that_decided(quarrel: Quarrel) -> None:
    entry = await quarrel.begin("漏水", "异响", field="symptom")
    assert (entry["rule"], entry["owner"], entry["chosen"]["value"]) == ("desk_owns", "desk_owns", "漏水")
    assert entry["en"].startswith("The desk is responsible for the symptom.")


async def test_override_undo_override_are_a_call_each_and_all_three_are_on_record(quarrel: Quarrel) -> None:
    entry, seen = await quarrel.begin(), []
    for body in (OVERRIDE, UNDO, {**OVERRIDE, "value": "车库"}):
        answer = await quarrel.decide(entry, body)
        assert answer.status_code == 200, answer.text
        seen.append((answer.json()["state"], await quarrel.note()))

    assert seen == [("decided", "东门"), ("open", "西门"), ("decided", "车库")]
    chain = (await quarrel.entry(entry))["decisions"]
    assert [(each["choice"], each["stands"]) for each in chain] == [
        ("override", False),
        ("undo", False),
        ("override", True),
    ]
    assert chain[1]["undoes"] == chain[0]["fact_id"]
    assert chain[0]["change"] == {"was": "西门", "now": "东门"}
    assert chain[1]["zh"].endswith("撤销之前的决定：误点")
    assert chain[0]["by"] == str(quarrel.organisation.dispatcher.actor.member_id)
    log = await quarrel.client.get(f"/v1/jobs/{quarrel.job_id}/facts", headers=quarrel.organisation.dispatcher.headers)
    decided = [fact["id"] for fact in log.json()["items"] if fact["kind"] == "case_decided"]
    assert decided == [each["fact_id"] for each in chain]


async def test_a_decision_or_undo_whose_answer_was_lost_is_said_again_and_made_once(quarrel: Quarrel) -> None:
    entry = await quarrel.begin()
    for body in (OVERRIDE, UNDO):
        first, again = await quarrel.decide(entry, body), await quarrel.decide(entry, body)
        assert (first.status_code, again.status_code) == (200, 200)
        assert first.json() == again.json()
    assert len((await quarrel.entry(entry))["decisions"]) == 2


async def test_of_two_supervisors_who_undo_at_one_moment_one_is_told_that_it_is_done(
    quarrel: Quarrel, database: Database
) -> None:
    entry = await quarrel.begin()
    await quarrel.decide(entry, OVERRIDE)
    people = [await a_person(database, quarrel.organisation, Role.SUPERVISOR, f"S{number}") for number in range(2)]

    answers = await asyncio.gather(*(quarrel.decide(entry, UNDO, person) for person in people))

    assert sorted(answer.status_code for answer in answers) == [200, 409]
    (refused,) = [answer.json()["code"] for answer in answers if answer.status_code == 409]
    assert refused == "nothing_to_undo"


async def test_of_two_supervisors_who_decide_offline_one_value_is_current_and_the_other_in_the_journal(
    quarrel: Quarrel, database: Database
) -> None:
    entry = await quarrel.begin()
    for number, value in enumerate(("北门", "南门")):
        person = await a_person(database, quarrel.organisation, Role.SUPERVISOR, f"S{number}")
        desk = Phone(quarrel.client, person)
        said = {"case_id": entry["id"], "choice": "override", "value": value, "reason": "电话确认"}
        word = quarrel.now(desk, "case_decided", said, base_version=4)
        assert outcomes(await desk.push(word)) == ["recorded"]

    first, second = await quarrel.journal(job_id=str(quarrel.job_id))
    assert [(each["value"], each["stands"]) for each in first["decisions"]] == [("北门", False), ("南门", True)]
    assert (await quarrel.note(), second["chosen"]["value"], second["other"]["value"]) == ("南门", "南门", "北门")
    assert second["state"] == "open"


async def test_an_undo_after_three_further_edits_merges_like_any_edit(quarrel: Quarrel) -> None:
    entry = await quarrel.begin()
    await quarrel.decide(entry, OVERRIDE)
    for number in range(3):
        await quarrel.phone.pull()
        amended = {"field": "access_note", "now": f"侧门 {number}"}
        assert outcomes(await quarrel.phone.push(quarrel.now(quarrel.phone, "details_amended", amended)))

    undone = await quarrel.decide(entry, UNDO)

    assert (undone.status_code, await quarrel.note()) == (200, "西门")
    assert len(await quarrel.journal(job_id=str(quarrel.job_id))) == 1


async def test_a_decision_stays_in_force_when_a_value_arrives_late_from_between_the_two(
    quarrel: Quarrel, database: Database
) -> None:
    entry = await quarrel.begin()
    await quarrel.decide(entry, OVERRIDE)
    other = await a_person(database, quarrel.organisation, Role.SUPERVISOR, "S")
    late = Phone(quarrel.client, other)
    said = late.fact(quarrel.job_id, "details_amended", {"field": "access_note", "now": "侧门"}, base_version=2)
    await late.push({**said, "happened_at": quarrel.between}, device_clock=None)

    again = await quarrel.entry(entry)

    assert (again["state"], again["decisions"][0]["stands"], await quarrel.note()) == ("decided", True, "东门")
    (waiting,) = await quarrel.journal(state="open")
    assert waiting["other"]["value"] == "侧门"


async def test_a_conflict_that_late_facts_dissolve_stays_readable_and_says_so(quarrel: Quarrel) -> None:
    entry = await quarrel.begin()
    retracted = {"fact_id": entry["other"]["fact_id"], "reason": "写错"}
    await quarrel.desk.push(quarrel.now(quarrel.desk, "fact_retracted", retracted))

    cleared = await quarrel.entry(entry)

    assert (cleared["state"], cleared["choices"]) == ("cleared", [])
    assert (cleared["chosen"], cleared["other"]) == (entry["chosen"], entry["other"])
    assert cleared["en"].endswith("nothing is left to decide.")


async def test_the_journal_is_filtered_by_job_field_state_time_and_author_and_paged(
    quarrel: Quarrel, database: Database
) -> None:
    entry = await quarrel.begin()
    actor, nobody = quarrel.organisation.technician.actor, str(uuid4())
    found: dict[tuple[str, str], int] = {
        ("job_id", str(quarrel.job_id)): 1,
        ("job_id", nobody): 0,
        ("field", "access_note"): 1,
        ("field", "detail:access_note"): 1,
        ("field", "access"): 0,
        ("field", "plan"): 0,
        ("state", "open"): 1,
        ("state", "decided"): 0,
        ("since", entry["opened_at"]): 1,
        ("since", moment()): 0,
        ("author_id", str(actor.member_id)): 1,
        ("author_id", str(quarrel.organisation.dispatcher.actor.member_id)): 1,
        ("author_id", nobody): 0,
    }
    for (name, value), count in found.items():
        assert len(await quarrel.journal(None, **{name: value})) == count, (name, value)
    other = Quarrel(quarrel.client, quarrel.organisation)
    await other.begin()
    whole = await quarrel.journal()
    first = (await quarrel.ask("", params={"limit": "1"})).json()
    rest = (await quarrel.ask("", params={"limit": "1", "cursor": first["next_cursor"]})).json()
    assert [*first["items"], *rest["items"]] == whole
    assert (first["has_more"], rest["has_more"]) == (True, False)


async def test_a_plan_is_found_by_the_field_without_the_visit_s_id(quarrel: Quarrel) -> None:
    await quarrel.begin()
    for minute in (300, 500):
        technician = quarrel.organisation.technician.actor.member_id
        times = {name: at for name, at in visit_planned(technician, minute).items() if name != "technician_id"}
        moved = {**times, "asked_by": "company", "customer_agreed": True}
        word = quarrel.now(quarrel.desk, "visit_replanned", moved, visit_id=quarrel.visit_id)
        await quarrel.desk.push({**word, "base_version": 2, "seq": None})

    (entry,) = await quarrel.journal(field="plan")

    assert entry["field"] == f"plan:{quarrel.visit_id}"
    assert (entry["rule"], entry["field_en"]) == ("latest_of_desk", "the plan of the visit")


async def test_the_journal_is_for_those_who_read_cases_and_of_their_outlets(
    quarrel: Quarrel, database: Database
) -> None:
    entry = await quarrel.begin()
    elsewhere = await an_outlet(database, quarrel.organisation, "SZ01")
    stranger = await a_person(database, quarrel.organisation, Role.DISPATCHER, "SZ01-D", elsewhere)

    assert (await quarrel.ask("", quarrel.organisation.technician)).status_code == 403
    assert await quarrel.journal(stranger) == []
    assert (await quarrel.ask(f"/{entry['id']}", stranger)).status_code == 404
    assert (await quarrel.ask(f"/{uuid4()}")).status_code == 404
    assert {each.right for each in OPERATIONS if each.path.startswith("/v1/conflicts")} == {"read_cases"}


async def test_a_finding_is_no_conflict(quarrel: Quarrel) -> None:
    await quarrel.begin()
    started = quarrel.phone.fact(quarrel.job_id, "work_started", {}, visit_id=quarrel.visit_id, minute=70)
    await quarrel.phone.push(started)
    answer = await quarrel.client.get(
        "/v1/cases", params={"kind": "finding"}, headers=quarrel.organisation.dispatcher.headers
    )
    (case, *_) = answer.json()["items"]
    assert (await quarrel.ask(f"/{case['id']}")).status_code == 404


@pytest.mark.parametrize(("pushes", "conflicts"), [(1, 0), (2, 1)])
async def test_two_edits_of_one_moment_are_of_one_phone_where_they_came_in_one_push(
    client: AsyncClient, an_organisation: Organisation, pushes: int, conflicts: int
) -> None:
    quarrel = Quarrel(client, an_organisation)
    desk, phone, job_id = quarrel.desk, quarrel.phone, quarrel.job_id
    planned = visit_planned(an_organisation.technician.actor.member_id)
    await desk.push(
        desk.fact(job_id, "job_opened", job_opened(an_organisation.outlet_id)),
        desk.fact(job_id, "visit_planned", planned, visit_id=quarrel.visit_id, minute=1),
    )
    await phone.pull()
    body = {"field": "access_note"}
    edits = [phone.fact(job_id, "details_amended", {**body, "now": gate}, minute=30) for gate in ("东门", "西门")]

    for push in [edits] if pushes == 1 else [edits[:1], edits[1:]]:
        assert set(outcomes(await phone.push(*push))) == {"recorded"}
    assert (await quarrel.note(), len(await quarrel.journal())) == ("西门", conflicts)

    assert outcomes(await desk.push(desk.fact(job_id, "note_added", {"text": "晚到"}, minute=2))) == ["recorded"]
    assert (await quarrel.note(), len(await quarrel.journal())) == ("西门", conflicts), "folded anew from the whole log"
