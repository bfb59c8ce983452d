"""Every view, wide and narrow, light and dark: nothing that axe-core calls serious, nothing that runs out at the side.

`SLUICE_PICTURES=docs/console` keeps what is seen as the pictures of the documentation.
"""

import io
import os
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from sluice.clock import now
from sluice.keys import Scope
from sluice.tasks import Status
from tests.browser.chromium import DESKTOP, PHONE, serious_issues, until
from tests.browser.seeding import Seed
from tests.browser.site import Site

PICTURES = os.environ.get("SLUICE_PICTURES")
NAMES = (
    "podcast_episode_12.wav",
    "a_very_long_name_that_nobody_would_type_by_hand_but_cameras_do.mov",
    "interview_final_v3 (copy).mp4",
    "<img src=x onerror=alert(1)>.mp4",
    "holiday.mp4",
)
# dark pictures are kept of these
IN_THE_DARK = ("tasks", "task", "usage")
STATES = (Status.SUCCEEDED, Status.FAILED, Status.CANCELLED, Status.SUCCEEDED, Status.SUCCEEDED)


def a_week(seed: Seed) -> None:
    """Tasks of the last days; few, since moto copies its table at every transaction."""
    for day in range(1, 6):
        for number in range(1 + day % 3):
            seed.at = now() - timedelta(days=day, hours=3 * number)
            seed.task(f"uploads/{NAMES[number]}", status=STATES[(day + number) % 5], trigger="api")


def busy(seed: Seed) -> str:
    """Tasks in every state; the id of one that has made one of everything."""
    for number in range(9):
        seed.task(f"uploads/holiday-{number:03}.mp4", status=STATES[number % 5], trigger=("api", "console")[number % 2])
    seed.task(f"uploads/{NAMES[3]}", status=Status.FAILED)
    done = seed.finished()
    for name, status in zip(NAMES[2::-1], (Status.PROCESSING, Status.QUEUED, Status.WAITING), strict=True):
        seed.task(f"uploads/{name}", status=status)
    return done.id


def looked_at(page: Page, name: str, *, whole: bool = True) -> list[str]:
    """What is wrong with the view in any of its four looks."""
    wrong: list[str] = []
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            until(page, "document.getAnimations().every(one => !(one instanceof CSSTransition))")
            look = f"{name}-{size['width']}" + ("-dark" if scheme == "dark" else "")
            wrong += [f"{look}: {issue}" for issue in serious_issues(page)]
            if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
                wrong.append(f"{look}: runs out at the side")
            if PICTURES and (scheme == "light" or name in IN_THE_DARK):
                taken(page, Path(PICTURES) / f"{look}.png", size["width"], whole)
    return wrong


def taken(page: Page, path: Path, width: int, whole: bool) -> None:
    """A picture; of the whole view as if the window were that high, since bars stick to its edges."""
    before = page.viewport_size
    if whole:
        page.set_viewport_size({"width": width, "height": page.evaluate("document.documentElement.scrollHeight")})
    # a few hundred colours are enough, and a quarter of the size
    Image.open(io.BytesIO(page.screenshot())).convert("RGB").quantize(200).save(path, optimize=True)
    if before:
        page.set_viewport_size(before)


def test_the_door(site: Site) -> None:
    site.open()
    expect(site.page.get_by_role("heading", name="Sign in")).to_be_visible()

    assert looked_at(site.page, "door", whole=False) == []


def test_the_list(site: Site, seed: Seed, secret_of: Callable[..., str]) -> None:
    busy(seed)
    site.sign_in(secret_of())
    expect(site.page.locator(".task-row img.thumb")).to_be_visible()

    assert looked_at(site.page, "tasks", whole=False) == []


def test_the_list_with_its_filter_open(site: Site, seed: Seed, secret_of: Callable[..., str]) -> None:
    busy(seed)
    site.sign_in(secret_of())
    site.page.get_by_role("button", name="Status", exact=True).first.click()
    expect(site.page.get_by_role("checkbox", name="Cancelled")).to_be_visible()

    assert looked_at(site.page, "filter", whole=False) == []


def test_nothing_yet(site: Site, seed: Seed, secret_of: Callable[..., str]) -> None:
    site.sign_in(secret_of())
    expect(site.page.get_by_role("heading", name="No tasks yet")).to_be_visible()

    assert looked_at(site.page, "empty", whole=False) == []


def test_a_task(site: Site, seed: Seed, secret_of: Callable[..., str]) -> None:
    done = busy(seed)
    site.sign_in(secret_of(), f"#/tasks/{done}")
    until(site.page, "document.querySelector('video')?.readyState >= 1")
    site.page.evaluate("document.querySelector('video').currentTime = 3")
    expect(site.page.get_by_text("To be reviewed")).to_be_visible()

    assert looked_at(site.page, "task") == []


def test_the_details_of_a_subtask(site: Site, seed: Seed, secret_of: Callable[..., str]) -> None:
    done = busy(seed)
    site.sign_in(secret_of(), f"#/tasks/{done}")
    site.page.get_by_role("tab", name=re.compile("Quality")).click()
    site.page.get_by_role("button", name="Show details: 3 screenshot").click()
    expect(site.page.locator(".plot .line")).to_be_visible()

    assert looked_at(site.page, "details") == []


def test_the_pictures_of_a_task(site: Site, seed: Seed, secret_of: Callable[..., str]) -> None:
    done = busy(seed)
    site.sign_in(secret_of(), f"#/tasks/{done}")
    site.page.get_by_role("tab", name=re.compile("Pictures")).click()

    assert looked_at(site.page, "pictures", whole=False) == []


def test_a_task_that_failed(site: Site, seed: Seed, secret_of: Callable[..., str]) -> None:
    task = seed.task("uploads/broken.mp4", status=Status.FAILED)
    site.sign_in(secret_of(), f"#/tasks/{task.id}")
    expect(site.page.get_by_text("There is no picture at 99 s").first).to_be_visible()

    assert looked_at(site.page, "failed") == []


def test_a_new_task(site: Site, seed: Seed, secret_of: Callable[..., str], tmp_path: Path) -> None:
    for name in ("holiday.mp4", "interview_final_v3 (copy).mp4"):
        (tmp_path / name).write_bytes(seed.films.read("video.mp4") + name.encode())
    site.sign_in(secret_of(), "#/create")
    site.page.get_by_label("choose files").set_input_files(sorted(tmp_path.iterdir()))
    expect(site.page.get_by_text("Uploaded", exact=True)).to_have_count(2)

    assert looked_at(site.page, "create") == []


def test_subtasks_of_ones_own(site: Site, seed: Seed, secret_of: Callable[..., str]) -> None:
    site.sign_in(secret_of(), "#/create")
    site.page.get_by_role("tab", name="By subtasks of my own").click()
    for kind in ("video", "screenshot"):
        site.page.get_by_label("Add a subtask").select_option(kind)
    last = site.page.get_by_role("group", name="2 screenshot")
    last.get_by_text("Order, condition, place").click()
    last.get_by_label("Works on").select_option("1")

    assert looked_at(site.page, "subtasks") == []


def test_usage(site: Site, seed: Seed, secret_of: Callable[..., str]) -> None:
    a_week(seed)
    seed.at = now() - timedelta(hours=1)
    for status in (Status.SUCCEEDED, Status.PROCESSING, Status.WAITING, Status.WAITING):
        seed.task(status=status)
    site.sign_in(secret_of(Scope.READ), "#/usage")
    expect(site.page.get_by_role("img", name="Throughput")).to_be_visible()

    assert looked_at(site.page, "usage") == []


@pytest.mark.parametrize(
    ("place", "sign"), [("library", "No presets yet"), ("keys", "Ada"), ("webhooks", "Nobody is told yet")]
)
def test_what_administrators_keep(site: Site, seed: Seed, secret_of: Callable[..., str], place: str, sign: str) -> None:
    site.sign_in(secret_of(), f"#/{place}")
    expect(site.page.locator("main").get_by_text(sign, exact=True).first).to_be_visible()

    assert looked_at(site.page, place) == []
