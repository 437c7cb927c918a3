"""What networks, clocks and tokens do to a phone that did nothing wrong."""

import json
from datetime import datetime, timedelta

from msgspec.structs import replace

from service.simulate import attendance as door
from service.simulate.clocks import now
from service.simulate.day import Day, Errand, Technician, come_back, go_offline, open_job, seen, send, sync
from service.simulate.network import Fault
from sync.versions import decoded

JUMP_SECONDS = -3 * 60 * 60
SINCE_BOOT = timedelta(hours=30)
CLOSE_SECONDS = 2.0


async def lost_answer(day: Day, technician: Technician) -> None:
    """The connection is cut after the server has committed: the same push again gets the same answers."""
    errand = await _repaired_offline(day, "lost answer", technician, ("WM-S02", "WM-C02", "P-WM-032"), "BC-W100")
    entries = list(technician.phone.outbox)
    day.plant(technician, Fault.LOST_REQUEST, Fault.LOST_ANSWER)
    synced = await come_back(errand, "back in signal, for a moment")
    day.expect("lost answer", "every fact was known already", held=synced.outcomes["duplicate"] == len(entries))
    lost = json.loads(technician.phone.network.lost_answers[-1])
    first = {each["answer"]["fact_id"]: each["answer"] for each in lost["outcomes"]}
    same = all(entry.answer == first[entry.fact["id"]] for entry in entries)
    day.expect("lost answer", "with the answers that were lost, word for word", held=same)
    await _recorded_once(errand, len(entries))


async def delivered_twice(day: Day, technician: Technician) -> None:
    """The network delivers one push twice."""
    errand = await _repaired_offline(day, "delivered twice", technician, ("GH-S03", "GH-C03", "P-GH-042"), "HZ-G16")
    entries = list(technician.phone.outbox)
    day.plant(technician, Fault.DELIVERED_TWICE)
    await come_back(errand, "one push arrives twice")
    await _recorded_once(errand, len(entries))


async def reordered(day: Day, technician: Technician) -> None:
    """A batch arrives back to front."""
    errand = await _repaired_offline(day, "reordered", technician, ("RF-S02", "RF-C02", "P-RF-022"), "BC-R480")
    entries = list(technician.phone.outbox)
    day.plant(technician, Fault.REORDERED)
    await come_back(errand, "a batch arrives back to front")
    await _recorded_once(errand, len(entries))
    job = await seen(errand)
    day.expect("reordered", "folded in the order of the phone's counter", held=not job["findings"])


async def clock_jumps(day: Day, technician: Technician) -> None:
    """Somebody sets the phone's clock back three hours in the middle of a visit."""
    phone = technician.phone
    errand = await _taken_along(day, "clock jumps", technician, "WP-S01", "HZ-P600")
    phone.clock = replace(phone.clock, booted_at=now() - SINCE_BOOT)
    door.come(errand.visit)
    phone.clock = replace(phone.clock, ahead_seconds=phone.clock.ahead_seconds + JUMP_SECONDS)
    day.planted["clock_jump"] += 1
    door.small_repair(errand.visit, "WP-S01", "WP-C01", "P-WP-071")
    entries = list(phone.outbox)
    await come_back(errand, "the phone's clock was set back three hours")
    answers = [entry.answer or {} for entry in entries]
    steady = all(answer["time_grade"] == "monotonic" for answer in answers)
    day.fired["clock_jump"] += steady
    off = max(
        abs((datetime.fromisoformat(answer["corrected_at"]) - entry.true_at) / timedelta(seconds=1))
        for entry, answer in zip(entries, answers, strict=True)
    )
    day.expect("clock jumps", f"every step at its true time, at most {off:.2f} s off", held=off < CLOSE_SECONDS)
    await _recorded_once(errand, len(entries))


async def renewed_tokens(day: Day, technician: Technician) -> None:
    """The phone renews its tokens, and the answer is lost once."""
    session = technician.phone.session
    day.plant(technician, Fault.LOST_REFRESH_ANSWER)
    await session.refresh()
    me = await session.call("GET", "/v1/me")
    day.say(technician.name, "tokens", "renews them; the first answer is lost", "signed in still")
    day.expect("tokens", "a lost answer to a refresh costs nothing", held=me["member"]["id"] == technician.id)


async def _repaired_offline(
    day: Day, scene: str, technician: Technician, fault: tuple[str, str, str], product_code: str
) -> Errand:
    errand = await _taken_along(day, scene, technician, fault[0], product_code)
    door.come(errand.visit)
    await day.pass_time(10)
    door.small_repair(errand.visit, *fault)
    return errand


async def _taken_along(day: Day, scene: str, technician: Technician, symptom_code: str, product_code: str) -> Errand:
    """A visit on the phone, and no signal."""
    job_id = await open_job(day, scene, technician, f"repair, {symptom_code}", product_code, symptom_code=symptom_code)
    errand = await send(day, scene, technician, job_id)
    await sync(errand, "takes the visit, loses signal")
    go_offline(errand)
    return errand


async def _recorded_once(errand: Errand, facts: int) -> None:
    """The desk's two facts and the phone's, each once."""
    job = await seen(errand)
    whole = decoded(job["version"])[1] == 2 + facts and job["status"] == "completed"
    errand.day.expect(errand.scene, f"completed, {facts} facts recorded once each", held=whole)
