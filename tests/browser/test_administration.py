"""Keys, workflows, presets, webhooks, usage."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from sluice.access import key_by_secret
from sluice.keys import Scope
from sluice.tasks import Status
from tests.browser.chromium import PHONE, serious_issues
from tests.browser.seeding import Seed
from tests.browser.site import Site


def test_a_key_is_made_its_secret_shown_once_and_revoked(site: Site, seed: Seed, secret_of: Callable[..., str]) -> None:
    site.sign_in(secret_of(), "#/keys")
    site.page.get_by_role("button", name="New key").click()
    dialog = site.page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Name", exact=True).fill("Grace")
    dialog.get_by_label("Read: list and look").check()
    dialog.get_by_role("button", name="Create key").click()
    secret = dialog.locator("code").first.inner_text()
    key = key_by_secret(secret)
    assert key and (key.name, key.scope) == ("Grace", Scope.READ)
    dialog.get_by_role("button", name="I have kept them").click()
    assert secret not in site.page.content()

    site.page.get_by_role("button", name="Revoke: Grace").click()
    site.page.get_by_role("dialog").get_by_role("button", name="Revoke").click()

    expect(site.page.get_by_text("The key is revoked")).to_be_visible()
    assert key_by_secret(secret) is None


def test_a_preset_and_a_workflow_are_made_and_deleted(site: Site, seed: Seed, secret_of: Callable[..., str]) -> None:
    site.sign_in(secret_of(), "#/library")
    site.page.get_by_role("button", name="New preset").click()
    dialog = site.page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Name", exact=True).fill("tiny")
    dialog.get_by_label("Kind").select_option("screenshot")
    dialog.get_by_label("Count").fill("1")
    dialog.get_by_role("button", name="Save").click()
    expect(site.page.get_by_role("heading", name="tiny")).to_be_visible()

    site.page.get_by_role("button", name="New workflow").click()
    dialog.get_by_role("textbox", name="Name", exact=True).fill("stills")
    dialog.get_by_label("Add a subtask").select_option("screenshot")
    dialog.get_by_label("Preset").select_option("tiny")
    dialog.get_by_role("button", name="Save").click()
    expect(site.page.get_by_role("heading", name="stills")).to_be_visible()
    site.page.get_by_role("button", name="Delete: stills").click()
    site.page.get_by_role("dialog").get_by_role("button", name="Delete").click()

    expect(site.page.get_by_role("heading", name="stills")).to_be_hidden()


def test_a_webhook_is_made_and_deleted(site: Site, seed: Seed, secret_of: Callable[..., str]) -> None:
    site.sign_in(secret_of(), "#/webhooks")
    site.page.get_by_role("button", name="New webhook").click()
    dialog = site.page.get_by_role("dialog")
    dialog.get_by_label("Address").fill("https://93.184.216.34/hook")
    dialog.get_by_role("button", name="Create webhook").click()
    expect(dialog.locator("code")).to_contain_text("whsec_")
    dialog.get_by_role("button", name="I have kept them").click()

    site.page.get_by_role("button", name="Delete: https://93.184.216.34/hook").click()
    site.page.get_by_role("dialog").get_by_role("button", name="Delete").click()

    expect(site.page.get_by_role("heading", name="Nobody is told yet")).to_be_visible()


def test_usage_tells_of_the_last_days(site: Site, seed: Seed, secret_of: Callable[..., str]) -> None:
    seed.task(status=Status.SUCCEEDED)
    seed.task(status=Status.FAILED)
    site.sign_in(secret_of(), "#/usage")

    expect(site.page.get_by_text("50 % of tasks that ended")).to_be_visible()
    expect(site.page.get_by_role("img", name="Throughput")).to_be_visible()


@pytest.mark.parametrize("place", ["create", "usage", "library", "keys", "webhooks"])
def test_every_view_fits_a_phone_and_has_no_serious_issue(
    site: Site, seed: Seed, secret_of: Callable[..., str], place: str
) -> None:
    seed.task(status=Status.SUCCEEDED)
    site.sign_in(secret_of(), f"#/{place}")
    expect(site.page.locator("main h1")).to_be_visible()

    issues = serious_issues(site.page)
    site.page.set_viewport_size(PHONE)  # type: ignore[arg-type]

    assert issues == [] and serious_issues(site.page) == []
    assert site.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
