"""Making tasks."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from sluice.aws.clients import s3
from sluice.aws.store import TaskStore
from sluice.clock import now
from sluice.tasks import Task
from tests.browser.chromium import serious_issues
from tests.browser.films import FILM
from tests.browser.seeding import Seed
from tests.browser.site import Site
from tests.conftest import MEDIA, TABLE


def made(page: Page) -> Task:
    """The task whose page has opened."""
    expect(page).to_have_url(re.compile("#/tasks/[0-9a-z]{26}$"))
    return TaskStore(TABLE).get(page.url.rpartition("/")[2], at=now())


def test_a_file_is_uploaded_and_becomes_a_task(site: Site, seed: Seed, secret_of: Callable[..., str]) -> None:
    site.sign_in(secret_of(), "#/create")
    site.page.get_by_label("choose files").set_input_files(FILM)
    expect(site.page.get_by_text("Uploaded", exact=True)).to_be_visible()
    assert serious_issues(site.page) == []

    site.page.get_by_role("button", name="Create task").click()

    task = made(site.page)
    assert (task.trigger, task.workflow) == ("console", "default")
    assert task.source.key and task.source.key.endswith("/bbb_clip.mp4")
    assert s3().get_object(Bucket=MEDIA, Key=task.source.key)["Body"].read() == FILM.read_bytes()


def test_a_large_file_goes_in_parts_and_can_be_paused(
    site: Site, seed: Seed, secret_of: Callable[..., str], tmp_path: Path
) -> None:
    large = tmp_path / "large.mp4"
    large.write_bytes(FILM.read_bytes() * 24)
    site.sign_in(secret_of(), "#/create")
    site.page.get_by_label("choose files").set_input_files(large)

    site.page.get_by_role("button", name="Pause: large.mp4").click()
    expect(site.page.get_by_text("Paused", exact=True)).to_be_visible()
    site.page.get_by_role("button", name="Resume: large.mp4").click()
    expect(site.page.get_by_text("Uploaded", exact=True)).to_be_visible()
    site.page.get_by_role("button", name="Create task").click()

    task = made(site.page)
    assert task.source.key
    assert s3().head_object(Bucket=MEDIA, Key=task.source.key)["ContentLength"] == large.stat().st_size
    assert sum("/parts/" in url for url in site.asked) >= 3


def test_several_files_are_several_tasks(site: Site, seed: Seed, secret_of: Callable[..., str], tmp_path: Path) -> None:
    names = ("one.mp4", "two.mp4")
    for name in names:
        (tmp_path / name).write_bytes(FILM.read_bytes() + name.encode())
    site.sign_in(secret_of(), "#/create")
    site.page.get_by_label("choose files").set_input_files([tmp_path / name for name in names])

    site.page.get_by_role("button", name="Create 2 tasks").click()

    expect(site.page.locator(".task-row")).to_have_count(2)


def test_subtasks_are_put_together_and_a_mistake_is_told_at_its_field(
    site: Site, seed: Seed, secret_of: Callable[..., str]
) -> None:
    s3().put_object(Bucket=MEDIA, Key="kept/clip.mp4", Body=FILM.read_bytes())
    site.sign_in(secret_of(), "#/create")
    site.page.get_by_role("tab", name="File in the bucket").click()
    site.page.get_by_label("Key", exact=True).fill("kept/clip.mp4")
    site.page.get_by_label("Bucket", exact=True).fill(MEDIA)
    site.page.get_by_role("tab", name="By subtasks of my own").click()
    site.page.get_by_label("Add a subtask").select_option("screenshot")
    site.page.get_by_label(re.compile("^Count")).fill("0")

    site.page.get_by_role("button", name="Create task").click()
    expect(site.page.get_by_label(re.compile("^Count"))).to_have_attribute("aria-invalid", "true")
    site.page.get_by_label(re.compile("^Count")).fill("2")
    site.page.get_by_label(re.compile("^Priority")).fill("5")
    site.page.get_by_role("button", name="Create task").click()

    task = made(site.page)
    assert task.priority == 5
    assert [(one.kind, one.options["count"]) for one in task.subtasks] == [("screenshot", 2)]


def test_what_can_not_be_fetched_is_refused_in_the_apis_words(
    site: Site, seed: Seed, secret_of: Callable[..., str]
) -> None:
    site.sign_in(secret_of(), "#/create")
    site.page.get_by_role("tab", name="Address").click()
    field = site.page.get_by_label("Address", exact=True)
    field.fill("ftp://example.org/a.mp4")

    site.page.get_by_role("button", name="Create task").click()

    expect(field).to_have_attribute("aria-invalid", "true")
