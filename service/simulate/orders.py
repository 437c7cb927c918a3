"""The day as data: who plays what, and when. Orders (1) to (15) are those that the sample company must have."""

from collections.abc import Awaitable, Callable

from msgspec import Struct

from service.simulate.day import Day, Technician
from service.simulate.scenes import crossings, faults, history, money, parts, records, response

Play = Callable[[Day, Technician], Awaitable[None]]


class Scene(Struct, frozen=True):
    """What is played, from which minute of the day on, by the first of these who is in the field.

    `alone`: the technician does nothing else meanwhile.
    """

    name: str
    play: Play
    logins: tuple[str, ...]
    minute: int
    alone: bool = True


SCENES: tuple[Scene, ...] = (
    Scene("(1)", response.gas_smell, ("SZ0209",), 8 * 60 + 5),
    Scene("(2)", response.day_later, ("SZ0203",), 8 * 60 + 20),
    Scene("(3)", response.no_response, ("HZ0115",), 8 * 60 + 25, alone=False),
    Scene("(4)", response.last_second, ("HZ0112",), 8 * 60 + 40),
    Scene("(5)", response.customer_moves, ("HZ0112",), 10 * 60 + 5, alone=False),
    Scene("(6)", response.technician_moves, ("SZ0203",), 10 * 60 + 20, alone=False),
    Scene("(7)", money.added_item, ("HZ0107",), 8 * 60 + 30),
    Scene("(8)", money.ten_yuan_more, ("SZ0209",), 10 * 60),
    Scene("(9)", money.misuse_without_photo, ("HZ0107",), 10 * 60 + 30),
    Scene("(10)", money.misuse_with_photo, ("HZ0115",), 10 * 60 + 45),
    Scene("(11)", history.repeat_fault, ("HZ0115",), 9 * 60 + 10),
    Scene("(12)", history.third_fault, ("JX0302",), 13 * 60),
    Scene("(13)", parts.part_short, ("HZ0112",), 13 * 60 + 15),
    Scene("(14)", parts.last_day_of_certificate, ("JX0302", "HZ0112"), 9 * 60),
    Scene("(15)", history.six_hours_offline, ("HZ0107",), 14 * 60 + 30),
    Scene("record", records.gaps_in_record, ("HZ0112", "SZ0203"), 11 * 60 + 10),
    Scene("cancelled", crossings.cancelled_unaware, ("SZ0203",), 13 * 60 + 30),
    Scene("reassigned", crossings.reassigned_unaware, ("HZ0115", "HZ0112"), 13 * 60 + 40),
    Scene("withdrawn", crossings.withdrawn_in_time, ("HZ0107", "HZ0112"), 13 * 60 + 5),
    Scene("conflict", crossings.two_amend, ("JX0302",), 14 * 60 + 10),
    Scene("set aside", crossings.wrong_author, ("HZ0112",), 15 * 60 + 20),
    Scene("newer app", crossings.newer_app, ("SZ0209",), 15 * 60),
    Scene("lost answer", faults.lost_answer, ("SZ0203",), 15 * 60 + 30),
    Scene("delivered twice", faults.delivered_twice, ("SZ0209",), 16 * 60),
    Scene("reordered", faults.reordered, ("JX0302",), 16 * 60 + 10),
    Scene("clock jumps", faults.clock_jumps, ("HZ0112",), 16 * 60 + 20),
    Scene("tokens", faults.renewed_tokens, ("HZ0107",), 16 * 60 + 40),
)
