"""What holds for every kind of record that the desk keeps; what is peculiar to one has a file of its own."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from tests.builders.desk_records import ABSENCE, CERTIFICATE, KINDS, Kind
from tests.builders.organisations import add_organisation
from tests.builders.sample_desk import ADMIN, AUDITOR, DISPATCHER, ELSEWHERE, Desk, every_page

of_every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.path.rpartition("/")[2])
# An outlet belongs to itself; the others belong to one, whose people alone may see them.
of_an_outlet = pytest.mark.parametrize("kind", KINDS[1:], ids=lambda kind: kind.path.rpartition("/")[2])


async def created(desk: Desk, kind: Kind) -> dict[str, Any]:
    answer = await desk.ask(kind.keeper, "POST", kind.path, json=kind.new)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


@of_every_kind
async def test_what_is_created_is_read_back_whole(desk: Desk, kind: Kind) -> None:
    record = await created(desk, kind)

    answer = await desk.ask(kind.keeper, "GET", f"{kind.path}/{record['id']}")

    assert answer.json() == record
    assert answer.headers["etag"] == '"1"'
    assert kind.new.items() <= record.items()


@of_every_kind
async def test_creating_twice_with_one_id_is_creating_once(desk: Desk, kind: Kind) -> None:
    body = {**kind.new, "id": str(uuid4())}

    first, second = [await desk.ask(kind.keeper, "POST", kind.path, json=body) for _ in range(2)]

    assert (second.status_code, second.json()) == (201, first.json())
    assert first.json()["id"] == body["id"]


@of_every_kind
async def test_one_id_cannot_name_two_contents(desk: Desk, kind: Kind) -> None:
    body = {**kind.new, "id": str(uuid4())}
    await desk.ask(kind.keeper, "POST", kind.path, json=body)

    other = await desk.ask(kind.keeper, "POST", kind.path, json={**body, **kind.change})

    assert (other.status_code, other.json()["code"]) == (409, "already_exists")


@of_every_kind
async def test_a_change_raises_the_version_and_nothing_else_changes(desk: Desk, kind: Kind) -> None:
    record = await created(desk, kind)

    answer = await desk.ask(kind.keeper, "PUT", f"{kind.path}/{record['id']}", version=1, json=kind.changed)

    assert answer.headers["etag"] == '"2"'
    assert answer.json() == {**record, **kind.change, "version": 2}


@of_every_kind
async def test_a_change_must_say_what_it_was_made_from(desk: Desk, kind: Kind) -> None:
    record = await created(desk, kind)

    answer = await desk.ask(kind.keeper, "PUT", f"{kind.path}/{record['id']}", json=kind.changed)

    assert (answer.status_code, answer.json()["code"]) == (428, "version_required")


@of_every_kind
async def test_a_stale_change_is_refused_with_what_is_stored_now(desk: Desk, kind: Kind) -> None:
    record = await created(desk, kind)
    path = f"{kind.path}/{record['id']}"
    current = (await desk.ask(kind.keeper, "PUT", path, version=1, json=kind.changed)).json()

    stale = await desk.ask(kind.keeper, "PUT", path, version=1, json=kind.changed)

    assert (stale.status_code, stale.json()["code"]) == (412, "version_changed")
    assert stale.json()["current"] == current


@of_every_kind
async def test_of_two_changes_at_once_one_counts(desk: Desk, kind: Kind) -> None:
    record = await created(desk, kind)
    path = f"{kind.path}/{record['id']}"
    await desk.ask(kind.keeper, "GET", path)

    answers = await asyncio.gather(
        *(desk.ask(kind.keeper, "PUT", path, version=1, json=kind.changed) for _ in range(4))
    )

    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412]
    assert (await desk.ask(kind.keeper, "GET", path)).json()["version"] == 2


@of_every_kind
async def test_a_record_is_not_found_by_another_organisation(desk: Desk, kind: Kind) -> None:
    record = await created(desk, kind)
    stranger = (await add_organisation(desk.database)).dispatcher

    answer = await desk.client.get(f"{kind.path}/{record['id']}", headers=stranger.headers)
    listed = await desk.client.get(kind.path, headers=stranger.headers)

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert record["id"] not in {each["id"] for each in listed.json()["items"]}


@of_an_outlet
async def test_a_record_is_not_found_by_another_outlet(desk: Desk, kind: Kind) -> None:
    record = await created(desk, kind)
    path = f"{kind.path}/{record['id']}"

    answer = await desk.ask(ELSEWHERE, "GET", path)
    change = await desk.ask("supervisor.sz01", "PUT", path, version=1, json=kind.changed)

    assert answer.status_code == 404
    assert change.status_code in {404, 422}
    assert (await desk.ask(kind.keeper, "GET", path)).json() == record
    assert record["id"] not in {each["id"] for each in await every_page(desk, ELSEWHERE, kind.path)}
    assert record["id"] in {each["id"] for each in await every_page(desk, DISPATCHER, kind.path)}


@of_every_kind
async def test_an_auditor_reads_and_changes_nothing(desk: Desk, kind: Kind) -> None:
    record = await created(desk, kind)
    path = f"{kind.path}/{record['id']}"

    assert (await desk.ask(AUDITOR, "GET", path)).json() == record
    assert (await desk.ask(AUDITOR, "POST", kind.path, json=kind.new)).status_code == 403
    assert (await desk.ask(AUDITOR, "PUT", path, version=1, json=kind.changed)).status_code == 403


@of_every_kind
async def test_a_field_that_nobody_knows_is_refused(desk: Desk, kind: Kind) -> None:
    answer = await desk.ask(kind.keeper, "POST", kind.path, json={**kind.new, "org_id": str(uuid4())})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/org_id"


@of_every_kind
async def test_a_cursor_belongs_to_its_list(desk: Desk, kind: Kind) -> None:
    other = "/v1/sites" if kind.path == "/v1/customers" else "/v1/customers"
    foreign = (await desk.ask(ADMIN, "GET", other, params={"limit": 1})).json()["next_cursor"]

    for cursor in (foreign, "not a cursor", "bnVsbA=="):
        answer = await desk.ask(ADMIN, "GET", kind.path, params={"cursor": cursor})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/cursor")


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [(CERTIFICATE, "valid_until", "2024-12-31"), (ABSENCE, "ends_at", "2025-07-01T00:00:00Z")],
    ids=["certificate", "absence"],
)
async def test_a_span_that_ends_before_it_begins_is_refused_by_the_name_of_its_end(
    desk: Desk, kind: Kind, field: str, value: str
) -> None:
    answer = await desk.ask(kind.keeper, "POST", kind.path, json={**kind.new, field: value})

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"/{field}"]
