"""(f) Money and parts: the sums of the document are the sums of what was typed, counted anew."""

from collections import Counter
from collections.abc import Iterator, Sequence

from tests.simulation.checker.retractions import taken_back
from tests.simulation.checker.violation import Violation
from tests.simulation.ledger import Json, Ledger, Typed
from tests.simulation.port import Final

SUMS = (
    ("charged_fen", "charged", "total_fen"),
    ("paid_fen", "paid", "amount_fen"),
    ("refunded_fen", "refunded", "amount_fen"),
    ("refund_due_fen", "refund_requested", "amount_fen"),
)
"""The document's sum, the kind of fact that it is made of, and what each adds."""


def balanced(ledger: Ledger, final: Final) -> Iterator[Violation]:
    """Each job by itself, by what is in its log."""
    in_log = {line["record"].get("id"): line["record"] for log in final.facts.values() for line in log}
    jobs: dict[str, list[Typed]] = {}
    for typed in ledger.typed:
        if in_log.get(typed.id) == typed.fact:
            jobs.setdefault(typed.job, []).append(typed)
    for job_id, recorded in jobs.items():
        yield from _balanced(ledger, final.documents[job_id], recorded)
    yield from _vans(final)


def _vans(final: Final) -> Iterator[Violation]:
    """A van lacks what was taken from it and what visits used; there is a document of each that was ever loaded."""
    moved: Counter[tuple[str | None, str]] = Counter()
    for each in final.stock:
        moved[each["to_location_id"], each["part_code"]] += each["quantity_thousandths"]
        moved[each["from_location_id"], each["part_code"]] -= each["quantity_thousandths"]
    for document in final.documents.values():
        for visit in document["visits"]:
            for line in visit["parts"]:
                place = visit["technician_id"], line["body"]["part_code"]
                if place in moved and line["body"]["source"] == "van":
                    moved[place] -= max(0, line["body"]["quantity_thousandths"])
    shown = {van["technician_id"]: {each["part_code"]: each for each in van["parts"]} for van in final.vans.values()}
    for (place_id, part_code), counted in moved.items():
        said = shown.get(place_id, {}).get(part_code, {"quantity_thousandths": 0})["quantity_thousandths"]
        if place_id is not None and said != counted:
            yield Violation("f", f"van {place_id}", f"{said} of {part_code} are said to lie there, counted {counted}")


def _balanced(ledger: Ledger, document: Json, recorded: Sequence[Typed]) -> Iterator[Violation]:
    gone = taken_back(ledger, document, recorded)
    uncertain = {typed.kind for typed in recorded if typed.order in gone.perhaps}
    standing = [typed for typed in recorded if gone.stands(typed)]
    for name, kind, amount in SUMS:
        counted = sum(typed.body[amount] for typed in standing if typed.kind == kind)
        if kind not in uncertain and document["money"][name] != counted:
            yield Violation("f", f"job {document['id']}", f"{name} is {document['money'][name]}, typed were {counted}")
    if "part_used" not in uncertain:
        used, shown = _parts(standing), _shown(document)
        if used != shown:
            yield Violation("f", f"job {document['id']}", f"parts used are {dict(shown)}, typed were {dict(used)}")


def _parts(standing: Sequence[Typed]) -> Counter[str]:
    used: Counter[str] = Counter()
    for typed in standing:
        if typed.kind == "part_used":
            used[typed.body["part_code"]] += typed.body["quantity_thousandths"]
    return used


def _shown(document: Json) -> Counter[str]:
    shown: Counter[str] = Counter()
    for visit in document["visits"]:
        for line in visit["parts"]:
            shown[line["body"]["part_code"]] += line["body"]["quantity_thousandths"]
    return shown
