"""A dispatcher at an outlet's desk. A desk is a device as well: it records facts and holds its outlet's jobs."""

import random
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from msgspec import Struct

from service.simulate.clocks import now
from service.simulate.ledger import Entry, Json
from service.simulate.phone import Phone
from service.simulate.session import Session, Unexpected

WORK_MINUTES = 60
SITE_TIME = ZoneInfo("Asia/Shanghai")


class Place(Struct, frozen=True, kw_only=True):
    """Somebody's appliance."""

    customer_id: str
    site_id: str
    asset_id: str
    product_code: str


class Desk(Struct, kw_only=True):
    """What a dispatcher has before them; `supervisor` is signed in beside them."""

    name: str
    outlet_id: str
    device: Phone
    supervisor: Session
    places: tuple[Place, ...]
    technician_ids: tuple[str, ...]
    price_list_code: str
    kit_items: tuple[str, ...]
    random: random.Random
    planned: dict[str, int] = {}


async def act(
    desk: Desk, path: str, kind: str, body: Json, *, job_id: str, visit_id: str | None = None, opens: str | None = None
) -> Entry:
    """One call of the desk's, and the fact that comes of it. What a gate refuses is an outcome, not an error.

    `opens` is the id of the job or visit that the call begins; otherwise the call gives the fact its id.
    """
    said_id = opens or desk.device.new_id()
    fact_id = str(uuid5(UUID(opens), kind)) if opens else said_id
    entry = desk.device.ledger.add({"id": fact_id, "job_id": job_id, "visit_id": visit_id, kind: body}, desk.name, now())
    entry.at_desk = True
    answer = await desk.device.session.ask("POST", path, {**body, "id": said_id})
    problem = answer.json() if answer.status_code >= 400 else None
    if problem is not None and problem["code"] != "gate_refused":
        raise Unexpected(f"POST {path}: {answer.status_code} {answer.text[:500]}")
    entry.outcome = "refused" if problem else "recorded"
    entry.answer = {"findings": problem["errors"]} if problem else None
    return entry


async def record(
    desk: Desk, job_id: str, kind: str, body: Json, *, visit_id: str | None = None, **more: Any
) -> Entry:
    """Record a fact at the desk and hear at once what became of it."""
    entry = desk.device.record(job_id, kind, body, visit_id=visit_id, **more)
    await desk.device.sync()
    return entry


async def job(desk: Desk, job_id: str) -> Json:
    """The job as the server has it now."""
    document: Json = await desk.device.session.call("GET", f"/v1/jobs/{job_id}")
    return document


async def open_job(desk: Desk, product_code: str, *, place: Place | None = None, **more: Any) -> str:
    """A customer of the outlet calls about an appliance."""
    job_id = desk.device.new_id()
    body = {**promise(desk, place or some_place(desk, product_code)), **more}
    await act(desk, "/v1/jobs", "job_opened", body, job_id=job_id, opens=job_id)
    return job_id


def promise(desk: Desk, place: Place) -> Json:
    """What every opened job says: whose, where, what; paid unless told otherwise."""
    where = {"customer_id": place.customer_id, "site_id": place.site_id, "asset_id": place.asset_id}
    what = {"product_code": place.product_code, "work_type": "repair", "warranty": "paid"}
    return {"outlet_id": desk.outlet_id, **where, **what}


def some_place(desk: Desk, product_code: str) -> Place:
    """An appliance of this product, or any other where the outlet knows none."""
    fitting = [place for place in desk.places if place.product_code == product_code]
    return desk.random.choice(fitting or list(desk.places))


async def plan_visit(desk: Desk, job_id: str, technician_id: str, **more: Any) -> str:
    """Send a technician: the next free hour of theirs, with what they must show."""
    visit_id = desk.device.new_id()
    hour = desk.planned.get(technician_id, 0)
    desk.planned[technician_id] = hour + 1
    body = {
        "technician_id": technician_id,
        **window(now() + timedelta(hours=hour)),
        "requirements": {"kit_items": desk.kit_items, "safety_checks": ["power_off"]},
        "certificates": [
            {"kind": each["kind"], "number": each["number"], "valid_until": each["valid_until"]}
            for each in await desk.device.session.pages("/v1/certificates", member_id=technician_id)
        ],
        "price_list_code": desk.price_list_code,
        **more,
    }
    await record(desk, job_id, "visit_planned", body, visit_id=visit_id)
    return visit_id


async def replan_visit(desk: Desk, job_id: str, visit_id: str, body: Json) -> None:
    """The same visit at another time."""
    await record(desk, job_id, "visit_replanned", body, visit_id=visit_id)


async def cancel_job(desk: Desk, job_id: str, side: str, reason: str) -> None:
    """The promise is withdrawn."""
    body = {"side": side, "reason": reason}
    await act(desk, f"/v1/jobs/{job_id}/cancellation", "job_cancelled", body, job_id=job_id)


async def cancel_visit(desk: Desk, job_id: str, visit_id: str, side: str, reason: str) -> None:
    """One attendance less; the job stays."""
    await record(desk, job_id, "visit_cancelled", {"side": side, "reason": reason}, visit_id=visit_id)


async def amend(desk: Desk, job_id: str, field: str, now: str) -> None:
    """One detail set from the desk."""
    was = (await job(desk, job_id))["details"].get(field)
    body = {"field": field, "was": was, "now": now}
    await act(desk, f"/v1/jobs/{job_id}/details", "details_amended", body, job_id=job_id)


def colleague_of(desk: Desk, technician_id: str) -> str:
    """Another technician of the outlet; where there is none, of the company."""
    return next(each for each in desk.technician_ids if each != technician_id)


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


async def decide(desk: Desk, job_id: str, case_id: str, choice: str, reason: str) -> None:
    """A person's word on a finding or a conflict."""
    await record(desk, job_id, "case_decided", {"case_id": case_id, "choice": choice, "reason": reason})


async def decide_warranty(desk: Desk, job_id: str, *, photo: str | None) -> Entry:
    """Not covered because of misuse, with a photo and a word to the customer, or without either."""
    body = {
        "decision": "paid",
        "basis": "使用不当",
        "exclusion_code": "misuse",
        "evidence_digests": [photo] if photo else [],
        "customer_told": photo is not None,
    }
    return await act(desk, f"/v1/jobs/{job_id}/warranty-decision", "warranty_decided", body, job_id=job_id)


def window(begins: datetime, minutes: int = 120) -> Json:
    """A promised window from `begins` on, and an hour of work at its start."""
    ends, done = begins + timedelta(minutes=minutes), begins + timedelta(minutes=WORK_MINUTES)
    return {
        "window_start": begins.isoformat(),
        "window_end": ends.isoformat(),
        "work_start": begins.isoformat(),
        "work_end": done.isoformat(),
    }


async def release(desk: Desk, entry: Entry) -> None:
    pass
