"""Playing the day: everybody ready, all scenes, the last sync, the check."""

import asyncio
import time
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import click
import httpx

from service.simulate.cast import gather
from service.simulate.check import Checked, check
from service.simulate.clocks import FIRST_MINUTE, Stage
from service.simulate.day import Day, Technician
from service.simulate.orders import SCENES, Scene
from service.simulate.session import UnexpectedAnswerError
from service.simulate.timeline import Print, Timeline

TIMEOUT_SECONDS = 20.0
EVENING = 18 * 60
LATER_MINUTES = 20


class SimulationError(Exception):
    """The day could not begin; the text says why and what to do."""


def simulate_day(url: str, *, technicians: int, seed: int, minutes_per_second: float = 0, quiet: bool = False) -> bool:
    """Play the day and print it; whether everything was accounted for."""
    return asyncio.run(_simulate(url, technicians, seed, minutes_per_second, quiet=quiet))


async def _simulate(url: str, technicians: int, seed: int, minutes_per_second: float, *, quiet: bool) -> bool:
    began = time.monotonic()
    async with play(url, technicians=technicians, seed=seed, minutes_per_second=minutes_per_second, quiet=quiet) as day:
        checked = await check(day)
    _tell(day, checked, time.monotonic() - began)
    return not checked.problems


@asynccontextmanager
async def play(
    url: str,
    *,
    technicians: int,
    seed: int,
    minutes_per_second: float = 0,
    quiet: bool = False,
    print_line: Print = click.echo,
) -> AsyncIterator[Day]:
    """The day when its last scene is over, everybody still signed in."""
    timeline, stage = Timeline(print_line, quiet=quiet), Stage(minutes_per_second)
    timing = httpx.Timeout(TIMEOUT_SECONDS)
    async with (
        httpx.AsyncHTTPTransport() as wire,
        httpx.AsyncClient(transport=wire, base_url=url, timeout=timing) as client,
    ):
        try:
            day = await gather(client, wire, timeline, stage, seed, technicians)
        except (httpx.TransportError, UnexpectedAnswerError) as trouble:
            raise SimulationError(
                f"The day cannot begin at {url}: {trouble}. Start the sample company with `onsite demo`."
            ) from None
        _open(day)
        begins = [scene.minute + day.random.randrange(LATER_MINUTES) for scene in SCENES]
        scenes = [_scene(day, scene, number) for number, scene in enumerate(SCENES)]
        await stage.play(list(zip(begins, scenes, strict=True)))
        await _evening(day)
        yield day


def _open(day: Day) -> None:
    for technician in day.technicians:
        ahead = technician.phone.clock.ahead_seconds
        clock = f"its clock {abs(ahead):.1f} s {'fast' if ahead > 0 else 'slow'}"
        day.timeline.say(FIRST_MINUTE, technician.name, "", f"phone enrolled, {clock}", "morning pull")


async def _scene(day: Day, scene: Scene, number: int) -> None:
    """One scene, with whom it is written for or, when they are not in the field, with somebody else."""
    in_field = {each.login: each for each in day.technicians}
    fitting = [in_field[login] for login in scene.logins if login in in_field]
    technician = fitting[0] if fitting else day.technicians[number % len(day.technicians)]
    while scene.alone and technician.is_busy:
        await day.pass_time(5)
    technician.is_busy = technician.is_busy or scene.alone
    try:
        await scene.play(day, technician)
    except Exception as error:  # noqa: BLE001 (a scene that breaks off is a result like any other; the rest goes on)
        _broke_off(day, scene, technician, error)
    finally:
        technician.is_busy = technician.is_busy and not scene.alone


def _broke_off(day: Day, scene: Scene, technician: Technician, error: Exception) -> None:
    technician.phone.network.has_signal = True
    last = traceback.extract_tb(error.__traceback__)[-1]
    day.expect(scene.name, f"the scene ends; {type(error).__name__} at {last.name}:{last.lineno}: {error}", held=False)


async def _evening(day: Day) -> None:
    """Every phone comes back into signal and syncs, all at once."""
    for technician in day.technicians:
        technician.phone.network.has_signal = True
    await asyncio.gather(*(technician.phone.sync() for technician in day.technicians))
    day.timeline.say(EVENING, "everybody", "", "last sync, all phones at once")


def _tell(day: Day, checked: Checked, seconds: float) -> None:
    say = day.timeline.total
    say("")
    outcomes = ", ".join(f"{count} {place}" for place, count in sorted(checked.places.items()))
    say(f"Facts        {checked.facts}: {outcomes}")
    say(f"Faults       {', '.join(f'{name} {day.fired[name]}' for name in day.planted)}")
    held = sum(each.held for each in day.expectations)
    say(f"Expected     {held} of {len(day.expectations)} came out, in {len(SCENES)} scenes")
    for problem in checked.problems:
        say(f"WRONG        {problem}")
    verdict = "all accounted for" if not checked.problems else f"{len(checked.problems)} things are wrong"
    say(f"{checked.facts} facts recorded in {seconds:.1f} s, {verdict}.")
