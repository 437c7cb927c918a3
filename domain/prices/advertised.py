"""A low price that lures: what is charged, held to what was advertised for the same item (R19)."""

from domain.cases.findings import BrokenRule
from domain.facts import Fact
from domain.facts.door.fees import Charged
from domain.facts.words import FeeKind, FeeLine
from domain.job.document import Job
from domain.job.money import last_agreed
from domain.prices.ceilings import Ceilings, of_visit
from domain.prices.line_checks import line_gap
from domain.quoting.advertised import costs_more


def above_advertised(job: Job, fact: Fact, known: dict[str, Ceilings]) -> list[BrokenRule]:
    """Lines billed above their advertised price, where the fees that the customer agreed to give no reason for it."""
    if not isinstance(fact.body, Charged):
        return []
    prices = of_visit(job, fact, known)
    reasoned = _reasoned(job, fact)
    dearer = [line for line in fact.body.lines if _is_above(line, prices) and (line.kind, line.code) not in reasoned]
    return line_gap("charged_above_advertised", dearer)


def _reasoned(job: Job, fact: Fact) -> set[tuple[FeeKind, str]]:
    """The items for which the customer agreed to a reason."""
    told = [disclosure for visit in job.visits if visit.id == fact.visit_id for disclosure in visit.disclosures]
    agreed = last_agreed(told)
    return set() if agreed is None else {(line.kind, line.code) for line in agreed.lines if line.reason}


def _is_above(line: FeeLine, prices: Ceilings) -> bool:
    price = prices.get(line.code)
    if price is None or price.advertised_fen is None or line.kind is not price.component:
        return False
    return costs_more(line, price.advertised_fen)
