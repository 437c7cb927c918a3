"""Judges a history by the ledgers of its devices and the server's final state. Reads JSON, and no code of the server.

(a) no acknowledged fact is missing, none applied twice; (b) nothing that a person typed is neither current, nor in a
conflict, nor in quarantine; (c) replicas equal the server's documents; (d) any possible order of arrival gives
the same document; (e) nothing outside a scope stays without a purge on record; (f) money and parts balance; (g) what
was refused or set aside is visible with a reason; (h) times are right where clocks let one know; (i) what technicians
plan themselves is judged by what the server says; (j) a preview says what the push then does, and does nothing.
"""

from collections.abc import Iterator, Sequence

from tests.simulation.checker.log import once_each
from tests.simulation.checker.money import balanced
from tests.simulation.checker.plans import completed
from tests.simulation.checker.reasons import explained
from tests.simulation.checker.replicas import same_everywhere
from tests.simulation.checker.times import timed
from tests.simulation.checker.typed import kept
from tests.simulation.checker.violation import Violation
from tests.simulation.device import Device
from tests.simulation.ledger import Ledger, number_of_facts
from tests.simulation.port import Final
from tests.simulation.world import Company

__all__ = ["Violation", "judge"]


def judge(company: Company, devices: Sequence[Device], ledger: Ledger, final: Final, life: int) -> list[Violation]:
    """All broken promises."""
    return [
        *once_each(devices, ledger, final, life),
        *kept(ledger, final),
        *(Violation("c", who, "had to be repaired though its storage spoilt nothing") for who in ledger.missed),
        *(Violation("j", "a preview", wrong) for wrong in ledger.foretold_wrongly),
        *same_everywhere(company, devices, final, life),
        *in_any_order(final),
        *balanced(ledger, final),
        *explained(ledger, final, life),
        *timed(ledger, final),
        *completed(company, ledger, final),
    ]


def in_any_order(final: Final) -> Iterator[Violation]:
    """(d) The stored document, the whole log folded anew, and every rearrangement of it are one and the same."""
    for job_id, documents in final.refolded.items():
        shown = {**final.documents[job_id], "version": number_of_facts(final.documents[job_id])}
        for number, document in enumerate(documents):
            if document != shown:
                changed = [name for name in document if document[name] != shown[name]]
                yield Violation("d", f"job {job_id}", f"order {number} gives other {', '.join(changed)}")
