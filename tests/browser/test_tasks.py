"""The list of tasks."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, Route, expect

from sluice import control
from sluice.clock import now
from sluice.keys import Scope
from sluice.tasks import Status
from tests.browser.chromium import PHONE, serious_issues
from tests.browser.seeding import Seed
from tests.browser.site import Site

HOSTILE = "<img src=x onerror=alert(1)>.mp4"


def rows(page: Page) -> list[str]:
    return page.locator(".task-row .name").all_inner_texts()


def test_tasks_show_newest_first_with_all_that_is_known_of_them(
    site: Site, seed: Seed, secret_of: Callable[..., str]
) -> None:
    seed.task("uploads/first.mp4", status=Status.SUCCEEDED, trigger="api")
    second = seed.task("uploads/second.mp4", status=Status.PROCESSING)
    site.sign_in(secret_of())
    newest = site.page.locator(".task-row").first

    expect(newest.get_by_role("link")).to_have_text("second.mp4")
    assert rows(site.page) == ["second.mp4", "first.mp4"]
    expect(newest.get_by_text("In progress")).to_be_visible()
    expect(newest.get_by_text(second.id)).to_be_visible()
    expect(newest.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "67")
    expect(site.page.locator(".task-row").last).to_contain_text("API")
    expect(site.page.get_by_text("2 tasks")).to_be_visible()
    assert serious_issues(site.page) == []


def test_a_list_is_narrowed_by_status_at_its_head_and_by_failure(
    site: Site, seed: Seed, secret_of: Callable[..., str]
) -> None:
    for status in (Status.SUCCEEDED, Status.FAILED, Status.CANCELLED):
        seed.task(f"uploads/{status}.mp4", status=status)
    site.sign_in(secret_of())
    expect(site.page.locator(".task-row")).to_have_count(3)

    site.page.get_by_role("columnheader", name="Status").get_by_role("button").click()
    site.page.get_by_role("checkbox", name="Cancelled").check()
    expect(site.page.locator(".task-row")).to_have_count(1)
    expect(site.page.locator(".task-row .name")).to_have_text("cancelled.mp4")
    site.page.get_by_role("button", name="Clear filters").click()
    site.page.get_by_role("checkbox", name="Failed only").check()
    expect(site.page.locator(".task-row")).to_have_count(1)

    expect(site.page.locator(".task-row .name")).to_have_text("failed.mp4")
    assert "failed=1" in site.page.url


def test_a_search_narrows_the_list_and_a_whole_id_opens_its_task(
    site: Site, seed: Seed, secret_of: Callable[..., str]
) -> None:
    seed.task("uploads/one.mp4")
    wanted = seed.task("uploads/two.mp4")
    site.sign_in(secret_of())
    search = site.page.get_by_role("searchbox")

    search.fill("two")
    expect(site.page.locator(".task-row")).to_have_count(1)
    search.fill(wanted.id)
    search.press("Enter")

    expect(site.page.get_by_role("heading", name="two.mp4")).to_be_visible()


def test_what_happens_meanwhile_shows_up_by_itself(site: Site, seed: Seed, secret_of: Callable[..., str]) -> None:
    task = seed.task("uploads/clip.mp4")
    site.sign_in(secret_of())
    expect(site.page.get_by_text("Waiting")).to_be_visible()

    control.end_task(task)

    expect(site.page.locator(".task-row").get_by_text("Cancelled")).to_be_visible()


def test_a_file_name_is_shown_and_never_run(site: Site, seed: Seed, secret_of: Callable[..., str]) -> None:
    task = seed.task(f"uploads/{HOSTILE}", metadata={"note": "<script>alert(2)</script>"})
    site.page.on("dialog", lambda dialog: site.complaints.append(f"a dialog: {dialog.message}"))
    site.sign_in(secret_of())

    expect(site.page.get_by_role("link", name=HOSTILE)).to_be_visible()
    site.go(f"#/tasks/{task.id}")
    expect(site.page.get_by_role("heading", name=HOSTILE)).to_be_visible()
    expect(site.page.get_by_text("<script>alert(2)</script>")).to_be_visible()

    assert site.page.locator("img[src='x']").count() == 0


def test_nothing_yet_and_nothing_that_fits_are_told_apart(
    site: Site, seed: Seed, secret_of: Callable[..., str]
) -> None:
    site.sign_in(secret_of(Scope.READ))
    expect(site.page.get_by_role("heading", name="No tasks yet")).to_be_visible()

    site.page.get_by_role("checkbox", name="Failed only").check()

    expect(site.page.get_by_role("heading", name="No task fits these filters")).to_be_visible()


def test_times_are_the_readers_own_and_utc_when_pointed_at(
    site: Site, seed: Seed, secret_of: Callable[..., str]
) -> None:
    seed.at = datetime(2026, 11, 21, 12, tzinfo=UTC) if now() < datetime(2026, 11, 27, tzinfo=UTC) else seed.at
    task = seed.task("uploads/clip.mp4")
    site.sign_in(secret_of())
    created = site.page.locator(".task-row time").first

    in_berlin = (task.created_at + timedelta(hours=1)).strftime("%H:%M:%S")

    expect(created).to_contain_text(in_berlin)
    expect(created).to_have_attribute("title", f"{created.get_attribute('title')}")
    assert task.created_at.strftime("%Y-%m-%d %H:%M") in (created.get_attribute("title") or "")


def test_ten_thousand_tasks_are_a_handful_of_rows(site: Site, seed: Seed, secret_of: Callable[..., str]) -> None:
    model = json.loads(_first_answer(site, seed, secret_of))
    loaded = [0]

    def page_of(route: Route) -> None:
        loaded[0] += 1
        start = (
            0
            if "scroll_token" not in route.request.url
            else int(route.request.url.split("scroll_token=")[1].split("&")[0])
        )
        tasks = [
            {**model, "id": f"01{number:024d}", "status": "succeeded"}
            for number in range(start, min(start + 100, 10_000))
        ]
        headers = {"Total-Count": "10000", "Content-Type": "application/json"}
        route.fulfill(
            body=json.dumps(tasks),
            headers=headers | ({"Scroll-Token": str(start + 100)} if start + 100 < 10_000 else {}),
        )

    site.page.route("**/tasks?*", page_of)
    site.page.route("**/tasks/01*", lambda route: route.fulfill(status=404, body="{}"))
    site.page.reload()
    expect(site.page.get_by_text("10,000 tasks")).to_be_visible()
    site.page.evaluate(
        """async () => {
            const box = document.querySelector('.rows');
            for (let tries = 0; tries < 2000 && box.scrollTop < 9950 * 60; tries++) {
                box.scrollTop = box.scrollHeight;
                await new Promise(requestAnimationFrame);
            }
        }"""
    )

    expect(site.page.locator(f"text=01{9_999:024d}")).to_be_visible()
    assert site.page.locator(".task-row").count() < 60
    assert loaded[0] >= 100


def _first_answer(site: Site, seed: Seed, secret_of: Callable[..., str]) -> str:
    seed.task("uploads/clip.mp4", status=Status.SUCCEEDED)
    secret = secret_of()
    site.sign_in(secret)
    answer = site.page.request.get(f"{site.address}/tasks", headers={"Authorization": f"Bearer {secret}"})
    return json.dumps(answer.json()[0])


def test_a_background_tab_asks_nothing(site: Site, seed: Seed, secret_of: Callable[..., str]) -> None:
    seed.task("uploads/clip.mp4")
    site.sign_in(secret_of())
    expect(site.page.locator(".task-row")).to_have_count(1)

    site.page.evaluate(
        """() => {
            Object.defineProperty(document, 'hidden', {get: () => true, configurable: true});
            document.dispatchEvent(new Event('visibilitychange'));
        }"""
    )
    site.page.wait_for_load_state("networkidle")
    asked = len(site.asked)
    # longer than the list's own rhythm: nothing that could be waited for is to happen
    site.page.wait_for_timeout(4000)

    assert len(site.asked) == asked


def test_a_phone_shows_the_list_without_sideways_scrolling(
    site: Site, seed: Seed, secret_of: Callable[..., str]
) -> None:
    seed.task("uploads/a_name_that_is_much_too_long_for_the_width_of_a_telephone.mp4", status=Status.FAILED)
    site.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    site.sign_in(secret_of())

    expect(site.page.locator(".task-row").get_by_text("Failed")).to_be_visible()

    assert site.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert serious_issues(site.page) == []


def test_rows_are_walked_by_arrow_keys(site: Site, seed: Seed, secret_of: Callable[..., str]) -> None:
    for name in ("third", "second", "first"):
        seed.task(f"uploads/{name}.mp4")
    site.sign_in(secret_of())
    site.page.get_by_role("link", name="first.mp4").focus()

    site.page.keyboard.press("ArrowDown")
    site.page.keyboard.press("Enter")

    expect(site.page.get_by_role("heading", name="second.mp4")).to_be_visible()
