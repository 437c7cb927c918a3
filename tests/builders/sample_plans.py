"""Jobs and plans for tests of the desk, in the sample company, on a day to come."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from httpx import Response

from service.seed.company import sample_id
from tests.builders.sample_desk import DISPATCHER, Desk

HZ01 = str(sample_id("outlet", "HZ01"))
WANG, LI, CHEN = (str(sample_id("member", login)) for login in ("HZ0107", "HZ0112", "HZ0115"))
# 08:00 at the site, on a day when every certificate that is not meant to have lapsed holds.
MORNING = datetime(2026, 12, 7, 0, 0, tzinfo=UTC)

TODAY = datetime.now(UTC).date()
THESE_DAYS = {
    "first_day": str(min(TODAY, MORNING.date()) - timedelta(days=2)),
    "last_day": str(max(TODAY, MORNING.date()) + timedelta(days=2)),
}
"""From the day of the plans to that on which tests do what was planned, wherever the site is, past midnight too."""

NEXT_MONTH = str(max(TODAY, MORNING.date()) + timedelta(days=30))


def at(hours: float) -> str:
    """So many hours into the working day."""
    return (MORNING + timedelta(hours=hours)).isoformat()


async def opened(desk: Desk, login: str = DISPATCHER, **more: Any) -> dict[str, Any]:
    """A job of West Lake outlet."""
    body = {"outlet_id": HZ01, "work_type": "repair", **more}
    answer = await desk.ask(login, "POST", "/v1/jobs", json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def plan(technician_id: str | UUID, hours: float = 1, length: float = 1, **more: Any) -> dict[str, Any]:
    """Work of `length` hours, so many hours into the day, in a promised window of two."""
    times = {"window_start": at(hours), "window_end": at(hours + 2)}
    work = {"work_start": at(hours), "work_end": at(hours + length)}
    return {"technician_id": str(technician_id), **times, **work, **more}


async def asked_to_plan(desk: Desk, job_id: str, body: dict[str, Any], login: str = DISPATCHER) -> Response:
    return await desk.ask(login, "POST", f"/v1/jobs/{job_id}/visits", json=body)


async def planned(desk: Desk, job_id: str, body: dict[str, Any], login: str = DISPATCHER) -> dict[str, Any]:
    """The planned visit, and the job around it."""
    answer = await asked_to_plan(desk, job_id, body, login)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def visit_in(job: dict[str, Any], visit_id: str) -> dict[str, Any]:
    return next(visit for visit in job["visits"] if visit["id"] == visit_id)
