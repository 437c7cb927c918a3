"""Findings, conflicts and what people decided about them."""

from uuid import UUID, uuid5

from msgspec import Struct
from msgspec.structs import replace

from domain.facts import Fact
from domain.facts.desk import Choice
from domain.job.cases import Blocks, Conflict, Decision, Finding
from domain.job.document import Job
from domain.rules.table import RULE_BY_CODE


class BrokenRule(Struct, frozen=True):
    """A rule that a fact breaks. `visit_id` names the visit to tell of it, where that is not the fact's own."""

    code: str
    parameters: dict[str, str]
    visit_id: UUID | None = None


def broken(code: str, *, tell: UUID | None = None, **parameters: object) -> BrokenRule:
    """Name a broken rule with the parameters of its sentence."""
    return BrokenRule(code, {name: str(value) for name, value in parameters.items()}, tell)


def with_finding(job: Job, fact: Fact, visit_id: UUID | None, found: BrokenRule) -> Job:
    """The job with one more finding. A rule broken again on the same visit adds its fact to the finding that stands.

    A decision covers what came before it: broken again afterwards, the finding waits for a person once more.
    """
    visit_id = found.visit_id or visit_id
    finding_id = uuid5(job.id, f"{found.code}:{visit_id or ''}")
    for index, known in enumerate(job.findings):
        if known.id == finding_id:
            fact_ids = known.fact_ids if known.fact_ids[-1] == fact.id else (*known.fact_ids, fact.id)
            more = replace(known, fact_ids=fact_ids, parameters=found.parameters, decision=None)
            return replace(job, findings=(*job.findings[:index], more, *job.findings[index + 1 :]))
    rule = RULE_BY_CODE[found.code]
    finding = Finding(
        id=finding_id,
        code=rule.code,
        rule=rule.rule,
        severity=rule.severity,
        blocks=rule.blocks,
        visit_id=visit_id,
        fact_ids=(fact.id,),
        at=fact.corrected_at,
        parameters=found.parameters,
        decision=None,
    )
    return replace(job, findings=(*job.findings, finding))


def with_decision(finding: Finding, decision: Decision) -> Finding:
    """The finding with a person's word on it; a later one replaces an earlier one, and an undo takes it back."""
    if decision.choice is not Choice.UNDO:
        return replace(finding, decision=decision)
    named = decision.undoes is None or (finding.decision is not None and finding.decision.fact_id == decision.undoes)
    return replace(finding, decision=None) if named else finding


def is_blocked(job: Job, what: Blocks) -> bool:
    """Whether an undecided finding blocks charging, or closing (which charging findings block as well)."""
    blocking = {what, Blocks.CHARGING} if what is Blocks.CLOSING else {what}
    return any(finding.blocks in blocking and finding.decision is None for finding in job.findings)


def open_cases(job: Job) -> int:
    """How many findings above `info` and conflicts wait for a person."""
    findings = sum(1 for finding in job.findings if needs_person(finding))
    return findings + sum(1 for conflict in job.conflicts if is_open(conflict))


def is_open(conflict: Conflict) -> bool:
    """Whether the two values still stand against each other, and nobody has decided between them."""
    return conflict.decision is None and conflict.outdated is None


def needs_person(finding: Finding) -> bool:
    """Whether somebody has to decide: it blocks something and nobody has."""
    return finding.decision is None and finding.blocks is not Blocks.NOTHING
