"""Fields that two people can set: whether a value is current, or in the journal of conflicts. Reads JSON."""

import json
from typing import Any

from tests.simulation.checker.places import visit_of
from tests.simulation.ledger import Json, Typed

TIMES = ("window_start", "window_end", "work_start", "work_end")
FROZEN = ("requirements", "certificates", "price_list_code", "declined_diagnosis_percent")
"""What a plan is judged by: of a technician's own plan the server says it."""
NAMES = {"visit_planned": "plan", "visit_replanned": "plan", "diagnosed": "diagnosis", "repair_recorded": "repair"}


def field_of(typed: Typed) -> str | None:
    """The field that the fact sets, as the journal names it."""
    if typed.kind == "details_amended":
        return f"detail:{typed.body['field']}"
    if typed.kind == "warranty_decided":
        return "warranty"
    if typed.kind == "case_decided":
        return None if typed.showed is None else str(typed.showed["field"])
    return f"{NAMES[typed.kind]}:{typed.visit}" if typed.kind in NAMES else None


def value_of(typed: Typed) -> Any:
    """What the fact says."""
    if typed.kind == "details_amended":
        return None if typed.body["clear"] else typed.body["now"]
    if typed.kind == "case_decided":
        return typed.body["value"]
    return chosen(typed, typed.body)


def chosen(typed: Typed, value: Any) -> Any:
    """Of a plan that a technician made, what is theirs to say."""
    if typed.kind != "visit_planned" or typed.role != "technician" or value is None:
        return value
    return {name: each for name, each in value.items() if name not in FROZEN}


def is_current(document: Json, typed: Typed) -> bool:
    """Whether the document says so now."""
    field = field_of(typed) or ""
    if field.startswith("detail:"):
        return bool(document["details"].get(field.removeprefix("detail:")) == value_of(typed))
    if field == "warranty":
        return bool(document["warranty_decision"] == typed.body)
    visit = visit_of(document, typed)
    if typed.kind == "visit_replanned":
        plan = visit.get("plan")
        return plan is not None and all(plan[name] == typed.body[name] for name in TIMES)
    return bool(chosen(typed, visit.get(NAMES.get(typed.kind, ""))) == value_of(typed))


def is_in_journal(document: Json, typed: Typed) -> bool:
    """Whether a conflict about the field has the value as one of its sides, or as what both began from."""
    field, value = field_of(typed), value_of(typed)
    sides = [
        side
        for conflict in document["conflicts"]
        if conflict["field"] == field
        for side in (conflict["chosen"]["value"], conflict["other"]["value"], conflict["base"])
    ]
    return any(_read(side, typed) == value for side in sides)


def changed_nothing(typed: Typed) -> bool:
    """Whether the author typed what was already there, or a null that clears nothing."""
    if typed.kind == "details_amended" and typed.body["now"] is None and not typed.body["clear"]:
        return True
    return bool(typed.kind != "case_decided" and chosen(typed, typed.showed) == value_of(typed))


def went_back(typed: Typed, earlier: Typed) -> bool:
    """Whether the author only undid an edit of their own: to what they were shown when they made it."""
    own = earlier.member == typed.member and earlier.order < typed.order
    return own and typed.kind == earlier.kind == "details_amended" and earlier.showed == value_of(typed)


def _read(side: str | None, typed: Typed) -> Any:
    if typed.kind in ("details_amended", "case_decided") or side is None:
        return side
    return chosen(typed, json.loads(side))
