"""Making tasks."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from sluice.aws.clients import s3
from sluice.aws.store import TaskStore
from sluice.clock import now
from sluice.tasks import OutputRef, Task
from tests.browser.chromium import serious_issues, until
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


def test_an_upload_that_a_reload_cuts_off_goes_on_when_its_file_is_chosen_again(
    site: Site, seed: Seed, secret_of: Callable[..., str], tmp_path: Path
) -> None:
    large = tmp_path / "large.mp4"
    large.write_bytes(FILM.read_bytes() * 24)
    secret = secret_of()
    site.sign_in(secret, "#/create")
    # two parts arrive, the third never does
    site.page.route(re.compile("partNumber=3"), lambda route: None)
    site.page.get_by_label("choose files").set_input_files(large)
    until(site.page, "document.querySelector('.uploads [role=progressbar]')?.ariaValueNow >= 75")

    site.page.reload()
    site.page.unroute_all()
    expect(site.page.get_by_text(re.compile(r"cut off at (7[0-9]|8[0-9]) %"))).to_be_visible()
    assert secret not in site.page.evaluate("JSON.stringify(localStorage)")
    asked = len(site.asked)
    site.page.get_by_label("choose files").set_input_files(large)
    expect(site.page.get_by_text("Uploaded", exact=True)).to_be_visible()
    site.page.get_by_role("button", name="Create task").click()

    key = made(site.page).source.key
    assert key and s3().get_object(Bucket=MEDIA, Key=key)["Body"].read() == large.read_bytes()
    assert [url.partition("/parts/")[2][0] for url in site.asked[asked:] if "/parts/" in url] == ["3"]
    assert site.page.evaluate("localStorage.getItem('sluice.uploads')") is None


def test_an_upload_that_was_cut_off_can_be_given_up(
    site: Site, seed: Seed, secret_of: Callable[..., str], tmp_path: Path
) -> None:
    large = tmp_path / "large.mp4"
    large.write_bytes(FILM.read_bytes() * 24)
    site.sign_in(secret_of(), "#/create")
    site.page.route(re.compile("partNumber="), lambda route: None)
    site.page.get_by_label("choose files").set_input_files(large)
    expect(site.page.get_by_role("button", name="Pause: large.mp4")).to_be_visible()
    until(site.page, "localStorage.getItem('sluice.uploads') !== null")
    site.page.reload()

    site.page.get_by_role("button", name="Give up: large.mp4").click()

    expect(site.page.get_by_text("cut off")).to_be_hidden()
    until(site.page, "localStorage.getItem('sluice.uploads') === null")
    assert "Uploads" not in s3().list_multipart_uploads(Bucket=MEDIA)


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


def test_a_subtask_is_tied_to_a_condition_an_earlier_one_and_a_place(
    site: Site, seed: Seed, secret_of: Callable[..., str]
) -> None:
    s3().put_object(Bucket=MEDIA, Key="kept/clip.mp4", Body=FILM.read_bytes())
    site.sign_in(secret_of(), "#/create")
    site.page.get_by_role("tab", name="File in the bucket").click()
    site.page.get_by_label("Key", exact=True).fill("kept/clip.mp4")
    site.page.get_by_role("tab", name="By subtasks of my own").click()
    for kind in ("metadata", "video", "screenshot"):
        site.page.get_by_label("Add a subtask").select_option(kind)
    last = site.page.get_by_role("group", name="3 screenshot")
    last.get_by_text("Order, condition, place").click()
    last.get_by_label("Works on").select_option("2")
    expect(last.get_by_label("Which file")).to_have_value("video.mp4")
    last.get_by_label("Only if").fill("duration >")
    last.get_by_label("Output path").fill("stills/")
    # what was first is gone, and the others are numbered anew
    site.page.get_by_role("button", name="Remove: 1 metadata").click()
    last = site.page.get_by_role("group", name="2 screenshot")
    site.page.get_by_role("button", name="Create task").click()
    expect(last.get_by_label("Only if")).to_have_attribute("aria-invalid", "true")
    assert serious_issues(site.page) == []
    last.get_by_label("Only if").fill("duration > 5")
    site.page.get_by_role("button", name="Create task").click()

    screenshot = made(site.page).subtasks[1]
    assert (screenshot.condition, screenshot.after, screenshot.output_path) == ("duration > 5", (1,), "stills/")
    assert screenshot.source == OutputRef(subtask=1, name="video.mp4")


def test_what_can_not_be_fetched_is_refused_in_the_apis_words(
    site: Site, seed: Seed, secret_of: Callable[..., str]
) -> None:
    site.sign_in(secret_of(), "#/create")
    site.page.get_by_role("tab", name="Address").click()
    field = site.page.get_by_label("Address", exact=True)
    field.fill("ftp://example.org/a.mp4")

    site.page.get_by_role("button", name="Create task").click()

    expect(field).to_have_attribute("aria-invalid", "true")
