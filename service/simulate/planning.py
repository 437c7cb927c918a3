"""Who comes when: a desk plans, moves, hands over and calls off visits, and sees to certificates."""

from datetime import datetime, time, timedelta
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from service.simulate.clocks import now
from service.simulate.desk import Desk, act, job
from service.simulate.ledger import Json
from service.simulate.session import UnexpectedAnswerError

WORK_MINUTES = 20
HOURS_LOOKED_AHEAD = 48
HOURS_MOVED = 3
SITE_TIME = ZoneInfo("Asia/Shanghai")


async def plan_visit(desk: Desk, job_id: str, technician_id: str, *, times: Json | None = None, **more: object) -> str:
    """Send a technician, from now on or at `times`; later by an hour for as long as they are booked then."""
    visit_id = desk.device.new_id()
    wanted = times or window(now())
    said = None
    for hour in range(HOURS_LOOKED_AHEAD):
        body = {"technician_id": technician_id, **(later(wanted, hour) if hour else wanted), **more}
        said = await act(
            desk, f"/v1/jobs/{job_id}/visits", "visit_planned", body, job_id=job_id, visit_id=visit_id, opens=visit_id
        )
        if said.outcome == "recorded":
            return visit_id
    raise UnexpectedAnswerError(f"no free hour for {technician_id}: {said}")


async def reassign_visit(desk: Desk, job_id: str, visit_id: str, technician_id: str) -> str:
    """Give the visit to the first colleague who is free then; to one who comes later when nobody is."""
    path = f"/v1/jobs/{job_id}/visits/{visit_id}/reassignment"
    for colleague_id in desk.technician_ids:
        new_id = desk.device.new_id()
        if colleague_id != technician_id:
            body = {"technician_id": colleague_id}
            said = await act(desk, path, "visit_planned", body, job_id=job_id, visit_id=new_id, opens=new_id)
            if said.outcome == "recorded":
                return new_id
    others = [each for each in desk.technician_ids if each != technician_id]
    return await plan_visit(desk, job_id, others[0], replaces_visit_id=visit_id)


async def replan_visit(desk: Desk, job_id: str, visit_id: str, *, asked_by: str, agreed: bool) -> None:
    """The same visit some hours later, when its technician is free."""
    visits = (await job(desk, job_id))["visits"]
    begins = datetime.fromisoformat(next(each["plan"]["work_start"] for each in visits if each["id"] == visit_id))
    for hour in range(HOURS_MOVED, HOURS_LOOKED_AHEAD):
        times = window(begins + timedelta(hours=hour))
        if await _replanned(desk, job_id, visit_id, {**times, "asked_by": asked_by, "customer_agreed": agreed}):
            return
    raise UnexpectedAnswerError(f"no free hour to move {visit_id} to")


async def promise_window(desk: Desk, job_id: str, visit_id: str, times: Json) -> None:
    """Another window for the customer, at the same hours of work."""
    if not await _replanned(desk, job_id, visit_id, {**times, "asked_by": "customer", "customer_agreed": True}):
        raise UnexpectedAnswerError(f"visit {visit_id} may not be promised for {times}")


async def cancel_visit(desk: Desk, job_id: str, visit_id: str, side: str, reason: str) -> None:
    """One attendance less; the job stays."""
    path, body = f"/v1/jobs/{job_id}/visits/{visit_id}/cancellation", {"side": side, "reason": reason}
    await act(desk, path, "visit_cancelled", body, job_id=job_id, visit_id=visit_id)


async def certify_until_today(desk: Desk, technician_id: str, kind: str) -> None:
    """A certificate whose last day is today at the site; on the same day it is there already."""
    today = now().astimezone(SITE_TIME).date()
    number = f"T-{kind}-{today.isoformat()}".upper()
    certificate = {
        "id": str(uuid5(UUID(technician_id), number)),
        "member_id": technician_id,
        "kind": kind,
        "number": number,
        "valid_from": today.replace(year=today.year - 6, day=1).isoformat(),
        "valid_until": today.isoformat(),
    }
    await desk.supervisor.call("POST", "/v1/certificates", certificate)


def window(begins: datetime, minutes: int = 120) -> Json:
    """A promised window from `begins` on, and some work at its start that ends on the same day at the site."""
    midnight = datetime.combine(begins.astimezone(SITE_TIME).date() + timedelta(days=1), time.min, SITE_TIME)
    done = min(begins + timedelta(minutes=WORK_MINUTES), midnight - timedelta(seconds=1))
    return {
        "window_start": begins.isoformat(),
        "window_end": (begins + timedelta(minutes=minutes)).isoformat(),
        "work_start": begins.isoformat(),
        "work_end": max(done, begins + timedelta(seconds=1)).isoformat(),
    }


def later(times: Json, hours: int) -> Json:
    """The same window so many hours later."""
    return window(datetime.fromisoformat(times["window_start"]) + timedelta(hours=hours))


async def _replanned(desk: Desk, job_id: str, visit_id: str, body: Json) -> bool:
    """Whether the visit could be moved, from the version of the job that the desk looks at."""
    version = (await job(desk, job_id))["version"]
    path, match = f"/v1/jobs/{job_id}/visits/{visit_id}", f'"{version}"'
    said = await act(
        desk, path, "visit_replanned", body, job_id=job_id, visit_id=visit_id, method="PATCH", if_match=match
    )
    return said.outcome == "recorded"
