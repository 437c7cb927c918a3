import re
from pathlib import Path

import pytest
from httpx import AsyncClient

from service.routes.docs import DIRECTORY, FILES


async def test_the_bare_address_leads_to_the_documentation(client: AsyncClient) -> None:
    answer = await client.get("/", follow_redirects=True)

    assert (answer.status_code, answer.url.path) == (200, "/docs")
    assert "<title>Onsite API</title>" in answer.text


@pytest.mark.parametrize("name", FILES)
async def test_every_file_of_the_page_is_served_as_what_it_is(client: AsyncClient, name: str) -> None:
    answer = await client.get(f"/docs/{name}")

    assert (answer.status_code, answer.headers["content-type"]) == (200, FILES[name][1])
    assert answer.content == (DIRECTORY / FILES[name][0]).read_bytes()


async def test_the_page_refers_to_nothing_on_another_host(client: AsyncClient) -> None:
    page = (await client.get("/docs")).text

    addresses = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert addresses
    for address in addresses:
        if address != "data:,":
            assert (await client.get(address)).status_code == 200, address


async def test_no_style_sheet_fetches_anything_from_another_host() -> None:
    for path in DIRECTORY.rglob("*.css"):
        css = path.read_text(encoding="utf-8")

        assert not re.search(r"@import|url\((?!\s*['\"]?data:)", css), path


async def test_the_browser_is_told_to_load_from_this_host_only(client: AsyncClient) -> None:
    for path in ("/docs", "/docs/page.js", "/v1/problems/busy"):
        answer = await client.get(path, headers={"accept": "text/html"})
        policy = answer.headers["content-security-policy"]

        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert not re.search(r"https?:|\*|unsafe-eval|script-src[^;]*unsafe", policy)


@pytest.mark.parametrize("name", ["nothing.js", "..%2Fproblem.html", "%2e%2e%2fproblem.html", "README.md", "LICENSE"])
async def test_no_other_file_can_be_fetched(client: AsyncClient, name: str) -> None:
    assert (await client.get(f"/docs/{name}")).status_code == 404


async def test_a_browser_gets_a_problem_explained_as_a_page(client: AsyncClient) -> None:
    answer = await client.get("/v1/problems/busy", headers={"accept": "text/html,*/*"})

    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "服务繁忙" in answer.text
    assert "Busy" in answer.text


def test_the_vendored_files_come_with_their_licences() -> None:
    vendored = {path.name for path in Path(DIRECTORY / "swagger-ui").iterdir()}

    assert {"LICENSE", "swagger-ui-bundle.js.LICENSE.txt"} <= vendored
