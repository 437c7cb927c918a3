"""What is created under an id of the caller's own may be sent again, at the same moment even: it is done once."""

import asyncio
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from service.http.endpoint import Operation
from service.routes import OPERATIONS
from service.store.webhooks.webhooks import NewWebhook
from tests.builders.fleet import rows_of
from tests.builders.sample_desk import ADMIN, Desk

EXAMPLES = {"create_webhook": NewWebhook(url="https://erp.example.com/hook")}
CREATING = [
    each
    for each in OPERATIONS
    if each.method == "POST" and not each.path_parameters and "id" in getattr(each.body, "__struct_fields__", ())
]


AN_ID = "0b1d4f0a-7e0c-4b66-9c52-0a8c1f1d2e3f"


def body_of(operation: Operation) -> dict[str, Any]:
    said: dict[str, Any] = msgspec.to_builtins(replace(operation.example or EXAMPLES[operation.id], id=AN_ID))
    return said


@pytest.mark.parametrize("operation", CREATING, ids=lambda each: each.id)
async def test_sent_four_times_at_one_moment_it_is_created_once_and_all_are_answered_alike(
    desk: Desk, operation: Operation
) -> None:
    said = body_of(operation)

    answers = await asyncio.gather(*(desk.ask(ADMIN, "POST", operation.path, json=said) for _ in range(4)))

    assert {(answer.status_code, answer.text) for answer in answers} == {(201, answers[0].text)}


@pytest.mark.parametrize("operation", CREATING, ids=lambda each: each.id)
async def test_sent_again_later_it_changes_no_row_and_announces_nothing(desk: Desk, operation: Operation) -> None:
    hook = msgspec.to_builtins(EXAMPLES["create_webhook"])
    assert (await desk.ask(ADMIN, "POST", "/v1/webhooks", json=hook)).status_code == 201
    first = await desk.ask(ADMIN, "POST", operation.path, json=body_of(operation))
    before = await rows_of(desk.database, desk.card.org_id)

    again = await desk.ask(ADMIN, "POST", operation.path, json=body_of(operation))

    after = await rows_of(desk.database, desk.card.org_id)
    assert (again.status_code, again.text) == (first.status_code, first.text)
    assert {name for name in before if before[name] != after[name]} == set()
