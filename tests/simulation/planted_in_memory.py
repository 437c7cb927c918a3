"""Bugs planted into the server in memory: transactions, cursors, audience, quarantine. The checker must find each."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import msgspec
import pytest

from domain import facts
from tests.simulation import memory_audience, memory_final, memory_pull, memory_purges, memory_server
from tests.simulation.device import Person
from tests.simulation.memory_data import Data, Row, Transaction
from tests.simulation.memory_push import Push
from tests.simulation.memory_server import MemoryServer
from tests.simulation.planted_in_sync import Plant, everywhere


def sequence_cursor(patch: pytest.MonkeyPatch) -> None:
    """A cursor that is one number: what commits later under a smaller number is never pulled."""
    patch.setattr(memory_pull.Snapshot, "sees", lambda self, xid: xid < self.end)


def acknowledged_before_commit(patch: pytest.MonkeyPatch) -> None:
    """The answer goes out, then now and then the transaction fails."""
    real = Transaction.commit
    patch.setattr(Transaction, "commit", lambda self, data: None if self.xid % 11 == 0 else real(self, data))


def locks_left_out(patch: pytest.MonkeyPatch) -> None:
    """Two pushes to one job do not wait for one another."""
    real = MemoryServer._begun

    def begun(self: MemoryServer, *said: Any) -> Push:
        others, self.open = self.open, []
        push = real(self, *said)
        self.open = others
        return push

    patch.setattr(MemoryServer, "_begun", begun)


def audience_kept_on_reassignment(patch: pytest.MonkeyPatch) -> None:
    """Whoever lost a job is not told."""
    real = memory_audience.told
    everywhere(patch, real, lambda old, new: {key: why for key, why in real(old, new).items() if why[0]})


def audience_not_stamped(patch: pytest.MonkeyPatch) -> None:
    """A row keeps the transaction that wrote it first: changes are not pulled."""
    real = Transaction.commit

    def commit(self: Transaction, data: Data) -> None:
        before = dict(data.audience)
        real(self, data)
        for scope, row in data.audience.items():
            known = before.get(scope)
            if known is not None and known.visible == row.visible:
                data.audience[scope] = Row(known.xid, row.visible, row.reason)

    patch.setattr(Transaction, "commit", commit)


def withdrawn_not_sent(patch: pytest.MonkeyPatch) -> None:
    """Pulls bring documents only."""
    _changed_pull(patch, lambda _: {"withdrawn": []})


def rest_of_a_page_forgotten(patch: pytest.MonkeyPatch) -> None:
    """A page that was cut is followed by nothing."""
    _changed_pull(
        patch,
        lambda found: {"cursor": msgspec.json.encode(_done(msgspec.json.decode(found.cursor))).decode(), "more": False},
    )


def scope_of_all_outlets(patch: pytest.MonkeyPatch) -> None:
    """A desk pulls every outlet's jobs."""
    real = MemoryServer.scopes

    def scopes(self: MemoryServer, device_id: UUID) -> tuple[UUID, ...]:
        return real(self, device_id) if self.devices[device_id][0].role == "technician" else self.outlets

    patch.setattr(MemoryServer, "scopes", scopes)


def quarantine_dropped(patch: pytest.MonkeyPatch) -> None:
    """What is set aside is gone."""
    patch.setattr(Push, "_hold", lambda self, aside: None)


def quarantine_without_reason(patch: pytest.MonkeyPatch) -> None:
    """Nobody can tell why a fact was set aside."""
    real = Push._hold

    def hold(self: Push, aside: Any) -> None:
        real(self, aside)
        self.transaction.held = {key: replace(each, reason="") for key, each in self.transaction.held.items()}

    patch.setattr(Push, "_hold", hold)


def released_as_somebody_else(patch: pytest.MonkeyPatch) -> None:
    """A fact that is let out is recorded in the name of the first member there is."""
    real = MemoryServer.decide

    async def decide(self: MemoryServer, case_id: str, choice: str) -> None:
        first: Person = next(iter(self.devices.values()))[0]
        devices = self.devices
        self.devices = {key: (first, born) for key, (_, born) in devices.items()}
        await real(self, case_id, choice)
        self.devices = devices

    patch.setattr(MemoryServer, "decide", decide)


def purge_taken_for_granted(patch: pytest.MonkeyPatch) -> None:
    """Who was enrolled counts as having purged, asked or not."""
    patch.setattr(memory_final, "outstanding", lambda server: set())


def purge_never_noted(patch: pytest.MonkeyPatch) -> None:
    """Confirmations of purges are thrown away."""
    patch.setattr(memory_purges, "confirm", lambda *said: None)


def purges_confirmed_however_late(patch: pytest.MonkeyPatch) -> None:
    """The word of a phone confirms withdrawals that it cannot have heard of."""
    real = memory_purges.confirm
    patch.setattr(memory_purges, "confirm", lambda server, who, gone, _: real(server, who, gone, server.snapshot()))


def restore_not_noticed(patch: pytest.MonkeyPatch) -> None:
    """A cursor of another life of the data is taken for one of this."""
    patch.setattr(memory_pull, "_reason", lambda known, life, scopes: None if known is not None else "first")


def other_scopes_not_noticed(patch: pytest.MonkeyPatch) -> None:
    """Whoever may speak about another outlet now goes on from where they stood."""
    reason = {True: None, False: "epoch"}
    patch.setattr(
        memory_pull, "_reason", lambda known, life, scopes: "first" if known is None else reason[known.life == life]
    )


def clones_counter_believed(patch: pytest.MonkeyPatch) -> None:
    """The counter of a phone that exists twice counts as order, whatever its clock says."""
    patch.setattr(Push, "_is_suspect", lambda self, device_id: False)
    patch.setattr(facts, "_clock_rose", lambda later, earlier: True)


def made_by_another_believed(patch: pytest.MonkeyPatch) -> None:
    """Whoever holds the phone speaks in its former owner's name."""
    patch.setattr(Push, "_disowned", lambda self, sorted_out: {})


def _changed_pull(patch: pytest.MonkeyPatch, changed: Any) -> None:
    real = memory_pull.pull

    def pull(*said: Any) -> Any:
        found = real(*said)
        return None if found is None else msgspec.structs.replace(found, **changed(found))

    patch.setattr(memory_pull, "pull", pull)
    patch.setattr(memory_server, "pull", pull)


def _done(cursor: list[Any]) -> list[Any]:
    life, scopes, seen, target, _ = cursor
    return [life, scopes, target or seen, None, None]


IN_MEMORY: dict[str, Plant] = {
    plant.__name__: plant
    for plant in (
        *(sequence_cursor, acknowledged_before_commit, locks_left_out, audience_kept_on_reassignment),
        *(audience_not_stamped, withdrawn_not_sent, rest_of_a_page_forgotten, scope_of_all_outlets),
        *(quarantine_dropped, quarantine_without_reason, released_as_somebody_else, purge_taken_for_granted),
        *(purge_never_noted, purges_confirmed_however_late, restore_not_noticed, other_scopes_not_noticed),
        *(clones_counter_believed, made_by_another_believed),
    )
}
