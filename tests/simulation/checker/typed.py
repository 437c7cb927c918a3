"""(b) No value that a person typed is neither current, nor in the conflict journal, nor in quarantine."""

from collections.abc import Iterator, Sequence

from tests.simulation.checker.claims import changed_nothing, field_of, is_current, is_in_journal, value_of, went_back
from tests.simulation.checker.places import is_named, is_shown
from tests.simulation.checker.retractions import taken_back
from tests.simulation.checker.violation import Violation
from tests.simulation.ledger import Json, Ledger, Typed
from tests.simulation.port import Final


def kept(ledger: Ledger, final: Final) -> Iterator[Violation]:
    """Every recorded fact is shown in its place, replaced by somebody who knew it, or taken back."""
    in_log = {line["record"].get("id"): line["record"] for log in final.facts.values() for line in log}
    jobs: dict[str, list[Typed]] = {}
    for typed in ledger.typed:
        if in_log.get(typed.id) == typed.fact:
            jobs.setdefault(typed.job, []).append(typed)
    for job_id, recorded in jobs.items():
        if job_id in final.documents:
            yield from _kept(ledger, final.documents[job_id], recorded)


def _kept(ledger: Ledger, document: Json, recorded: Sequence[Typed]) -> Iterator[Violation]:
    gone = taken_back(ledger, document, recorded)
    standing = [typed for typed in recorded if gone.stands(typed)]
    rivals = [typed for typed in recorded if typed.order not in gone.surely]
    withdrawn = [typed for typed in recorded if not gone.stands(typed)]
    for typed in standing:
        if not is_shown(document, typed):
            yield Violation("b", typed.id, f"{typed.kind} is nowhere in job {typed.job}")
        if field_of(typed) is None or _emptied_again(typed, recorded, withdrawn):
            continue
        if not _claim_kept(ledger, document, typed, rivals):
            yield Violation("b", typed.id, f"{typed.kind}: {value_of(typed)!r} is neither current nor in the journal")


def _emptied_again(typed: Typed, recorded: Sequence[Typed], withdrawn: Sequence[Typed]) -> bool:
    """Whether the author emptied a field of what they had put there themselves, or of what was taken back.

    Where nothing is left of it, nothing was changed; so another's value stands, and no value is lost.
    """
    own = [other for other in recorded if other.device == typed.device]
    return value_of(typed) is None and any(
        field_of(other) == field_of(typed) and value_of(other) == typed.showed for other in (*own, *withdrawn)
    )


def _claim_kept(ledger: Ledger, document: Json, typed: Typed, others: Sequence[Typed]) -> bool:
    if typed.kind == "case_decided":
        return True
    if typed.kind == "visit_replanned" and is_named(document, typed, "visit_not_planned"):
        return True
    if is_current(document, typed) or is_in_journal(document, typed) or changed_nothing(typed):
        return True
    rivals = [other for other in others if field_of(other) == field_of(typed)]
    if any(went_back(typed, other) for other in rivals):
        return True
    same = [other for other in rivals if other.kind == typed.kind and value_of(other) == value_of(typed)]
    return any(ledger.knew(later, each) for each in same for later in rivals)
