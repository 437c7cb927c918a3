"""A real Chromium in front of a real server with the sample company."""

import shutil
from collections.abc import AsyncIterator, Iterator

import pytest
from httpx import AsyncClient
from playwright.async_api import Browser, async_playwright

from tests.browser.desk import OverHttp
from tests.processes.installations import PATIENCE_SECONDS, Installation

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if CHROMIUM is None:
        for item in items:
            if "browser" in item.path.parts:
                item.add_marker(pytest.mark.skip(reason="NOT TESTED: no Chromium on this machine"))


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    made = Installation(tmp_path_factory.mktemp("browser"))
    seeded = made.run("seed")
    assert seeded.returncode == 0, seeded.stderr
    made.start("serve")
    yield made
    for process in made.started:
        process.terminate()
        process.wait(PATIENCE_SECONDS)
        assert process.stderr is not None
        process.stderr.close()


@pytest.fixture
async def desk(installation: Installation) -> AsyncIterator[OverHttp]:
    async with AsyncClient(base_url=installation.url, timeout=PATIENCE_SECONDS) as client:
        yield OverHttp(client)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(
            executable_path=CHROMIUM,
            timeout=PATIENCE_SECONDS * 1000,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"],
        )
        yield opened
        await opened.close()
