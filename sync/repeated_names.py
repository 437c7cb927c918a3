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
    return _twice(json.loads(raw, object_pairs_hook=tuple, parse_int=str, parse_float=str))


def _twice(value: object) -> str | None:
    """The pointer, from `value` on. It is put together on the way back, and so for one name alone."""
    match value:
        case tuple():
            return _twice_of_members(value)
        case list():
            found = ((index, _twice(each)) for index, each in enumerate(value))
            return next((f"/{index}{below}" for index, below in found if below is not None), None)
    return None


def _twice_of_members(members: _Members) -> str | None:
    seen = set[str]()
    for name, value in members:
        below = "" if name in seen else _twice(value)
        if below is not None:
            return f"/{name.replace('~', '~0').replace('/', '~1')}{below}"
        seen.add(name)
    return None
