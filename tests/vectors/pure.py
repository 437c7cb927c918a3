"""A case played without a server: the same reading, sorting out and merging of facts, on dictionaries."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec

from domain.facts import Fact
from domain.fold import Folded, empty
from domain.people.actor import Role
from domain.scope import holders
from openapi.vectors.runner.cases import CAST, filled, instant, names_a_case, names_in, with_case_ids
from openapi.vectors.runner.compare import Seen
from sync.candidates import Author, Candidate
from sync.clock import Exchange, corrected
from sync.intake import Intake, Known, Past, set_aside, sort_out
from sync.merge import merge
from sync.record import Record, Unreadable, read
from sync.trouble import trouble
from sync.verdicts import Verdict


class World:
    """Jobs, their logs, and what every fact was answered."""

    def __init__(self) -> None:
        self.states: dict[UUID, Folded] = {}
        self.logs: dict[UUID, list[Fact]] = {}
        self.sent: dict[UUID, bytes] = {}
        self.known: dict[UUID, list[Known]] = {}
        self.unread: dict[bytes, bytes] = {}
        self.counted: dict[UUID, dict[int, UUID]] = {}
        self.suspected: dict[UUID, str] = {}

    def push(self, author: Author, at: datetime, raws: list[bytes]) -> Any:
        """What a server would answer, less documents."""
        pushed, counted = [read(raw) for raw in raws], self.counted.setdefault(author.device_id, {})
        intake = sort_out(pushed, Past(self.known, counted), self.unread)
        if (sign := trouble(intake, counted)) is not None:
            self.suspected.setdefault(author.device_id, sign.why.value)
        verdicts = self._merged(author, at, intake)
        aside = set_aside(intake, verdicts, author.device_id, at)
        answers = {verdict.candidate.index: verdict.answer for verdict in verdicts}
        answers |= {index: each.answer for index, each in aside.items()}
        said = {index: (answer.outcome.value, msgspec.json.encode(answer)) for index, answer in answers.items()}
        self._remember(pushed, said)
        said |= {index: ("duplicate", answer) for index, answer in intake.repeats.items()}
        said |= {index: ("duplicate", said[first][1]) for index, first in intake.again.items()}
        outcomes = [
            {"outcome": outcome, "answer": msgspec.json.decode(answer)} for _, (outcome, answer) in sorted(said.items())
        ]
        return {"outcomes": outcomes, "device_trouble": self.suspected.get(author.device_id)}

    def job(self, job_id: UUID) -> Any:
        return msgspec.json.decode(msgspec.json.encode(self.states[job_id].job))

    def _merged(self, author: Author, at: datetime, intake: Intake) -> list[Verdict]:
        by_job: dict[UUID, list[Candidate]] = {}
        for index, record in sorted(intake.fresh.items(), key=lambda pair: (pair[1].envelope.seq or 0, pair[0])):
            log = self.logs.get(record.envelope.job_id, [])
            by_job.setdefault(record.envelope.job_id, []).append(_candidate(author, at, index, record, log))
        verdicts: list[Verdict] = []
        for job_id, candidates in by_job.items():
            log = self.logs.setdefault(job_id, [])
            merged = merge(self.states.get(job_id, empty(job_id)), log, candidates)
            assert merged is not None
            self.states[job_id] = merged.state
            for verdict in merged.verdicts:
                if verdict.fact is not None:
                    log.append(verdict.fact)
                    if verdict.fact.seq is not None:
                        self.counted[author.device_id].setdefault(verdict.fact.seq, verdict.fact.id)
                    self.sent[verdict.fact.id] = verdict.candidate.record.raw
            verdicts += merged.verdicts
        return verdicts

    def _remember(self, pushed: list[Record | Unreadable], said: dict[int, tuple[str, bytes]]) -> None:
        for index, (outcome, answer) in said.items():
            each = pushed[index]
            if isinstance(each, Unreadable):
                self.unread[each.digest] = answer
            elif outcome != "refused":
                self.known.setdefault(each.envelope.id, []).append(
                    Known(each.digest, answer, outcome.startswith("recorded"))
                )


def play(case: dict[str, Any], unaware: list[dict[str, Any]]) -> tuple[Seen, dict[str, str]]:
    """The case with its unaware pushes in this order, and the ids that its names stood for."""
    names = {name: str(uuid4()) for name in sorted({*names_in(case), *CAST, "HZ01", "SZ01"})}
    names["A2"] = names["A"]
    world, seen, job_id = World(), Seen(), UUID(names["job"])
    for push in filled([*case["known"], *unaware, *case.get("then", [])], names):
        told = with_case_ids(push, world.job(job_id)) if names_a_case(push) else push
        raws = [each["text"].encode() if "text" in each else msgspec.json.encode(each) for each in told["facts"]]
        seen.pushes.append(world.push(author(push["by"], names), instant(push["at"]), raws))
    seen.job = world.job(job_id)
    seen.log = {str(fact_id): msgspec.json.decode(raw) for fact_id, raw in world.sent.items()}
    held = {str(member_id): reason for member_id, reason in holders(world.states[job_id].job).items()}
    seen.withdrawn = {letter: held[names[letter]] for letter in CAST if names[letter] in held}
    return seen, names


def author(letter: str, names: dict[str, str]) -> Author:
    who = CAST[letter]
    outlets = () if who["outlet"] is None else (UUID(names[who["outlet"]]),)
    device_id = UUID(int=UUID(names[letter]).int ^ list(CAST).index(letter))
    return Author(member_id=UUID(names[letter]), role=Role(who["role"]), device_id=device_id, outlet_ids=outlets)


def _candidate(author: Author, at: datetime, index: int, record: Record, log: list[Fact]) -> Candidate:
    base = min(record.envelope.base_version, len(log))
    met = Exchange(server_at=at, device_at=None, uptime_ms=None, boot_id=None)
    corrected_at, grade = corrected(record.envelope, met, log[base - 1].recorded_at if base > 0 else None)
    return Candidate(
        index=index,
        record=record,
        author=author,
        recorded_at=at,
        corrected_at=corrected_at,
        grade=grade,
        strict=record.envelope.strict,
    )
