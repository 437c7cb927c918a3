"""Orders (7) to (10): what is agreed, what is charged, what warranty covers."""

from service.simulate import attendance as door
from service.simulate import decisions
from service.simulate.day import (
    Day,
    Errand,
    Technician,
    blocking,
    come_back,
    finding_codes,
    go_offline,
    open_job,
    seen,
    send,
    sync,
)
from service.simulate.ledger import Json
from service.simulate.prices import total_fen, with_surplus, yuan

TEN_YUAN_FEN = 1000
BOARD = "P-AC-014"


async def added_item(day: Day, technician: Technician) -> None:
    """(7) A paid repair grows, and the customer signs a second time."""
    job_id = await open_job(day, "(7)", technician, "air conditioner weak", "LS-KF35", symptom_code="AC-S02")
    errand = await send(day, "(7)", technician, job_id)
    await sync(errand, "takes the visit")
    go_offline(errand)
    visit = errand.visit
    door.come(visit)
    door.diagnose(visit, "AC-S02", "AC-C02")
    first = technician.prices.lines("F-VISIT", "F-LABOUR-MEDIUM", "P-AC-011")
    door.agree(visit, first)
    door.start(visit)
    door.fit(visit, "P-AC-011", first[-1])
    await day.pass_time(20)
    visit.record("work_paused", reason="customer", note="加氟需另行确认")
    both = technician.prices.lines("F-VISIT", "F-LABOUR-MEDIUM", "P-AC-011", "P-AC-019")
    door.agree(visit, both)
    visit.record("work_resumed")
    door.fit(visit, "P-AC-019", both[-1])
    door.finish(visit, "AC-S02", "AC-C02", "M05")
    door.settle(visit, both)
    await come_back(errand, f"{yuan(total_fen(first))}, then {yuan(total_fen(both))}, both signed")
    job = await seen(errand)
    told = job["visits"][0]["disclosures"]
    signed = len(told) == 2 and all(each["acknowledged_at"] for each in told)
    day.expect("(7)", "two disclosures, both acknowledged", held=signed)
    paid = job["money"]["paid_fen"] == total_fen(both) and not blocking(job)
    day.expect("(7)", "paid as agreed the second time, nothing blocked", held=paid)


async def ten_yuan_more(day: Day, technician: Technician) -> None:
    """(8) A charge of ten yuan above the quote: refused online, a blocking finding offline."""
    job_id = await open_job(day, "(8)", technician, "water heater does not light", "HZ-G16", symptom_code="GH-S01")
    errand = await send(day, "(8)", technician, job_id)
    await sync(errand, "takes the visit")
    visit = errand.visit
    lines = technician.prices.lines("F-VISIT", "F-LABOUR-SMALL", "P-GH-041")
    door.come(visit)
    door.diagnose(visit, "GH-S01", "GH-C01")
    door.agree(visit, lines)
    door.start(visit)
    door.fit(visit, "P-GH-041", lines[-1])
    door.finish(visit, "GH-S01", "GH-C01")
    asked = door.charge(visit, with_surplus(lines, TEN_YUAN_FEN), strict=True)
    await sync(errand, "asks to charge 10 yuan too much")
    refused = asked.outcome == "refused" and "charge_above_acknowledged" in asked.finding_codes
    day.expect("(8)", "10 yuan above the quote is refused online", held=refused)
    go_offline(errand)
    charged = door.charge(visit, with_surplus(lines, TEN_YUAN_FEN))
    await day.pass_time(5)
    await come_back(errand, "charged it without signal")
    found = "charge_above_acknowledged" in blocking(await seen(errand))
    day.expect("(8)", "without signal it is recorded, and blocks charging", held=found)
    visit.record("fact_retracted", fact_id=charged.fact["id"], reason="多收十元, 改正")
    door.settle(visit, lines)
    await sync(errand, "takes it back and charges what was agreed")
    job = await seen(errand)
    right = job["money"]["charged_fen"] == job["money"]["paid_fen"] == total_fen(lines)
    day.expect("(8)", "in the end charged as agreed, nothing blocked", held=right and not blocking(job))


async def misuse_without_photo(day: Day, technician: Technician) -> None:
    """(9) Misuse is claimed without a photo: warranty stands."""
    errand = await _board_under_warranty(day, technician, "(9)")
    said = await decisions.decide_warranty(technician.desk, errand.job_id, photo=None)
    day.say(technician.desk.name, "(9)", "decides: not covered, without a photo", said.outcome or "")
    refused = said.outcome == "refused" and "exclusion_without_evidence" in said.finding_codes
    day.expect("(9)", "an exclusion without evidence is refused", held=refused)
    lines = technician.prices.lines("F-VISIT", "F-LABOUR-MEDIUM", BOARD, warranty="covered_main_part")
    _replace_board(errand, lines, "covered_main_part")
    await sync(errand, "replaces the board under warranty")
    job = await seen(errand)
    free = job["money"]["charged_fen"] == 0 and job["warranty"] == "covered_main_part"
    day.expect("(9)", "repaired under warranty, nothing charged", held=free and not blocking(job))


async def misuse_with_photo(day: Day, technician: Technician) -> None:
    """(10) The same with a photo, and the customer told: paid."""
    errand = await _board_under_warranty(day, technician, "(10)")
    photo = door.digest(errand.visit, "burnt board")
    file: Json = {"digest": photo, "media_type": "image/jpeg", "size_bytes": 204800}
    errand.visit.record("attachment_added", **file, purpose="damage", caption="进水痕迹")
    await sync(errand, "photo of the damage")
    said = await decisions.decide_warranty(technician.desk, errand.job_id, photo=photo)
    day.say(technician.desk.name, "(10)", "decides: not covered, photo, customer told", said.outcome or "")
    await sync(errand, "hears of the decision")
    lines = technician.prices.lines("F-VISIT", "F-LABOUR-MEDIUM", BOARD)
    _replace_board(errand, lines, "paid")
    await sync(errand, f"replaces the board, {yuan(total_fen(lines))}")
    job = await seen(errand)
    right = job["warranty"] == "paid" and "exclusion_without_evidence" not in finding_codes(job)
    day.expect("(10)", "the exclusion stands with its evidence", held=right and said.outcome == "recorded")
    paid = job["money"]["paid_fen"] == total_fen(lines)
    day.expect("(10)", "paid in full, nothing blocked", held=paid and not blocking(job))


async def _board_under_warranty(day: Day, technician: Technician, scene: str) -> Errand:
    """Somebody comes to a dead air conditioner under warranty, and finds that it was misused."""
    covered: Json = {"warranty": "covered_main_part", "symptom_code": "AC-S05"}
    job_id = await open_job(day, scene, technician, "air conditioner dead, in warranty", "LS-KF35", **covered)
    errand = await send(day, scene, technician, job_id)
    await sync(errand, "takes the visit")
    door.come(errand.visit)
    door.diagnose(errand.visit, "AC-S05", "X-C91")
    await sync(errand, "finds misuse")
    await day.pass_time(10)
    return errand


def _replace_board(errand: Errand, lines: list[Json], warranty: str) -> None:
    door.agree(errand.visit, lines)
    door.start(errand.visit)
    door.fit(errand.visit, BOARD, lines[-1], warranty)
    door.finish(errand.visit, "AC-S05", "AC-C05")
    door.settle(errand.visit, lines)
