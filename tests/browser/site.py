"""The console as a person uses it."""

import re

from playwright.sync_api import ConsoleMessage, Page, Request, expect

# A browser says so of every answer from 400 on, and of what it gave up because somebody went on.
_ORDINARY = re.compile(r"Failed to load resource|net::ERR_ABORTED")


class Site:
    """`complaints` are errors that the page or the browser has logged, and requests to strangers."""

    def __init__(self, address: str, page: Page):
        self.address, self.page = address, page
        self.complaints: list[str] = []
        self.asked: list[str] = []
        page.on("console", self._logged)
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("request", self._requested)

    def open(self, place: str = "") -> None:
        self.page.goto(f"{self.address}/console/{place}")

    def sign_in(self, secret: str, place: str = "") -> None:
        self.open(place)
        self.page.get_by_label("API key", exact=True).fill(secret)
        self.page.get_by_role("button", name="Sign in").click()
        expect(self.page.get_by_role("navigation")).to_be_visible()

    def go(self, place: str) -> None:
        """Within the page, as a link does."""
        self.page.evaluate("place => { location.hash = place }", place)

    def _logged(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not _ORDINARY.search(message.text):
            self.complaints.append(message.text)

    def _requested(self, request: Request) -> None:
        self.asked.append(request.url)
        if not re.match(r"(http://127\.0\.0\.1:|blob:http://127\.0\.0\.1:|data:)", request.url):
            self.complaints.append(f"a request to a stranger: {request.url}")
