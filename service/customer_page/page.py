"""The page as HTML. Every text that people wrote is escaped by the templates."""

from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from msgspec import Struct

from service import wording
from service.customer_page import words
from service.customer_page.content import Content
from service.store.jobs.service_reports import ServiceReport

TEMPLATES = Path(__file__).parent / "templates"
SAID = frozenset({"agreed", "declined", "signed", "rated", "complained"})
CAUSES = ("fees", "quality", "attitude", "lateness", "damage", "other")


class Notice(Struct, frozen=True):
    """What the customer is told above everything else; `failed` when something was not done."""

    text: str
    reasons: tuple[str, ...] = ()
    failed: bool = False


def job_page(content: Content, language: str, address: str, notice: Notice | None = None) -> bytes:
    """The whole page; `address` is the link's own path."""
    return _rendered("job.html", language, content=content, address=address, notice=notice, causes=CAUSES)


def notice_of(language: str, said: str) -> Notice | None:
    """What was recorded a moment ago, as the address tells."""
    return Notice(words.said(language, f"said_{said}")) if said in SAID else None


def notice_of_code(language: str, code: str, report: ServiceReport | None, zone: ZoneInfo) -> Notice:
    """Whether a paper with this code is one of the job's."""
    if report is None:
        return Notice(words.said(language, "code_wrong", code=code), failed=True)
    at = wording.instant(report.created_at, zone)
    return Notice(words.said(language, "code_right", code=code, version=report.job_version, at=at))


def notice_of_refusal(language: str, code: str, title: str, reasons: tuple[str, ...]) -> Notice:
    """Why what the customer said was not recorded."""
    if code == "fees_changed":
        return Notice(words.said(language, "changed"), failed=True)
    return Notice(words.said(language, "not_now"), reasons or (title,), failed=True)


def closed_page(language: str) -> bytes:
    """What a link that leads nowhere shows: the same for every reason, and nothing of any job."""
    return _rendered("closed.html", language, address="")


def _rendered(template: str, language: str, **values: object) -> bytes:
    def say(name: str, /, **places: object) -> str:
        return words.said(language, name, **places)

    other = "en" if language == "zh" else "zh"
    return _environment().get_template(template).render(language=language, other=other, say=say, **values).encode()


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "money": wording.money,
        "quantity": wording.quantity,
        "instant": wording.instant,
        "window": wording.window,
        "day": wording.day,
        "special_work": wording.SPECIAL_WORK,
        "free": wording.FREE,
    }
    return environment
