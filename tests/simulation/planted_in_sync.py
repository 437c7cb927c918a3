"""Bugs planted into the project's own `sync` and `domain`: the checker must find each of them."""

import sys
from collections.abc import Callable, Iterable
from datetime import timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import msgspec
import pytest
from msgspec.structs import replace

from domain import fold, order, scope
from domain.conflicts import claims
from domain.facts import Fact
from domain.facts.door.attendance import VisitOutcome
from domain.job.document import Job
from domain.job.money import Money
from domain.steps import reasons, status
from sync import clock, intake, merge, record
from sync.intake import Intake, Past
from sync.merge import Merged

Plant = Callable[[pytest.MonkeyPatch], None]
OURS = {"domain", "sync", "service", "tests"}


def everywhere(patch: pytest.MonkeyPatch, real: Callable[..., Any], planted: Callable[..., Any]) -> None:
    """Put the planted function in the place of the real one, under whatever name a module has it."""
    for module in [each for name, each in sys.modules.items() if name.split(".")[0] in OURS]:
        for name in [name for name, value in vars(module).items() if value is real]:
            patch.setattr(module, name, planted)


def no_dedup(patch: pytest.MonkeyPatch) -> None:
    """A repeat is taken for a new fact."""
    real = intake.sort_out
    everywhere(patch, intake.sort_out, lambda pushed, _past, known: real(pushed, Past({}, {}), known))


def first_answers_not_stored(patch: pytest.MonkeyPatch) -> None:
    """A repeat gets an answer made anew."""
    _after_sorting(patch, lambda found: {index: _later(answer) for index, answer in found.repeats.items()})


def id_reuse_skipped(patch: pytest.MonkeyPatch) -> None:
    """Same id, other content: answered as if it were the first fact."""
    real = intake.sort_out

    def sort_out(pushed: Any, past: Past, known_bytes: Any) -> Intake:
        found = real(pushed, past, known_bytes)
        for index, each in list(found.reused.items()):
            known = past.by_id.get(each.envelope.id)
            if known:
                found.repeats[index] = known[0].answer
                del found.reused[index]
        return found

    everywhere(patch, intake.sort_out, sort_out)


def clock_sign_wrong(patch: pytest.MonkeyPatch) -> None:
    """A phone that is ahead counts as behind."""
    real = clock.offset

    def offset(exchange: clock.Exchange) -> timedelta | None:
        ahead = real(exchange)
        return None if ahead is None else -ahead

    everywhere(patch, clock.offset, offset)


def folded_as_they_arrive(patch: pytest.MonkeyPatch) -> None:
    """Position is the number in the log."""
    real = order.arranged

    def arranged(facts: Iterable[Fact]) -> order.Arranged:
        found = real(facts)
        return replace(found, facts=sorted(found.facts, key=lambda fact: fact.log_number))

    everywhere(patch, real, arranged)


def seen_before_ignored(patch: pytest.MonkeyPatch) -> None:
    """A fact may stand before one that its author had seen."""
    real = order.arranged
    everywhere(patch, real, lambda facts: real([replace(fact, base_version=0) for fact in facts]))


def conflict_loser_dropped(patch: pytest.MonkeyPatch) -> None:
    """Two values for one field: one of them is gone."""
    real = claims.claim
    everywhere(patch, claims.claim, lambda *said: replace(real(*said), conflict=None))


def retraction_takes_more(patch: pytest.MonkeyPatch) -> None:
    """What the author said right after it goes with the fact."""
    real = fold.taken_back

    def taken_back(ordered: list[Fact]) -> set[UUID]:
        gone = set(real(ordered))
        return gone | {
            later.id for earlier, later in pairwise(ordered) if earlier.id in gone and _same_author(earlier, later)
        }

    everywhere(patch, fold.taken_back, taken_back)


def last_of_a_batch_swallowed(patch: pytest.MonkeyPatch) -> None:
    """Of many facts about one job the last is answered and not kept."""
    real = merge.merge

    def swallowing(state: Any, log: Any, candidates: Any) -> Merged | None:
        if len(candidates) < 3:
            return real(state, log, candidates)
        whole, most = real(state, log, candidates), real(state, log, candidates[:-1])
        if whole is None or most is None:
            return None
        return Merged(most.state, (*most.verdicts, replace(whole.verdicts[-1], fact=None)))

    everywhere(patch, merge.merge, swallowing)


def last_bill_counted_twice(patch: pytest.MonkeyPatch) -> None:
    """Money: a line too many."""
    real = status.money_of

    def money_of(job: Job) -> Money:
        bills = [bill.total_fen for visit in job.visits for bill in visit.bills]
        return replace(real(job), charged_fen=sum(bills) + (bills[-1] if len(bills) > 1 else 0))

    everywhere(patch, status.money_of, money_of)


def solved_visits_withdrawn(patch: pytest.MonkeyPatch) -> None:
    """Whoever solved a visit loses the job at once."""
    real = scope.holders

    def holders(job: Job) -> dict[UUID, str | None]:
        solved = {visit.technician_id for visit in job.visits if visit.outcome is VisitOutcome.SOLVED}
        return {who: "closed" if who in solved else reason for who, reason in real(job).items()}

    everywhere(patch, real, holders)


def unknown_fields_dropped(patch: pytest.MonkeyPatch) -> None:
    """A fact is kept as the server understands it, not as it was said."""
    real = record.read

    def read(raw: bytes) -> record.Record | record.Unreadable:
        found = real(raw)
        if isinstance(found, record.Unreadable):
            return found
        said = msgspec.json.decode(raw)
        said[found.kind.name] = msgspec.to_builtins(found.body)
        return replace(found, raw=msgspec.json.encode(said))

    everywhere(patch, record.read, read)


def first_reason_overwritten(patch: pytest.MonkeyPatch) -> None:
    """Of two reasons that were given for one visit, the newer one alone stays."""
    real = reasons.reasoned

    def reasoned(job: Job, fact: Fact) -> Job:
        told = real(job, fact)
        return replace(told, visits=tuple(replace(each, reasons=each.reasons[-1:]) for each in told.visits))

    everywhere(patch, real, reasoned)


def _after_sorting(patch: pytest.MonkeyPatch, repeats: Callable[[Intake], dict[int, bytes]]) -> None:
    real = intake.sort_out

    def sort_out(*said: Any) -> Intake:
        found = real(*said)
        found.repeats.update(repeats(found))
        return found

    everywhere(patch, intake.sort_out, sort_out)


def _later(answer: bytes) -> bytes:
    return msgspec.json.encode({**msgspec.json.decode(answer), "recorded_at": "2031-01-01T00:00:00Z"})


def _same_author(earlier: Fact, later: Fact) -> bool:
    return earlier.author_id == later.author_id


IN_SYNC: dict[str, Plant] = {
    plant.__name__: plant
    for plant in (
        *(no_dedup, first_answers_not_stored, id_reuse_skipped, clock_sign_wrong, folded_as_they_arrive),
        *(seen_before_ignored, conflict_loser_dropped, retraction_takes_more, last_of_a_batch_swallowed),
        *(last_bill_counted_twice, solved_visits_withdrawn, unknown_fields_dropped),
        *(first_reason_overwritten,),
    )
}
