"""A push on the server in memory: the project's own reading, sorting, clocks, merge and fold around dictionaries."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid5

import msgspec
from msgspec.structs import replace

from domain.facts.desk import JobOpened
from domain.fold import empty
from sync import clock, intake, merge, record, versions
from sync.candidates import Author, Candidate
from sync.clock import Exchange
from sync.intake import Intake, Known, Past, SetAside
from sync.merge import Merged
from sync.protocol import Answer, Outcome
from sync.record import Record, Unreadable
from tests.simulation.memory_audience import told
from tests.simulation.memory_data import Data, Held, Stored, Transaction
from tests.simulation.memory_foreign import waits_for_its_owner
from tests.simulation.memory_plans import completed


@dataclass(frozen=True)
class Recorded:
    """What became of each fact, and the jobs that changed."""

    outcomes: list[Outcome]
    answers: list[bytes]
    changed: list[UUID]


@dataclass
class Push:
    """One push in its transaction."""

    data: Data
    transaction: Transaction
    author: Author
    exchange: Exchange
    outlets: Collection[UUID]
    foreign: Author | None = None
    released: bool = False
    brought_back: bool = False

    def record(self, raws: Sequence[bytes]) -> Recorded:
        """Record facts; one that cannot be recorded never stops another."""
        pushed = [record.read(raw) for raw in raws]
        sorted_out = intake.sort_out(pushed, Past(self._known(pushed), {}), self._known_bytes())
        self._count(sorted_out)
        foreign = self._disowned(sorted_out) if self.foreign is not None else {}
        merged = [self._merged(job_id, group) for job_id, group in self._candidates(sorted_out).items()]
        changed = [self._keep(result) for result in merged if any(verdict.fact for verdict in result.verdicts)]
        verdicts = [verdict for result in merged for verdict in result.verdicts]
        aside = intake.set_aside(sorted_out, verdicts, self._made_on, self.exchange.server_at) | foreign
        self._hold(aside)
        answers = {verdict.candidate.index: verdict.answer for verdict in verdicts}
        answers |= {index: each.answer for index, each in aside.items()}
        return Recorded(*self._answered(pushed, sorted_out, answers), changed)

    @property
    def _made_on(self) -> UUID:
        return (self.foreign or self.author).device_id

    def _known(self, pushed: Sequence[Record | Unreadable]) -> dict[UUID, list[Known]]:
        ids = set() if self.released else {each.fact_id for each in pushed if each.fact_id is not None}
        return {each: list(self.data.known[each]) for each in ids if each in self.data.known}

    def _known_bytes(self) -> dict[bytes, bytes]:
        own = [each for each in self.data.held.values() if each.device == self._made_on]
        return {each.digest: each.answer for each in own if each.reason in record.UNREADABLE}

    def _disowned(self, sorted_out: Intake) -> dict[int, SetAside]:
        """Facts made under another member's enrolment wait for a person who lets them out in that member's name."""
        found = {}
        for index, each in list(sorted_out.fresh.items()):
            case_id = uuid5(self._made_on, each.digest.hex())
            answer = waits_for_its_owner(each, case_id, self.exchange.server_at)
            found[index] = SetAside(index, each, answer)
            del sorted_out.fresh[index]
        return found

    def _candidates(self, sorted_out: Intake) -> dict[UUID, list[Candidate]]:
        groups: dict[UUID, list[Candidate]] = {}
        for index, each in sorted_out.fresh.items():
            groups.setdefault(each.envelope.job_id, []).append(self._candidate(index, each))
        return completed(self.data, {job_id: sorted(group, key=_by_counter) for job_id, group in groups.items()})

    def _candidate(self, index: int, each: Record) -> Candidate:
        each = self._as_counted(each)
        stored, base = self.data.jobs.get(each.envelope.job_id), each.envelope.base_version
        log = stored.log if stored is not None else ()
        seen_at = log[min(base, len(log)) - 1].recorded_at if log and base > 0 else None
        at, grade = clock.corrected(each.envelope, self.exchange, seen_at)
        opens = isinstance(each.body, JobOpened) and each.body.outlet_id in self.outlets
        return Candidate(
            index=index,
            record=each,
            author=self.author,
            recorded_at=self.exchange.server_at,
            corrected_at=at,
            grade=grade,
            released=self.released,
            strict=each.envelope.strict,
            nowhere=not (opens or (stored is not None and not isinstance(each.body, JobOpened))),
        )

    def _as_counted(self, each: Record) -> Record:
        """The fact with a counter and a base that mean what they say.

        The counter of a device that gave a number twice tells no order. Of a life that is over its author saw no more
        than it left behind.
        """
        envelope = each.envelope
        if self._is_suspect(self.author.device_id):
            envelope = replace(envelope, seq=None)
        stored, life = self.data.jobs.get(envelope.job_id), versions.decoded(envelope.base_version)[0]
        left = sum(1 for recorded_in in stored.lives if recorded_in <= life) if stored is not None else 0
        base = versions.seen(envelope.base_version, self.data.lives, left)
        known = self.brought_back or versions.is_of_a_lost_log(envelope.base_version, self.data.lives)
        strict = envelope.strict and not known
        return replace(each, envelope=replace(envelope, base_version=base, strict=strict))

    def _is_suspect(self, device_id: UUID) -> bool:
        return (device_id, 0) in self.data.counted or (device_id, 0) in self.transaction.counted

    def _count(self, sorted_out: Intake) -> None:
        """Remember who bears which number; under zero, that the device gave one of them twice."""
        device_id, counted = self.author.device_id, self.transaction.counted
        pushed: list[intake.Pushed] = [*sorted_out.fresh.values(), *sorted_out.unreadable.values()]
        for each in pushed:
            if each.seq is None or each.fact_id is None:
                continue
            bearer = (device_id, each.seq)
            known = self.data.counted.get(bearer) or counted.setdefault(bearer, each.fact_id)
            if known != each.fact_id:
                counted[device_id, 0] = each.fact_id

    def _merged(self, job_id: UUID, group: list[Candidate]) -> Merged:
        known = self.data.jobs.get(job_id) or Stored(empty(job_id))
        found = any(not each.nowhere for each in group) and job_id not in self.data.jobs
        group = [replace(each, nowhere=each.nowhere and not found) for each in group]
        result = merge.merge(known.state, None, group) or merge.merge(known.state, known.log, group)
        assert result is not None, "the log was given"
        return result

    def _keep(self, result: Merged) -> UUID:
        job = result.state.job
        known = self.data.jobs.get(job.id) or Stored(empty(job.id))
        fresh = [(verdict.fact, verdict.candidate.record.raw) for verdict in result.verdicts if verdict.fact]
        log, records = (*known.log, *(fact for fact, _ in fresh)), (*known.records, *(raw for _, raw in fresh))
        life = self.data.lives[-1]
        body = msgspec.json.encode(replace(job, version=versions.encoded(life, job.version)))
        self.transaction.jobs[job.id] = Stored(result.state, log, records, (*known.lives, *[life] * len(fresh)), body)
        self.transaction.audience.update(told(known.state.job, job))
        return job.id

    def _hold(self, aside: dict[int, SetAside]) -> None:
        author = self.foreign or self.author
        for each in aside.values():
            assert each.answer.case_id is not None, "what is set aside has a case"
            self.transaction.held[each.answer.case_id] = Held(
                case_id=each.answer.case_id,
                fact_id=each.pushed.fact_id,
                author=author.member_id,
                device=author.device_id,
                reason=each.answer.code or "",
                record=each.pushed.raw,
                digest=each.pushed.digest,
                answer=msgspec.json.encode(each.answer),
            )

    def _answered(
        self, pushed: Sequence[Record | Unreadable], sorted_out: Intake, answers: dict[int, Answer]
    ) -> tuple[list[Outcome], list[bytes]]:
        encoded = {index: msgspec.json.encode(answer) for index, answer in answers.items()}
        outcomes = {index: answer.outcome for index, answer in answers.items()}
        for index, each in enumerate(pushed):
            if index in answers and isinstance(each, Record) and outcomes[index] is not Outcome.REFUSED:
                self._remember(each, encoded[index], logged=answers[index].log_number is not None)
        for index, stored in sorted_out.repeats.items():
            outcomes[index], encoded[index] = Outcome.DUPLICATE, stored
        for index, first in sorted_out.again.items():
            refused = outcomes[first] is Outcome.REFUSED
            outcomes[index], encoded[index] = Outcome.REFUSED if refused else Outcome.DUPLICATE, encoded[first]
        return [outcomes[place] for place in range(len(pushed))], [encoded[place] for place in range(len(pushed))]

    def _remember(self, each: Record, answer: bytes, *, logged: bool) -> None:
        """What was let out of quarantine keeps the answer that its author was given."""
        fact_id = each.envelope.id
        before = self.transaction.known.get(fact_id) or self.data.known.get(fact_id, ())
        same = next((known for known in before if known.digest == each.digest), None)
        others = tuple(known for known in before if known is not same)
        known = Known(each.digest, answer if same is None else same.answer, logged)
        self.transaction.known[fact_id] = (*others, known)


def _by_counter(candidate: Candidate) -> tuple[int, int]:
    return candidate.record.envelope.seq or 0, candidate.index
