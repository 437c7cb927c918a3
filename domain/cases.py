"""Findings, conflicts and what people decided about them."""

from uuid import UUID, uuid5

from msgspec import Struct
from msgspec.structs import replace

from domain.facts import Fact
from domain.facts.desk import CaseDecided
from domain.job import Blocks, Conflict, Decision, Finding, Job
from domain.rules import RULE_BY_CODE


class Break(Struct, frozen=True):
    """A rule that a fact breaks. `visit_id` names the visit to tell when it is not the fact's own."""

    code: str
    parameters: dict[str, str]
    visit_id: UUID | None = None


def broken(code: str, *, tell: UUID | None = None, **parameters: object) -> Break:
    """Name a broken rule with the parameters of its sentence."""
    return Break(code, {name: str(value) for name, value in parameters.items()}, tell)


def with_finding(job: Job, fact: Fact, visit_id: UUID | None, found: Break) -> Job:
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


def decision_of(fact: Fact, body: CaseDecided) -> Decision:
    """The decision that a `case_decided` fact carries."""
    return Decision(
        choice=body.choice,
        value=body.value,
        reason=body.reason,
        by=fact.author_id,
        at=fact.corrected_at,
        fact_id=fact.id,
    )


def with_decision(job: Job, case_id: UUID, decision: Decision) -> Job:
    """The job with the case decided; a later decision replaces an earlier one."""
    return replace(
        job,
        findings=tuple(
            replace(finding, decision=decision) if finding.id == case_id else finding for finding in job.findings
        ),
        conflicts=tuple(
            replace(conflict, decision=decision) if conflict.id == case_id else conflict for conflict in job.conflicts
        ),
    )


def conflict_by_id(job: Job, case_id: UUID) -> Conflict | None:
    """The conflict with this id, if the job has it."""
    return next((conflict for conflict in job.conflicts if conflict.id == case_id), None)


def is_blocked(job: Job, what: Blocks) -> bool:
    """Whether an undecided finding blocks charging, or closing (which charging findings block as well)."""
    blocking = {what, Blocks.CHARGING} if what is Blocks.CLOSING else {what}
    return any(finding.blocks in blocking and finding.decision is None for finding in job.findings)


def open_cases(job: Job) -> int:
    """How many findings above `info` and conflicts wait for a person."""
    findings = sum(1 for finding in job.findings if needs_person(finding))
    return findings + sum(1 for conflict in job.conflicts if conflict.decision is None)


def needs_person(finding: Finding) -> bool:
    """Whether somebody has to decide: it blocks something and nobody has."""
    return finding.decision is None and finding.blocks is not Blocks.NOTHING
