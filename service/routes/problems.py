"""What the problem codes mean: the addresses in every problem's `type`."""

from html import escape
from string import Template
from typing import Annotated

from msgspec import Meta, structs

from service.http.endpoint import Media, Output, get
from service.http.errors import PROBLEMS, ProblemType, Prose, Refused
from service.http.reading import HttpRequest, header
from service.routes.docs import DIRECTORY, HEADERS

_TEMPLATE = Template((DIRECTORY / "problem.html").read_text(encoding="utf-8"))


class ProblemMeaning(Output, frozen=True, kw_only=True):
    """What a problem code means, and what an app should do about it. `{names}` in `detail` are filled in each time."""

    code: str
    status: Annotated[int, Meta(ge=400, le=599)]
    retryable: bool
    zh: Prose
    en: Prose


_EXAMPLE = ProblemMeaning(code="busy", **structs.asdict(PROBLEMS["busy"]))


@get("/v1/problems/{code}", public=True, response=ProblemMeaning, response_example=_EXAMPLE)
async def read_problem(code: str, request: HttpRequest) -> ProblemMeaning | Media:
    """Explain a problem code.

    A browser gets a page, anything else JSON.
    """
    kind = PROBLEMS.get(code)
    if kind is None:
        raise Refused("not_found")
    if b"text/html" in (header(request, b"accept") or b""):
        return _page(code, kind)
    return ProblemMeaning(code=code, **structs.asdict(kind))


def _page(code: str, kind: ProblemType) -> Media:
    said = {f"{language}_{part}": text for language in ("zh", "en") for part, text in _parts(kind, language)}
    retry = "worth sending again later" if kind.retryable else "sending it again will not help"
    filled = _TEMPLATE.substitute(said, code=code, status=kind.status, retry=retry)
    return Media(filled.encode(), "text/html; charset=utf-8", HEADERS)


def _parts(kind: ProblemType, language: str) -> list[tuple[str, str]]:
    prose = structs.asdict(kind.prose(language))
    return [(name, escape(str(text))) for name, text in prose.items()]
