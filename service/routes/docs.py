"""Pages for people: the API's documentation, from files of our own only."""

from functools import cache
from pathlib import Path

from service.http.endpoint import Media, get
from service.http.errors import Refused

DIRECTORY = Path(__file__).parents[1] / "docs"
FILES = {
    "index.html": ("index.html", "text/html; charset=utf-8"),
    "page.js": ("page.js", "text/javascript; charset=utf-8"),
    "page.css": ("page.css", "text/css; charset=utf-8"),
    "swagger-ui-bundle.js": ("swagger-ui/swagger-ui-bundle.js", "text/javascript; charset=utf-8"),
    "swagger-ui.css": ("swagger-ui/swagger-ui.css", "text/css; charset=utf-8"),
}
# React writes style attributes; everything else comes from this host and from files.
POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    b" connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = ((b"content-security-policy", POLICY), (b"cache-control", b"no-cache"))


@get("/", public=True, status=307, listed=False)
async def read_root() -> Media:
    """Lead whoever types the bare address to the documentation."""
    return Media(b"", "text/plain", ((b"location", b"/docs"), *HEADERS))


@get("/docs", public=True, listed=False)
async def read_docs() -> Media:
    """Show every operation, and try them."""
    return _file("index.html")


@get("/docs/{name}", public=True, listed=False)
async def read_docs_file(name: str) -> Media:
    """Give one of the files that the page is made of."""
    return _file(name)


@cache
def _file(name: str) -> Media:
    if name not in FILES:
        raise Refused("not_found")
    path, media_type = FILES[name]
    return Media((DIRECTORY / path).read_bytes(), media_type, HEADERS)
