"""What became of each candidate: recorded, quarantined or refused, and the answer that its author gets."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec
from msgspec import Struct

from domain.facts import Fact
from domain.job.cases import Finding
from domain.job.document import Job
from sync.candidates import Candidate
from sync.protocol import Answer, FindingNote, Outcome, note

_encode = msgspec.json.Encoder().encode


class Verdict(Struct, frozen=True, kw_only=True):
    """What became of a candidate; `fact` is set when it was recorded."""

    candidate: Candidate
    fact: Fact | None
    answer: Answer
    answer_bytes: bytes
    """`answer` encoded, once for the log and for the wire."""


def verdicts(
    job: Job,
    candidates: Sequence[Candidate],
    accepted: Sequence[tuple[Candidate, Fact]],
    answers: Mapping[int, Answer],
) -> tuple[Verdict, ...]:
    """Of each candidate that was accepted, by what its fact is found to break, or that has an answer already."""
    facts = {candidate.index: fact for candidate, fact in accepted}
    findings: dict[UUID, list[Finding]] = {}
    for finding in job.findings:
        for fact_id in finding.fact_ids:
            findings.setdefault(fact_id, []).append(finding)
    return tuple(
        _verdict(
            candidate,
            facts.get(candidate.index),
            answers.get(candidate.index)
            or _recorded(candidate, facts[candidate.index], findings.get(candidate.record.envelope.id, [])),
        )
        for candidate in candidates
        if candidate.index in facts or candidate.index in answers
    )


def set_aside(candidate: Candidate, reason: str) -> Answer:
    """Quarantined; but refused when somebody is waiting for the answer, by a strict fact or a release."""
    outcome = Outcome.REFUSED if candidate.strict or candidate.released else Outcome.QUARANTINED
    return _answer(candidate, outcome, reason, ())


def refused(candidate: Candidate, findings: Sequence[Finding]) -> Answer:
    return _answer(candidate, Outcome.REFUSED, findings[0].code, tuple(note(finding) for finding in findings))


def _verdict(candidate: Candidate, fact: Fact | None, answer: Answer) -> Verdict:
    return Verdict(candidate=candidate, fact=fact, answer=answer, answer_bytes=_encode(answer))


def _recorded(candidate: Candidate, fact: Fact, findings: Sequence[Finding]) -> Answer:
    outcome = Outcome.RECORDED_WITH_FINDINGS if findings else Outcome.RECORDED
    return _answer(candidate, outcome, None, tuple([note(finding) for finding in findings]), fact.log_number)


def _answer(
    candidate: Candidate,
    outcome: Outcome,
    code: str | None,
    findings: tuple[FindingNote, ...],
    log_number: int | None = None,
) -> Answer:
    return Answer(
        fact_id=candidate.record.envelope.id,
        outcome=outcome,
        job_id=candidate.record.envelope.job_id,
        log_number=log_number,
        recorded_at=candidate.recorded_at,
        corrected_at=candidate.corrected_at,
        time_grade=candidate.grade,
        findings=findings,
        code=code,
        pointer=None,
        detail=None,
        case_id=None,
    )
