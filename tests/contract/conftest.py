"""The contract as others use it: through generators, a compiler, a linter and a browser. Each may be missing here."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.missing import NOT_TESTED, not_tested
from tests.contract.node import npm
from tests.contract.serving import served

DOCUMENT = Path("openapi/openapi.json")
UNREACHED = re.compile(
    r"\b(ENOTFOUND|EAI_AGAIN|E?CONN(REFUSED|RESET|ABORTED)|E(SOCKET)?TIMEDOUT|ERR_SOCKET_TIMEOUT|EIDLETIMEOUT"
    r"|E(NET|HOST)UNREACH|FETCH_ERROR|E429|E5\d\d)\b"
)
"""What npm says of a registry that does not answer, or only that it is busy, however often it is asked."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for what, why in NOT_TESTED.items():
        terminalreporter.write_line(f"NOT TESTED: {what} ({why})", yellow=True, bold=True)


@pytest.fixture(scope="session")
def java() -> str:
    """Java 17 or newer, which the client generator runs on."""
    what = "generated clients for Kotlin, Swift and Dart"
    command = shutil.which("java")
    if command is None:
        not_tested(what, "no Java here; install one of version 17 or newer")
    told = subprocess.run([command, "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(\d+)', told)
    if version is None or int(version[1]) < 17:
        not_tested(what, f"Java 17 is needed; here is {told.splitlines()[0] if told else 'none that starts'}")
    return command


@pytest.fixture(scope="session")
def browser() -> str:
    """A Chromium that can run without a screen."""
    found = [path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))]
    if not found:
        not_tested("the API docs page in a browser", "no Chromium here; on Debian: apt install chromium")
    return found[0]


@pytest.fixture(scope="session")
def typescript() -> Path:
    """The TypeScript project with its packages, in a folder that is kept from run to run; the source stays clean."""
    if shutil.which("npm") is None:
        not_tested("the TypeScript client and the linter", "no Node here; install version 20 or newer with npm")
    project = Path("build/contract/typescript").absolute()
    project.mkdir(parents=True, exist_ok=True)
    (project.parent / "openapi.json").write_bytes(DOCUMENT.read_bytes())
    return _installed(Path("openapi/typescript"), project, "the TypeScript client and the linter")


@pytest.fixture(scope="session")
def tus_client() -> Path:
    """The official tus client, in a folder that is kept from run to run."""
    what = "uploads with the official tus client"
    if shutil.which("npm") is None:
        not_tested(what, "no Node here; install version 20 or newer with npm")
    return _installed(Path("tests/contract/tus"), Path("build/contract/tus").absolute(), what)


@pytest.fixture(scope="session")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real server with the sample company on a database of its own."""
    with served(tmp_path_factory.mktemp("contract")) as url:
        yield url


def _installed(source: Path, project: Path, what: str) -> Path:
    project.mkdir(parents=True, exist_ok=True)
    for path in source.iterdir():
        if path.is_file():
            shutil.copyfile(path, project / path.name)
    _install(project, what)
    return project


def _install(project: Path, what: str) -> None:
    lock, stamp = (project / "package-lock.json").read_text(), project / "node_modules" / ".installed"
    if stamp.is_file() and stamp.read_text() == lock:
        return
    done = npm(project, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    if UNREACHED.search(done.stderr):
        not_tested(what, "npm reaches no registry from here")
    assert done.returncode == 0, done.stderr
    stamp.write_text(lock)
