"""(g) Whatever was refused, unreadable or set aside is visible with a reason: in its answer, and in quarantine."""

from collections.abc import Iterator

from tests.simulation.checker.violation import Violation
from tests.simulation.ledger import Json, Ledger, Typed
from tests.simulation.port import Final

STATES = {"held", "released", "discarded"}


def explained(ledger: Ledger, final: Final, life: int) -> Iterator[Violation]:
    """Every answer that is no record has a code; every fact set aside is there byte for byte, with a case."""
    cases = {case["id"]: case for case in final.cases}
    held = {each["case_id"]: each for each in final.quarantine}
    for typed in ledger.typed:
        answer = typed.answer
        if answer is None or typed.is_recorded or typed.heard[-1].life != life:
            continue
        if not answer["code"]:
            yield Violation("g", typed.id, f"{answer['outcome']} without a reason")
        if answer["outcome"] != "refused":
            yield from _set_aside(typed, answer, held, cases)
    for each in final.quarantine:
        if not each["reason"] or each["state"] not in STATES:
            yield Violation("g", str(each["fact_id"]), "is in quarantine without a reason")


def _set_aside(typed: Typed, answer: Json, held: dict[str, Json], cases: dict[str, Json]) -> Iterator[Violation]:
    each = held.get(answer["case_id"])
    if each is None:
        yield Violation("g", typed.id, "was said to be in quarantine and is not")
        return
    if each["record"] != typed.fact:
        yield Violation("g", typed.id, "is in quarantine in other words than it was typed")
    if each["reason"] != answer["code"]:
        yield Violation("g", typed.id, "is in quarantine for another reason than was said")
    case = cases.get(answer["case_id"])
    if case is None or not case["text"]:
        yield Violation("g", typed.id, "is in quarantine and nobody is asked about it")
