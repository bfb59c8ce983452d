"""A real browser for tests: Debian's chromium, told by Playwright."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright

PROGRAM = Path("/usr/bin/chromium")
DESKTOP, PHONE = {"width": 1280, "height": 860}, {"width": 390, "height": 844}
# Nothing of the browser's own talks to anybody.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)
AXE = Path(__file__).parent / "axe.min.js"
PATIENCE_MILLISECONDS = 30_000

expect.set_options(timeout=PATIENCE_MILLISECONDS)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Fails with a sentence where there is none: these tests are never left out in silence."""
    if not PROGRAM.exists():
        raise FileNotFoundError(f"The browser tests need {PROGRAM}; on Debian: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PROGRAM, headless=True, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def serious_issues(page: Page) -> list[str]:
    """What axe-core finds of serious and critical issues, each with where it is."""
    # the page lets no script in but its own, so the checker comes by the debugger's door
    page.evaluate(AXE.read_text())
    found: dict[str, Any] = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{issue['id']}: {node['target']} {node.get('failureSummary', '')[:300]}"
        for issue in found["violations"]
        if issue["impact"] in ("serious", "critical")
        for node in issue["nodes"]
    ]


def until(page: Page, expression: str) -> None:
    """Wait for an expression to become true. Playwright's own way evaluates in the page, whose policy forbids that."""
    deadline = time.monotonic() + PATIENCE_MILLISECONDS / 1000
    while not page.evaluate(expression):
        assert time.monotonic() < deadline, f"never came true: {expression}"
        page.wait_for_timeout(100)
