"""The fault codes that a visit's record may be written with, frozen with its plan (K24).

A catalogue may be long, and a document is pulled often; so the fold remembers the codes by visit, and the document
leaves them out. Planned again, the later codes count.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from domain.cases.findings import BrokenRule, broken
from domain.facts import Fact
from domain.facts.desk import VisitPlanned
from domain.facts.door.work import Diagnosed, RepairRecorded
from domain.facts.requirements import FrozenFaultCodes

Codes = dict[str, FrozenFaultCodes]
"""By visit."""


def with_codes(known: Codes, fact: Fact) -> Codes:
    """The codes by visit, with those that a plan freezes."""
    body = fact.body
    if not isinstance(body, VisitPlanned) or body.fault_codes is None:
        return known
    return {**known, str(fact.visit_id or fact.id): body.fault_codes}


def unknown_codes(fact: Fact, known: Mapping[str, FrozenFaultCodes]) -> list[BrokenRule]:
    """Codes of a diagnosis or a record that the catalogue did not have for this product."""
    body: Any = fact.body
    frozen = known.get(str(fact.visit_id or fact.id))
    if frozen is None or not isinstance(body, Diagnosed | RepairRecorded):
        return []
    unknown = dict.fromkeys(_unknown(body, frozen))
    return [broken("fault_code_unknown", codes=", ".join(unknown))] if unknown else []


def _unknown(body: Struct, frozen: FrozenFaultCodes) -> Iterable[str]:
    said = (
        (getattr(body, "symptom_code", None), frozen.symptoms),
        (getattr(body, "condition_code", None), frozen.conditions),
        (getattr(body, "cause_code", None), frozen.causes),
        *((code, frozen.measures) for code in getattr(body, "measure_codes", ())),
    )
    return (code for code, known in said if code is not None and code not in known)
