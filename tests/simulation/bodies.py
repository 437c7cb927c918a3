"""What people type: a body for every kind of fact, drawn from the wire types, pointing at things that are there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from random import Random
from typing import Any
from uuid import UUID

import msgspec
from msgspec import inspect

from domain.facts.kinds import KIND_BY_NAME
from tests.simulation.ledger import Json

VAN_PART = "P-AC-015"
"""What vans carry; other parts are called like nothing else."""
WORDS = ("不制冷", "已更换电容", "门在左侧", "line\nbreak", "e\u0301", "«»", "😀")


@dataclass
class Scene:
    """What a person who types has before them."""

    now: datetime
    technician: str = ""
    outlet: str = ""
    document: Mapping[str, Any] = field(default_factory=dict)
    own_facts: tuple[str, ...] = ()
    known_facts: tuple[str, ...] = ()
    site: tuple[str, str] | None = None


def an_id(chance: Random) -> str:
    """A UUID that follows from the seed."""
    return str(UUID(int=chance.getrandbits(128), version=4))


def body(kind: str, chance: Random, scene: Scene) -> Json:
    """A body of this kind, every field spelt out, in the wire's own form."""
    drawn = {
        each.name: _MEANT[each.name](chance, scene) if each.name in _MEANT else _value(each.type, chance, scene)
        for each in _fields(kind)
    }
    if kind in _SHAPED:
        drawn = _SHAPED[kind](drawn, chance, scene)
    whole: Json = msgspec.json.decode(msgspec.json.encode(msgspec.convert(drawn, KIND_BY_NAME[kind].body)))
    return whole


@cache
def _fields(kind: str) -> tuple[inspect.Field, ...]:
    shape = inspect.type_info(KIND_BY_NAME[kind].body)
    assert isinstance(shape, inspect.StructType)
    return shape.fields


def _value(kind: inspect.Type, chance: Random, scene: Scene) -> Any:
    return _DRAWN[type(kind)](kind, chance, scene)


def _perhaps(kind: inspect.UnionType, chance: Random, scene: Scene) -> Any:
    if chance.random() < 0.4:
        return None
    return _value(next(each for each in kind.types if type(each) is not inspect.NoneType), chance, scene)


def _several(kind: inspect.VarTupleType, chance: Random, scene: Scene) -> list[Any]:
    return [_value(kind.item_type, chance, scene) for _ in range(chance.randint(kind.min_length or 0, 2))]


def _number(kind: inspect.IntType, chance: Random, _scene: Scene) -> int:
    low = max(kind.ge or 0, -5_000)
    return chance.randint(low, min(kind.le or 0, low + 20_000))


def _text(kind: inspect.StrType, chance: Random, _scene: Scene) -> str:
    if kind.pattern is None:
        unlike_any_other = f"{chance.choice(WORDS)} {chance.getrandbits(40):x}"
        return unlike_any_other[: kind.max_length or 100]
    if "{64}" in kind.pattern:
        return f"{chance.getrandbits(256):064x}"
    return "CNY" if "{3}" in kind.pattern else f"20{chance.randint(20, 30)}-12-31"


def _instant(at: datetime) -> str:
    return at.replace(microsecond=0).isoformat()


def _visits(scene: Scene) -> list[str]:
    return [visit["id"] for visit in scene.document.get("visits", ())]


def _one_of(values: list[str], chance: Random) -> str | None:
    return chance.choice(values) if values else None


def _lines(drawn: Json, chance: Random, _scene: Scene) -> Json:
    """Lines whose sum is the total; now and then somebody adds up wrongly."""
    total_fen = sum(line["amount_fen"] for line in drawn["lines"])
    return {**drawn, "total_fen": total_fen + (chance.random() < 0.1)}


def _detail(drawn: Json, chance: Random, scene: Scene) -> Json:
    """Few fields and few values, so that people meet."""
    name = chance.choice(("symptom", "cause", "access_note", "priority", "customer_wish", drawn["field"]))
    values = ("urgent", "normal") if name == "priority" else ("a", "b", f"{chance.choice(WORDS)} {chance.random()}")
    clear = chance.random() < 0.1
    was = scene.document.get("details", {}).get(name)
    return {"field": name, "was": was, "now": None if clear else chance.choice(values), "clear": clear}


def _decision(drawn: Json, chance: Random, scene: Scene) -> Json:
    cases = [each["id"] for name in ("conflicts", "findings") for each in scene.document.get(name, ())]
    case_id = _one_of([each["id"] for each in scene.document.get("conflicts", ())] * 3 + cases, chance)
    conflict = next((each for each in scene.document.get("conflicts", ()) if each["id"] == case_id), None)
    own_words = conflict is not None and conflict["field"].startswith("detail:") and chance.random() < 0.3
    value = f"{chance.choice(WORDS)} {chance.random()}" if own_words else None
    return {**drawn, "case_id": case_id or an_id(chance), "value": value}


def _planned(drawn: Json, chance: Random, scene: Scene) -> Json:
    """An hour of work within the promised window; half of the plans take the work away from another visit."""
    begins = scene.now + timedelta(minutes=30 * chance.randint(0, 20))
    ends = begins + timedelta(minutes=60)
    other = _one_of(_visits(scene), chance) if chance.random() < 0.5 else None
    times = {name: _instant(begins if name.endswith("start") else ends) for name in _TIMES}
    return {**drawn, **times, **({"replaces_visit_id": other} if "replaces_visit_id" in drawn else {})}


def _part(chance: Random, _scene: Scene) -> str:
    word, number = chance.choice(WORDS), chance.getrandbits(40)
    return VAN_PART if number % 2 else f"{word} {number:x}"


def _used(drawn: Json, _chance: Random, _scene: Scene) -> Json:
    return {**drawn, "source": "van"} if drawn["part_code"] == VAN_PART else drawn


_TIMES = ("window_start", "window_end", "work_start", "work_end")
_SHAPED: dict[str, Callable[[Json, Random, Scene], Json]] = {
    "fees_disclosed": _lines,
    "charged": _lines,
    "details_amended": _detail,
    "part_used": _used,
    "case_decided": _decision,
    "visit_planned": _planned,
    "visit_replanned": _planned,
}
_MEANT: dict[str, Callable[[Random, Scene], Any]] = {
    "outlet_id": lambda _, scene: scene.outlet,
    "technician_id": lambda _, scene: scene.technician,
    "customer_id": lambda *_: None,
    "site_id": lambda _, scene: scene.site and scene.site[0],
    "asset_id": lambda _, scene: scene.site and scene.site[1],
    "follows_job_id": lambda *_: None,
    "part_code": _part,
    "time_zone": lambda chance, _: chance.choice(("Asia/Shanghai", "Nowhere/Land")),
    "fact_id": lambda chance, scene: _one_of(list(scene.own_facts or scene.known_facts), chance) or an_id(chance),
    "prices": lambda *_: [],
    "fault_codes": lambda *_: None,
    "holidays": lambda *_: None,
    "complaint_id": lambda chance, scene: (
        _one_of([each["id"] for each in scene.document.get("complaints", ())], chance) or an_id(chance)
    ),
    "content_hash": lambda chance, scene: (
        _one_of(
            [told["content_hash"] for visit in scene.document.get("visits", ()) for told in visit["disclosures"]],
            chance,
        )
        or f"{chance.getrandbits(256):064x}"
    ),
}
_DRAWN: dict[type[inspect.Type], Callable[[Any, Random, Scene], Any]] = {
    inspect.Metadata: lambda kind, chance, scene: _value(kind.type, chance, scene),
    inspect.UnionType: _perhaps,
    inspect.StructType: lambda kind, chance, scene: {
        each.name: _value(each.type, chance, scene) for each in kind.fields
    },
    inspect.VarTupleType: _several,
    inspect.StrType: _text,
    inspect.IntType: _number,
    inspect.EnumType: lambda kind, chance, _: chance.choice(list(kind.cls)).value,
    inspect.DateTimeType: lambda _, chance, scene: _instant(scene.now + timedelta(minutes=chance.randint(-300, 300))),
    inspect.BoolType: lambda _, chance, __: chance.random() < 0.5,
    inspect.FloatType: lambda _, chance, __: round(chance.uniform(-80, 80), 6),
    inspect.UUIDType: lambda _, chance, __: an_id(chance),
}
