"""The customer's page: read and spoken through by whoever holds the link. HTML only, and never a problem document."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Annotated, TypeVar
from urllib.parse import parse_qs
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from service.customer_page import content, page, speaking
from service.customer_page import token as tokens
from service.customer_page.page import Notice
from service.customer_page.speaking import Speaker
from service.database import Database
from service.http import failures, reading
from service.http.endpoint import Operation, Page, get, post
from service.http.errors import PROBLEMS, Reason, Refused
from service.http.reading import HttpRequest
from service.http.serving import ATTEMPTS
from service.routes.service_reports import pdf
from service.service_report.content import tidied
from service.store.jobs import customer_links, service_reports
from service.store.jobs.customer_links import Followed

HTML = "text/html; charset=utf-8"
POLICY = (
    b"default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action 'self';"
    b" base-uri 'none'; frame-ancestors 'none'"
)
PRIVATE = ((b"content-security-policy", POLICY), (b"cache-control", b"no-store"), (b"x-robots-tag", b"noindex"))
FILES = {"page.css": "text/css; charset=utf-8", "signature.js": "text/javascript; charset=utf-8"}
LONGEST_CODE = 40
DIRECTORY = Path(page.__file__).parent
Form = TypeVar("Form", bound=Struct)
Say = Callable[[AsyncConnection, Speaker, Form], Awaitable[None]]

Hash = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class Agreed(Struct, frozen=True, forbid_unknown_fields=True):
    """The fees that were shown, by the hash of their content."""

    content_hash: Hash


class Declined(Agreed, frozen=True, forbid_unknown_fields=True):
    """Those fees are not agreed to."""

    reason: Annotated[str, Meta(max_length=200)] = ""


class Signed(Struct, frozen=True, forbid_unknown_fields=True):
    """What was signed, and the drawing where the browser made one: a PNG in base64."""

    content_hash: Annotated[str, Meta(pattern="^([0-9a-f]{64})?$")] = ""
    drawing: Annotated[str, Meta(max_length=200_000)] = ""


class Rating(Struct, frozen=True, forbid_unknown_fields=True):
    """How it was."""

    score: Annotated[int, Meta(ge=1, le=5)]
    text: Annotated[str, Meta(max_length=2000)] = ""


class Complaint(Struct, frozen=True, forbid_unknown_fields=True):
    """What went wrong."""

    cause: Annotated[str, Meta(pattern="^(" + "|".join(page.CAUSES) + ")$")]
    text: Annotated[str, Meta(min_length=1, max_length=2000)]


@get("/c/{token}", public=True, listed=False)
async def read_customer_page(database: Database, request: HttpRequest, token: str) -> Page:
    """Show the job, or that the link leads nowhere."""
    language = _language(request)
    async with database.reader() as db:
        found = await _followed(db, token)
        if found is None:
            return _html(page.closed_page(language), 404)
        speaker, link = found
        shown = await content.gather(db, speaker.org_id, speaker.job_id, link.organisation, link.expires_at)
        notice = await _notice(db, speaker, request, language, shown)
        body = page.job_page(shown, language, f"/c/{token}", notice)
    if link.opened_at is None:
        async with database.transaction() as db:
            await customer_links.opened(db, speaker.org_id, speaker.link_id)
    return _html(body, 200)


@get("/c/{token}/reports/{report_id}", public=True, listed=False)
async def read_customer_report(database: Database, request: HttpRequest, token: str, report_id: UUID) -> Page:
    """Give one service report of the job as PDF."""
    async with database.reader() as db:
        found = await _followed(db, token)
        if found is None:
            return _html(page.closed_page(_language(request)), 404)
        speaker, _ = found
        return pdf(await service_reports.paper(db, speaker.org_id, speaker.job_id, report_id))


@post("/c/{token}/acknowledgement", public=True, listed=False)
async def agree_to_fees(database: Database, request: HttpRequest, token: str) -> Page:
    """Agree to the fees that were shown."""

    async def say(db: AsyncConnection, speaker: Speaker, form: Agreed) -> None:
        await speaking.acknowledge(db, speaker, form.content_hash)

    return await _spoken(database, request, token, Agreed, say, "agreed")


@post("/c/{token}/decline", public=True, listed=False)
async def decline_fees(database: Database, request: HttpRequest, token: str) -> Page:
    """Say no to the fees that were shown."""

    async def say(db: AsyncConnection, speaker: Speaker, form: Declined) -> None:
        await speaking.decline(db, speaker, form.content_hash, form.reason or None)

    return await _spoken(database, request, token, Declined, say, "declined")


@post("/c/{token}/signature", public=True, listed=False)
async def sign_for_work(database: Database, request: HttpRequest, token: str) -> Page:
    """Sign for the work."""

    async def say(db: AsyncConnection, speaker: Speaker, form: Signed) -> None:
        await speaking.sign(db, speaker, form.content_hash or None, None)

    return await _spoken(database, request, token, Signed, say, "signed")


@post("/c/{token}/rating", public=True, listed=False)
async def rate_service(database: Database, request: HttpRequest, token: str) -> Page:
    """Rate the service."""

    async def say(db: AsyncConnection, speaker: Speaker, form: Rating) -> None:
        await speaking.rate(db, speaker, form.score, form.text or None)

    return await _spoken(database, request, token, Rating, say, "rated")


@post("/c/{token}/complaint", public=True, listed=False)
async def complain_of_service(database: Database, request: HttpRequest, token: str) -> Page:
    """Open a complaint."""

    async def say(db: AsyncConnection, speaker: Speaker, form: Complaint) -> None:
        await speaking.complain(db, speaker, form.cause, form.text)

    return await _spoken(database, request, token, Complaint, say, "complained")


@get("/customer-page/{name}", public=True, listed=False)
async def read_customer_page_file(name: str) -> Page:
    """Give one of the files that the page is made of."""
    return _file(name)


@cache
def _file(name: str) -> Page:
    if name not in FILES:
        raise Refused("not_found")
    return Page((DIRECTORY / name).read_bytes(), FILES[name], ((b"cache-control", b"no-cache"),))


async def _spoken(
    database: Database, request: HttpRequest, token: str, form: type[Form], say: Say[Form], said: str
) -> Page:
    """Record what the form says and lead back to the page, which tells it; or show there why not."""
    language = _language(request)
    try:
        words = await reading.read_form(request, form)
        for attempt in range(ATTEMPTS):
            try:
                return await _recorded(database, token, words, say, f"/c/{token}?lang={language}&said={said}")
            except DBAPIError as error:
                if attempt + 1 == ATTEMPTS or not failures.is_worth_repeating(error):
                    raise
    except Exception as error:
        refused = failures.refusal_of(error)
        if refused.code == "internal_error":
            raise
        return await _refused(database, token, language, refused)
    raise AssertionError("every attempt returns or raises")


async def _recorded(database: Database, token: str, words: Form, say: Say[Form], back: str) -> Page:
    async with database.transaction() as db:
        found = await _followed(db, token)
        if found is None:
            raise Refused("not_found")
        await say(db, found[0], words)
    return Page(b"", "text/plain", (*PRIVATE, (b"location", back.encode())), status=303)


async def _refused(database: Database, token: str, language: str, refused: Refused) -> Page:
    """The job's page with the reason on top; where there is no job to show, only the reason."""
    kind = PROBLEMS[refused.code]
    reasons = tuple((each.en if language == "en" else each.zh) for each in refused.errors if isinstance(each, Reason))
    async with database.reader() as db:
        found = await _followed(db, token)
        if found is None:
            return _html(page.closed_page(language), 404)
        notice = page.notice_of_refusal(language, refused.code, kind.prose(language).title, reasons)
        return _html(await _job_page(db, *found, language, token, notice), kind.status)


async def _followed(db: AsyncConnection, token: str) -> tuple[Speaker, Followed] | None:
    """Who holds this link and what it leads to; None when forged, taken back or over, which look all the same."""
    named = tokens.read(token)
    link = None if named is None else await customer_links.followed(db, named.org_id, named.link_id)
    if named is None or link is None or not tokens.is_genuine(named, link.key):
        return None
    if link.revoked_at is not None or link.expires_at <= datetime.now(UTC):
        return None
    return Speaker(named.org_id, named.link_id, link.job_id), link


async def _job_page(
    db: AsyncConnection, speaker: Speaker, link: Followed, language: str, token: str, notice: Notice | None
) -> bytes:
    shown = await content.gather(db, speaker.org_id, speaker.job_id, link.organisation, link.expires_at)
    return page.job_page(shown, language, f"/c/{token}", notice)


async def _notice(
    db: AsyncConnection, speaker: Speaker, request: HttpRequest, language: str, shown: content.Content
) -> Notice | None:
    """What was recorded a moment ago, or whether the code of a paper is genuine."""
    code = _asked(request, "code")[:LONGEST_CODE]
    if not code:
        return page.notice_of(language, _asked(request, "said"))
    found = await service_reports.by_code(db, speaker.org_id, speaker.job_id, tidied(code).replace("\x00", ""))
    return page.notice_of_code(language, code, found, shown.zone)


def _language(request: HttpRequest) -> str:
    asked = _asked(request, "lang")
    return asked if asked in {"zh", "en"} else reading.language(request)


def _asked(request: HttpRequest, name: str) -> str:
    """One value of the query; whatever else stands there is passed over, for links get decorated on their way."""
    found = parse_qs(request.scope["query_string"].decode("latin-1"), max_num_fields=20).get(name)
    return found[0] if found else ""


def _html(body: bytes, status: int) -> Page:
    return Page(body, HTML, PRIVATE, status=status)


OPERATIONS: tuple[Operation, ...] = (
    read_customer_page,
    read_customer_report,
    agree_to_fees,
    decline_fees,
    sign_for_work,
    rate_service,
    complain_of_service,
    read_customer_page_file,
)
