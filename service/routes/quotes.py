"""Quotes: what a visit will cost. Computed, not stored; what the customer is told is a fact, `fees_disclosed`."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, structs
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.facts.words import FeeLine, Instant, WorkType
from domain.fields import Area, Code, Language, TimeZone
from domain.people.actor import Actor
from domain.prices.rules import FeeKinds, Occasion
from domain.quoting.answer import Explanation, Unquotable
from domain.quoting.quote import quote
from domain.quoting.request import Discount, FeeDecision, Metres, QuoteRequest, WorkLine
from service.desk import quoting
from service.desk.quoting import Known
from service.http import instants, reading
from service.http.endpoint import Input, Output, post
from service.http.errors import Reason, Refused
from service.http.reading import HttpRequest


class AskQuote(Input, frozen=True, kw_only=True):
    """What is to be priced.

    A job brings its outlet and type of work, its outlet's area, its site's distance, its time zone, its asset, and what
    its other visits charged; a visit the price list that it was planned with. What is said here counts before what is
    stored. `quoted_at` and `begins_at` absent: now. `price_list_code` absent: the list in force for outlet and type of
    work on the day of the quote. `language` absent: that of `Accept-Language`, else your own.
    """

    job_id: UUID | None = None
    visit_id: UUID | None = None
    outlet_id: UUID | None = None
    work_type: WorkType | None = None
    price_list_code: Code | None = None
    occasion: Occasion
    diagnosis: bool
    area: Area | None = None
    quoted_at: Instant | None = None
    begins_at: Instant | None = None
    time_zone: TimeZone | None = None
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$", examples=["CNY"])] = "CNY"
    distance_metres: Metres | None = None
    fall_height_centimetres: Metres = 0
    charged_before: FeeKinds = ()
    lines: Annotated[tuple[WorkLine, ...], Meta(max_length=100)] = ()
    decisions: Annotated[tuple[FeeDecision, ...], Meta(max_length=20)] = ()
    discounts: Annotated[tuple[Discount, ...], Meta(max_length=20)] = ()
    language: Language | None = None


class QuoteAnswer(Output, frozen=True, kw_only=True):
    """Lines and total as `fees_disclosed` takes them, the rules behind each line, and the whole question as answered.

    `request` put to an app's own function gives the same lines: `openapi/vectors/quotes`.
    """

    price_list_code: str
    currency: str
    lines: tuple[FeeLine, ...]
    total_fen: int
    explanations: tuple[Explanation, ...]
    request: QuoteRequest


@post(
    "/v1/quotes",
    right="quote_fees",
    problems=("not_found", "quote_refused"),
    example=AskQuote(
        occasion=Occasion.WORK_ACCEPTED,
        diagnosis=True,
        area=Area.CITY,
        quoted_at=datetime.fromisoformat("2026-07-06T02:00:00Z"),
        begins_at=datetime.fromisoformat("2026-07-06T02:00:00Z"),
        distance_metres=23_400,
        lines=(WorkLine(line_id="1", code="F-LABOUR-MEDIUM"), WorkLine(line_id="2", code="P-AC-011")),
    ),
)
async def compute_quote(actor: Actor, db: AsyncConnection, request: HttpRequest, body: AskQuote) -> QuoteAnswer:
    """Compute what a visit will cost, line by line, with the rule behind each amount.

    Nothing is stored. Whatever stands in the way of a quote is told at once, each problem with its place and code.
    """
    instants.require_sane(body, "quoted_at", "begins_at")
    of = await quoting.known(db, actor, body.job_id, body.visit_id, body.outlet_id)
    code = body.price_list_code or of.promised_list_code
    language = body.language or Language(reading.language(request))
    asked = quoting.completed(_request(body, of, code, language), of)
    found = quote(asked, await quoting.tariff(db, actor, asked, code))
    if isinstance(found, Unquotable):
        reasons = tuple(Reason(each.pointer, each.code, each.zh, each.en) for each in found.problems)
        raise Refused("quote_refused", errors=reasons)
    return QuoteAnswer(**structs.asdict(found), request=asked)


def _request(body: AskQuote, of: Known, code: str | None, language: Language) -> QuoteRequest:
    asked = structs.asdict(body)
    now = quoting.now()
    completed = {
        "area": quoting.required_area(body.area, of),
        "outlet_id": None if of.outlet is None else of.outlet.id,
        "work_type": body.work_type or (None if of.job is None else of.job.work_type),
        "quoted_at": body.quoted_at or now,
        "begins_at": body.begins_at or now,
        "time_zone": body.time_zone or of.time_zone,
        "distance_metres": (of.distance_metres or 0) if body.distance_metres is None else body.distance_metres,
        "language": language,
        "list_promised": code is not None and code == of.promised_list_code,
    }
    return QuoteRequest(
        **{**{name: asked[name] for name in QuoteRequest.__struct_fields__ if name in asked}, **completed}
    )
