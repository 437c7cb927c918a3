"""A name that stands twice in one object: RFC 8259 4 leaves open which value counts, RFC 7493 2.3 forbids it.

Decoders keep the last one without a word, so that one of two values that somebody typed would be gone.
"""

import json

_Members = tuple[tuple[str, object], ...]


def may_repeat(raw: bytes, written: bytes) -> bool:
    """Whether to look: `written` is what was decoded from `raw`, encoded again without spaces. False is certain.

    Each member has one colon, and whatever was lost had one. Only an escaped colon could make up for it.
    """
    return raw.count(b":") != written.count(b":") or b"\\u003" in raw


def repeated_name(raw: bytes) -> str | None:
    """The JSON pointer to a name that stands twice in its object. `raw` is JSON that has been decoded before."""
    # Numbers stay texts: nothing is computed, and none is too long.
    read = json.loads(raw, object_pairs_hook=tuple, parse_int=str, parse_float=str)
    return _search(read, "")


def _search(value: object, pointer: str) -> str | None:
    match value:
        case tuple():
            return _search_members(value, pointer)
        case list():
            found = (_search(each, f"{pointer}/{index}") for index, each in enumerate(value))
            return next((place for place in found if place is not None), None)
    return None


def _search_members(members: _Members, pointer: str) -> str | None:
    seen = set[str]()
    for name, value in members:
        below = f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"
        if name in seen:
            return below
        seen.add(name)
        if (found := _search(value, below)) is not None:
            return found
    return None
