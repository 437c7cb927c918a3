"""How a phone answers the checklists that a visit's plan holds: offline, from the document alone."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from service.simulate.ledger import Json

Answers = dict[str, Any]
_LAST = "door_routine"


def recorded(requirements: Mapping[str, Any]) -> Answers:
    """What goes into the repair record: everything but the door routine, which ends with the goodbye."""
    return _answers(each for each in requirements.get("checklists", ()) if each["purpose"] != _LAST)


def at_the_end(requirements: Mapping[str, Any]) -> Answers:
    """What goes into the end of the visit."""
    answers = _answers(each for each in requirements.get("checklists", ()) if each["purpose"] == _LAST)
    return {"passed": answers["passed"], "checks": answers["checks"]}


def _answers(checklists: Iterable[Mapping[str, Any]]) -> Answers:
    found: Answers = {"passed": [], "checks": [], "readings": []}
    for checklist in checklists:
        choices = {each["code"]: each["choices"][0] for each in checklist["choices"]}
        numbers = {each["code"]: each for each in checklist["numbers"]}
        for code in (*checklist["mandatory"], *checklist["optional"]):
            if code in numbers:
                found["readings"].append(_within(numbers[code]))
            elif code in choices:
                found["checks"].append({"code": code, "result": "pass", "choice": choices[code]})
            elif code in checklist["photos"]:
                digest = hashlib.sha256(code.encode()).hexdigest()
                found["checks"].append({"code": code, "result": "pass", "photo_digests": [digest]})
            else:
                found["passed"].append(code)
    return found


def _within(number: Mapping[str, Any]) -> Json:
    """In the middle of the limits."""
    middle = (number["low_thousandths"] + number["high_thousandths"]) // 2
    return {"code": number["code"], "value_thousandths": middle, "unit": number["unit"]}
