"""Bundles: whatever digest a pull announces has one body, which never changes and never goes missing in between."""

import asyncio
import hashlib
from typing import Any

import msgspec
from httpx import AsyncClient, Response
from sqlalchemy import text

from domain.catalogue import Part
from service.store.catalogue import items as catalogue
from service.store.catalogue.kinds import PartEntry
from service.store.tables import catalogue_bundles
from sync.digest import canonical
from tests.builders.fleet import open_transaction, stored, until_somebody_waits
from tests.builders.organisations import Organisation, add_organisation
from tests.builders.sample_desk import DISPATCHER, SUPERVISOR, TECHNICIAN, Desk

PART = "P-AC-011"


async def announced(desk: Desk) -> str:
    """What a phone hears at the end of its pull."""
    answer = await desk.ask(TECHNICIAN, "POST", "/v1/sync/pull", json={})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["catalogue"])


async def bundle(desk: Desk, digest: str, login: str = TECHNICIAN) -> Response:
    return await desk.ask(login, "GET", f"/v1/catalogue/bundles/{digest}")


async def price(desk: Desk, fen: int, code: str = PART) -> int:
    """Set the price of a part; answers the status."""
    entry = (await desk.ask(SUPERVISOR, "GET", f"/v1/catalogue/parts/{code}")).json()
    item = {**entry["item"], "price_fen": fen}
    path = f"/v1/catalogue/parts/{code}"
    return (await desk.ask(SUPERVISOR, "PUT", path, version=entry["version"], json=item)).status_code


def price_in(answer: Response, code: str = PART) -> int:
    prices: dict[str, int] = {part["code"]: part["price_fen"] for part in answer.json()["parts"]}
    return prices[code]


async def test_every_digest_that_was_announced_is_that_of_its_bundle(desk: Desk) -> None:
    heard = [await announced(desk)]
    for fen in (100, 200, 300):
        assert await price(desk, fen) == 200
        heard.append(await announced(desk))

    answers = [await bundle(desk, digest) for digest in heard]

    assert [hashlib.sha256(answer.content).hexdigest()[:16] for answer in answers] == heard
    assert [price_in(answer) for answer in answers[1:]] == [100, 200, 300]
    assert len(set(heard)) == 4
    for answer in answers:
        assert canonical(answer.json()) == answer.content


async def test_a_bundle_is_the_catalogue_that_the_desk_reads(desk: Desk) -> None:
    whole: dict[str, Any] = (await desk.ask(DISPATCHER, "GET", "/v1/catalogue")).json()

    assert (await bundle(desk, whole.pop("digest"))).json() == whole


async def test_a_bundle_may_be_kept_for_good_and_by_nobody_in_between(desk: Desk) -> None:
    answer = await bundle(desk, await announced(desk))

    assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "application/json"


async def test_what_was_never_announced_is_not_found(desk: Desk) -> None:
    for made_up in ("0" * 16, "x", (await announced(desk))[:15], "%00"):
        answer = await bundle(desk, made_up)
        assert answer.status_code in {404, 422}, made_up
        assert "max-age" not in answer.headers["cache-control"]


async def test_another_organisation_and_nobody_at_all_read_no_bundle(desk: Desk) -> None:
    path = f"/v1/catalogue/bundles/{await announced(desk)}"
    stranger: Organisation = await add_organisation(desk.database)

    assert (await desk.client.get(path, headers=stranger.dispatcher.headers)).status_code == 404
    assert (await desk.client.get(path)).status_code == 401


async def test_an_organisation_without_a_catalogue_announces_none(
    client: AsyncClient, an_organisation: Organisation
) -> None:
    headers = an_organisation.technician.headers
    pulled = (await client.post("/v1/sync/pull", json={}, headers=headers)).json()
    whole = (await client.get("/v1/catalogue", headers=headers)).json()

    assert (pulled["catalogue"], whole["digest"]) == ("", "")
    assert {len(items) for name, items in whole.items() if name not in ("digest", "holiday_years")} == {0}


async def test_a_change_is_announced_when_it_is_committed_and_not_before(desk: Desk) -> None:
    before, org_id = await announced(desk), desk.card.org_id
    entry = (await desk.ask(DISPATCHER, "GET", f"/v1/catalogue/parts/{PART}")).json()
    dearer = msgspec.convert({**entry["item"], "price_fen": 7}, Part)

    async with open_transaction(desk.database) as db:
        await catalogue.insert_items(db, org_id, [dearer], version=2)
        assert await announced(desk) == before
        await db.rollback()
    assert await announced(desk) == before
    assert (await desk.ask(DISPATCHER, "GET", f"/v1/catalogue/parts/{PART}")).json() == entry
    async with open_transaction(desk.database) as db:
        await catalogue.insert_items(db, org_id, [dearer], version=2)
        await db.commit()

    assert price_in(await bundle(desk, await announced(desk))) == 7


async def test_two_changes_at_once_are_both_in_what_is_announced(desk: Desk) -> None:
    other, org_id = "P-AC-012", desk.card.org_id
    entry = (await desk.ask(DISPATCHER, "GET", f"/v1/catalogue/parts/{PART}")).json()
    dearer = msgspec.convert({**entry["item"], "price_fen": 11}, Part)

    async with open_transaction(desk.database) as db:
        await catalogue.put_item(db, org_id, PartEntry, dearer, entry["version"])
        second = asyncio.create_task(price(desk, 11, other))
        await until_somebody_waits(desk.database)
        await db.commit()

    assert await second == 200
    last = await bundle(desk, await announced(desk))
    assert [price_in(last, code) for code in (PART, other)] == [11, 11]


async def test_all_who_ask_at_once_while_it_changes_get_what_they_asked_for(desk: Desk) -> None:
    before = await announced(desk)
    asking = [bundle(desk, before, login) for login in (TECHNICIAN, DISPATCHER, SUPERVISOR) * 4]

    changed, answers = await asyncio.gather(price(desk, 13), asyncio.gather(*asking))

    assert (changed, {answer.status_code for answer in answers}) == (200, {200})
    assert len({answer.content for answer in answers}) == 1


async def test_what_was_replaced_is_kept_for_ninety_days_and_what_comes_back_for_good(desk: Desk) -> None:
    first = await announced(desk)
    was = price_in(await bundle(desk, first))
    await price(desk, 17)
    second = await announced(desk)
    await price(desk, was)
    assert await announced(desk) == first
    await _days_later(desk, 89)
    await price(desk, 19)
    assert [(await bundle(desk, each)).status_code for each in (first, second)] == [200, 200]
    await _days_later(desk, 2)

    await price(desk, 23)

    assert [(await bundle(desk, each)).status_code for each in (first, second)] == [200, 404]
    current = [row for row in await stored(desk.database, catalogue_bundles) if row["replaced_at"] is None]
    assert [row["digest"] for row in current] == [await announced(desk)]


async def _days_later(desk: Desk, days: int) -> None:
    async with desk.database.transaction() as db:
        sooner = "UPDATE catalogue_bundles SET replaced_at = replaced_at - make_interval(days => :days)"
        await db.execute(text(sooner), {"days": days})
