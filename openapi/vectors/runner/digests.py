"""A document's canonical form and the digests over it, written from RFC 8785 and `docs/sync-in-detail.md` alone."""

import json
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID

Json = Any
_plain = json.JSONEncoder(ensure_ascii=False).encode
SHOWN = ("line_id", "kind", "code", "description", "quantity_thousandths", "unit_price_fen", "amount_fen")


def differences(kind: str, case: dict[str, Json]) -> list[str]:
    """How this implementation differs from a case of digests or of content hashes."""
    if kind == "content_hash":
        return _same("content_hash", case["content_hash"], content_hash(case["fees_disclosed"]))
    if "held" in case:
        pairs = [(UUID(each["id"]), sha256(each["canonical"].encode()).digest()) for each in case["held"]]
        return _same("scope", case["scope_sha256"], scope_digest(pairs))
    text = canonical(case["document"])
    return _same("canonical", case["canonical"], text) + _same("sha256", case["sha256"], digest(case["document"]))


def canonical(value: Json) -> str:
    """RFC 8785."""
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(f"{canonical(name)}:{canonical(value[name])}" for name in names) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    return _float(value) if isinstance(value, float) else _plain(value)


def digest(document: Json) -> str:
    """Of one document."""
    return sha256(canonical(document).encode()).hexdigest()


def fact_digest(fact: Json) -> str:
    """Of a fact as it is offered after a restore: nulls are left out, written or not they are the same content."""
    return digest(_without_nulls(fact))


def scope_digest(pairs: list[tuple[UUID, bytes]]) -> str:
    """Of all documents that a device holds."""
    return sha256(b"".join(document_id.bytes + each for document_id, each in sorted(pairs))).hexdigest()


def content_hash(disclosed: Json) -> str:
    """What an acknowledgement of fees names."""
    rows = [f"{disclosed.get('currency', 'CNY')}\x1f{disclosed['total_fen']}"]
    rows += [
        "\x1f".join([*(str(line[name]) for name in SHOWN), line.get("warranty", "paid")]) for line in disclosed["lines"]
    ]
    return sha256("\n".join(rows).encode()).hexdigest()


def _without_nulls(value: Json) -> Json:
    if isinstance(value, dict):
        return {name: _without_nulls(each) for name, each in value.items() if each is not None}
    return [_without_nulls(each) for each in value] if isinstance(value, list) else value


def _float(number: float) -> str:
    """As ECMAScript writes it: the fewest digits that tell it apart; an exponent below 1e-6 and from 1e21 on."""
    sign, digits, exponent = Decimal(repr(number)).normalize().as_tuple()
    figures, point = "".join(map(str, digits)), len(digits) + int(exponent)
    if number == 0:
        return "0"
    return ("-" if sign else "") + _placed(figures, point)


def _placed(figures: str, point: int) -> str:
    if len(figures) <= point <= 21:
        return figures.ljust(point, "0")
    if 0 < point <= 21:
        return f"{figures[:point]}.{figures[point:]}"
    if -6 < point <= 0:
        return "0." + "0" * -point + figures
    return f"{figures[0]}{'.' + figures[1:] if figures[1:] else ''}e{point - 1:+d}"


def _same(where: str, expected: Json, found: Json) -> list[str]:
    return [] if expected == found else [f"{where}: {expected!r} != {found!r}"]
