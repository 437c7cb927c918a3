"""Bugs planted into the real application around its own merge: cursor, transactions, audience, quarantine, digests."""

from collections.abc import Sequence
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest

from domain.job.document import Job
from service.database import Database
from service.recording import recording, restored
from service.recording.recording import Recorded
from service.routes.sync import pull
from service.store.cases import quarantine
from service.store.jobs import site_cards
from service.store.sets import insert_set
from service.store.stock import uses, vans
from service.store.sync import audience, feed_statement, past, purges, repair_statement, repairs
from service.store.tables import audience as audience_rows
from sync import digest
from sync.intake import Past
from tests.simulation.planted_in_previews import IN_PREVIEWS
from tests.simulation.planted_in_pushes import IN_PUSHES
from tests.simulation.planted_in_restores import IN_RESTORES
from tests.simulation.planted_in_sync import IN_SYNC, Plant, everywhere

_SNAPSHOT = "NOT pg_visible_in_snapshot(a.xid, p.since)"
_NUMBER = "a.xid >= pg_snapshot_xmax(p.since)"


def number_as_cursor(patch: pytest.MonkeyPatch) -> None:
    """What commits later under a smaller number is never pulled."""
    for name in ("PULL", "PULL_AND_DIGEST"):
        patch.setattr(feed_statement, name, getattr(feed_statement, name).replace(_SNAPSHOT, _NUMBER))


def other_scopes_not_noticed(patch: pytest.MonkeyPatch) -> None:
    """Whoever may speak about another outlet now goes on from where they stood."""
    for name in ("PULL", "PULL_AND_DIGEST"):
        real = getattr(feed_statement, name)
        patch.setattr(feed_statement, name, real.replace(" AND k.scopes_digest = k.scopes_known", ""))


def answered_though_rolled_back(patch: pytest.MonkeyPatch) -> None:
    """Every seventh push is answered, and its transaction rolled back."""
    number, real = count(1), recording.record_committed

    async def record_committed(database: Database, batch: Any, raws: Sequence[bytes]) -> Recorded:
        if next(number) % 7:
            return await real(database, batch, raws)
        async with database.engine.connect() as db:
            return await recording.record(db, batch, raws)

    everywhere(patch, real, record_committed)


def nothing_was_said_before(patch: pytest.MonkeyPatch) -> None:
    """A repeat is taken for a new fact."""

    async def said_before(*_: Any) -> Any:
        return Past({}, {})

    patch.setattr(past, "said_before", said_before)


def nobody_loses_a_job(patch: pytest.MonkeyPatch) -> None:
    """Audience rows only grow."""
    real = audience._scopes_of_change

    def told(old: Job, new: Job) -> Any:
        return [(scope, reason) for scope, reason in real(old, new) if reason is None]

    patch.setattr(audience, "_scopes_of_change", told)


def changes_not_stamped(patch: pytest.MonkeyPatch) -> None:
    """Whoever may hold a job already is not told that it changed."""
    real = audience._scopes_of_change

    def told(old: Job, new: Job) -> Any:
        held = {scope for scope, reason in audience.scopes(old) if reason is None}
        return [(scope, reason) for scope, reason in real(old, new) if reason is not None or scope not in held]

    patch.setattr(audience, "_scopes_of_change", told)


def withdrawals_left_out(patch: pytest.MonkeyPatch) -> None:
    """Pulls bring documents only."""
    real = pull.pull_answer

    def pull_answer(found: Any) -> bytes:
        found.withdrawn.clear()
        return real(found)

    everywhere(patch, real, pull_answer)


def held_facts_thrown_away(patch: pytest.MonkeyPatch) -> None:
    """What is set aside is gone."""

    async def hold(*_: Any) -> None:
        pass

    patch.setattr(quarantine, "hold", hold)


def purges_not_noted(patch: pytest.MonkeyPatch) -> None:
    """Confirmations of purges are thrown away."""

    async def acknowledge(*_: Any) -> None:
        pass

    patch.setattr(purges, "acknowledge", acknowledge)


def purges_confirmed_however_late(patch: pytest.MonkeyPatch) -> None:
    """The word of a phone confirms withdrawals that it cannot have heard of."""
    heard = "  AND pg_visible_in_snapshot(a.xid, $7::text::pg_snapshot)\n"
    assert heard in purges._ACKNOWLEDGE
    patch.setattr(purges, "_ACKNOWLEDGE", purges._ACKNOWLEDGE.replace(heard, "  AND $7::text IS NOT NULL\n"))


def digest_of_something_else(patch: pytest.MonkeyPatch) -> None:
    """The stored digest is that of an earlier body."""
    real = digest.digest
    everywhere(patch, real, lambda body: real(body[:-1]))


def repair_overlooks_other_contents(patch: pytest.MonkeyPatch) -> None:
    """A document that a device holds with another content is taken for the right one."""
    patch.setattr(repairs, "REPAIR", repair_statement.REPAIR.replace("OR h.digest IS DISTINCT FROM m.digest", ""))


def repair_gives_a_fresh_cursor(patch: pytest.MonkeyPatch) -> None:
    """Whoever repairs without a cursor, or with one of another life, hears nothing of a restore."""
    patch.setattr(repairs, "_cursor", lambda _ask, found, _first: found.cursor)


def corrected_cards_not_told(patch: pytest.MonkeyPatch) -> None:
    """Whoever holds the card of a site is not told that it changed."""

    async def touch(*_: Any) -> None:
        pass

    patch.setattr(site_cards, "_touch", touch)


def cards_never_withdrawn(patch: pytest.MonkeyPatch) -> None:
    """Name and address stay on the phone when the last job there has gone."""

    async def withdraw(*_: Any) -> None:
        pass

    patch.setattr(site_cards, "_withdraw", withdraw)


def changed_vans_not_told(patch: pytest.MonkeyPatch) -> None:
    """Whoever drives a van hears of what lies there once, and of nothing that changes."""
    patch.setattr(vans, "_TELL", insert_set(audience_rows, *vans._COLUMNS).on_conflict_do_nothing())


def used_parts_stay_in_vans(patch: pytest.MonkeyPatch) -> None:
    """What lies in a van is written anew when a desk moves something, not when a visit uses it."""

    async def write(*_: Any) -> None:
        pass

    patch.setattr(uses, "stock_vans", SimpleNamespace(write=write, lock_of=vans.lock_of))


def what_came_back_is_asked_again(patch: pytest.MonkeyPatch) -> None:
    """Strict facts that a restore lost are asked for once more."""
    patch.setattr(restored, "_brought_back", dict)


IN_SERVICE: dict[str, Plant] = {
    plant.__name__: plant
    for plant in (
        *(number_as_cursor, other_scopes_not_noticed, answered_though_rolled_back, nothing_was_said_before),
        *(nobody_loses_a_job, changes_not_stamped, withdrawals_left_out, held_facts_thrown_away, purges_not_noted),
        *(purges_confirmed_however_late, digest_of_something_else, what_came_back_is_asked_again),
        *(repair_overlooks_other_contents, repair_gives_a_fresh_cursor, corrected_cards_not_told),
        *(cards_never_withdrawn, changed_vans_not_told, used_parts_stay_in_vans),
    )
}
AT_BOTH_LEVELS = (
    *("first_answers_not_stored", "id_reuse_skipped", "clock_sign_wrong", "folded_as_they_arrive"),
    *("conflict_loser_dropped", "retraction_takes_more", "last_of_a_batch_swallowed", "last_bill_counted_twice"),
    *("solved_visits_withdrawn", "base_of_another_life_believed", *IN_PUSHES),
)
IN_THE_REAL: dict[str, Plant] = {
    **IN_SERVICE,
    **IN_PREVIEWS,
    **{name: {**IN_SYNC, **IN_RESTORES, **IN_PUSHES}[name] for name in AT_BOTH_LEVELS},
}
