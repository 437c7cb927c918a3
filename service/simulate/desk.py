"""A dispatcher at an outlet's desk. A desk is a device as well: it records facts and holds its outlet's jobs."""

import random
from uuid import UUID, uuid5

from msgspec import Struct
from msgspec.structs import replace

from service.simulate.clocks import now
from service.simulate.ledger import Entry, Json
from service.simulate.phone import Phone
from service.simulate.session import Session, UnexpectedAnswerError

REFUSALS = frozenset({"gate_refused", "technician_booked", "technician_excluded"})


class Place(Struct, frozen=True, kw_only=True):
    """Somebody's appliance; without an id where nobody registered it."""

    customer_id: str
    site_id: str
    asset_id: str | None
    product_code: str


class Desk(Struct, kw_only=True):
    """What a dispatcher has before them; `supervisor` is signed in beside them."""

    name: str
    outlet_id: str
    device: Phone
    supervisor: Session
    places: tuple[Place, ...]
    technician_ids: tuple[str, ...]
    random: random.Random


async def act(
    desk: Desk,
    path: str,
    kind: str,
    body: Json,
    *,
    job_id: str,
    visit_id: str | None = None,
    opens: str | None = None,
    method: str = "POST",
    **headers: str,
) -> Entry:
    """One call of the desk's, and the fact that comes of it. What the rules refuse is an outcome, not an error.

    `opens` is the id of the job or visit that the call begins; otherwise the call gives the fact its id.
    """
    said_id = opens or desk.device.new_id()
    fact_id = str(uuid5(UUID(opens), kind)) if opens else said_id
    fact = {"id": fact_id, "job_id": job_id, "visit_id": visit_id, kind: body}
    entry = desk.device.ledger.add(fact, desk.name, now(), at_desk=True)
    answer = await desk.device.session.ask(method, path, {**body, "id": said_id}, **headers)
    problem = answer.json() if answer.status_code >= 400 else None
    if problem is not None and problem["code"] not in REFUSALS:
        raise UnexpectedAnswerError(f"{method} {path}: {answer.status_code} {answer.text[:500]}")
    entry.outcome = "refused" if problem else "recorded"
    entry.answer = {"code": problem["code"], "findings": problem["errors"]} if problem else None
    return entry


async def job(desk: Desk, job_id: str) -> Json:
    """The job as the server has it now."""
    document: Json = await desk.device.session.call("GET", f"/v1/jobs/{job_id}")
    return document


async def open_job(desk: Desk, product_code: str, *, place: Place | None = None, **more: object) -> str:
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
    """An appliance of this product; where the outlet knows none, one that nobody registered, in some household."""
    fitting = [place for place in desk.places if place.product_code == product_code]
    if fitting:
        return desk.random.choice(fitting)
    return replace(desk.random.choice(list(desk.places)), asset_id=None, product_code=product_code)


async def cancel_job(desk: Desk, job_id: str, side: str, reason: str) -> None:
    """The promise is withdrawn."""
    body = {"side": side, "reason": reason}
    await act(desk, f"/v1/jobs/{job_id}/cancellation", "job_cancelled", body, job_id=job_id)


async def amend(desk: Desk, job_id: str, field: str, now: str) -> None:
    """One detail set from the desk."""
    was = (await job(desk, job_id))["details"].get(field)
    body = {"field": field, "was": was, "now": now}
    await act(desk, f"/v1/jobs/{job_id}/details", "details_amended", body, job_id=job_id)
