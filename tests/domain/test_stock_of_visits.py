"""Stock of generated visits balances: what the documents take from a place is what a ledger beside them has noted."""

from collections import Counter
from datetime import timedelta
from random import Random
from uuid import UUID

import pytest
from hypothesis import settings

from domain.facts import shared
from domain.facts.door.work import OldPart, PartSource, PartUsed
from domain.fold import fold, go_on
from domain.stock import Use, uses
from tests.domain.builders import (
    JOB,
    OTHER_VISIT,
    VISIT,
    A,
    B,
    Said,
    clock,
    history,
    named,
    opened,
    planned,
    said,
)

HISTORIES = 5 * settings().max_examples
"""Some hundreds in every run, ten thousand in the nightly one."""

CHUNKS = 20
DEPOT = named("HZ01")
TECHNICIANS = {VISIT: A, OTHER_VISIT: B}


class Van:
    """Two visits of two technicians who fit parts and take some back, and what should be gone from where."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)  # noqa: S311 (the same visits in every run)
        self.lines: list[Said] = [opened(), planned(), planned(visit=OTHER_VISIT, to=B)]
        self.gone: Counter[tuple[UUID, str]] = Counter()
        self.fitted = 0
        for _ in range(self.chance.randint(1, 10)):
            self.fit(self.chance.choice((VISIT, OTHER_VISIT)))

    def fit(self, visit: UUID) -> None:
        who, source = TECHNICIANS[visit], self.chance.choice(list(PartSource))
        body = PartUsed(
            part_code=self.chance.choice(("P-AC-011", "P-AC-017")),
            quantity_thousandths=self.chance.choice((1000, 2000, 500, -1000)),
            source=source,
            old_part=self.chance.choice(list(OldPart)),
        )
        self.lines.append(said(who, body, self.now(), visit=visit))
        if self.chance.random() < 0.25:
            mistake = named(f"fact {len(self.lines)} of {who.name}")
            self.lines.append(said(who, shared.FactRetracted(fact_id=mistake, reason="扫错"), self.now(), visit=visit))
            return
        if body.quantity_thousandths < 0:
            return
        self.fitted += 1
        place = {PartSource.VAN: who.id, PartSource.DEPOT: DEPOT}.get(source)
        if place is not None:
            self.gone[place, body.part_code] += body.quantity_thousandths

    def now(self) -> str:
        return f"{clock('08:01') + timedelta(minutes=len(self.lines)):%H:%M}"


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_what_is_gone_from_a_place_is_what_was_fitted_from_it_and_not_taken_back(chunk: int) -> None:
    for seed in range(chunk, HISTORIES, CHUNKS):
        van = Van(seed)
        facts = history(*van.lines)

        found = uses(fold(JOB, facts).job)

        assert gone(found) == van.gone
        assert len(found) == len({use.fact_id for use in found}) == van.fitted
        arrived = [facts[0], *van.chance.sample(facts[1:], len(facts) - 1)]
        state = fold(JOB, ())
        for number, fact in enumerate(arrived):
            state = go_on(state, [fact]) or fold(JOB, arrived[: number + 1])
        assert sorted(uses(state.job), key=lambda use: use.fact_id) == sorted(found, key=lambda use: use.fact_id)


def gone(found: list[Use]) -> Counter[tuple[UUID, str]]:
    """By place and part; nothing for what came from no stock of ours."""
    total: Counter[tuple[UUID, str]] = Counter()
    for use in found:
        if use.location_id is not None:
            total[use.location_id, use.part_code] += use.quantity_thousandths
    return total
