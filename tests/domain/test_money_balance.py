"""Money of generated visits balances: what the document says is what a ledger beside it has added up."""

from collections import Counter
from datetime import timedelta
from random import Random
from uuid import UUID

import pytest
from hypothesis import settings
from msgspec import Struct

from domain.facts import desk, door, shared
from domain.facts.words import FeeLine
from domain.fold import fold
from domain.job.document import Job
from tests.domain.bodies import agreed, bill, fees, line
from tests.domain.builders import DESK, JOB, OTHER_VISIT, VISIT, A, Said, clock, history, named, opened, planned, said

HISTORIES = 5 * settings().max_examples
"""Some hundreds in every run, ten thousand in the nightly one."""

CHUNKS = 20
YUAN = 100


class Visits:
    """Up to two visits written down step by step, and beside them a ledger that knows nothing of the fold."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)  # noqa: S311 (the same visits in every run)
        self.lines: list[Said] = [opened(), planned(), planned(visit=OTHER_VISIT)]
        self.sums: Counter[str] = Counter()
        self.agreed = {VISIT: 0, OTHER_VISIT: 0}

    def live(self) -> None:
        for _ in range(self.chance.randint(1, 12)):
            self.chance.choice((self.agree, self.decline, self.charge, self.pay, self.ask_back, self.give_back))()

    def agree(self) -> None:
        told = fees(*self.drawn_lines())
        visit = self.at_the_door(told)
        self.at_the_door(agreed(told), visit)
        self.agreed[visit] = told.total_fen

    def decline(self) -> None:
        """A no to what was told just now leaves what was agreed to before."""
        self.at_the_door(door.FeesDeclined(), self.at_the_door(fees(*self.drawn_lines(), line(1, line_id="9"))))

    def charge(self) -> None:
        body = bill(*self.drawn_lines())
        self.at_the_door(body)
        self.count("charged", body.total_fen)

    def pay(self) -> None:
        body = door.Paid(amount_fen=self.drawn_fen(), method=door.PaymentMethod.CASH)
        self.at_the_door(body)
        self.count("paid", body.amount_fen)

    def ask_back(self) -> None:
        body = desk.RefundRequested(amount_fen=self.drawn_fen(), reason="多收")
        self.write(said(DESK, body, self.now()))
        self.sums["asked"] += body.amount_fen

    def give_back(self) -> None:
        body = desk.Refunded(amount_fen=self.drawn_fen())
        self.write(said(DESK, body, self.now()))
        self.sums["refunded"] += body.amount_fen

    def count(self, name: str, fen: int) -> None:
        """Now and then it was a mistake and is taken back."""
        if self.chance.random() < 0.8:
            self.sums[name] += fen
            return
        mistake = named(f"fact {len(self.lines)} of {A.name}")
        self.at_the_door(shared.FactRetracted(fact_id=mistake, reason="写错"))

    def at_the_door(self, body: Struct, visit: UUID | None = None) -> UUID:
        where = visit or self.chance.choice((VISIT, OTHER_VISIT))
        self.write(said(A, body, self.now(), visit=where))
        return where

    def write(self, told: Said) -> None:
        self.lines.append(told)

    def now(self) -> str:
        return f"{clock('08:01') + timedelta(minutes=len(self.lines)):%H:%M}"

    def drawn_lines(self) -> list[FeeLine]:
        return [line(self.drawn_fen(), line_id=str(number)) for number in range(self.chance.randint(1, 3))]

    def drawn_fen(self) -> int:
        return self.chance.choice((1, 50, 120, 240)) * YUAN


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_the_sums_of_a_document_are_those_of_a_ledger_beside_it(chunk: int) -> None:
    for seed in range(chunk, HISTORIES, CHUNKS):
        visits = Visits(seed)
        visits.live()
        facts = history(*visits.lines)

        job = fold(JOB, facts).job

        assert_balanced(job, visits)
        visits.chance.shuffle(facts)
        assert fold(JOB, facts).job == job


def assert_balanced(job: Job, visits: Visits) -> None:
    sums, money = visits.sums, job.money
    overpaid_fen = max(0, sums["paid"] - sums["charged"])
    open_fen = max(0, max(overpaid_fen, sums["asked"]) - sums["refunded"])
    assert (money.charged_fen, money.paid_fen) == (sums["charged"], sums["paid"])
    assert (money.refund_due_fen, money.refunded_fen) == (sums["asked"], sums["refunded"])
    assert (money.overpaid_fen, money.refund_open_fen) == (overpaid_fen, open_fen)
    assert money.acknowledged_fen == sum(visits.agreed.values())
    assert (0 if job.refund is None else job.refund.amount_fen) == open_fen
    for visit in job.visits:
        assert visit.charged_fen == sum(each.total_fen for each in visit.bills)
        assert visit.paid_fen == sum(each.amount_fen for each in visit.payments)
        assert (visit.acknowledged_fen or 0) == visits.agreed[visit.id]
    assert money.paid_fen - money.refunded_fen - money.refund_open_fen <= money.charged_fen
