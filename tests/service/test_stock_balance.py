"""Whatever happens in whatever order: what lies where is what went in less what went out, and each part counts once."""

import random
from collections import Counter
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from service.database import Database
from service.seed.company import sample_id
from service.store.tables import documents, stock_uses
from tests.builders.fleet import stored
from tests.builders.phone import START, job_opened, visit_planned
from tests.builders.sample_desk import DISPATCHER, SUPERVISOR, TECHNICIAN, Desk, every_page

DEPOT, WANG, LI = sample_id("outlet", "HZ01"), sample_id("member", "HZ0107"), sample_id("member", "HZ0112")
PARTS = ("P-AC-011", "P-AC-013", "P-AC-017")
VISITS = 40
Balances = Counter[tuple[str, str]]


class History:
    """Visits that use parts and take some back, and a depot that moves them; what should lie where after all that."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 (a repeatable history)
        self.opening: list[dict[str, Any]] = []
        self.facts: dict[UUID, list[dict[str, Any]]] = {WANG: [], LI: []}
        self.operations: list[dict[str, Any]] = []
        self.expected: Balances = Counter()
        self.fitted: set[str] = set()
        self.kept: set[tuple[str, str]] = set()
        self.seq: Counter[UUID] = Counter()
        for _ in range(VISITS):
            self._visit(self.chance.choice((WANG, LI)))
        for _ in range(VISITS // 2):
            self._operation()

    def _visit(self, technician_id: UUID) -> None:
        job_id, visit_id = str(uuid4()), str(uuid4())
        self.opening.append(self._fact(job_id, {"job_opened": job_opened(DEPOT)}))
        self.opening.append(self._fact(job_id, {"visit_planned": visit_planned(technician_id)}, visit_id=visit_id))
        for _ in range(self.chance.randrange(5)):
            self._use(technician_id, job_id, visit_id)

    def _use(self, technician_id: UUID, job_id: str, visit_id: str) -> None:
        source, part = self.chance.choice(("van", "van", "depot", "purchased")), self.chance.choice(PARTS)
        quantity = self.chance.choice((1000, 2000, 500))
        body = {"part_code": part, "source": source, "quantity_thousandths": quantity}
        used = self._fact(job_id, {"part_used": body}, visit_id=visit_id, by=technician_id)
        self.facts[technician_id].append(used)
        if self.chance.random() < 0.3:
            taken_back = {"fact_retracted": {"fact_id": used["id"], "reason": "扫错"}}
            self.facts[technician_id].append(self._fact(job_id, taken_back, by=technician_id))
            return
        self.fitted.add(used["id"])
        location_id = {"van": technician_id, "depot": DEPOT}.get(source)
        if location_id is not None:
            self.expected[str(location_id), part] -= quantity

    def _operation(self) -> None:
        van, part, quantity = self.chance.choice((WANG, LI)), self.chance.choice(PARTS), self.chance.randrange(1, 5000)
        kind, taken_from, put_to = self.chance.choice(
            [
                ("received", None, DEPOT),
                ("received", None, van),
                ("issued", DEPOT, van),
                ("returned", van, DEPOT),
                ("scrapped", van, None),
                ("counted", None, DEPOT),
            ]
        )
        body = {"id": str(uuid4()), "kind": kind, "part_code": part, "quantity_thousandths": quantity, "unit": "piece"}
        ends = {"from_location_id": taken_from, "to_location_id": put_to}
        self.operations.append({**body, "reason": "盘点", **{name: each and str(each) for name, each in ends.items()}})

    def moved(self, operation: dict[str, Any]) -> None:
        """The operation was recorded."""
        for name, sign in (("from_location_id", -1), ("to_location_id", 1)):
            if operation[name] is not None:
                self.kept.add((operation[name], operation["part_code"]))
                self.expected[operation[name], operation["part_code"]] += sign * operation["quantity_thousandths"]

    def _fact(self, job_id: str, said: dict[str, Any], by: UUID | None = None, **more: Any) -> dict[str, Any]:
        """A phone counts its facts; a desk does not."""
        self.seq[by or DEPOT] += 1
        seq = None if by is None else self.seq[by]
        return {"id": str(uuid4()), "job_id": job_id, "happened_at": START.isoformat(), "seq": seq, **said, **more}


async def play(desk: Desk, history: History) -> None:
    """Batches of both phones out of order, some twice, between operations of two desks."""
    for start in range(0, len(history.opening), 200):
        await push(desk, DISPATCHER, history.opening[start : start + 200])
    steps: list[tuple[str, Any]] = [(SUPERVISOR, each) for each in history.operations]
    for technician_id, login in ((WANG, TECHNICIAN), (LI, "HZ0112")):
        facts = history.chance.sample(history.facts[technician_id], len(history.facts[technician_id]))
        batches = [facts[start : start + 7] for start in range(0, len(facts), 7)]
        steps += [(login, batch) for batch in batches + history.chance.choices(batches, k=3)]
    for login, step in history.chance.sample(steps, len(steps)):
        if isinstance(step, list):
            await push(desk, login, step)
            continue
        answer = await desk.ask(login, "POST", "/v1/stock/operations", json=step)
        if answer.status_code == 201:
            history.moved(step)
        else:
            assert answer.json()["code"] == "stock_short", answer.text


async def push(desk: Desk, login: str, facts: list[dict[str, Any]]) -> None:
    answer = await desk.ask(login, "POST", "/v1/sync/push", json={"facts": facts})
    told = {each["outcome"] for each in answer.json()["outcomes"]}
    assert told <= {"recorded", "recorded_with_findings", "duplicate"}, answer.text


@pytest.mark.parametrize("seed", range(8))
async def test_stock_balances_whatever_happens_in_whatever_order(desk: Desk, seed: int) -> None:
    history = History(seed)
    opening = await balances(desk)
    history.expected.update(opening)
    history.kept.update(opening)

    await play(desk, history)

    found = await balances(desk)
    short = {place for place, quantity in found.items() if quantity < 0 and place in history.kept}
    assert found == {place: history.expected[place] for place in found}
    assert not set(history.expected) - set(found)
    assert await fitted(desk.database) == Counter(history.fitted)
    assert await in_documents(desk.database) == await fitted(desk.database)
    assert await short_by_cases(desk) == short


async def balances(desk: Desk) -> dict[tuple[str, str], int]:
    lines = await every_page(desk, DISPATCHER, "/v1/stock/balances")
    return {(line["location_id"], line["part_code"]): line["quantity_thousandths"] for line in lines}


async def fitted(database: Database) -> Counter[str]:
    return Counter(str(row["fact_id"]) for row in await stored(database, stock_uses))


async def in_documents(database: Database) -> Counter[str]:
    jobs = [msgspec.json.decode(row["body"]) for row in await stored(database, documents, documents.c.kind == "job")]
    return Counter(line["fact_id"] for job in jobs for visit in job["visits"] for line in visit["parts"])


async def short_by_cases(desk: Desk) -> set[tuple[str, str]]:
    cases = await every_page(desk, DISPATCHER, "/v1/cases", kind="shortage", state="open")
    read = [(await desk.ask(DISPATCHER, "GET", f"/v1/cases/{case['id']}")).json()["shortage"] for case in cases]
    return {(each["location_id"], each["part_code"]) for each in read}
