"""The customer's page in a real browser: narrow, without a script, in both languages, for everybody."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, ViewportSize

from tests.browser.desk import OverHttp
from tests.builders.attendance import Attendance, charged, disclosed
from tests.builders.sample_desk import DISPATCHER
from tests.builders.sample_plans import WANG, opened, plan, planned
from tests.processes.installations import PATIENCE_SECONDS

NARROW = ViewportSize(width=320, height=640)
LANGUAGES = ("zh", "en")
AGREE = {"zh": "同意以上费用", "en": "I agree to these fees"}
AGREED = {"zh": "已记录您的同意", "en": "Your agreement is recorded"}
_hours = count(24 * 7, 3)


@pytest.fixture
async def attendance(desk: OverHttp) -> Attendance:
    """A paid repair, at an hour of its own."""
    return Attendance(desk, await planned(desk, (await opened(desk, warranty="paid"))["id"], plan(WANG, next(_hours))))


async def address(attendance: Attendance) -> str:
    made = await attendance.desk.ask(DISPATCHER, "POST", f"/v1/jobs/{attendance.job_id}/customer-links", json={})
    return str(made.json()["url"])


@asynccontextmanager
async def looking(browser: Browser, url: str, **options: Any) -> AsyncIterator[Page]:
    """The page on a small phone; nothing may fail in it, and it may ask no other host for anything."""
    context = await browser.new_context(viewport=NARROW, has_touch=True, **options)
    context.set_default_timeout(PATIENCE_SECONDS * 1000)
    page = await context.new_page()
    asked: list[str] = []
    failed: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda said: failed.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: failed.append(str(error)))
    await page.goto(url)
    yield page
    host = url.partition("/c/")[0]
    assert [each for each in asked if not each.startswith((host, "data:"))] == []
    assert failed == []
    await context.close()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_no_accessibility_violation_at_any_stage(
    browser: Browser, attendance: Attendance, language: str, scheme: str
) -> None:
    url = f"{await address(attendance)}?lang={language}"
    async with looking(browser, url, color_scheme=scheme, bypass_csp=True) as page:
        for stage in (None, charged):
            if stage is not None:
                await stage(attendance)
                await page.reload()
            for summary in await page.locator("summary").all():
                await summary.click()
            found = await Axe().run(page)
            assert found.violations_count == 0, found.generate_report()
            assert await page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_reading_and_agreeing_need_no_script(browser: Browser, attendance: Attendance, language: str) -> None:
    await disclosed(attendance)
    url = f"{await address(attendance)}?lang={language}"
    async with looking(browser, url, java_script_enabled=False) as page:
        assert "王建国" in await page.content()
        await page.get_by_role("button", name=AGREE[language]).click()
        await page.get_by_text(AGREED[language]).wait_for()
    assert (await attendance.visit())["disclosures"][0]["acknowledged_by"] == "link"


async def test_the_checker_sees_a_page_that_is_not_accessible(browser: Browser) -> None:
    page = await browser.new_page()
    await page.set_content("<html><body><img src='data:,'><input></body></html>")
    assert (await Axe().run(page)).violations_count > 0


async def test_a_link_that_leads_nowhere_is_a_page_too(browser: Browser, attendance: Attendance) -> None:
    url = (await address(attendance))[:-4] + "AAAA"
    context = await browser.new_context(viewport=NARROW, bypass_csp=True)
    context.set_default_timeout(PATIENCE_SECONDS * 1000)
    page = await context.new_page()
    answer = await page.goto(url)
    assert answer is not None
    assert answer.status == 404
    assert (await Axe().run(page)).violations_count == 0


async def test_a_signature_is_drawn_with_a_finger(browser: Browser, attendance: Attendance) -> None:
    await charged(attendance)
    async with looking(browser, f"{await address(attendance)}?lang=en") as page:
        canvas = page.locator("canvas")
        await canvas.scroll_into_view_if_needed()
        box = await canvas.bounding_box()
        assert box is not None
        await page.mouse.move(box["x"] + 20, box["y"] + 20)
        await page.mouse.down()
        await page.mouse.move(box["x"] + 120, box["y"] + 60, steps=5)
        await page.mouse.up()
        await page.get_by_role("button", name="Confirm and sign").click()
        await page.get_by_text("Signed. Thank you.").wait_for()
    sign_off = (await attendance.visit())["sign_off"]
    assert sign_off["method"] == "signature"
    assert sign_off["evidence_digest"] is not None
