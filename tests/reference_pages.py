"""The pages of docs/ that come from the code. `make docs` writes them.

Nothing in them is typed by hand, so nothing in them can be out of date: a test compares each with the code.
"""

import enum
import inspect
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from msgspec import NODEFAULT, Meta, Struct, json, structs

from domain.cases.words import HELD
from domain.conflicts.ownership import DETAIL_OWNERS
from domain.facts import desk, door, feedback, handling, issued_codes, shared, vouchers
from domain.facts.kinds import KINDS, Kind
from domain.people.authority import MAY_RECORD
from domain.rules.sources import RULE_SOURCES
from domain.rules.table import RULES
from domain.rules.transitions import TRANSITION_BY_KIND, TRANSITIONS
from domain.steps.safety_checks import SAFETY_CHECKS
from service.http.errors import PROBLEMS, VIOLATIONS
from sync.record import Envelope
from tests.reference_examples import example_of
from tests.reference_prose import (
    CHECKS_EXPLANATION,
    ERRORS_INTRODUCTION,
    FACTS_INTRODUCTION,
    FEES_EXPLANATION,
    HELD_BY,
    OTHER_FIELDS,
    OWNERS_EXPLANATION,
    ROLES_EXPLANATION,
    RULES_EXPLANATION,
    RULES_INTRODUCTION,
    SOURCES_EXPLANATION,
    VISIT_ENDS,
)

DOCS = Path(__file__).parent.parent / "docs"
SCALARS = {
    str: "text",
    int: "integer",
    float: "number",
    bool: "true or false",
    UUID: "UUID",
    datetime: "time",
    date: "day",
}
PLACES = (
    ("At the desk", (desk, issued_codes)),
    ("At the door", (door,)),
    ("About the service", (handling, feedback)),
    ("At both", (shared, vouchers)),
)

Row = Sequence[str]


def pages() -> dict[str, str]:
    """Each page's text by its file name."""
    return {"facts.md": facts_page(), "rules.md": rules_page(), "errors.md": errors_page()}


def facts_page() -> str:
    """Every kind of fact with its fields, then the types that they are spelt with."""
    told: dict[str, type] = {}
    parts = [*FACTS_INTRODUCTION, *_struct("Envelope", Envelope, told)]
    for title, modules in PLACES:
        names = tuple(module.__name__ for module in modules)
        parts.append(f"## {title}")
        for kind in KINDS:
            if kind.body.__module__.startswith(names):
                parts += _kind(kind, told)
    parts += ["## Types", "Closed lists of words may grow: accept a word that you do not know."]
    written: set[str] = set()
    while waiting := sorted(set(told) - written):
        for name in waiting:
            written.add(name)
            parts += _type(name, told[name], told)
    return _page(parts)


def rules_page() -> str:
    """How visits move, what is found or refused, and who wins."""
    moves = [(f"`{each.kind}`", _words(each.sources), f"`{each.to}`") for each in TRANSITIONS]
    rules = [
        (f"`{each.code}`", each.rule, each.severity, each.blocks, "refused" if each.refuses else "recorded", each.en)
        for each in RULES
    ]
    roles = [(f"`{kind.name}`", _words(sorted(MAY_RECORD[kind.name]))) for kind in KINDS]
    checks = [(f"`{each.code}`", ", ".join(each.special_work), each.en) for each in SAFETY_CHECKS]
    owners = [(f"`{detail}`", owner.replace("_", " ")) for detail, owner in DETAIL_OWNERS.items()]
    return _page(
        [
            *RULES_INTRODUCTION,
            "## How a visit moves",
            _table(("Fact", "From", "To"), moves),
            VISIT_ENDS,
            "## What is found",
            RULES_EXPLANATION,
            _table(("Code", "Rule", "Severity", "Blocks", "When strict", "In words"), rules),
            "## What the numbers are",
            SOURCES_EXPLANATION,
            _table(("Rule", "Stands for"), [(each.rule, each.en) for each in RULE_SOURCES]),
            "## Fees and honesty, rule by rule",
            FEES_EXPLANATION,
            _table(("Rule", "Found as", "Held by"), [(rule, _found(rule), held) for rule, held in HELD_BY.items()]),
            "## What is checked before special work",
            CHECKS_EXPLANATION,
            _table(("Check", "Before work with", "In words"), checks),
            "## Who may record what",
            ROLES_EXPLANATION,
            _table(("Fact", "Roles"), roles),
            "## Whose value stands",
            OWNERS_EXPLANATION,
            _table(("Detail", "Rule"), owners),
            OTHER_FIELDS,
        ]
    )


def _found(rule: str) -> str:
    return _words(each.code for each in RULES if each.rule == rule)


def errors_page() -> str:
    """Every problem code, every code of a single field, every reason why a fact was set aside."""
    problems = [
        (f"`{code}`", str(kind.status), "later" if kind.retryable else "no", kind.en.title, kind.en.advice)
        for code, kind in sorted(PROBLEMS.items(), key=lambda item: (item[1].status, item[0]))
    ]
    fields = [(f"`{code}`", said["en"]) for code, said in sorted(VIOLATIONS.items())]
    held = [(f"`{code}`", said.en) for code, said in sorted(HELD.items())]
    return _page(
        [
            *ERRORS_INTRODUCTION,
            "## Problems",
            _table(("Code", "Status", "Send again", "Meaning", "What to do"), problems),
            "## Codes of single fields",
            "In `errors[].code`. `{names}` are filled in.",
            _table(("Code", "Meaning"), fields),
            "## Why a fact was set aside",
            "In `answer.code` of a push, for the outcomes `quarantined` and `unreadable`. No fact here is lost.",
            _table(("Code", "Meaning"), held),
        ]
    )


def _kind(kind: Kind, told: dict[str, type]) -> Iterator[str]:
    about = ["Names its visit." if kind.of_visit else "About the job."]
    if kind.name in TRANSITION_BY_KIND:
        about.append(f"Moves the visit to `{TRANSITION_BY_KIND[kind.name].to}`.")
    about.append(f"Recorded by: {_words(sorted(MAY_RECORD[kind.name]))}.")
    yield from _struct(f"`{kind.name}`", kind.body, told, " ".join(about))
    if (example := example_of(kind)) is not None:
        yield example


def _type(name: str, kind: type, told: dict[str, type]) -> Iterator[str]:
    if issubclass(kind, Struct):
        yield from _struct(name, kind, told)
        return
    yield f"### {name}"
    yield inspect.cleandoc(kind.__doc__ or "")
    yield _words(member.value for member in kind)  # type: ignore[attr-defined]  # an enum, then


def _struct(title: str, kind: type[Struct], told: dict[str, type], about: str = "") -> Iterator[str]:
    yield f"### {title}"
    yield inspect.cleandoc(kind.__doc__ or "")
    if about:
        yield about
    hints = get_type_hints(kind, include_extras=True)
    rows = [(f"`{field.name}`", _spelt(hints[field.name], told), _default(field)) for field in structs.fields(kind)]
    yield _table(("Field", "Value", "When absent"), rows) if rows else "No fields: `{}`."


def _default(field: structs.FieldInfo) -> str:
    if field.default is NODEFAULT:
        return "**required**"
    return "" if field.default is None else f"`{json.encode(field.default).decode()}`"


def _spelt(hint: Any, told: dict[str, type], limits: Sequence[str] = ()) -> str:
    """A type in words; types of our own are added to `told`."""
    if get_origin(hint) is Annotated:
        kind, *metas = get_args(hint)
        return _spelt(kind, told, [limit for meta in metas if isinstance(meta, Meta) for limit in _limits(meta)])
    if get_origin(hint) in (Union, UnionType):
        return " or ".join(_spelt(each, told, limits) for each in get_args(hint) if each is not NoneType)
    if get_origin(hint) is tuple:
        return f"list{f' of {limits[0]}' if limits else ''}: {_spelt(get_args(hint)[0], told)}"
    if hint in SCALARS:
        return ", ".join([SCALARS[hint], *limits])
    assert issubclass(hint, Struct | enum.Enum), hint
    told[hint.__name__] = hint
    return f"[{hint.__name__}](#{hint.__name__.lower()})"


def _limits(meta: Meta) -> Iterator[str]:
    if meta.description:
        yield meta.description if meta.description.startswith("SHA") else meta.description.lower()
    elif meta.pattern:
        yield f"`{meta.pattern}`"
    if meta.max_length is not None:
        yield f"{meta.min_length or 0} to {meta.max_length}"
    if meta.ge is not None and meta.le is not None:
        yield f"{meta.ge:,} to {meta.le:,}"


def _words(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _table(head: Row, rows: Iterable[Row]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


def _page(parts: Iterable[str]) -> str:
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    for name, text in pages().items():
        (DOCS / name).write_text(text, encoding="utf-8")
