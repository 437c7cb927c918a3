"""Answering a form of the customer's page: recorded once, then shown; always as HTML that nothing caches."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar
from urllib.parse import parse_qs

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from service import attempts
from service.customer_page import content, following, page
from service.customer_page.page import Notice
from service.customer_page.speaking import Speaker
from service.database import Database
from service.http import failures, reading
from service.http.endpoint import Media
from service.http.errors import PROBLEMS, Reason, Refused
from service.http.reading import HttpRequest
from service.store.jobs.customer_links import Followed

HTML = "text/html; charset=utf-8"
POLICY = (
    b"default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action 'self';"
    b" base-uri 'none'; frame-ancestors 'none'"
)
NOT_KEPT = ((b"cache-control", b"no-store"), (b"x-robots-tag", b"noindex"))
PRIVATE = ((b"content-security-policy", POLICY), *NOT_KEPT)

Form = TypeVar("Form", bound=Struct)
Say = Callable[[AsyncConnection, Speaker, Form], Awaitable[None]]
Prepare = Callable[[Speaker, Form], Awaitable[None]]


async def spoken(
    database: Database,
    request: HttpRequest,
    token: str,
    form: type[Form],
    say: Say[Form],
    said: str,
    before: Prepare[Form] | None = None,
) -> Media:
    """Record what the form says and lead back to the page, which tells it; or show there why not."""
    language = language_of(request)
    try:
        words = await reading.read_form(request, form)
        if before is not None:
            await before(await _speaker(database, token), words)
        back = f"/c/{token}?lang={language}&said={said}"
        return await attempts.repeated(partial(_recorded, database, token, words, say, back))
    except Exception as error:
        refused = failures.refusal_of(error)
        if refused.code == "internal_error":
            raise
        return await _refused(database, token, language, refused)


async def job_page(
    db: AsyncConnection, speaker: Speaker, link: Followed, language: str, token: str, notice: Notice | None
) -> bytes:
    shown = await content.gather(db, speaker.org_id, speaker.job_id, link.expires_at)
    return page.job_page(shown, language, f"/c/{token}", notice)


def language_of(request: HttpRequest) -> str:
    wanted = asked(request, "lang")
    return wanted if wanted in {"zh", "en"} else reading.language(request)


def asked(request: HttpRequest, name: str) -> str:
    """One value of the query; whatever else stands there is passed over, for links get decorated on their way."""
    try:
        found = parse_qs(request.scope["query_string"].decode("latin-1"), max_num_fields=20).get(name)
    except ValueError:
        return ""
    return found[0] if found else ""


def html(body: bytes, status: int) -> Media:
    return Media(body, HTML, PRIVATE, status=status)


async def _speaker(database: Database, token: str) -> Speaker:
    async with database.reader() as db:
        found = await following.follow(db, token)
    if found is None:
        raise Refused("not_found")
    return found[0]


async def _recorded(database: Database, token: str, words: Form, say: Say[Form], back: str) -> Media:
    async with database.transaction() as db:
        found = await following.follow(db, token)
        if found is None:
            raise Refused("not_found")
        await say(db, found[0], words)
    return Media(b"", "text/plain", (*PRIVATE, (b"location", back.encode())), status=303)


async def _refused(database: Database, token: str, language: str, refused: Refused) -> Media:
    """The job's page with the reason on top; where there is no job to show, only the reason."""
    kind = PROBLEMS[refused.code]
    reasons = tuple((each.en if language == "en" else each.zh) for each in refused.errors if isinstance(each, Reason))
    async with database.reader() as db:
        found = await following.follow(db, token)
        if found is None:
            return html(page.closed_page(language), 404)
        notice = page.notice_of_refusal(language, refused.code, kind.prose(language).title, reasons)
        return html(await job_page(db, *found, language, token, notice), kind.status)
