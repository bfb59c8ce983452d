"""One task: its details, what it has made, and what can be done to it."""

import json
import re
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.stub import Stubber
from playwright.sync_api import Page, expect

from sluice.aws import clients
from sluice.aws.store import TaskStore
from sluice.clock import now
from sluice.tasks import Status
from tests.browser.chromium import serious_issues, until
from tests.browser.films import SECONDS
from tests.browser.seeding import Seed
from tests.browser.site import Site
from tests.conftest import TABLE, Change, Handler


def playing(page: Page) -> None:
    """Play, and wait until time goes by in the film."""
    until(page, "document.querySelector('video')?.readyState >= 1")
    page.evaluate("() => { const v = document.querySelector('video'); v.muted = true; return v.play() }")
    until(page, "document.querySelector('video').currentTime > 0.2")


def test_an_adaptive_set_plays_in_its_qualities(site: Site, seed: Seed, secret_of: Callable[..., str]) -> None:
    task = seed.finished()
    site.sign_in(secret_of(), f"#/tasks/{task.id}")

    playing(site.page)
    qualities = site.page.get_by_role("combobox", name="Quality")
    expect(qualities.locator("option")).to_have_count(3)
    qualities.select_option(index=1)

    until(site.page, "document.querySelector('video').videoHeight === 180")


def test_a_film_plays_and_is_sought_by_its_findings(site: Site, seed: Seed, secret_of: Callable[..., str]) -> None:
    task = seed.finished()
    site.sign_in(secret_of(), f"#/tasks/{task.id}")
    site.page.get_by_label("What to play").select_option("1/video.mp4")
    playing(site.page)
    site.page.evaluate("document.querySelector('video').pause()")

    site.page.get_by_role("button", name=re.compile("violence: Weapons 61")).click()
    assert site.page.evaluate("document.querySelector('video').currentTime") == 6
    site.page.get_by_role("slider").press("Home")
    assert site.page.evaluate("document.querySelector('video').currentTime") == 0
    site.page.get_by_role("button", name="Meadow").click()
    assert site.page.evaluate("document.querySelector('video').currentTime") == 3

    expect(site.page.get_by_text("To be reviewed")).to_be_visible()
    site.page.get_by_role("slider").hover(position={"x": 200, "y": 6})
    expect(site.page.locator(".preview-tile")).to_be_visible()


def test_the_source_plays_too(site: Site, seed: Seed, secret_of: Callable[..., str]) -> None:
    task = seed.finished()
    site.sign_in(secret_of(), f"#/tasks/{task.id}")

    site.page.get_by_role("button", name="Actions for").click()
    site.page.get_by_role("menuitem", name="Play source").click()

    until(site.page, f"Math.round(document.querySelector('video').duration) === {SECONDS}")
    playing(site.page)


def test_pictures_are_looked_at_one_by_one(site: Site, seed: Seed, secret_of: Callable[..., str]) -> None:
    task = seed.finished()
    site.sign_in(secret_of(), f"#/tasks/{task.id}")

    site.page.get_by_role("tab", name="Pictures (4)").click()
    site.page.get_by_role("button", name="screenshot-001.jpg").click()
    dialog = site.page.get_by_role("dialog")
    expect(dialog.get_by_text("Picture 1 of 4")).to_be_visible()
    dialog.press("ArrowRight")
    expect(dialog.get_by_text("Picture 2 of 4")).to_be_visible()

    assert dialog.locator("img").evaluate("image => image.decode().then(() => image.naturalWidth)") == 640
    site.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_a_subtask_shows_its_details_and_its_files(site: Site, seed: Seed, secret_of: Callable[..., str]) -> None:
    task = seed.finished()
    site.sign_in(secret_of(), f"#/tasks/{task.id}")

    site.page.get_by_role("button", name="Show details: 1 video").click()
    details = site.page.locator("#subtask-1")
    expect(details.get_by_text(f"outputs/{task.id}/1-video/")).to_be_visible()
    expect(details.get_by_text("Resolution")).to_be_visible()
    with site.page.expect_download() as download:
        details.get_by_role("button", name="Download: video.mp4").click()

    assert download.value.path().read_bytes() == seed.films.read("video.mp4")
    assert serious_issues(site.page) == []


@pytest.fixture
def called(change_settings: Change) -> Iterator[list[dict[str, Any]]]:
    """Lambda, which is only told what to do; yields what it was told."""
    change_settings(bundle_function="bundle")
    asked: list[dict[str, Any]] = []
    client = clients.lambdas()

    def note(params: dict[str, Any], **_: Any) -> None:
        asked.append(params)

    client.meta.events.register("before-parameter-build.lambda.Invoke", note)
    with Stubber(client) as stub:
        stub.add_response("invoke", {"StatusCode": 202})
        yield asked
    client.meta.events.unregister("before-parameter-build.lambda.Invoke", note)


def test_what_a_subtask_has_made_is_seen_from_its_row(site: Site, seed: Seed, secret_of: Callable[..., str]) -> None:
    task = seed.finished()
    site.sign_in(secret_of(), f"#/tasks/{task.id}")
    page = site.page

    page.get_by_role("button", name="Play: 1 video").click()
    expect(page.get_by_label("What to play")).to_have_value("1/video.mp4")
    page.get_by_role("button", name="View: 3 screenshot").click()
    expect(page.get_by_role("tab", name="Pictures (4)")).to_have_attribute("aria-selected", "true")
    page.get_by_role("button", name="View: 9 quality").click()
    expect(page.get_by_role("img", name=re.compile("VMAF: Mean"))).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download: 7 subtitles").click()

    assert download.value.path().read_bytes() == seed.films.read("subtitles.vtt")


def test_the_source_is_played_from_the_list(site: Site, seed: Seed, secret_of: Callable[..., str]) -> None:
    seed.finished()
    site.sign_in(secret_of())

    site.page.get_by_role("button", name="Actions for").click()
    site.page.get_by_role("menuitem", name="Play source").click()

    expect(site.page.get_by_label("What to play")).to_have_value("source")


def test_everything_comes_as_one_archive(
    site: Site,
    seed: Seed,
    secret_of: Callable[..., str],
    called: list[dict[str, Any]],
    function: Callable[[str], Handler],
) -> None:
    task = seed.finished()
    site.sign_in(secret_of(), f"#/tasks/{task.id}")

    with site.page.expect_download() as download:
        with site.page.expect_response(lambda response: response.status == 202):
            site.page.get_by_role("button", name="Download all (zip)").click()
        assert function("bundle")(json.loads(called[0]["Payload"])) == {"state": "ready"}

    assert download.value.suggested_filename == f"{task.id}.zip"
    with zipfile.ZipFile(download.value.path()) as archive:
        assert archive.read("1-video/video.mp4") == seed.films.read("video.mp4")


def test_a_failed_task_says_why_and_is_begun_again(site: Site, seed: Seed, secret_of: Callable[..., str]) -> None:
    task = seed.task(status=Status.FAILED)
    site.sign_in(secret_of(), f"#/tasks/{task.id}")
    expect(site.page.get_by_text("There is no picture at 99 s").first).to_be_visible()
    expect(site.page.get_by_text("time_past_end").first).to_be_visible()
    site.page.get_by_text("ffmpeg's last lines").first.click()
    expect(site.page.get_by_text("moov atom found").first).to_be_visible()

    site.page.get_by_role("button", name="Restart").click()
    site.page.get_by_role("menuitem", name="Restart what failed").click()

    expect(site.page.get_by_text("The task has begun again")).to_be_visible()
    expect(site.page.get_by_text("Attempt 1")).to_be_visible()
    again = TaskStore(TABLE).get(task.id, at=now())
    assert again.attempt == 2 and again.history[-1].rerun == (1,)


def test_chosen_subtasks_are_begun_again(site: Site, seed: Seed, secret_of: Callable[..., str]) -> None:
    task = seed.task(status=Status.SUCCEEDED)
    site.sign_in(secret_of(), f"#/tasks/{task.id}")

    site.page.get_by_role("button", name="Restart").click()
    site.page.get_by_role("menuitem", name="Choose subtasks").click()
    site.page.get_by_role("dialog").get_by_role("checkbox", name="2 screenshot").check()
    site.page.get_by_role("dialog").get_by_role("button", name="Restart").click()

    expect(site.page.get_by_text("Attempt 1")).to_be_visible()
    assert TaskStore(TABLE).get(task.id, at=now()).history[-1].rerun == (2,)


def test_a_waiting_task_is_ended_after_a_question(site: Site, seed: Seed, secret_of: Callable[..., str]) -> None:
    task = seed.task()
    site.sign_in(secret_of(), f"#/tasks/{task.id}")

    site.page.get_by_role("button", name="End task").click()
    site.page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    assert TaskStore(TABLE).get(task.id, at=now()).status is Status.WAITING
    site.page.get_by_role("button", name="End task").click()
    site.page.get_by_role("button", name="End it").click()

    expect(site.page.locator(".task-state").get_by_text("Cancelled")).to_be_visible()
    assert TaskStore(TABLE).get(task.id, at=now()).status is Status.CANCELLED


def test_a_record_is_deleted_after_a_question(site: Site, seed: Seed, secret_of: Callable[..., str]) -> None:
    task = seed.task(status=Status.SUCCEEDED)
    site.sign_in(secret_of(), f"#/tasks/{task.id}")

    site.page.get_by_role("button", name="Actions for").click()
    site.page.get_by_role("menuitem", name="Delete").click()
    site.page.get_by_role("button", name="Delete for good").click()

    expect(site.page.get_by_role("heading", name="No tasks yet")).to_be_visible()


def test_a_task_that_is_not_there_says_so(site: Site, seed: Seed, secret_of: Callable[..., str]) -> None:
    site.sign_in(secret_of(), "#/tasks/01kampge00abcdefghjkmnpqrs")

    expect(site.page.get_by_role("heading", name="This task isn't there")).to_be_visible()
