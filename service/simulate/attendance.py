"""What a technician records at a door, step by step, from what the phone holds."""

import hashlib
from collections.abc import Sequence

import msgspec
from msgspec import Struct

from domain.facts.door.fees import FeesDisclosed
from domain.steps.fees import content_hash
from service.simulate.ledger import Entry, Json
from service.simulate.phone import Phone
from service.simulate.prices import Prices, total_fen
from service.simulate.records import at_the_end, recorded


class Attendance(Struct, kw_only=True):
    """One visit in a technician's hands. `seconds_ago` is set when a visit of the past is recorded."""

    phone: Phone
    prices: Prices
    job_id: str
    visit_id: str
    seconds_ago: float = 0

    def record(self, kind: str, /, *, strict: bool = False, **body: object) -> Entry:
        """One fact about this visit."""
        more = {"strict": True} if strict else {}
        return self.phone.record(self.job_id, kind, body, visit_id=self.visit_id, seconds_ago=self.seconds_ago, **more)

    @property
    def plan(self) -> Json:
        """What the desk planned, as far as the phone has heard."""
        plan: Json = self.document.get("plan") or {}
        return plan

    @property
    def document(self) -> Json:
        """The visit as the phone holds it; empty when it holds none."""
        visits = self.phone.jobs.get(self.job_id, {}).get("visits", ())
        mine: Json = next((visit for visit in visits if visit["id"] == self.visit_id), {})
        return mine


def come(visit: Attendance) -> None:
    """Accept, call, travel, arrive, and show who one is."""
    if visit.document.get("accepted_at") is None:
        visit.record("visit_accepted")
    visit.record("customer_contacted", reached=True)
    visit.record("departed", position=_position(visit))
    visit.record("arrived", position=_position(visit), evidence="position")
    check_in(visit)


def check_in(visit: Attendance) -> None:
    """Uniform, badge and kit, with photos by digest."""
    asked = visit.plan.get("requirements", {}).get("kit_items", ())
    visit.record(
        "checked_in",
        uniform={"code": "uniform", "result": "pass", "photo_digests": [digest(visit, "uniform")]},
        badge={"code": "badge", "result": "pass"},
        badge_number=visit.phone.session.member["login"],
        kit_items=[{"code": code, "result": "pass"} for code in asked],
        position=_position(visit),
        evidence="position",
        photo_digests=[digest(visit, "door")],
    )


def diagnose(visit: Attendance, symptom_code: str, cause_code: str) -> None:
    """What the customer saw, and why."""
    visit.record("diagnosed", symptom_code=symptom_code, cause_code=cause_code, condition_code="Z1")


def tell_fees(visit: Attendance, lines: list[Json]) -> str:
    """Show the price list and every line; answers the hash that the customer agrees to."""
    body: Json = {
        "lines": lines,
        "total_fen": total_fen(lines),
        "price_list_code": visit.prices.code,
        "price_list_shown": True,
    }
    visit.record("fees_disclosed", **body)
    return content_hash(msgspec.convert(body, FeesDisclosed))


def agree(visit: Attendance, lines: list[Json]) -> None:
    """Tell the fees and have them acknowledged by signature."""
    agreed = tell_fees(visit, lines)
    visit.record(
        "fees_acknowledged", content_hash=agreed, method="signature", evidence_digest=digest(visit, f"sign {agreed}")
    )


def start(
    visit: Attendance, *, make_safe: bool = False, special_work: Sequence[str] = (), strict: bool = False
) -> Entry:
    """Tools out, with the safety checks that the plan asks for."""
    asked = visit.plan.get("requirements", {}).get("safety_checks", ())
    checks = [{"code": code, "result": "pass"} for code in asked]
    return visit.record(
        "work_started", strict=strict, make_safe=make_safe, special_work=special_work, safety_checks=checks
    )


def fit(visit: Attendance, code: str, line: Json | None = None, warranty: str = "paid") -> None:
    """Fit a part from the van."""
    part = visit.prices.part(code)
    tracked: dict[str, Json] = {"serial": {"serial_in": f"S-{visit.visit_id[-6:]}"}, "batch": {"batch": "B-2025"}}
    visit.record(
        "part_used",
        part_code=code,
        description=part["name_zh"],
        unit=part["unit"],
        warranty=warranty,
        unit_price_fen=part["price_fen"] if warranty == "paid" else 0,
        fee_line_id=line["line_id"] if line else None,
        old_part="left_with_customer",
        photo_digests=[digest(visit, code)],
        **tracked.get(part["tracked"], {}),
    )


def finish(visit: Attendance, symptom_code: str, cause_code: str, measure_code: str = "M01") -> None:
    """The repair record, a word about use, tools in."""
    visit.record(
        "repair_recorded",
        symptom_code=symptom_code,
        cause_code=cause_code,
        condition_code="Z1",
        measure_codes=[measure_code],
        result="solved",
        photo_digests=[digest(visit, "before"), digest(visit, "after")],
        **recorded(visit.plan.get("requirements", {})),
    )
    told = visit.plan.get("requirements", {}).get("told", ())
    visit.record("guidance_given", topics=["daily_use", "cleaning", *told])
    visit.record("work_finished")


def small_repair(visit: Attendance, symptom_code: str, cause_code: str, part_code: str) -> None:
    """From the diagnosis to goodbye: one part, paid."""
    lines = visit.prices.lines("F-VISIT", "F-LABOUR-SMALL", part_code)
    diagnose(visit, symptom_code, cause_code)
    agree(visit, lines)
    start(visit)
    fit(visit, part_code, lines[-1])
    finish(visit, symptom_code, cause_code)
    settle(visit, lines)


def settle(visit: Attendance, lines: list[Json]) -> None:
    """Bill, money, signature, goodbye."""
    if total_fen(lines) > 0:
        charge(visit, lines)
        pay(visit, total_fen(lines))
    leave(visit)


def charge(visit: Attendance, lines: list[Json], *, strict: bool = False) -> Entry:
    """The bill."""
    return visit.record("charged", lines=lines, total_fen=total_fen(lines), strict=strict)


def pay(visit: Attendance, amount_fen: int) -> None:
    """Money comes in."""
    visit.record("paid", amount_fen=amount_fen, method="online", reference=f"WX-{visit.visit_id[-8:]}")


def leave(
    visit: Attendance, outcome: str = "solved", *, reason: str | None = None, missing: Sequence[Json] = ()
) -> None:
    """A signature where the customer was helped, and goodbye."""
    if outcome == "solved":
        visit.record("signed_off", method="signature", evidence_digest=digest(visit, "sign-off"))
    last = at_the_end(visit.plan.get("requirements", {})) if outcome == "solved" else {}
    visit.record("visit_ended", outcome=outcome, reason=reason, missing_parts=missing, **last)


def digest(visit: Attendance, what: str) -> str:
    """The digest of a photo that this simulation does not take."""
    return hashlib.sha256(f"{visit.visit_id} {what}".encode()).hexdigest()


def _position(visit: Attendance) -> Json | None:
    site_id = visit.phone.jobs.get(visit.job_id, {}).get("site_id")
    site = visit.phone.sites.get(site_id or "", {}).get("site") or {}
    if site.get("latitude") is None:
        return None
    return {
        "latitude": site["latitude"],
        "longitude": site["longitude"],
        "accuracy_metres": 12,
        "coordinate_system": site["coordinate_system"],
    }
