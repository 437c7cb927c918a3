"""A technician's app that is online, at a door of the sample company."""

from typing import Any

from httpx import Response

from service.simulate.records import recorded
from tests.builders.sample_desk import DISPATCHER, TECHNICIAN, Desk
from tests.builders.sample_plans import WANG, opened, plan, planned, visit_in

PASS = {"code": "x", "result": "pass"}
KIT = [{"code": f"K0{n}", "result": "pass"} for n in range(1, 6)]
CHECK_IN = {"uniform": PASS, "badge": PASS, "badge_number": "HZ0107", "kit_items": KIT}
LINE = {"line_id": "1", "kind": "labour", "code": "F-LABOUR-SMALL", "description": "人工", "quantity_thousandths": 1000}
FEES: dict[str, Any] = {
    "lines": [{**LINE, "unit_price_fen": 7000, "amount_fen": 7000}],
    "total_fen": 7000,
    "price_list_shown": True,
}
REPAIR: dict[str, Any] = {
    "cause_code": "AC-C02",
    "measure_codes": ["M03"],
    "result": "solved",
    "symptom_code": "AC-S01",
}


class Attendance:
    """A visit at hand, and its technician's way through the doors."""

    def __init__(self, desk: Desk, change: dict[str, Any]) -> None:
        self.desk = desk
        self.job_id, self.visit_id = change["job"]["id"], change["visit_id"]

    async def say(self, path: str, body: dict[str, Any] | None = None, login: str = TECHNICIAN) -> Response:
        address = f"/v1/jobs/{self.job_id}/visits/{self.visit_id}/{path}"
        return await self.desk.ask(login, "POST", address, json=body or {})

    async def said(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        answer = await self.say(path, body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def repair(self) -> dict[str, Any]:
        """A repair record with every answer that the plan asks for."""
        return {**REPAIR, **recorded(await self.asked())}

    async def asked(self) -> dict[str, Any]:
        """What the plan froze."""
        return dict((await self.visit())["plan"]["requirements"])

    async def visit(self) -> dict[str, Any]:
        job = (await self.desk.ask(DISPATCHER, "GET", f"/v1/jobs/{self.job_id}")).json()
        return visit_in(job, self.visit_id)


async def attendance_of(desk: Desk, hours: float = 1, **opening: Any) -> Attendance:
    """A paid repair, planned for HZ0107, so many hours into the day."""
    job = await opened(desk, warranty="paid", **opening)
    return Attendance(desk, await planned(desk, job["id"], plan(WANG, hours)))


async def disclosed(attendance: Attendance) -> None:
    """At the door, looked at, and the fees told."""
    for path in ("acceptances", "departures", "arrivals"):
        await attendance.said(path)
    await attendance.said("check-ins", CHECK_IN)
    await attendance.said("diagnoses", {"cause_code": "AC-C02"})
    await attendance.said("fee-disclosures", FEES)


async def charged(attendance: Attendance) -> None:
    """From the fees that were agreed to by signature to the bill."""
    await disclosed(attendance)
    shown = (await attendance.visit())["disclosures"][-1]["content_hash"]
    await attendance.said("fee-acknowledgements", {"content_hash": shown, "method": "signature"})
    await attendance.said("work-starts")
    await attendance.said("repair-records", await attendance.repair())
    await attendance.said("completions")
    await attendance.said("charges", {"lines": FEES["lines"], "total_fen": 7000})


async def finished(attendance: Attendance) -> None:
    """Paid and signed for."""
    await charged(attendance)
    await attendance.said("payments", {"amount_fen": 7000, "method": "cash"})
    await attendance.said("sign-offs", {"method": "signature"})
