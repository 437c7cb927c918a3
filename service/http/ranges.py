"""Which part of a file is asked for (RFC 9110), and whether it is held already."""

import re

from service.http.errors import Refused
from service.http.reading import HttpRequest, header

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


def is_held(request: HttpRequest, tag: str) -> bool:
    """Whether the client holds this very file already (If-None-Match)."""
    held = header(request, b"if-none-match") or b""
    return any(each.strip().removeprefix(b"W/") in {f'"{tag}"'.encode(), b"*"} for each in held.split(b","))


def span_of(request: HttpRequest, tag: str, size_bytes: int) -> tuple[int, int]:
    """From which byte until before which. What is no single range, or is of another file, means the whole."""
    said = (header(request, b"range") or b"").decode("latin-1")
    of_file = header(request, b"if-range") or f'"{tag}"'.encode()
    found = _RANGE.fullmatch(said.replace(" ", ""))
    if found is None or not (found[1] or found[2]) or of_file != f'"{tag}"'.encode():
        return 0, size_bytes
    if not found[1]:
        start, end = max(size_bytes - int(found[2]), 0), size_bytes
    else:
        start, end = int(found[1]), min(int(found[2] or size_bytes) + 1, size_bytes)
    if found[1] and found[2] and int(found[2]) < int(found[1]):
        return 0, size_bytes
    if start >= end:
        range_told = (b"content-range", b"bytes */%d" % size_bytes)
        raise Refused("range_not_satisfiable", headers=(range_told,), size_bytes=size_bytes)
    return start, end
