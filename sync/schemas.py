"""Versions of the contract: what a fact written by an older app is called and shaped like today. Data.

An app states the version that it was built against, and its facts are kept in its own bytes, with that version beside
them: content, digest and chain are what was sent. Each time such a record is read, now or when its job is folded anew
in ten years, it is lifted from version to version first. A version that only adds needs no entry here, and what a
newer app wrote is read as far as this server knows it: unknown names stay in the bytes, a fact of an unknown kind waits
in quarantine and can be released after the server's upgrade. The envelope never changes.
"""

from collections.abc import Mapping

import msgspec
from msgspec import Raw, Struct

CURRENT = 1
OLDEST_PULL = 1
"""Apps built against an older version are given no documents; what they recorded is taken all the same."""


class UpCast(Struct, frozen=True, kw_only=True):
    """What changed from one version to the next: kinds first; then, by their new names, their fields."""

    kinds: dict[str, str] = {}
    """New name by old name."""
    fields: dict[str, dict[str, str]] = {}
    """By kind: new name of a field of its body by old name."""
    defaults: dict[str, dict[str, object]] = {}
    """By kind: what a field that became required is taken to be where it is absent."""


UP_CASTS: dict[int, UpCast] = {}
"""By the version that they start from."""

_FIELDS = msgspec.json.Decoder(dict[str, Raw])


def lifted(fields: Mapping[str, Raw], schema: int, up_casts: Mapping[int, UpCast]) -> dict[str, Raw]:
    """A record's fields as the newest version would have them, from those of version `schema`.

    A name that the old version knew wins over the same new name, which it could not have meant. A body that is no
    object is left alone: whoever decodes it says what is wrong with it.
    """
    found = dict(fields)
    for version in sorted(each for each in up_casts if each >= schema):
        step = up_casts[version]
        found = _renamed(found, step.kinds)
        for kind in {*step.fields, *step.defaults} & found.keys():
            found[kind] = _reshaped(found[kind], step.fields.get(kind, {}), step.defaults.get(kind, {}))
    return found


def _reshaped(body: Raw, names: Mapping[str, str], defaults: Mapping[str, object]) -> Raw:
    try:
        fields = _FIELDS.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return body
    given = {name: value for name, value in _renamed(fields, names).items() if bytes(value) != b"null"}
    return Raw(msgspec.json.encode({**defaults, **given}))


def _renamed(fields: Mapping[str, Raw], names: Mapping[str, str]) -> dict[str, Raw]:
    kept = {name: value for name, value in fields.items() if name not in names}
    return kept | {names[name]: value for name, value in fields.items() if name in names}
