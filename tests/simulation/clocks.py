"""A phone's clocks: one that people and networks set, one that only counts since the phone was switched on."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

from tests.simulation.faults import Fired

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class PhoneClock:
    """The wall clock is `ahead` of the truth and drifts; `setting` is a new object whenever it is no longer the same.

    Whoever has two readings of one setting knows how much time lay between them.
    """

    began: datetime
    ahead: timedelta
    drift: float
    booted: datetime
    boot_id: str | None
    setting: object = field(default_factory=object)
    says_its_time: bool = True
    lies_by: timedelta = timedelta()

    def wall(self, now: datetime) -> datetime:
        """What the phone would write on a fact."""
        return now + self.ahead + (now - self.began) * self.drift

    def uptime_ms(self, now: datetime) -> int | None:
        """The monotonic clock, where the phone's app reads it."""
        return None if self.boot_id is None else (now - self.booted) // timedelta(milliseconds=1)

    def readings(self, now: datetime) -> dict[str, object]:
        """The clocks as a push carries them."""
        said = (self.wall(now) + self.lies_by).isoformat() if self.says_its_time else None
        return {"device_clock": said, "uptime_ms": self.uptime_ms(now), "boot_id": self.boot_id}

    @property
    def is_honest(self) -> bool:
        """Whether a push tells by how much the phone's clock is wrong."""
        return self.says_its_time and not self.lies_by


def a_clock(chance: Random, now: datetime, fired: Fired) -> PhoneClock:
    """A clock as phones have them: nearly right, hours wrong, or from 1970; half of the apps read the uptime."""
    ahead = timedelta(seconds=chance.choice([0, 1, -90, 3 * 3600, -26 * 3600, 0, 2]))
    drift = chance.choice([0.0, 5e-5, -5e-5])
    fired["clock_drift"] += bool(drift)
    boot_id = f"boot-{chance.getrandbits(24):x}" if chance.random() < 0.5 else None
    return PhoneClock(now, ahead, drift, now - timedelta(hours=5), boot_id)


def meddled(clock: PhoneClock, chance: Random, now: datetime, fired: Fired) -> None:
    """Somebody or something sets the clock, or the phone starts anew."""
    what = chance.choice(("clock_jump", "clock_lie", "clock_missing", "reboot"))
    fired[what] += 1
    match what:
        case "clock_jump":
            clock.ahead = chance.choice([timedelta(hours=1), timedelta(days=-30), EPOCH - now, timedelta(minutes=-10)])
            clock.setting = object()
        case "clock_lie":
            clock.lies_by = chance.choice([timedelta(hours=-2), timedelta(days=3)])
        case "clock_missing":
            clock.says_its_time = False
        case _:
            clock.booted = now
            clock.boot_id = f"boot-{chance.getrandbits(24):x}" if clock.boot_id else None
