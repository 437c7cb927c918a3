"""The server's own digests, clocks and content hashes, held to the cases."""

from datetime import UTC
from uuid import UUID, uuid4

import msgspec
import pytest

from domain.facts.door.fees import FeesDisclosed
from domain.steps.fees import content_hash
from openapi.vectors.runner.cases import cases, instant
from sync.clock import Exchange, corrected
from sync.digest import canonical, digest, scope_digest
from sync.record import Envelope

DIGESTS, CLOCKS, HASHES = cases("digest"), cases("clock"), cases("content_hash")


@pytest.mark.parametrize("name", DIGESTS)
def test_the_servers_canonical_form_and_digests_are_those_of_the_case(name: str) -> None:
    case = DIGESTS[name]
    if "held" in case:
        pairs = [(UUID(each["id"]), digest(each["canonical"].encode())) for each in case["held"]]
        assert scope_digest(pairs).hex() == case["scope_sha256"]
    else:
        body = canonical(case["document"])
        assert (body.decode(), digest(body).hex()) == (case["canonical"], case["sha256"])


@pytest.mark.parametrize("name", CLOCKS)
def test_a_facts_time_comes_out_as_the_case_says(name: str) -> None:
    case = CLOCKS[name]
    met, fact, seen_at = case["push"], case["fact"], case["seen_at"]
    device_at = None if met["device_clock"] is None else instant(met["device_clock"])
    exchange = Exchange(
        server_at=instant(met["received_at"]), device_at=device_at, uptime_ms=met["uptime_ms"], boot_id=met["boot_id"]
    )
    envelope = msgspec.convert({"id": str(uuid4()), "job_id": str(uuid4()), **fact}, Envelope)

    at, grade = corrected(envelope, exchange, None if seen_at is None else instant(seen_at))

    assert (at.astimezone(UTC), grade) == (instant(case["expect"]["corrected_at"]), case["expect"]["time_grade"])


@pytest.mark.parametrize("name", HASHES)
def test_an_acknowledgement_is_bound_to_the_hash_of_the_case(name: str) -> None:
    case = HASHES[name]

    assert content_hash(msgspec.convert(case["fees_disclosed"], FeesDisclosed)) == case["content_hash"]
