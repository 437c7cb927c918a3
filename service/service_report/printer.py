"""One language and one place's clocks of a service report."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from service.service_report.content import Report
from service.wording import instant

WORDS = msgspec.json.decode(Path(__file__).with_name("words.json").read_bytes(), type=dict[str, dict[str, str]])
Pair = tuple[str, str]


class Section(Struct, frozen=True, kw_only=True):
    """One heading with what stands under it; `right` names the columns of numbers."""

    title: str
    pairs: list[Pair] = []
    columns: list[str] = []
    rows: list[list[str]] = []
    right: list[int] = []
    texts: list[str] = []


class Printer:
    """One language and one place's clocks."""

    def __init__(self, report: Report, language: str) -> None:
        """For this report."""
        self.report, self.language, self.zone = report, language, ZoneInfo(report.names.time_zone)

    def say(self, name: str, **values: object) -> str:
        """One text of `words.json`; a word of a later contract stands as it is."""
        texts = WORDS.get(name)
        return name.partition("_")[2] if texts is None else texts[self.language].format_map(values)

    def named(self, code: str | None) -> str:
        """A code with what it is called."""
        if code is None:
            return ""
        word = self.report.names.words.get(code)
        return code if word is None else f"{code} {word.zh if self.language == 'zh' else word.en}"

    def at(self, moment: datetime | None) -> str:
        return "" if moment is None else instant(moment, self.zone)


def known_pairs(*pairs: Pair) -> list[Pair]:
    """The pairs whose value is known."""
    return [pair for pair in pairs if pair[1]]
