"""Reading the documents: their pages, blocks of code, links; and comparing an answer with what a page shows of it."""

import re
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parent.parent
PAGES = sorted([*PROJECT.glob("*.md"), *PROJECT.glob("docs/*.md"), *PROJECT.glob("benchmarks/*.md")])
ANYTHING = "…"

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


def page_name(page: Path) -> str:
    return page.relative_to(PROJECT).as_posix()


def read(name: str) -> str:
    return (PROJECT / name).read_text(encoding="utf-8")


def blocks(name: str, *languages: str) -> list[str]:
    """The blocks of code on the page that are in one of these languages, in order."""
    return [code for language, code in _BLOCK.findall(read(name)) if language in languages]


def links(page: Path) -> list[str]:
    """Every link to a place inside the project."""
    found = _LINK.findall(_BLOCK.sub("", page.read_text(encoding="utf-8")))
    return [link for link in found if not link.startswith(("http://", "https://"))]


def anchors(page: Path) -> set[str]:
    """What a link may name after `#`, as GitHub makes it from headings."""
    headings = _HEADING.findall(page.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def differences(shown: Any, answered: Any, where: str = "") -> list[str]:
    """Where an answer differs from what is shown of it: fields may be left out, lists may not be cut."""
    if shown == ANYTHING:
        return []
    if isinstance(shown, dict) and isinstance(answered, dict):
        missing = [f"{where}/{name} is missing" for name in shown if name not in answered]
        there = [name for name in shown if name in answered]
        return missing + [
            each for name in there for each in differences(shown[name], answered[name], f"{where}/{name}")
        ]
    if isinstance(shown, list) and isinstance(answered, list) and len(shown) == len(answered):
        pairs = enumerate(zip(shown, answered, strict=True))
        return [each for index, (one, other) in pairs for each in differences(one, other, f"{where}/{index}")]
    return [] if shown == answered else [f"{where}: shown {shown!r}, answered {answered!r}"]
