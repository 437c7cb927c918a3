"""The customer's page, for whoever holds the link. It answers HTML only, never a problem document."""

from functools import cache
from pathlib import Path
from uuid import UUID

from msgspec import structs
from sqlalchemy.ext.asyncio import AsyncConnection

from service.customer_page import content, drawing, following, page, speaking
from service.customer_page.answering import NOT_KEPT, asked, html, language_of, spoken
from service.customer_page.forms import Agreed, Complaint, Declined, Rating, Signed
from service.customer_page.page import Notice
from service.customer_page.speaking import Speaker
from service.database import Database
from service.http.endpoint import Media, Operation, get, post
from service.http.errors import Refused
from service.http.reading import HttpRequest
from service.routes.member_photos import photo
from service.routes.service_reports import pdf
from service.service_report.content import tidied
from service.settings import Settings
from service.store.jobs import customer_links, service_reports
from service.store.people import member_photos

FILES = {"page.css": "text/css; charset=utf-8", "signature.js": "text/javascript; charset=utf-8"}
LONGEST_CODE = 40
DIRECTORY = Path(page.__file__).parent


@get("/c/{token}", public=True, listed=False)
async def read_customer_page(database: Database, request: HttpRequest, token: str) -> Media:
    """Show the job, or that the link leads nowhere."""
    language = language_of(request)
    async with database.reader() as db:
        found = await following.follow(db, token)
        if found is None:
            return html(page.closed_page(language), 404)
        speaker, link = found
        shown = await content.gather(db, speaker.org_id, speaker.job_id, link.expires_at)
        notice = await _notice(db, speaker, request, language, shown)
        body = page.job_page(shown, language, f"/c/{token}", notice)
    if link.opened_at is None:
        async with database.transaction() as db:
            await customer_links.opened(db, speaker.org_id, speaker.link_id)
    return html(body, 200)


@get("/c/{token}/photo", public=True, listed=False)
async def read_customer_photo(database: Database, request: HttpRequest, token: str) -> Media:
    """Give the photo of the technician who is shown, and of nobody else."""
    async with database.reader() as db:
        found = await following.follow(db, token)
        if found is None:
            return html(page.closed_page(language_of(request)), 404)
        speaker, link = found
        shown = await content.gather(db, speaker.org_id, speaker.job_id, link.expires_at)
        if shown.technician is None:
            raise Refused("not_found")
        return photo(await member_photos.find(db, speaker.org_id, shown.technician.id))


@get("/c/{token}/service-reports/{report_id}/file", public=True, listed=False)
async def read_customer_report(database: Database, request: HttpRequest, token: str, report_id: UUID) -> Media:
    """Give one service report of the job as PDF."""
    async with database.reader() as db:
        found = await following.follow(db, token)
        if found is None:
            return html(page.closed_page(language_of(request)), 404)
        speaker, _ = found
        paper = pdf(await service_reports.paper(db, speaker.org_id, speaker.job_id, report_id))
    # A link that is over must not live on in the browser of a borrowed phone.
    return structs.replace(paper, headers=NOT_KEPT)


@post("/c/{token}/acknowledgement", public=True, listed=False)
async def agree_to_fees(database: Database, request: HttpRequest, token: str) -> Media:
    """Agree to the fees that were shown."""

    async def say(db: AsyncConnection, speaker: Speaker, form: Agreed) -> None:
        await speaking.acknowledge(db, speaker, form.content_hash)

    return await spoken(database, request, token, Agreed, say, "agreed")


@post("/c/{token}/decline", public=True, listed=False)
async def decline_fees(database: Database, request: HttpRequest, token: str) -> Media:
    """Say no to the fees that were shown."""

    async def say(db: AsyncConnection, speaker: Speaker, form: Declined) -> None:
        await speaking.decline(db, speaker, form.content_hash, form.reason or None)

    return await spoken(database, request, token, Declined, say, "declined")


@post("/c/{token}/signature", public=True, listed=False)
async def sign_for_work(database: Database, request: HttpRequest, token: str) -> Media:
    """Sign for the work; what was drawn is kept first, and named by the fact."""
    settings: Settings = request.app.state.settings

    async def before(speaker: Speaker, form: Signed) -> None:
        if form.drawing:
            await drawing.keep(database, settings, speaker, form.drawing)

    async def say(db: AsyncConnection, speaker: Speaker, form: Signed) -> None:
        digest = drawing.digest_of(form.drawing) if form.drawing else None
        await speaking.sign(db, speaker, form.content_hash or None, digest)

    return await spoken(database, request, token, Signed, say, "signed", before)


@post("/c/{token}/rating", public=True, listed=False)
async def rate_service(database: Database, request: HttpRequest, token: str) -> Media:
    """Rate the service."""

    async def say(db: AsyncConnection, speaker: Speaker, form: Rating) -> None:
        await speaking.rate(db, speaker, form.score, form.text or None)

    return await spoken(database, request, token, Rating, say, "rated")


@post("/c/{token}/complaint", public=True, listed=False)
async def complain_of_service(database: Database, request: HttpRequest, token: str) -> Media:
    """Open a complaint."""

    async def say(db: AsyncConnection, speaker: Speaker, form: Complaint) -> None:
        await speaking.complain(db, speaker, form.cause, form.text)

    return await spoken(database, request, token, Complaint, say, "complained")


@get("/customer-page/{name}", public=True, listed=False)
async def read_customer_page_file(name: str) -> Media:
    """Give one of the files that the page is made of."""
    return _file(name)


@cache
def _file(name: str) -> Media:
    if name not in FILES:
        raise Refused("not_found")
    return Media((DIRECTORY / name).read_bytes(), FILES[name], ((b"cache-control", b"no-cache"),))


async def _notice(
    db: AsyncConnection, speaker: Speaker, request: HttpRequest, language: str, shown: content.Content
) -> Notice | None:
    """The notice above the page: what was just recorded, or whether the code of a paper is genuine."""
    code = asked(request, "code")[:LONGEST_CODE]
    if not code:
        return page.notice_of(language, asked(request, "said"))
    found = await service_reports.by_code(db, speaker.org_id, speaker.job_id, tidied(code).replace("\x00", ""))
    return page.notice_of_code(language, code, found, shown.zone)


OPERATIONS: tuple[Operation, ...] = (
    read_customer_page,
    read_customer_photo,
    read_customer_report,
    agree_to_fees,
    decline_fees,
    sign_for_work,
    rate_service,
    complain_of_service,
    read_customer_page_file,
)
