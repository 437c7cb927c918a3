"""Which step takes a visit from which status to which. Served at `GET /v1/rules`, for phones to show offline."""

from msgspec import Struct

from domain.job.statuses import VisitStatus

V = VisitStatus


class Transition(Struct, frozen=True):
    """`kind` moves a visit to `to` when it stands in one of `sources`."""

    kind: str
    sources: tuple[VisitStatus, ...]
    to: VisitStatus


BEFORE_ARRIVAL = (V.PLANNED, V.ACCEPTED, V.TRAVELLING)
AT_THE_DOOR = (V.ARRIVED, V.CHECKED_IN, V.WORKING, V.PAUSED, V.FINISHED, V.SIGNED_OFF)
LIVE = BEFORE_ARRIVAL + AT_THE_DOOR
TAKEN_AWAY = (V.CANCELLED, V.SUPERSEDED, V.DECLINED)
OVER = (V.ENDED, V.NO_ACCESS, V.UNABLE)

GOES_ON = frozenset({"work_started", "work_resumed", "part_used", "work_finished"})
"""Steps that carry work on; recorded after the job was called off, they are reviewed."""

TRANSITIONS: tuple[Transition, ...] = (
    Transition("visit_accepted", (V.PLANNED,), V.ACCEPTED),
    Transition("visit_declined", (V.PLANNED, V.ACCEPTED), V.DECLINED),
    Transition("departed", (V.PLANNED, V.ACCEPTED), V.TRAVELLING),
    Transition("arrived", BEFORE_ARRIVAL, V.ARRIVED),
    Transition("checked_in", (*BEFORE_ARRIVAL, V.ARRIVED), V.CHECKED_IN),
    Transition("work_started", (*BEFORE_ARRIVAL, V.ARRIVED, V.CHECKED_IN, V.PAUSED, V.FINISHED), V.WORKING),
    Transition("work_paused", (V.WORKING,), V.PAUSED),
    Transition("work_resumed", (V.PAUSED,), V.WORKING),
    Transition("work_finished", (V.ARRIVED, V.CHECKED_IN, V.WORKING, V.PAUSED), V.FINISHED),
    Transition("signed_off", (V.ARRIVED, V.CHECKED_IN, V.WORKING, V.PAUSED, V.FINISHED), V.SIGNED_OFF),
    Transition("visit_ended", LIVE, V.ENDED),
    Transition("visit_cancelled", BEFORE_ARRIVAL, V.CANCELLED),
)

TRANSITION_BY_KIND = {transition.kind: transition for transition in TRANSITIONS}
