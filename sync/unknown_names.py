"""What in a fact nobody here knows: kept byte for byte, for a server of a later day, or misspelt."""

from collections.abc import Iterator, Mapping

import msgspec

from sync.record import Envelope, Record
from sync.schemas import UP_CASTS, UpCast, lifted

_FIELDS = msgspec.json.Decoder(dict[str, msgspec.Raw])


def unknown_names(record: Record, schema: int, up_casts: Mapping[int, UpCast] = UP_CASTS) -> tuple[str, ...]:
    """Pointers to the fields of this fact, written by version `schema`, that this server does not understand."""
    fields = lifted(_FIELDS.decode(record.raw), schema, up_casts)
    body = {record.kind.name: msgspec.to_builtins(record.body)}
    sent = {
        name: msgspec.json.decode(value) for name, value in fields.items() if name not in Envelope.__struct_fields__
    }
    return tuple(_unknown(sent, body, ""))


def _unknown(sent: object, known: object, above: str) -> Iterator[str]:
    if isinstance(sent, dict) and isinstance(known, dict):
        for name, value in sent.items():
            if name in known:
                yield from _unknown(value, known[name], f"{above}/{_escaped(name)}")
            elif value is not None:
                yield f"{above}/{_escaped(name)}"
    elif isinstance(sent, list) and isinstance(known, list | tuple):
        for index, (one, other) in enumerate(zip(sent, known, strict=True)):
            yield from _unknown(one, other, f"{above}/{index}")


def _escaped(name: str) -> str:
    """As RFC 6901 asks."""
    return name.replace("~", "~0").replace("/", "~1")
