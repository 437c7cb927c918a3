"""Webhooks: what happened is told to whoever asked for it, signed, and not given up easily."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from domain.events import Event, EventData, EventKind
from domain.people.actor import Role
from service.routes import webhook_deliveries
from service.store.webhooks import events
from service.store.webhooks.deliveries import LADDER
from service.webhooks import sending
from service.webhooks.rounds import send_out
from tests.builders.organisations import add_organisation, add_person
from tests.builders.webhook_desk import TOLD_OF_A_DAY, WebhookDesk
from tests.processes.receiver import Headers, receiving, status

NAMES = ("王建国", "西湖服务站", "HZ0107")


@pytest.fixture
def desk(webhook_desk: WebhookDesk) -> WebhookDesk:
    return webhook_desk


async def test_a_day_that_a_phone_pushes_at_once_is_told_step_by_step(desk: WebhookDesk) -> None:
    async with receiving() as receiver:
        made = await desk.create(receiver.url)
        receiver.secret = made["secret"]
        (job_id,) = await desk.a_day()

        await desk.deliver()

    assert [kind for kind in receiver.kinds if not kind.startswith("case.")] == list(TOLD_OF_A_DAY)
    assert receiver.forged == 0
    assert {event["data"]["job_id"] for event in receiver.events} == {str(job_id)}
    assert [event["position"] for event in receiver.events] == [*range(1, len(receiver.events) + 1)]
    assert [headers["webhook-id"] for headers in receiver.headers] == [event["id"] for event in receiver.events]


async def test_events_carry_ids_and_codes_and_nobodys_name(desk: WebhookDesk) -> None:
    await desk.create("http://127.0.0.1:9/hook")
    await desk.a_day()

    rows = await desk.database.pull_pool.fetch("SELECT data::text FROM events")

    assert rows
    assert not [row for row in rows for name in NAMES if name in row[0]]


async def test_while_nobody_listens_nothing_is_kept(desk: WebhookDesk) -> None:
    await desk.a_day()
    async with desk.database.transaction() as db:
        frozen = Event(kind=EventKind.SNAPSHOT_FROZEN, data=EventData(snapshot_id=uuid4()))
        await events.announce(db, desk.organisation.org_id, [frozen])

    assert await desk.database.pull_pool.fetchval("SELECT count(*) FROM events") == 0


async def test_a_push_that_comes_to_nothing_tells_nothing(desk: WebhookDesk) -> None:
    await desk.create("http://127.0.0.1:9/hook")
    async with desk.database.engine.connect() as db:
        frozen = Event(kind=EventKind.SNAPSHOT_FROZEN, data=EventData(snapshot_id=uuid4()))
        await events.announce(db, desk.organisation.org_id, [frozen])
        await db.rollback()
    await desk.deliver()

    assert (await desk.get("events"))["items"] == []


async def test_a_webhook_is_told_what_it_asked_for_and_only_from_then_on(desk: WebhookDesk) -> None:
    await desk.create("http://127.0.0.1:9/hook")
    await desk.a_day()
    await desk.deliver()
    async with receiving() as receiver:
        await desk.create(receiver.url, events=["job.*", "visit.arrived"])
        await desk.a_day()

        await desk.deliver()

    assert receiver.kinds == ["job.opened", "visit.arrived"]


async def test_a_case_is_told_when_it_opens_and_when_somebody_decides_it(desk: WebhookDesk) -> None:
    async with receiving() as receiver:
        await desk.create(receiver.url, events=["case.*"])
        await desk.a_day(done=("work_started",))
        supervisor = await desk_member(desk, Role.SUPERVISOR)
        found = await desk.client.get("/v1/cases", headers=supervisor)
        case = found.json()["items"][0]
        decided = await desk.client.post(
            f"/v1/cases/{case['id']}/decision", json={"choice": "accept", "reason": "已核实"}, headers=supervisor
        )
        assert decided.status_code == 200, decided.text

        await desk.deliver()

    told = [event["type"] for event in receiver.events if event["data"]["case_id"] == case["id"]]
    assert told == ["case.opened", "case.decided"]
    first = next(event["data"] for event in receiver.events if event["data"]["case_id"] == case["id"])
    assert (first["case_kind"], first["code"], first["job_id"]) == (case["kind"], case["code"], case["job_id"])


async def test_what_fails_is_tried_again_and_holds_back_only_its_own_job(desk: WebhookDesk) -> None:
    refused: set[str] = set()

    async def refuse_once(headers: Headers, body: bytes) -> bytes:
        if not refused and b"visit.planned" in body:
            refused.add(headers["webhook-id"])
            return status(500)
        receiver.take(headers, body)
        return status(200)

    async with receiving(answer=refuse_once) as receiver:
        await desk.create(receiver.url, events=["job.*", "visit.*"])
        await desk.a_day(2)
        await desk.deliver()
        before = {event["data"]["job_id"]: 0 for event in receiver.events}
        for event in receiver.events:
            before[event["data"]["job_id"]] += 1

        await desk.time_goes_by()
        await desk.deliver()

    assert sorted(before.values()) == [1, len(TOLD_OF_A_DAY)]
    for job_id in before:
        assert [each["type"] for each in receiver.events if each["data"]["job_id"] == job_id] == list(TOLD_OF_A_DAY)


async def test_what_nobody_ever_takes_fails_in_the_end_and_can_be_sent_again(desk: WebhookDesk) -> None:
    async def refuse(headers: Headers, body: bytes) -> bytes:
        return status(400)

    async with receiving(answer=refuse) as receiver:
        webhook = (await desk.create(receiver.url, events=["job.*"]))["webhook"]
        await desk.a_day()
        for _ in range(len(LADDER) + 1):
            await desk.deliver()
            await desk.time_goes_by()
        (failed,) = (await desk.get(f"webhooks/{webhook['id']}/deliveries", state="failed"))["items"]
        assert (failed["attempts"], failed["status"], failed["error"]) == (len(LADDER) + 1, 400, "refused")

        receiver.answer = None
        again = await desk.post(f"/{webhook['id']}/deliveries/{failed['event_id']}/retry", {})
        await desk.deliver()

    assert again.status_code == 200, again.text
    assert receiver.kinds == ["job.opened"]
    (log,) = (await desk.get(f"webhooks/{webhook['id']}/deliveries"))["items"]
    assert (log["state"], log["status"], log["error"]) == ("delivered", 204, None)


async def replayed(desk: WebhookDesk, webhook: dict[str, Any], **where: Any) -> dict[str, Any]:
    answer = await desk.post(f"/{webhook['id']}/replay", where)
    assert answer.status_code == 200, answer.text
    await desk.deliver()
    return dict(answer.json())


async def test_what_failed_is_sent_again_all_at_once_and_nothing_that_arrived(desk: WebhookDesk) -> None:
    async with receiving() as receiver:
        webhook = (await desk.create(receiver.url))["webhook"]
        await desk.a_day()
        await desk.deliver()
        receiver.events.clear()
        failed = await desk.database.pull_pool.fetch(
            "UPDATE deliveries SET state = 'failed', attempts = 12 WHERE position % 3 = 0 RETURNING position"
        )
        positions = sorted(row["position"] for row in failed)

        assert await replayed(desk, webhook, after=positions[0]) == {
            "deliveries": len(positions) - 1,
            "next_after": None,
        }
        assert [event["position"] for event in receiver.events] == positions[1:]
        assert (await replayed(desk, webhook, since="2001-01-01T00:00:00Z"))["deliveries"] == 1
        assert (await replayed(desk, webhook, since="2999-01-01T00:00:00Z", after=0))["deliveries"] == 0

    assert [event["position"] for event in receiver.events] == [*positions[1:], positions[0]]


async def test_everything_that_is_asked_for_is_sent_again_in_its_order_also_what_was_never_sent(
    desk: WebhookDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.create("http://127.0.0.1:9/hook")
    await desk.a_day()
    await desk.deliver()
    async with receiving() as receiver:
        webhook = (await desk.create(receiver.url, events=["visit.*", "job.*"]))["webhook"]
        assert (await replayed(desk, webhook, after=0, scope="failed"))["deliveries"] == 0
        monkeypatch.setattr(webhook_deliveries, "REPLAYED_AT_ONCE", 4)
        first = await replayed(desk, webhook, after=0, scope="every")
        assert first["deliveries"] == 4
        rest = await replayed(desk, webhook, after=first["next_after"], scope="every")

    assert rest == {"deliveries": len(TOLD_OF_A_DAY) - 4, "next_after": None}
    assert receiver.kinds == list(TOLD_OF_A_DAY)


async def test_a_replay_from_nowhere_is_refused(desk: WebhookDesk) -> None:
    webhook = (await desk.create("http://127.0.0.1:9/hook"))["webhook"]
    for body in ({}, {"after": -1}, {"after": 2**63}, {"since": "yesterday"}, {"after": 0, "scope": "some"}):
        refused = await desk.post(f"/{webhook['id']}/replay", body)
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid_body")
    assert (await desk.post(f"/{uuid4()}/replay", {"after": 0})).status_code == 404


async def test_an_address_where_nothing_arrives_is_tried_with_one_event_and_then_switched_off(
    desk: WebhookDesk,
) -> None:
    tried: list[str] = []

    async def refuse(headers: Headers, body: bytes) -> bytes:
        tried.append(headers["webhook-id"])
        return status(503)

    async with receiving(answer=refuse) as receiver:
        webhook = (await desk.create(receiver.url))["webhook"]
        await desk.a_day(3)
        await desk.deliver()
        first = len(tried)
        await desk.time_goes_by()
        await desk.deliver()
        assert len(tried) == first + 1
        assert (await desk.get(f"webhooks/{webhook['id']}"))["failures"] == 2

        await desk.database.pull_pool.execute("UPDATE webhooks SET failing_since = now() - interval '4 days'")
        await desk.time_goes_by()
        await desk.deliver()
        off = await desk.get(f"webhooks/{webhook['id']}")
        assert (off["active"], off["disabled_why"]) == (False, "failing")

        await desk.time_goes_by()
        await desk.deliver()
        assert len(tried) == first + 2

        receiver.answer = None
        on = await desk.put(off, url=receiver.url, active=True)
        await desk.deliver()

    assert (on.json()["active"], on.json()["disabled_why"], on.json()["failures"]) == (True, None, 0)
    told = (await desk.get("events"))["items"]
    assert {event["id"] for event in receiver.events} == {event["id"] for event in told}


async def test_a_receiver_is_left_alone_as_long_as_it_asks_also_where_some_arrived(
    desk: WebhookDesk,
) -> None:
    tried: list[str] = []

    async def busy_after_one(headers: Headers, body: bytes) -> bytes:
        tried.append(headers["webhook-id"])
        return status(200) if len(tried) == 1 else status(429, "retry-after: 3600")

    async with receiving(answer=busy_after_one) as receiver:
        webhook = (await desk.create(receiver.url, events=["job.*"]))["webhook"]
        await desk.a_day(3)
        await desk.deliver()
        first = len(tried)
        await desk.deliver()

    assert first == len(tried) == 3
    waits = await desk.database.pull_pool.fetch(
        "SELECT extract(epoch FROM due_at - now()) AS seconds FROM deliveries WHERE state = 'waiting'"
        " UNION ALL SELECT extract(epoch FROM due_at - now()) FROM webhooks"
    )
    assert len(waits) == 3
    assert all(3_500 < row["seconds"] <= 3_600 for row in waits)
    assert (await desk.get(f"webhooks/{webhook['id']}"))["failures"] == 0


async def test_an_address_that_says_it_is_gone_is_switched_off_at_once(desk: WebhookDesk) -> None:
    async def gone(headers: Headers, body: bytes) -> bytes:
        return status(410)

    async with receiving(answer=gone) as receiver:
        webhook = (await desk.create(receiver.url))["webhook"]
        await desk.a_day()
        await desk.deliver()

    assert (await desk.get(f"webhooks/{webhook['id']}"))["disabled_why"] == "gone"


async def hang(_headers: Headers, _body: bytes) -> bytes:
    await asyncio.Event().wait()
    return b""


async def redirect(_headers: Headers, _body: bytes) -> bytes:
    return status(302, "location: http://127.0.0.1:1/admin")


async def garbage(_headers: Headers, _body: bytes) -> bytes:
    return b"\x00\xff not http at all\r\n\r\n"


async def endless_head(_headers: Headers, _body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 100_000


async def drop(_headers: Headers, _body: bytes) -> None:
    return None


@pytest.mark.parametrize(
    ("answer", "code", "error"),
    [
        (hang, None, "timed_out"),
        (redirect, 302, "redirected"),
        (garbage, None, "broken_answer"),
        (endless_head, None, "broken_answer"),
        (drop, None, "broken_answer"),
    ],
)
async def test_a_receiver_that_misbehaves_is_told_of_in_a_word(
    desk: WebhookDesk, monkeypatch: pytest.MonkeyPatch, answer: Any, code: int | None, error: str
) -> None:
    monkeypatch.setattr(sending, "WITHIN_SECONDS", 0.5)
    async with receiving(answer=answer) as receiver:
        webhook = (await desk.create(receiver.url, events=["job.*"]))["webhook"]
        pinged = (await desk.post(f"/{webhook['id']}/test", {})).json()
        await desk.a_day()
        await desk.deliver()

    assert (pinged["status"], pinged["error"]) == (code, error)
    (log,) = (await desk.get(f"webhooks/{webhook['id']}/deliveries"))["items"]
    assert (log["state"], log["status"], log["error"], log["attempts"]) == ("waiting", code, error, 1)


async def test_of_an_answer_without_end_little_is_read(desk: WebhookDesk) -> None:
    async def endless(headers: Headers, body: bytes) -> bytes:
        receiver.take(headers, body)
        return b"HTTP/1.1 200 OK\r\ncontent-length: 9000000000\r\n\r\n" + b"x" * 1_000_000

    async with receiving(answer=endless) as receiver:
        webhook = (await desk.create(receiver.url))["webhook"]
        pinged = (await desk.post(f"/{webhook['id']}/test", {})).json()

    assert (pinged["status"], pinged["error"], receiver.kinds) == (200, None, ["webhook.test"])


async def test_after_a_rotation_both_secrets_sign_for_a_while(desk: WebhookDesk) -> None:
    async with receiving() as receiver:
        made = await desk.create(receiver.url)
        path = f"/{made['webhook']['id']}"
        rotated = (await desk.post(f"{path}/secret-rotation", {"overlap_hours": 1})).json()
        for secret in (made["secret"], rotated["secret"]):
            receiver.secret = secret
            await desk.post(f"{path}/test", {})
        assert (receiver.forged, len(receiver.events)) == (0, 2)

        last = (await desk.post(f"{path}/secret-rotation", {"overlap_hours": 0})).json()
        await desk.post(f"{path}/test", {})
        assert receiver.forged == 1
        receiver.secret = last["secret"]
        await desk.post(f"{path}/test", {})

    assert (receiver.forged, len(receiver.events)) == (1, 3)


async def test_a_secret_is_told_once(desk: WebhookDesk) -> None:
    made = await desk.create("http://127.0.0.1:9/hook")

    assert made["secret"].startswith("whsec_")
    listed = (await desk.get("webhooks"))["items"]
    assert [each["id"] for each in listed] == [made["webhook"]["id"]]
    assert made["secret"] not in str(listed)


async def test_what_happened_is_read_on_from_where_one_was(desk: WebhookDesk) -> None:
    await desk.create("http://127.0.0.1:9/hook")
    await desk.a_day(2)
    await desk.deliver()
    everything = (await desk.get("events", limit=1000))["items"]
    read: list[Any] = []
    page = await desk.get("events", limit=3)
    while page["items"]:
        read += page["items"]
        page = await desk.get("events", limit=3, after=page["next_after"])

    assert read == everything
    assert (await desk.get("events", after=page["next_after"]))["next_after"] == page["next_after"]


async def test_what_commits_late_is_never_passed_over(desk: WebhookDesk) -> None:
    await desk.create("http://127.0.0.1:9/hook")
    outlet_id = desk.organisation.outlet_id
    slow, quick = [
        Event(kind=EventKind.KPI_RESTATED, data=EventData(code=code, outlet_id=outlet_id)) for code in ("K1", "K2")
    ]
    async with desk.database.engine.connect() as late:
        await events.announce(late, desk.organisation.org_id, [slow])
        async with desk.database.transaction() as db:
            await events.announce(db, desk.organisation.org_id, [quick])
        await desk.deliver()
        first = await desk.get("events")
        await late.commit()
    await desk.deliver()

    rest = await desk.get("events", after=first["next_after"])

    assert [event["data"]["code"] for event in first["items"] + rest["items"]] == ["K2", "K1"]


async def test_positions_are_given_once_also_after_everything_is_forgotten(desk: WebhookDesk) -> None:
    await desk.create("http://127.0.0.1:9/hook")
    await desk.a_day()
    await desk.deliver()
    last = (await desk.get("events", limit=1000))["next_after"]
    await desk.database.pull_pool.execute("DELETE FROM events")
    await desk.a_day()
    await desk.deliver()

    assert (await desk.get("events"))["items"][0]["position"] == last + 1


async def test_webhooks_belong_to_the_admin_of_their_organisation(desk: WebhookDesk) -> None:
    webhook = (await desk.create("http://127.0.0.1:9/hook"))["webhook"]
    other = await add_organisation(desk.database, "OTHER")
    async with desk.database.transaction() as db:
        foreign = await add_person(db, other.org_id, other.outlet_id, Role.ADMIN, "ADMIN", "管理员")
    await desk.a_day()
    await desk.deliver()
    path = f"/v1/webhooks/{webhook['id']}"

    bound = await admin_of_one_outlet(desk)

    for headers, code in ((desk.organisation.dispatcher.headers, 403), (bound, 403), (foreign.headers, 404)):
        for way in (path, f"{path}/deliveries"):
            assert (await desk.client.get(way, headers=headers)).status_code == code
        for way in ("test", "secret-rotation", f"deliveries/{uuid4()}/retry"):
            assert (await desk.client.post(f"{path}/{way}", json={}, headers=headers)).status_code == code
        replay = await desk.client.post(f"{path}/replay", json={"after": 0}, headers=headers)
        assert replay.status_code == code
    assert (await desk.client.get("/v1/events", headers=foreign.headers)).json()["items"] == []


async def test_a_webhook_whose_creation_is_sent_again_misses_nothing(desk: WebhookDesk) -> None:
    async with receiving() as receiver:
        first = await desk.create(receiver.url, id=str(uuid4()))
        await desk.a_day()
        async with desk.database.transaction() as db:
            await send_out(db)
        again = await desk.create(receiver.url, id=first["webhook"]["id"])
        await desk.deliver()

    assert again == first
    assert len(receiver.events) > 3


async def test_a_webhook_that_is_removed_is_told_nothing_more(desk: WebhookDesk) -> None:
    async with receiving() as receiver:
        webhook = (await desk.create(receiver.url))["webhook"]
        await desk.a_day()
        headers = {**desk.admin.headers, "if-match": f'"{webhook["version"]}"'}
        gone = await desk.client.delete(f"/v1/webhooks/{webhook['id']}", headers=headers)
        await desk.deliver()

    assert (gone.status_code, receiver.events) == (204, [])


async def test_an_organisation_has_so_many_and_no_more(desk: WebhookDesk) -> None:
    ids = [str(uuid4()) for _ in range(20)]
    for each in ids:
        await desk.create("http://127.0.0.1:9/hook", id=each)

    refused = await desk.post("", {"url": "http://127.0.0.1:9/hook"})
    sent_again = await desk.post("", {"url": "http://127.0.0.1:9/hook", "id": ids[-1]})

    assert (refused.status_code, refused.json()["code"]) == (409, "webhooks_full")
    assert (sent_again.status_code, sent_again.json()["webhook"]["id"]) == (201, ids[-1])
    listed = await desk.client.get("/v1/webhooks", headers=desk.admin.headers)
    assert {each["id"] for each in listed.json()["items"]} == {*ids}


async def test_who_administers_some_outlets_holds_no_right_over_what_concerns_all(desk: WebhookDesk) -> None:
    whole, bound = desk.admin.headers, await admin_of_one_outlet(desk)
    for way in ("webhooks", "tasks"):
        codes = [(await desk.client.get(f"/v1/{way}", headers=headers)).status_code for headers in (whole, bound)]
        assert codes == [200, 403]
    scheme = await desk.client.put(
        "/v1/scoring-profiles/own",
        json={"code": "own", "zh": "自定", "en": "Own"},
        headers={**bound, "if-match": '"0"'},
    )
    assert (scheme.status_code, scheme.json()["code"]) == (403, "not_permitted")
    rights = [(await desk.client.get("/v1/me", headers=headers)).json()["rights"] for headers in (whole, bound)]
    assert set(rights[0]) - set(rights[1]) == {"manage_webhooks", "manage_tasks", "edit_schemes"}


async def admin_of_one_outlet(desk: WebhookDesk) -> dict[str, str]:
    async with desk.database.transaction() as db:
        where = desk.organisation.org_id, desk.organisation.outlet_id
        return (await add_person(db, *where, Role.ADMIN, "HZ-ADMIN", "管理员", bound=True)).headers


async def desk_member(desk: WebhookDesk, role: Role) -> dict[str, str]:
    async with desk.database.transaction() as db:
        where = desk.organisation.org_id, desk.organisation.outlet_id
        return (await add_person(db, *where, role, role.value.upper(), "主管")).headers
