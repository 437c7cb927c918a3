"""One language of a written report: its words, its parts, and how it writes numbers."""

from pathlib import Path

import msgspec
from msgspec import Struct

from domain.kpis.kpi import KpiUnit
from service.written_report.figures import Figures

WORDS = msgspec.json.decode(Path(__file__).with_name("words.json").read_bytes(), type=dict[str, dict[str, str]])
Pair = tuple[str, str]


class Part(Struct, frozen=True, kw_only=True):
    """One heading with what stands under it; `image` names a chart, `right` the columns of numbers."""

    title: str
    pairs: list[Pair] = []
    image: str | None = None
    alt: str = ""
    texts: list[str] = []
    columns: list[str] = []
    rows: list[list[str]] = []
    right: list[int] = []
    wide: list[int] = []


class Printer(Struct, frozen=True):
    """One language."""

    figures: Figures
    language: str

    def say(self, word: str, /, **values: object) -> str:
        return WORDS[word][self.language].format_map(values)

    def chosen(self, zh: str, en: str) -> str:
        return zh if self.language == "zh" else en

    @property
    def subject(self) -> str:
        subject = self.figures.subject
        return " · ".join(name for name in (subject.outlet, subject.technician) if name) or self.say("whole")

    @property
    def period(self) -> str:
        return f"{self.figures.report.first_day} – {self.figures.report.last_day}"


def hundredths(value: int | None, unit: KpiUnit) -> str:
    """A figure as the API gives it: 9348 is 93.48, with its unit."""
    if value is None:
        return "–"
    sign, digits = "-" if value < 0 else "", f"{abs(value) // 100}.{abs(value) % 100:02}"
    suffix = {KpiUnit.PERCENT: " %", KpiUnit.MINUTES: " min", KpiUnit.INDEX: "", KpiUnit.PER_THOUSAND: " ‰"}[unit]
    return f"{sign}{digits}{suffix}"


def plain(value: int) -> str:
    """Hundredths without a unit."""
    return f"{value // 100}.{value % 100:02}"
