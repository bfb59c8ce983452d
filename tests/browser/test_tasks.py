"""The list of tasks."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, Route, expect

from sluice.clock import iso, now
from sluice.keys import Scope
from sluice.tasks import Status
from tests.browser.chromium import PHONE, serious_issues, until
from tests.browser.seeding import Seed
from tests.browser.site import Site

HOSTILE = "<img src=x onerror=alert(1)>.mp4"


def rows(page: Page) -> list[str]:
    return page.locator(".task-row .name").all_inner_texts()


def end(site: Site, task_id: str, secret: str) -> None:
    """By the API, which does one thing after the other: moto isn't made for several at once."""
    bearer = {"Authorization": f"Bearer {secret}"}
    assert site.page.request.post(f"{site.address}/tasks/{task_id}/end", headers=bearer).ok


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
    secret = secret_of()
    site.sign_in(secret)
    expect(site.page.get_by_text("Waiting")).to_be_visible()

    end(site, task.id, secret)

    expect(site.page.locator(".task-row").get_by_text("Cancelled")).to_be_visible()


def test_what_is_looked_at_further_down_is_kept_up_to_date_too(
    site: Site, seed: Seed, secret_of: Callable[..., str]
) -> None:
    """Pages are of ten here, so that a few tasks are more than one."""
    old = seed.task("uploads/old.mp4", kinds=("metadata",))
    for number in range(24):
        seed.task(f"uploads/{number}.mp4", kinds=("metadata",), status=Status.SUCCEEDED)
    site.page.route("**/console/*/views/tasks.js", _with_pages_of_ten)
    secret = secret_of()
    site.sign_in(secret)
    last = site.page.get_by_role("link", name="old.mp4")
    expect(site.page.locator(".task-row").first).to_be_visible()
    until(site.page, "(document.querySelector('.rows').scrollTop = 1e6, document.body.innerText.includes('old.mp4'))")

    end(site, old.id, secret)

    expect(site.page.locator(".task-row", has=last).get_by_text("Cancelled")).to_be_visible()


def _with_pages_of_ten(route: Route) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text().replace("const PAGE = 100", "const PAGE = 10"))


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

    newest = now()
    made = [newest - timedelta(seconds=number) for number in range(10_000)]
    tasks = [
        {**model, "id": f"01{10_000 - number:024d}", "status": "succeeded", "created_at": iso(at)}
        for number, at in enumerate(made)
    ]

    def page_of(route: Route) -> None:
        loaded[0] += 1
        query = {name: values[0] for name, values in parse_qs(urlsplit(route.request.url).query).items()}
        first, last = query.get("start_time", ""), query.get("end_time", "~")
        fitting = [task for task in tasks if first <= task["created_at"] < last]
        start = int(query.get("scroll_token", 0))
        headers = {"Total-Count": str(len(fitting)), "Content-Type": "application/json"}
        more = {"Scroll-Token": str(start + 100)} if start + 100 < len(fitting) else {}
        route.fulfill(body=json.dumps(fitting[start : start + 100]), headers=headers | more)

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

    expect(site.page.locator(f"text=01{1:024d}")).to_be_visible()
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
