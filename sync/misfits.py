"""Where in a fact the value lies that a decoder complains of, as a JSON pointer."""

import re

from sync.allowed_values import allowed_values

_PATH = re.compile(r" - at `(?:key in )?\$(?P<path>[^`]*)`$")
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]")
_MISSING = re.compile(r"missing required field `(\w+)`")


def place_and_reason(complaint: str, above: str, kind: object) -> tuple[str, str]:
    """Where it is, below the part of the fact that was decoded as `kind`, and what is wrong there.

    Inside of a map the decoder does not say which key: the place is the map's.
    """
    reason, found = _PATH.sub("", complaint), _PATH.search(complaint)
    steps = [name or index for name, index in _steps(found["path"] if found else "")]
    steps += _MISSING.findall(reason)
    if reason.startswith("Invalid enum value") and (allowed := allowed_values(kind, steps)):
        reason += f"; allowed: {', '.join(allowed)}"
    return above + "".join(f"/{step}" for step in steps), reason


def _steps(path: str) -> list[tuple[str, str]]:
    return _STEP.findall(path.partition("[...]")[0])
