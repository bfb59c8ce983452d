"""The console on the deployed stack, as a person goes through it."""

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.chromium import DESKTOP, PATIENCE_MILLISECONDS, PHONE, chromium, serious_issues, until
from tests.browser.site import Site
from tests.e2e.ending import MOST, slow_source
from tests.e2e.stack import PATIENCE_SECONDS, Stack

HOSTILE = "<img src=x onerror=alert(1)>.mp4"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def site(stack: Stack, browser: Browser) -> Iterator[Site]:
    """The console with its key given."""
    context = browser.new_context(viewport=DESKTOP, accept_downloads=True)  # type: ignore[arg-type]
    context.set_default_timeout(2 * PATIENCE_MILLISECONDS)
    site = Site(stack.env.sluice_url.rstrip("/"), context.new_page())
    site.page.on("dialog", lambda dialog: site.complaints.append(f"a dialog: {dialog.message}"))
    site.sign_in(stack.env.sluice_key_secret)
    yield site
    context.close()
    assert site.complaints == []


def completed(page: Page) -> None:
    expect(page.locator(".task-state").get_by_text("Completed")).to_be_visible(timeout=PATIENCE_SECONDS * 1000)


def played(page: Page) -> None:
    until(page, "document.querySelector('video')?.readyState >= 1")
    page.evaluate("() => { const v = document.querySelector('video'); v.muted = true; return v.play() }")
    until(page, "document.querySelector('video').currentTime > 0.1")


def test_a_clip_goes_all_the_way(stack: Stack, site: Site, second: bytes, tmp_path: Path) -> None:
    page = site.page
    clip = tmp_path / HOSTILE.replace("/", "-")
    clip.write_bytes(second)
    # upload it, and put the work together
    page.get_by_role("link", name="New task").first.click()
    page.get_by_label("choose files").set_input_files(clip)
    page.get_by_role("tab", name="By subtasks of my own").click()
    for kind in ("video", "screenshot", "adaptive"):
        page.get_by_label("Add a subtask").select_option(kind)
    page.get_by_role("button", name="Create task").click()
    # watch it finish
    expect(page).to_have_url(re.compile("#/tasks/[0-9a-z]{26}$"))
    task_id = page.url.rpartition("/")[2]
    completed(page)
    # look at what was made, and how
    page.get_by_role("button", name="Show details: 1 video").click()
    expect(page.locator("#subtask-1").get_by_text(f"outputs/{task_id}/1-video/")).to_be_visible()
    expect(page.locator("#subtask-1").get_by_text("by its share of Lambda use")).to_be_visible()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        until(page, "document.getAnimations().every(one => !(one instanceof CSSTransition))")
        assert serious_issues(page) == []
    # play the adaptive set, then the film
    expect(page.get_by_label("What to play")).to_have_value("3/master.m3u8")
    played(page)
    page.get_by_label("What to play").select_option("1/video.mp4")
    played(page)
    # look at a picture
    page.get_by_role("tab", name=re.compile("Pictures")).click()
    page.locator(".picture").first.click()
    picture = page.get_by_role("dialog").locator("img")
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 320
    page.keyboard.press("Escape")
    # take everything home
    with page.expect_download(timeout=PATIENCE_SECONDS * 1000) as download:
        page.get_by_role("button", name="Download all (zip)").click()
    names = zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes())).namelist()
    assert any(name.endswith("video.mp4") for name in names) and any(name.endswith(".jpg") for name in names)
    assert zipfile.ZipFile(download.value.path()).testzip() is None
    # begin a part again
    page.get_by_role("button", name="Restart").click()
    page.get_by_role("menuitem", name="Choose subtasks").click()
    page.get_by_role("dialog").get_by_role("checkbox", name="2 screenshot").check()
    page.get_by_role("dialog").get_by_role("button", name="Restart").click()
    expect(page.get_by_text("Attempt 1")).to_be_visible()
    completed(page)
    assert stack.task(task_id)["attempt"] == 2
    # find it again
    page.get_by_role("link", name="All tasks").click()
    page.get_by_role("searchbox").fill(task_id)
    page.keyboard.press("Enter")
    expect(page.locator(".task-title").get_by_text(task_id)).to_be_visible()


def test_a_hostile_file_name_is_text_wherever_it_is_shown(stack: Stack, site: Site, second: bytes) -> None:
    """Anything that ran would raise a dialog, which the fixture takes for a complaint."""
    key = stack.upload(second, f"kept/{HOSTILE}")
    given = {"bucket": stack.env.sluice_bucket, "key": key}
    task = stack.create({"input": given, "kind": "screenshot", "metadata": {"note": "<script>alert(2)</script>"}})
    site.go("#/tasks")
    expect(site.page.get_by_role("link", name=HOSTILE).first).to_be_visible()

    site.go(f"#/tasks/{task['id']}")
    expect(site.page.get_by_role("heading", name=HOSTILE)).to_be_visible()
    expect(site.page.get_by_text("<script>alert(2)</script>")).to_be_visible()
    completed(site.page)

    assert site.page.locator("img[src='x']").count() == 0


def test_a_waiting_task_is_ended_and_found_by_its_status(stack: Stack, site: Site) -> None:
    page = site.page
    with slow_source() as slow:
        ahead = [stack.create({"url": slow, "kind": "screenshot"}) for _ in range(MOST)]
        task = stack.create({"url": slow, "kind": "screenshot"})
        try:
            site.go(f"#/tasks/{task['id']}")
            expect(page.locator(".task-state").get_by_text("Waiting")).to_be_visible()
            page.get_by_role("button", name="End task").click()
            page.get_by_role("button", name="End it").click()
            expect(page.locator(".task-state").get_by_text("Cancelled")).to_be_visible()
        finally:
            for one in ahead:
                stack.http.post(f"/tasks/{one['id']}/end")
    assert (ended := stack.ended(task["id"]))["status"] == "cancelled" and ended["started_at"] is None
    page.get_by_role("link", name="All tasks").click()
    page.get_by_role("columnheader", name="Status").get_by_role("button").click()
    page.get_by_role("checkbox", name="Cancelled").check()
    expect(page.locator(".task-row").get_by_text(task["id"])).to_be_visible()
    expect(page.locator(".task-row .status:not(.cancelled)")).to_have_count(0)


def test_a_revoked_key_leads_to_the_door(stack: Stack, site: Site) -> None:
    made = stack.http.post("/keys", json={"name": "short", "scope": "read"}).json()
    site.page.get_by_role("button", name="More").click()
    site.page.get_by_role("menuitem", name="Sign out").click()
    site.sign_in(made["secret"])

    stack.http.delete(f"/keys/{made['id']}")

    expect(site.page.get_by_text("no longer accepted")).to_be_visible()


def test_the_list_fits_a_phone_and_has_no_serious_issue(site: Site) -> None:
    site.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    expect(site.page.get_by_role("heading", name="Tasks", exact=True)).to_be_visible()

    assert serious_issues(site.page) == []
    assert site.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
