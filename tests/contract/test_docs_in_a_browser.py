"""The API docs page as a person sees it: in a real browser, from a real server."""

import os
import re
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import pytest
from msgspec import Struct
from playwright.sync_api import sync_playwright

from tests.contract.conftest import DOCUMENT
from tests.processes.installations import PATIENCE_SECONDS

# What the browser does on its own account is kept off the network; the page under test reaches whatever it asks for.
ALONE = (
    "--headless",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    # Time runs only while nothing is being fetched: the page is read once it has come to rest.
    "--virtual-time-budget=30000",
    "--enable-logging=stderr",
    "--log-level=0",
)


class Seen(Struct, frozen=True):
    """A page at rest: its elements, what it asked the network for, and what its console said."""

    html: str
    requests: set[str]
    console: list[str]


def looked_at(browser: str, address: str, folder: Path) -> Seen:
    log = folder / "network.json"
    unsafe = ["--no-sandbox"] if os.geteuid() == 0 else []
    own = [f"--user-data-dir={folder / 'profile'}", f"--log-net-log={log}", "--dump-dom", address]
    done = subprocess.run(
        [browser, *ALONE, *unsafe, *own],
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=True,
        encoding="utf-8",
    )
    events = [event.get("params", {}) for event in msgspec.json.decode(log.read_bytes())["events"]]
    # The browser's own requests, and the one for the page itself, come from no page.
    requests = {event["url"] for event in events if event.get("initiator", "not an origin") != "not an origin"}
    return Seen(done.stdout, requests, re.findall(r"CONSOLE[^\]]*\] (.*)", done.stderr))


@pytest.fixture(scope="module")
def docs(browser: str, server_url: str, tmp_path_factory: pytest.TempPathFactory) -> Seen:
    return looked_at(browser, f"{server_url}/docs", tmp_path_factory.mktemp("browser"))


def test_the_page_asks_no_other_host_for_anything(docs: Seen, server_url: str) -> None:
    assert f"{server_url}/v1/openapi.json" in docs.requests
    assert {urlsplit(address).netloc for address in docs.requests} == {urlsplit(server_url).netloc}


def test_the_console_stays_empty(docs: Seen) -> None:
    assert docs.console == []


def test_every_operation_is_listed_below_its_section(browser: str, server_url: str) -> None:
    """Sections begin closed: they are the table of contents. Each is opened, read and closed again."""
    listed: set[str] = set()
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=browser, args=["--no-sandbox", "--disable-gpu"], timeout=PATIENCE_SECONDS * 1000
        )
        page = opened.new_page()
        page.set_default_timeout(PATIENCE_SECONDS * 1000)
        page.goto(f"{server_url}/docs")
        page.locator(".opblock-tag").first.wait_for()
        for section in page.locator(".opblock-tag").all():
            section.click()
            page.locator('[id^="operations-"].opblock').first.wait_for()
            listed |= set(re.findall(r'id="operations-[^"-]+-(\w+)"', page.content()))
            section.click()
        opened.close()
    paths = msgspec.json.decode(DOCUMENT.read_bytes())["paths"].values()

    assert {operation["operationId"] for item in paths for operation in item.values()} <= listed


def test_another_host_and_a_complaint_would_be_seen(browser: str, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text('<img src="http://elsewhere.test/picture.png"><script>console.error("broken")</script>')

    seen = looked_at(browser, page.as_uri(), tmp_path)

    assert seen.requests == {"http://elsewhere.test/picture.png"}
    assert [line for line in seen.console if "broken" in line]
