"""Whoever signs in by a statement of the operation's own is asked for the right all the same."""

from typing import Any

import pytest
from httpx import AsyncClient

from domain.people.actor import RIGHTS
from service.http.endpoint import Operation
from service.routes import OPERATIONS
from tests.builders.organisations import Organisation

OWN = [operation for operation in OPERATIONS if operation.own_sign_in]
BODIES: dict[str, dict[str, Any]] = {"pull_changes": {}, "repair_documents": {"held": []}}


@pytest.mark.parametrize("operation", OWN, ids=lambda operation: operation.id)
async def test_without_the_right_it_is_refused(
    operation: Operation, client: AsyncClient, an_organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert operation.right is not None
    monkeypatch.setitem(RIGHTS, operation.right, frozenset())
    headers, body = an_organisation.technician.headers, BODIES.get(operation.id)

    refused = await client.request(operation.method, operation.path, headers=headers, json=body)

    assert (refused.status_code, refused.json()["code"]) == (403, "not_permitted")


def test_what_names_no_right_is_about_oneself_or_for_everybody() -> None:
    """One's own devices are told from others' by the operation itself."""
    unnamed = {each.id for each in OPERATIONS if not each.public and each.right is None}
    assert unnamed == {"read_me", "sign_out", "read_rules", "list_devices", "revoke_device"}
