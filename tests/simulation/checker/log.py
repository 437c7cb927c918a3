"""(a) What was acknowledged is in the log exactly once, as it was typed, and nothing else is in there."""

from collections import Counter
from collections.abc import Iterator, Sequence

from tests.simulation.checker.plans import ADDED
from tests.simulation.checker.violation import Violation
from tests.simulation.device import Device
from tests.simulation.ledger import RECORDED, Json, Ledger, Typed, number_of_facts
from tests.simulation.port import Final


def once_each(devices: Sequence[Device], ledger: Ledger, final: Final, life: int) -> Iterator[Violation]:
    """Every sentence of the promise."""
    lines = {line["record"].get("id"): line for log in final.facts.values() for line in log}
    yield from _nothing_twice(final)
    yield from _nothing_made_up(ledger, final)
    yield from _nothing_missing(ledger, lines, life)
    yield from _said_once(ledger)
    yield from _never_refused(ledger)
    for device in [each for each in devices if not each.revoked and not each.in_a_drawer]:
        for typed in device.outbox:
            yield Violation("a", typed.id, "was never answered although its phone could sync")
        for typed in device.answered:
            if typed.is_kept and not _is_there(typed, lines.get(typed.id), final):
                yield Violation("a", typed.id, "was acknowledged once, and its phone could not bring it back")


def _is_there(typed: Typed, line: Json | None, final: Final) -> bool:
    """As it was typed, in the log, or where a person sees it.

    What was in a log that was lost may wait in quarantine now: a request that was long on its way came before its job.
    """
    if line is not None and line["record"] == typed.fact:
        return True
    return any(held["record"] == typed.fact for held in final.quarantine)


def _nothing_twice(final: Final) -> Iterator[Violation]:
    seen = Counter(line["record"].get("id") for log in final.facts.values() for line in log)
    yield from (
        Violation("a", str(fact_id), f"is in the log {times} times") for fact_id, times in seen.items() if times > 1
    )
    for job_id, log in final.facts.items():
        if [line["log_number"] for line in log] != list(range(1, len(log) + 1)):
            yield Violation("a", f"job {job_id}", "its log has gaps")
        if number_of_facts(final.documents[job_id]) != len(log):
            yield Violation("a", f"job {job_id}", "its version is not the number of its facts")


def _nothing_made_up(ledger: Ledger, final: Final) -> Iterator[Violation]:
    """What completes plans has a law of its own (`plans`)."""
    by_id: dict[str, list[Typed]] = {}
    for typed in ledger.typed:
        by_id.setdefault(typed.id, []).append(typed)
    for log in final.facts.values():
        for line in log:
            said = by_id.get(line["record"].get("id"), [])
            owner = [typed for typed in said if typed.fact == line["record"]]
            if not said and ADDED in line["record"]:
                continue
            if not owner:
                yield Violation("a", str(line["record"].get("id")), "is in the log in words that nobody typed")
            elif line["author_id"] != owner[0].member:
                yield Violation("a", owner[0].id, "is in the log in somebody else's name")


def _nothing_missing(ledger: Ledger, lines: dict[str, Json], life: int) -> Iterator[Violation]:
    for typed in ledger.typed:
        heard = [each for each in typed.heard if each.life == life and each.answer["outcome"] in RECORDED]
        line = lines.get(typed.id)
        if heard and (line is None or line["record"] != typed.fact):
            yield Violation("a", typed.id, f"{typed.kind} was acknowledged and is not in the log")
        elif heard and line is not None and line["log_number"] != heard[-1].answer["log_number"]:
            yield Violation("a", typed.id, "stands elsewhere in the log than was said")


def _never_refused(ledger: Ledger) -> Iterator[Violation]:
    """Only who asked is refused, and nothing is refused that was acknowledged before.

    Unless nobody is left who knows: the phone was set back, the server restored, and the author had seen nothing.
    """
    for typed in ledger.typed:
        told = [each.answer["outcome"] for each in typed.heard]
        if "refused" in told and not typed.fact.get("strict"):
            yield Violation("a", typed.id, "was refused although nobody asked")
        if typed.unanswered_elsewhere and typed.fact["base_version"] == 0:
            continue
        if "refused" in told and any(each != "refused" for each in told[: last_of(told, "refused")]):
            yield Violation("a", typed.id, "was acknowledged, and refused when it came back")


def last_of(told: Sequence[str], outcome: str) -> int:
    """Where it was said last."""
    return len(told) - 1 - list(reversed(told)).index(outcome)


def _said_once(ledger: Ledger) -> Iterator[Violation]:
    """A repeat gets its first answer; a first answer is not called a repeat."""
    for typed in ledger.typed:
        first: dict[int, Json] = {}
        for heard in typed.heard:
            if heard.outcome != "duplicate" and heard.outcome != heard.answer["outcome"]:
                yield Violation("a", typed.id, "outcome and answer differ")
            if heard.answer["outcome"] != "refused" and first.setdefault(heard.life, heard.answer) != heard.answer:
                yield Violation("a", typed.id, "a repeat was answered otherwise than the first time")
