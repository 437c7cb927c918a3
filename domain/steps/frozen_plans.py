"""Plans that a phone made, with what the server froze for them (`plan_frozen`): as if both had been said at once.

It counts from wherever in the log it stands, so the order of arrival does not matter.
"""

from collections.abc import Iterable, Mapping
from uuid import UUID

from msgspec.structs import replace

from domain.facts import Fact
from domain.facts.desk import PlanFrozen, VisitPlanned

Frozen = Mapping[UUID, PlanFrozen]
"""By the fact that made the plan."""


def frozen_plans(facts: Iterable[Fact]) -> dict[UUID, PlanFrozen]:
    """What these facts freeze; of two for one plan the last."""
    return {fact.body.plan_fact_id: fact.body for fact in facts if isinstance(fact.body, PlanFrozen)}


def waiting(frozen: Frozen, facts: Iterable[Fact]) -> dict[UUID, PlanFrozen]:
    """What is frozen for plans that are not among these facts: they may still arrive."""
    here = {fact.id for fact in facts} if frozen else ()
    return {plan_id: body for plan_id, body in frozen.items() if plan_id not in here}


def completed(fact: Fact, frozen: Frozen) -> Fact:
    """The plan with what was frozen for it; any other fact as it is."""
    body = fact.body
    if not isinstance(body, VisitPlanned) or (more := frozen.get(fact.id)) is None:
        return fact
    whole = replace(
        body,
        requirements=more.requirements,
        certificates=more.certificates,
        price_list_code=more.price_list_code or body.price_list_code,
        declined_diagnosis_percent=more.declined_diagnosis_percent,
        prices=more.prices,
        fault_codes=more.fault_codes,
        holidays=more.holidays,
    )
    return replace(fact, body=whole)
