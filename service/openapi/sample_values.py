"""What fields hold in the contract's examples: the sample company's people, places, prices and times."""

from pathlib import Path

import msgspec
from msgspec import Struct, UnsetType
from msgspec.structs import replace

from domain.calendar.china import YEARS
from domain.catalogue import PriceList
from domain.kpis.table import KPI_BY_ID
from domain.patterns import ORIGINS
from domain.retention import TERM_SOURCES
from domain.rules.sources import RULE_SOURCES
from domain.rules.table import RULES
from domain.rules.transitions import TRANSITIONS
from domain.steps.safety_checks import SAFETY_CHECKS
from service.openapi.directions import Schema
from service.openapi.schemas import PUBLISHED
from service.seed import worked_example
from service.seed.company import catalogue_items, sample_id

_KINDS: dict[type, tuple[str, ...]] = {
    type(None): ("null",),
    bool: ("boolean",),
    int: ("integer", "number"),
    float: ("number",),
    str: ("string",),
    list: ("array",),
    dict: ("object",),
}


class SampleValues(Struct, frozen=True, forbid_unknown_fields=True):
    """What fields hold in examples: those of one type, else all of that name. `$` and a word stand for an id."""

    by_name: dict[str, object]
    by_type: dict[str, dict[str, object]]


SAMPLE_VALUES = msgspec.json.decode(Path(__file__).with_name("sample_values.json").read_bytes(), type=SampleValues)

_IDS = {
    "$outlet": str(sample_id("outlet", "HZ01")),
    "$technician": str(sample_id("member", "HZ0107")),
    "$dispatcher": str(sample_id("member", "dispatch.hz01")),
    "$supervisor": str(sample_id("member", "supervisor.hz01")),
    "$admin": str(sample_id("member", "admin")),
    "$customer": str(sample_id("customer", "顾客 001")),
    "$site": str(sample_id("site", "顾客 001")),
    "$asset": str(sample_id("asset", "LS-KF35-0011")),
    "$job": str(worked_example.JOB_ID),
    "$visit": str(worked_example.VISIT_ID),
    "$device": str(worked_example.PHONE.device_id),
    "$fact": "019f3517-9c00-7000-8000-0000000f0004",
}


def sample_value(schema: Schema, owner: str, name: str) -> object | UnsetType:
    """What the table says of this field of its owner, where the schema lets it hold that."""
    for values in (SAMPLE_VALUES.by_type.get(owner, {}), SAMPLE_VALUES.by_name):
        value = values.get(name, msgspec.UNSET)
        fits = value is not msgspec.UNSET and not set(_KINDS[type(value)]).isdisjoint(kinds_of(schema))
        if fits and value in schema.get("enum", [value]):
            return _IDS.get(value, value) if isinstance(value, str) else value
    return msgspec.UNSET


def kinds_of(schema: Schema) -> list[str]:
    """Which kinds of JSON it lets pass."""
    kinds = schema.get("type")
    return kinds if isinstance(kinds, list) else [kinds or ""]


def _whole_records() -> dict[str, object]:
    known = [KPI_BY_ID["K03"], ORIGINS[0], TERM_SOURCES[0], RULES[0], RULE_SOURCES[0], TRANSITIONS[0]]
    first = {type(each): each for each in reversed([*catalogue_items(), *known, SAFETY_CHECKS[0], YEARS[-1]])}
    records: dict[str, object] = {PUBLISHED.get(kind.__name__, kind.__name__): each for kind, each in first.items()}
    prices = next(each for each in catalogue_items() if isinstance(each, PriceList))
    records |= {
        "PriceListView": replace(prices, lines=prices.lines[:2]),
        "Job": worked_example.JOB,
        "Answer": worked_example.OUTCOMES[0].answer,
    }
    return {name: msgspec.json.decode(msgspec.json.encode(each)) for name, each in records.items()}


WHOLE_RECORDS = _whole_records()
"""By type: records whose parts depend on each other, and those that the product itself knows."""
WHOLE_LISTS = {"PushOutcome": msgspec.json.decode(msgspec.json.encode(worked_example.OUTCOMES), type=list[object])}
"""By type of what they hold: lists that answer a request's own list, item by item."""
