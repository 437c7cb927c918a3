"""A name that stands twice in one object is found, however it is spelt; and nothing else is taken for one."""

import json
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from sync.repeated_names import may_repeat, repeated_name

texts = st.text(st.sampled_from('a:,"\\\\/~{}[]\u003a \n'), max_size=4)
values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=10,
)


def spelt(value: object, *, loosely: bool) -> bytes:
    """As one encoder or another would; loosely, also with each colon of a text escaped."""
    if not loosely:
        return msgspec.json.encode(value)
    text = json.dumps(value, indent=1, separators=(" ,", " : "))
    return text.replace(":", "\\u003a").replace(" \\u003a ", " : ").encode()


def looked_for(raw: bytes) -> str | None:
    written = msgspec.json.encode(msgspec.json.decode(raw))
    return repeated_name(raw) if may_repeat(raw, written) else None


@given(values)
def test_what_says_nothing_twice_is_let_through(value: object) -> None:
    assert [looked_for(spelt(value, loosely=loosely)) for loosely in (False, True)] == [None, None]


@given(texts, values, values, st.lists(texts | st.integers(0, 2), max_size=3))
def test_what_says_anything_twice_is_found_where_it_stands(
    name: str, one: object, other: object, way: list[str | int]
) -> None:
    first, second, place = (spelt(each, loosely=True) for each in (one, other, name))
    raw, pointer = b"{%b:%b,%b:%b}" % (place, first, msgspec.json.encode(name), second), below("", name)
    for step in reversed(way):
        raw = (
            b"[%b%b]" % (b"1," * step, raw) if isinstance(step, int) else b"{%b:%b}" % (spelt(step, loosely=True), raw)
        )
        pointer = below("", step) + pointer

    assert looked_for(raw) == pointer


def below(pointer: str, name: object) -> str:
    return f"{pointer}/{str(name).replace('~', '~0').replace('/', '~1')}"
