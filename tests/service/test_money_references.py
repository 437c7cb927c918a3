"""One number of a voucher or a payment on two jobs: a case of each, at whichever desk, until one is taken back."""

import asyncio
from typing import Any

import pytest

from service.store.jobs.money_references import JOBS_OF_ONE_NUMBER
from service.store.tables import money_references
from tests.builders.fleet import stored
from tests.builders.phone import Phone
from tests.service.test_stock_uses import Street, street
from tests.service.test_sync_cost import jobs_of, watched

__all__ = ["street"]

PAID = ("paid", {"amount_fen": 100, "method": "terminal", "reference": "POS-7"})
INVOICE = ("invoice_issued", {"kind": "invoice", "number": "24332000", "amount_fen": 0})
RECEIPT = ("invoice_issued", {"kind": "receipt", "number": "S-0012", "amount_fen": 0})


async def named(street: Street, said: tuple[str, dict[str, Any]], count: int) -> list[tuple[str, dict[str, Any]]]:
    """Jobs that all name one number, with the facts that do."""
    jobs = [await street.job(begins=60 + number) for number in range(count)]
    facts = [street.phone.fact(job[0], *said, visit_id=job[1], minute=100 + n) for n, job in enumerate(jobs)]
    for fact in facts:
        await street.phone.push(fact)
    return [(str(job[0]), fact) for job, fact in zip(jobs, facts, strict=True)]


@pytest.mark.parametrize(("said", "kind"), [(PAID, "payment"), (INVOICE, "invoice"), (RECEIPT, "receipt")])
async def test_a_number_on_two_jobs_is_a_case_of_both_until_one_is_taken_back(
    street: Street, said: tuple[str, dict[str, Any]], kind: str
) -> None:
    (first, _), (second, fact) = await named(street, said, 2)

    lines = await street.cases("reference", state="open")
    (case_id,) = (line["id"] for line in lines if line["job_id"] == first)
    case = await street.case(case_id)
    await street.retract((fact["job_id"], fact["visit_id"]), fact)

    assert {line["job_id"] for line in lines} == {first, second}
    assert (case["code"], case["outlet_id"]) == (f"{kind}_number_repeated", str(street.organisation.outlet_id))
    assert (case["reference"]["kind"], case["reference"]["other_job_ids"]) == (kind, [second])
    assert case["reference"]["number"] in case["zh"]
    assert {each["state"] for each in await street.cases("reference")} == {"cleared"}


async def test_a_number_on_one_job_is_no_case_however_often_it_is_named_there(street: Street) -> None:
    job = await street.job()
    facts = [street.phone.fact(job[0], *PAID, visit_id=job[1], minute=100 + number) for number in range(2)]

    await street.phone.push(*facts)

    assert await street.cases("reference") == []
    assert len(await stored(street.database, money_references)) == 1


async def test_of_two_phones_at_the_same_moment_one_sees_the_other_s_number(street: Street) -> None:
    for attempt in range(5):
        jobs = [await street.job(begins=60 + attempt), await street.job(begins=61 + attempt)]
        said = ("paid", {"amount_fen": 100, "method": "terminal", "reference": f"POS-{attempt}"})
        phones = (street.phone, Phone(street.client, street.phone.person))
        facts = [street.phone.fact(job[0], *said, visit_id=job[1], minute=100, seq=None) for job in jobs]

        await asyncio.gather(*(phone.push(fact) for phone, fact in zip(phones, facts, strict=True)))

        assert len(await street.cases("reference")) == 2 * (attempt + 1)


async def test_what_a_person_decided_stays_decided_when_a_third_job_names_the_number(street: Street) -> None:
    (first, _), _ = await named(street, PAID, 2)
    (line,) = [line for line in await street.cases("reference") if line["job_id"] == first]
    decided = await street.client.post(
        f"/v1/cases/{line['id']}/decision",
        json={"choice": "accept", "reason": "一次付清两张工单"},
        headers=street.desk.person.headers,
    )

    ((third, _),) = await named(street, PAID, 1)

    assert decided.status_code == 200, decided.text
    states = {line["job_id"]: line["state"] for line in await street.cases("reference")}
    assert (states[first], states[third]) == ("decided", "open")


async def test_a_word_that_everybody_writes_opens_no_flood_and_fifty_jobs_cost_as_many_statements_as_one(
    street: Street,
) -> None:
    made = await jobs_of(street.desk, street.organisation, 51)
    counts = []
    for jobs in (made[:1], made[1:]):
        with watched(street.database) as seen:
            await street.phone.push(
                *(street.phone.fact(job, *INVOICE, visit_id=visit, minute=100) for job, visit in jobs)
            )
        counts.append(len(seen.statements))

    assert len(await street.cases("reference", limit="100")) == JOBS_OF_ONE_NUMBER
    assert counts[1] <= counts[0] + 2
