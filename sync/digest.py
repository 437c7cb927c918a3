"""The one spelling of a document (RFC 8785), its digest, and the digest of all that a scope holds.

A device that holds the same documents comes to the same digests, whatever its JSON library: it writes each document
down in the canonical form and hashes that.
"""

import re
from collections.abc import Iterable
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec

_encode = msgspec.json.Encoder(order="sorted").encode
# The encoder differs from RFC 8785 in some floats only: 120.0 for 120, 1e-6 for 0.000001, 1e16 for all its digits,
# 1e21 for 1e+21. Two looks for how those end cost less than reading every number.
_WHOLE = re.compile(rb"\.0(?:[,}\]]|$)")
_EXPONENT = re.compile(rb"e-?[0-9]+(?:[,}\]]|$)")
_STRING_OR_FLOAT = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|-?[0-9]+(?:\.[0-9]+(?:e-?[0-9]+)?|e-?[0-9]+)')
_DIGITS_BEFORE_EXPONENT = 21
_ZEROS_BEFORE_EXPONENT = 6


def canonical(value: Any) -> bytes:  # noqa: ANN401 (whatever JSON can say)
    """`value` in the form of RFC 8785: names sorted, no spaces, numbers as ECMAScript writes them.

    For names in ASCII, as those of every document are: the RFC sorts by UTF-16 units, this by code points. Integers are
    written exactly, also beyond 2**53, where a reader with doubles would round.
    """
    body = _encode(value)
    if _WHOLE.search(body) or _EXPONENT.search(body):
        return _STRING_OR_FLOAT.sub(_respelt, body)
    return body


def digest(body: bytes) -> bytes:
    """Of one document: SHA-256 of its canonical form, 32 bytes."""
    return sha256(body).digest()


def scope_digest(pairs: Iterable[tuple[UUID, bytes]]) -> bytes:
    """Of all documents of a scope, from their ids and digests: SHA-256 of the pairs in the order of the ids."""
    return sha256(b"".join(document_id.bytes + each for document_id, each in sorted(pairs))).digest()


def _respelt(found: re.Match[bytes]) -> bytes:
    token = found[0]
    return token if token.startswith(b'"') else _number(token)


def _number(token: bytes) -> bytes:
    """A float as ECMAScript writes it. The digits stay: both forms use the fewest that tell the number apart."""
    sign, digits, exponent = Decimal(token.decode()).normalize().as_tuple()
    assert isinstance(exponent, int), "JSON has no infinity"
    text = "".join(map(str, digits))
    point = len(text) + exponent
    if text == "0":
        return b"0"
    return (("-" if sign else "") + _placed(text, point)).encode()


def _placed(digits: str, point: int) -> str:
    """The digits with the decimal point after `point` of them, or with an exponent where that is far away."""
    if len(digits) <= point <= _DIGITS_BEFORE_EXPONENT:
        return digits.ljust(point, "0")
    if 0 < point <= _DIGITS_BEFORE_EXPONENT:
        return f"{digits[:point]}.{digits[point:]}"
    if -_ZEROS_BEFORE_EXPONENT < point <= 0:
        return "0." + "0" * -point + digits
    mantissa = digits if len(digits) == 1 else f"{digits[0]}.{digits[1:]}"
    return f"{mantissa}e{point - 1:+d}"
