"""A real browser: the console and the interface's page work, and nothing is asked of any other machine."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from werkzeug.serving import make_server

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = Path("/usr/bin/chromium")
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run")  # fmt: skip

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed (Debian: apt-get install chromium)"),
]


@pytest.fixture
def base(desk: Any) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, desk.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(10)


@pytest.fixture
def page() -> Iterator[Any]:
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=str(CHROMIUM), args=list(QUIET))
        context = browser.new_context(viewport={"width": 820, "height": 1180})
        page = context.new_page()
        page.asked, page.complaints = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda message: page.complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        yield page
        browser.close()


def only_loopback(page: Any, base: str) -> None:
    assert page.asked
    assert {urlsplit(url).netloc for url in page.asked if not url.startswith("data:")} == {urlsplit(base).netloc}
    assert page.complaints == []


def test_an_officer_signs_in_reads_and_records(page: Any, base: str, desk: Any, scan: bytes) -> None:
    identifier = desk.send(scan, view="top").json["screening_id"]
    page.goto(f"{base}/console")
    page.get_by_label("Key").fill(desk.key("officer"))
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="RR473124829GB").click()
    page.wait_for_load_state("networkidle")
    drawn, sent = page.locator(".drawn-picture img"), page.locator(".sent-picture img")
    assert drawn.is_visible()
    assert drawn.evaluate("image => image.naturalWidth") > 0
    page.get_by_text("As sent", exact=True).click()
    assert sent.is_visible()
    assert not drawn.is_visible()
    page.get_by_label("Firearms, parts or ammunition found").check()
    page.get_by_label("barrel", exact=True).check()
    page.get_by_role("button", name="Record").click()
    page.locator(".finding").wait_for()
    (finding,) = desk.get(f"/v1/screenings/{identifier}/findings").json["findings"]
    assert finding["parts"] == ["barrel"]
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 820, "the page is wider than a tablet"
    only_loopback(page, base)


def test_an_officer_switches_the_models_off_with_the_keyboard_of_a_phone(page: Any, base: str, desk: Any) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{base}/console")
    page.get_by_label("Key").fill(desk.key("officer"))
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Procedure").click()
    page.get_by_role("heading", name="Stop switch").wait_for()
    page.get_by_label("Reason").focus()
    page.keyboard.type("The scores are nonsense since noon")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Switch the models off"
    page.keyboard.press("Enter")
    page.get_by_role("region", name="Models switched off").wait_for()
    assert page.get_by_text("The scores are nonsense since noon").first.is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, "the page is wider than a phone"
    page.get_by_role("link", name="Screenings").click()
    assert page.get_by_role("region", name="Models switched off").is_visible()
    only_loopback(page, base)


def test_the_interface_page_works_without_the_internet(page: Any, base: str, desk: Any) -> None:
    paths = desk.get("/openapi.json").json["paths"].values()
    operations = [method for path in paths for method in path if method in {"get", "post", "put"}]
    page.goto(f"{base}/docs")
    page.locator(".opblock").first.wait_for()
    assert page.locator(".opblock").count() == len(operations) >= 12
    page.locator("#operations-screenings-screenings_create .opblock-summary").click()
    page.get_by_text("Idempotency-Key").first.wait_for()
    page.goto(f"{base}/errors")
    assert page.locator("#store_unavailable").is_visible()
    only_loopback(page, base)
