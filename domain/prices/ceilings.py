"""The prices that a visit's fees are judged by, frozen with its plan (R03).

A list may be long, and a document is pulled often; so the fold remembers the prices by the code of their list, and the
document names the list only. Planned again under the same code, the later prices count.
"""

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from domain.cases.findings import BrokenRule
from domain.facts import Fact
from domain.facts.desk import VisitPlanned
from domain.facts.door.fees import Charged, FeesDisclosed
from domain.facts.words import FeeKind, FeeLine, Tracking
from domain.job.document import Job
from domain.prices.line_checks import line_gap
from domain.quoting.above_list import asks_more


class Ceiling(Struct, frozen=True, array_like=True):
    """The most that one unit may cost, and as what; None where the price is agreed. And how a part is traced (K23).

    `advertised_fen` is what an advertisement said, None where none did (R19).
    """

    component: FeeKind
    price_fen: int | None
    tracked: Tracking = Tracking.NONE
    advertised_fen: int | None = None


Ceilings = dict[str, Ceiling]
"""By code of the price list's line, or of the part."""


def with_ceilings(known: dict[str, Ceilings], body: Struct) -> dict[str, Ceilings]:
    """The prices by list, with those that a plan freezes."""
    if not isinstance(body, VisitPlanned) or not body.prices:
        return known
    ceilings = {
        price.code: Ceiling(
            price.component, None if price.by_quote else price.price_fen, price.tracked, price.advertised_fen
        )
        for price in body.prices
    }
    return {**known, body.price_list_code or "": ceilings}


def overpriced(job: Job, fact: Fact, known: dict[str, Ceilings]) -> list[BrokenRule]:
    """Lines told or charged above the frozen prices, or unknown to them, that no supervisor allowed (R03)."""
    body: Any = fact.body
    if not isinstance(body, FeesDisclosed | Charged):
        return []
    ceilings = of_visit(job, fact, known)
    asking = [line for line in body.lines if _asks(line) and not _is_allowed(line)]
    return [
        *line_gap("price_above_list", _above(asking, ceilings)),
        *line_gap("price_code_unknown", [line for line in asking if ceilings and not _is_known(line, ceilings)]),
    ]


def of_visit(job: Job, fact: Fact, known: dict[str, Ceilings]) -> Ceilings:
    """What the plan of the fact's visit froze; nothing where nobody did."""
    plan = next((visit.plan for visit in job.visits if visit.id == fact.visit_id), None)
    return {} if plan is None else known.get(plan.price_list_code or "", {})


def _above(lines: Iterable[FeeLine], ceilings: Ceilings) -> list[FeeLine]:
    return [line for line in lines if (price := _most_fen(line, ceilings)) is not None and asks_more(line, price)]


def _most_fen(line: FeeLine, ceilings: Ceilings) -> int | None:
    """Where no prices were frozen, what the line itself says that the list asks."""
    if not ceilings:
        return line.list_price_fen
    ceiling = ceilings.get(line.code)
    return None if ceiling is None else ceiling.price_fen


def _is_known(line: FeeLine, ceilings: Ceilings) -> bool:
    ceiling = ceilings.get(line.code)
    return ceiling is not None and ceiling.component is line.kind


def _asks(line: FeeLine) -> bool:
    return line.amount_fen > 0 and line.kind is not FeeKind.DISCOUNT


def _is_allowed(line: FeeLine) -> bool:
    return line.supervisor_code is not None and bool(line.reason)
