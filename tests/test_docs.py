"""What the documents name is there: commands, files, links, settings. Their calls are run in tests/journeys."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from domain.facts.kinds import KINDS
from service.running.cli import main
from service.settings import VARIABLES, Settings
from sync.record import Unreadable
from sync.record import read as read_fact
from tests.documents import PAGES, PROJECT, anchors, blocks, links, page_name, read
from tests.reference_pages import pages

NOT_OURS = {"build", "node_modules", "__pycache__", "swagger-ui"}
TEXTS = {".py", ".md", ".toml", ".yaml", ".yml", ".json", ".in", ".lock", ".sql", ".html", ".js", ".css", ".mako", ""}
# Put together here, so that this file holds none of them.
PLACES_OF_ONE_MACHINE = ["/" + name + "/" for name in ("root", "home/[a-z]", "Users", "work/main", "work/shared")]
REGISTRIES = [name + r"\." + top for name, top in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"))]


@pytest.mark.parametrize("name", pages())
def test_a_page_that_comes_from_the_code_is_as_the_code(name: str) -> None:
    assert read(f"docs/{name}") == pages()[name], "run `make docs`"


def test_every_kind_of_fact_stands_on_its_page() -> None:
    assert [kind.name for kind in KINDS if f"### `{kind.name}`\n" not in read("docs/facts.md")] == []


def test_every_example_of_a_fact_is_one_that_the_server_reads() -> None:
    about = {"id": str(UUID(int=1)), "job_id": str(UUID(int=2)), "visit_id": str(UUID(int=3))}
    said = [json.loads(f"{{{example}}}") for example in blocks("docs/facts.md", "json")]
    found = [read_fact(json.dumps({**about, "happened_at": "2026-07-06T02:00:00Z", **each}).encode()) for each in said]

    assert [each for each in found if isinstance(each, Unreadable)] == []
    assert len(found) > 30


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path) if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_every_file_that_is_named_is_there(page: Path) -> None:
    named = re.findall(r"`((?:domain|sync|service|tests|docs|openapi|migrations)/[\w/.-]+\.\w+)`", page.read_text())

    assert [path for path in named if not (PROJECT / path).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_every_command_that_is_named_is_there(page: Path) -> None:
    text = page.read_text()
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))

    assert set(re.findall(r"(?:`|^)make ([a-z]+)", text, re.MULTILINE)) <= targets
    for command, options in re.findall(r"(?:`|bin/|\w=\S+ |^)onsite ([a-z]+)((?: [\w.-]+)*)", text, re.MULTILINE):
        assert command in main.commands
        known = {option for found in _commands(command) for each in found.params for option in each.opts}
        assert set(re.findall(r"--[a-z-]+", options)) <= known


def test_every_setting_is_told_with_its_default() -> None:
    told = dict(re.findall(r"^\| `([A-Z_]+)` \| ([^|]*?) \|", read("docs/operations.md"), re.MULTILINE))

    defaults = msgspec.to_builtins(Settings())
    assert told == {name: "" if defaults[name] is None else f"`{defaults[name]}`" for name in VARIABLES.values()}


def test_every_dependency_is_told_with_its_version() -> None:
    lines = (read("requirements.in") + read("requirements-dev.in")).splitlines()
    names = {re.split(r"[^\w-]", line)[0] for line in lines if re.match(r"\w", line)}
    told = dict(re.findall(r"^\| `([\w-]+)` \| ([\d.]+) \|", read("ARCHITECTURE.md"), re.MULTILINE))

    locked = dict(re.findall(r"^([\w-]+)==(\S+)", read("requirements-dev.lock"), re.MULTILINE))
    assert told.keys() == names
    assert {name: version for name, version in told.items() if not locked[name].startswith(version)} == {}


def test_no_file_knows_one_machine_or_a_package_registry() -> None:
    forbidden = re.compile("|".join(PLACES_OF_ONE_MACHINE + REGISTRIES))
    found = [path for path in _our_files() if forbidden.search(path.read_text(encoding="utf-8", errors="replace"))]

    assert found == []


def _our_files() -> Iterator[Path]:
    for path in [*PROJECT.rglob("*"), *PROJECT.glob(".ci/*")]:
        inside = path.relative_to(PROJECT).parts
        hidden = inside[0].startswith(".") and inside[0] != ".ci"
        if path.is_file() and path.suffix in TEXTS and not hidden and not NOT_OURS & set(inside):
            yield path


def _commands(name: str) -> list[Any]:
    command = main.commands[name]
    return [command, *getattr(command, "commands", {}).values()]
