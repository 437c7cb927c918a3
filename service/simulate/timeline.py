"""What people read while the day is played: time, who, what, and what came of it, in columns."""

import unicodedata
from collections import Counter
from collections.abc import Callable

from service.simulate.phone import Synced

WHO_COLUMNS, SCENE_COLUMNS, WHAT_COLUMNS = 17, 17, 52
Print = Callable[[str], None]
WORDS = {"recorded": "recorded", "recorded_with_findings": "recorded with findings", "duplicate": "known already"}


class Timeline:
    """Prints a line for each thing that happens, unless quiet."""

    def __init__(self, print_line: Print, *, quiet: bool) -> None:
        self._print, self._quiet = print_line, quiet

    def say(self, minute: int, who: str, scene: str, what: str, outcome: str = "") -> None:
        """One line of the day."""
        if not self._quiet:
            time = f"{minute // 60 % 24:02}:{minute % 60:02}  "
            where = padded(who, WHO_COLUMNS) + padded(scene, SCENE_COLUMNS)
            self._print((time + where + padded(what, WHAT_COLUMNS) + outcome).rstrip())

    def total(self, text: str) -> None:
        """A line that is printed even when quiet."""
        self._print(text)


def outcome_of(synced: Synced) -> str:
    """A sync in a few words."""
    if not synced.through:
        return "no answer"
    found = f" ({', '.join(synced.findings)})" if synced.findings else ""
    gone = f", lets go of {len(jobs)}" if (jobs := [each for each in synced.withdrawn if each["kind"] == "job"]) else ""
    return (in_words(synced.outcomes) or "up to date") + found + gone


def in_words(outcomes: Counter[str]) -> str:
    """Outcomes counted: "12 recorded, 1 refused"."""
    return ", ".join(f"{count} {WORDS.get(name, name)}" for name, count in outcomes.items())


def padded(text: str, columns: int) -> str:
    """Text filled up to so many columns of a terminal, where a Chinese sign takes two."""
    taken = sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
    return text + " " * max(1, columns - taken)
