"""Events arrive: each, in its job's order, and none that did not happen."""

from pathlib import Path

import pytest

from tests.builders.webhook_desk import WebhookDesk
from tests.deliveries.run import run, say


async def test_every_event_arrives_in_order_though_the_receiver_fails_and_is_killed(
    webhook_desk: WebhookDesk, tmp_path: Path
) -> None:
    result = await run(webhook_desk, tmp_path, jobs=40, seed=1)

    assert result.violations == []
    assert result.kills == 2
    assert result.arrivals > result.events, "nothing failed after it was taken"


@pytest.mark.nightly
async def test_ten_thousand_events_arrive(webhook_desk: WebhookDesk, tmp_path: Path) -> None:
    result = await run(webhook_desk, tmp_path, jobs=1440, seed=1)

    print(say(result))  # noqa: T201 (figures for the report)
    assert result.violations == []
    assert result.events >= 10_000
