"""The house's laws, read off the source: what may import what, and who may look outside."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent
LAYERS = ("domain", "sync", "service")
MAY_IMPORT = {"domain": {"domain", "msgspec"}, "sync": {"sync", "domain", "msgspec"}}
# Clock, files, network, processes, chance: whatever makes two runs differ.
OUTSIDE_WORLD = {
    *("asyncio", "ctypes", "fcntl", "fileinput", "ftplib", "getpass", "glob", "http", "imaplib", "io", "locale"),
    *("logging", "mmap", "multiprocessing", "os", "pathlib", "pickle", "platform", "poplib", "random", "secrets"),
    *("select", "selectors", "shelve", "shutil", "signal", "smtplib", "socket", "socketserver", "sqlite3", "ssl"),
    *("subprocess", "sys", "tempfile", "threading", "time", "urllib", "xmlrpc"),
    # Not zoneinfo: its tables are data that a rule about "the day at the site" needs, the same on every run.
}
OUTSIDE_CALLS = {"open", "print", "input", "exec", "eval", "breakpoint"}
# Methods that read the clock or make an unrepeatable value, whoever they are called on.
UNREPEATABLE_METHODS = {"now", "utcnow", "today", "uuid1", "uuid4", "read_text", "read_bytes", "write_text"}
SAYS_NOTHING = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}


def modules(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (PROJECT / folder).rglob("*.py"))


def name(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix()


def imports(tree: ast.AST) -> Iterator[str]:
    """Full names, so that `from service.store import tables` counts as service.store.tables."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide which layer is meant"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def may_know_tables(path: Path) -> bool:
    return name(path).startswith(("service/store/", "service/seed/"))


def called(tree: ast.AST) -> Iterator[ast.expr]:
    yield from (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))


def foreign_imports(layer: str, source: str) -> list[str]:
    tops = {full: full.split(".")[0] for full in imports(ast.parse(source))}
    return [full for full, top in tops.items() if top not in MAY_IMPORT[layer] and top not in sys.stdlib_module_names]


def looks_outside(source: str) -> list[str]:
    tree = ast.parse(source)
    found = [full for full in imports(tree) if full.split(".")[0] in OUTSIDE_WORLD]
    for function in called(tree):
        if isinstance(function, ast.Name) and function.id in OUTSIDE_CALLS | UNREPEATABLE_METHODS:
            found.append(function.id)
        if isinstance(function, ast.Attribute) and function.attr in UNREPEATABLE_METHODS:
            found.append(function.attr)
    return found


def reads_environment(source: str) -> bool:
    tree = ast.parse(source)
    attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    names = {full.split(".")[-1] for full in imports(tree) if full.startswith("os.")}
    return bool((attributes | names) & {"environ", "environb", "getenv"})


def imports_any(source: str, forbidden: str) -> bool:
    return any(full == forbidden or full.startswith(f"{forbidden}.") for full in imports(ast.parse(source)))


@pytest.mark.parametrize("path", modules("domain", "sync"), ids=name)
def test_the_pure_layers_import_only_what_lies_below_them(path: Path) -> None:
    assert foreign_imports(path.relative_to(PROJECT).parts[0], path.read_text()) == []


@pytest.mark.parametrize("path", modules("domain", "sync"), ids=name)
def test_the_pure_layers_see_no_clock_file_network_or_chance(path: Path) -> None:
    assert looks_outside(path.read_text()) == []


@pytest.mark.parametrize("path", modules(*LAYERS), ids=name)
def test_only_the_settings_read_the_environment(path: Path) -> None:
    assert reads_environment(path.read_text()) == (name(path) == "service/settings.py")


@pytest.mark.parametrize("path", modules("service/store"), ids=name)
def test_the_store_does_not_know_the_web(path: Path) -> None:
    assert not imports_any(path.read_text(), "litestar")
    assert not imports_any(path.read_text(), "service.routes")


@pytest.mark.parametrize("path", [each for each in modules("service") if not may_know_tables(each)], ids=name)
def test_nothing_but_the_store_and_what_fills_it_knows_the_tables(path: Path) -> None:
    assert not imports_any(path.read_text(), "service.store.tables")
    assert not imports_any(path.read_text(), "sqlalchemy.select")


@pytest.mark.parametrize("path", modules(*LAYERS, "tests"), ids=name)
def test_a_module_is_named_by_what_it_holds(path: Path) -> None:
    assert not SAYS_NOTHING & set(path.relative_to(PROJECT).with_suffix("").parts)


def test_the_laws_see_the_modules() -> None:
    for layer in LAYERS:
        assert modules(layer), f"{layer} is empty: its laws would prove nothing"


@pytest.mark.parametrize(
    ("layer", "source"),
    [
        ("domain", "import sync.order"),
        ("domain", "from service import store"),
        ("domain", "import sqlalchemy"),
        ("sync", "from service.store import facts"),
        ("sync", "import litestar"),
    ],
)
def test_a_broken_layer_is_seen(layer: str, source: str) -> None:
    assert foreign_imports(layer, source)


@pytest.mark.parametrize(
    "source",
    [
        "import time",
        "from os import environ",
        "from pathlib import Path",
        "import datetime\ndatetime.datetime.now()",
        "from datetime import date\ndate.today()",
        "import uuid\nuuid.uuid4()",
        "open('x')",
        "def late():\n    import socket",
    ],
)
def test_a_look_outside_is_seen(source: str) -> None:
    assert looks_outside(source)


@pytest.mark.parametrize("source", ["import os\nos.environ['X']", "from os import getenv", "import os\nos.getenv('X')"])
def test_a_look_at_the_environment_is_seen(source: str) -> None:
    assert reads_environment(source)


@pytest.mark.parametrize("source", ["from service.store import tables", "import service.store.tables as t"])
def test_a_route_that_knows_a_table_is_seen(source: str) -> None:
    assert imports_any(source, "service.store.tables")
