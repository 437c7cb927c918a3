"""The canonical form, held against RFC 8785 as its text reads; digests that change with the content and only so."""

import hashlib
import json
import struct
from fractions import Fraction
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.fold import fold
from sync.digest import canonical, digest, scope_digest
from tests.domain.builders import JOB
from tests.domain.histories import histories, many

ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}

# Appendix B of the RFC: the bits of a double, and how it is written.
NUMBERS = [
    ("0000000000000000", "0"),
    ("8000000000000000", "0"),
    ("0000000000000001", "5e-324"),
    ("8000000000000001", "-5e-324"),
    ("7fefffffffffffff", "1.7976931348623157e+308"),
    ("ffefffffffffffff", "-1.7976931348623157e+308"),
    ("4340000000000000", "9007199254740992"),
    ("c340000000000000", "-9007199254740992"),
    ("4430000000000000", "295147905179352830000"),
    ("44b52d02c7e14af5", "9.999999999999997e+22"),
    ("44b52d02c7e14af6", "1e+23"),
    ("44b52d02c7e14af7", "1.0000000000000001e+23"),
    ("444b1ae4d6e2ef4e", "999999999999999700000"),
    ("444b1ae4d6e2ef4f", "999999999999999900000"),
    ("444b1ae4d6e2ef50", "1e+21"),
    ("3eb0c6f7a0b5ed8c", "9.999999999999997e-7"),
    ("3eb0c6f7a0b5ed8d", "0.000001"),
    ("41b3de4355555553", "333333333.3333332"),
    ("41b3de4355555557", "333333333.33333343"),
    ("becbf647612f3696", "-0.0000033333333333333333"),
    ("43143ff3c1cb0959", "1424953923781206.2"),
]

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    ['":1.0,"', "\\", '\\"', "[1e-7]", "120.0", ",1e16}"]
)
names = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=8)
floats = st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([120.0, 1e-7, 1e-6, -0.0, 1e16, 1e21, 0.5])
json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | floats | texts,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(names, inner, max_size=5),
    max_leaves=20,
)
pairs = st.dictionaries(st.uuids(), st.binary(min_size=32, max_size=32), max_size=8).map(lambda held: [*held.items()])


@given(json_values)
def test_whatever_json_can_say_is_written_as_the_rfc_says(value: Any) -> None:
    assert canonical(value) == by_the_rfc(value).encode()


@given(floats)
def test_a_float_is_written_as_ecmascript_writes_it_wherever_it_stands(value: float) -> None:
    for around in (value, [value], {"a": value, "b": "1.0"}, [{"": [value, value]}, '",1.0,"']):
        assert canonical(around) == by_the_rfc(around).encode()


@pytest.mark.parametrize(("bits", "written"), NUMBERS)
def test_the_numbers_of_the_rfc_are_written_as_it_prints_them(bits: str, written: str) -> None:
    (value,) = struct.unpack(">d", bytes.fromhex(bits))
    assert canonical(value).decode() == written


@given(json_values)
def test_reading_the_canonical_form_and_writing_it_again_gives_the_same_bytes(value: Any) -> None:
    assert canonical(json.loads(canonical(value))) == canonical(value)


@many
@given(histories())
def test_a_job_document_is_written_as_a_phone_would_write_what_it_read(facts: Any) -> None:
    body = canonical(fold(JOB, facts).job)
    assert by_the_rfc(json.loads(body)).encode() == body


def test_every_order_of_names_is_one_document() -> None:
    assert digest(canonical({"b": 1, "a": [120.0]})) == digest(canonical({"a": [120], "b": 1}))
    assert digest(b'{"a":[120],"b":1}') == hashlib.sha256(b'{"a":[120],"b":1}').digest()


@given(pairs, st.randoms(use_true_random=False))
def test_a_scope_has_one_digest_whatever_the_order_of_its_documents(
    held: list[tuple[UUID, bytes]], chance: Any
) -> None:
    shuffled = [*held]
    chance.shuffle(shuffled)
    assert scope_digest(shuffled) == scope_digest(held)


@given(pairs, st.data())
def test_one_document_more_or_less_or_one_bit_is_another_digest(
    held: list[tuple[UUID, bytes]], data: st.DataObject
) -> None:
    held = [(UUID(int=1), bytes(32)), *((each, own) for each, own in held if each.int != 1)]
    at = data.draw(st.integers(0, len(held) - 1))
    flipped = (int.from_bytes(held[at][1]) ^ (1 << data.draw(st.integers(0, 255)))).to_bytes(32)
    others = (
        [*held, (uuid4(), bytes(32))],
        [*held[:at], *held[at + 1 :]],
        [*held[:at], (held[at][0], flipped), *held[at + 1 :]],
    )
    assert scope_digest(held) not in {scope_digest(other) for other in others}


def test_an_empty_scope_has_the_digest_of_nothing() -> None:
    assert scope_digest([]) == hashlib.sha256(b"").digest()


def by_the_rfc(value: Any) -> str:
    """Section 3.2 of RFC 8785, one line after the other."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return '"' + "".join(map(_character, value)) + '"'
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, list):
        return "[" + ",".join(map(by_the_rfc, value)) + "]"
    ordered = sorted(value, key=lambda name: name.encode("utf-16-be"))
    return "{" + ",".join(f"{by_the_rfc(name)}:{by_the_rfc(value[name])}" for name in ordered) + "}"


def _character(character: str) -> str:
    if character in ESCAPES:
        return ESCAPES[character]
    return f"\\u{ord(character):04x}" if ord(character) < 0x20 else character


def _number(value: float) -> str:
    """ECMA-262, Number::toString: the fewest digits k, then the form that n, the place of the point, asks for."""
    if value == 0:
        return "0"
    if value < 0:
        return "-" + _number(-value)
    digits, n = _shortest(value)
    k = len(digits)
    if k <= n <= 21:
        return digits + "0" * (n - k)
    if 0 < n <= 21:
        return digits[:n] + "." + digits[n:]
    if -6 < n <= 0:
        return "0." + "0" * -n + digits
    sign = "+" if n > 0 else "-"
    return digits[0] + ("." + digits[1:] if k > 1 else "") + "e" + sign + str(abs(n - 1))


def _shortest(value: float) -> tuple[str, int]:
    """The fewest digits that tell the number apart, of those the nearest to it (of two, the even), and n."""
    for k in range(1, 18):
        mantissa, _, exponent = f"{value:.{k - 1}e}".partition("e")
        near, n = int(mantissa.replace(".", "")), int(exponent) + 1
        fitting = [s for s in (near - 1, near, near + 1) if len(str(s)) == k and float(f"{s}e{n - k}") == value]
        if fitting:
            exact = Fraction(value)
            return str(min(fitting, key=lambda s: (abs(s * Fraction(10) ** (n - k) - exact), s % 2))), n
    raise AssertionError("17 digits tell every double apart")
