"""How a phone that was cloned, or restored from a backup, shows itself: it uses ids or counter numbers again.

An id that comes back with other content, or one number of the device's counter on two facts. Nothing is refused for
it: every fact is kept as it would be otherwise. The device is marked, so that a person hears of it and the app can
enrol anew, under a new device id and with a counter of its own.
"""

from collections.abc import Mapping
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from sync.intake import Intake, Pushed
from sync.protocol import DeviceTrouble
from sync.record import Record


class Trouble(Struct, frozen=True, kw_only=True):
    """The first sign in a batch: which fact it was, its number, and which fact bore the number before."""

    why: DeviceTrouble
    fact_id: UUID
    seq: int | None
    earlier_fact_id: UUID


def trouble(intake: Intake, counted: Mapping[int, UUID]) -> Trouble | None:
    """The first new sign of trouble in a batch; `counted` are the facts that the device numbered before, by number.

    A repeat says nothing new. Facts without a number, as desks and the server make them, are never counted; what could
    not be read counts where its number and its id could.
    """
    for record in (*intake.reused.values(), *intake.shared.values()):
        fact_id, seq = record.envelope.id, record.envelope.seq
        return Trouble(why=DeviceTrouble.FACT_ID_REUSED, fact_id=fact_id, seq=seq, earlier_fact_id=fact_id)
    bearers = dict(counted)
    numbered: list[Pushed] = [*intake.fresh.values(), *intake.unreadable.values()]
    for pushed in numbered:
        if pushed.fact_id is None or pushed.seq is None:
            continue
        earlier = bearers.setdefault(pushed.seq, pushed.fact_id)
        if earlier != pushed.fact_id:
            return Trouble(
                why=DeviceTrouble.SEQ_REUSED, fact_id=pushed.fact_id, seq=pushed.seq, earlier_fact_id=earlier
            )
    return None


def uncounted(fresh: Mapping[int, Record]) -> dict[int, Record]:
    """The facts without their numbers: once a number was used twice, numbers no longer tell which fact came first.

    With numbers, a phone that was set back would replace values that it never saw.
    """
    return {index: replace(each, envelope=replace(each.envelope, seq=None)) for index, each in fresh.items()}
