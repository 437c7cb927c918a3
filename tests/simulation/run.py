"""Many histories: what they found, what went wrong on purpose, and the shortest line that replays a failure."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial

from tests.simulation.faults import Fired, never
from tests.simulation.history import Step, Told, in_memory, steps_of

Play = Callable[[int, Sequence[Step] | None], Told]
CHUNK = 250
ENOUGH_FAILURES = 5
SHOWN = 5


@dataclass
class Failure:
    """A history that broke a promise: which of its steps are needed for it, and what is broken."""

    seed: int
    needed: list[int]
    violations: list[str]

    def __str__(self) -> str:
        which = ",".join(map(str, self.needed))
        replay = f"python -m tests.simulation --histories 1 --seed {self.seed} --steps {which or 'none'}"
        return "\n  ".join([f"{replay}", *self.violations[:SHOWN]])


@dataclass
class Run:
    """The sum of many histories."""

    histories: int = 0
    facts: int = 0
    fired: Fired = field(default_factory=Fired)
    kinds: set[str] = field(default_factory=set)
    failures: list[Failure] = field(default_factory=list)

    def add(self, other: "Run") -> None:
        """Take in the sum of others."""
        self.histories += other.histories
        self.facts += other.facts
        self.fired.update(other.fired)
        self.kinds |= other.kinds
        self.failures += other.failures

    @property
    def never(self) -> list[str]:
        """Fault classes that did not fire in any history."""
        return never(self.fired)


def many(seeds: Iterable[int], *, most_failures: int = 1) -> Run:
    """Play these histories in memory, one after another, until so many have failed."""
    run = Run()
    for seed in seeds:
        told = in_memory(seed)
        run.add(Run(1, told.facts, told.fired, told.kinds))
        if told.violations:
            run.failures.append(shrunk(seed, in_memory))
            if len(run.failures) >= most_failures:
                break
    return run


def on_processes(first: int, count: int, processes: int) -> Iterator[Run]:
    """The same on several processes, chunk by chunk, each whole unless enough of it failed."""
    chunks = [range(start, min(start + CHUNK, first + count)) for start in range(first, first + count, CHUNK)]
    play = partial(many, most_failures=ENOUGH_FAILURES)
    if processes == 1:
        yield from map(play, chunks)
        return
    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(play, chunks)


def shrunk(seed: int, play: Play) -> Failure:
    """Leave out steps, many at once and then one by one, as long as the same promise is still broken."""
    steps = steps_of(seed)
    needed = list(range(len(steps)))
    found = _laws(play(seed, steps))
    size = len(needed) // 2
    while size > 0:
        for start in range(0, len(needed), size):
            fewer = needed[:start] + needed[start + size :]
            if found & _laws(play(seed, [steps[each] for each in fewer])):
                needed = fewer
                break
        else:
            size //= 2
    last = play(seed, [steps[each] for each in needed])
    return Failure(seed, needed, [str(each) for each in last.violations])


def _laws(told: Told) -> set[str]:
    return {each.law for each in told.violations}
