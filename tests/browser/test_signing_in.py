"""Who may in, and what each may do."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from sluice.access import key_by_secret, revoke
from sluice.keys import Scope
from sluice.tasks import Status
from tests.browser.chromium import serious_issues
from tests.browser.seeding import Seed
from tests.browser.site import Site


def test_a_browser_that_asks_for_the_root_is_led_to_the_console(site: Site) -> None:
    site.page.goto(f"{site.address}/")

    expect(site.page).to_have_url(f"{site.address}/console/")
    expect(site.page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert serious_issues(site.page) == []


def test_a_wrong_key_is_refused_at_the_field(site: Site) -> None:
    site.open()
    field = site.page.get_by_label("API key", exact=True)

    field.fill("hunter2")
    field.press("Enter")
    expect(site.page.get_by_text("look like a key")).to_be_visible()
    field.fill("sk_key0123456789abcdef_wrong")
    field.press("Enter")

    expect(site.page.get_by_text("unknown or revoked")).to_be_visible()
    expect(field).to_be_focused()


def test_the_key_stays_in_the_tab_and_out_of_every_address(site: Site, secret_of: Callable[..., str]) -> None:
    secret = secret_of()
    site.sign_in(secret)

    site.page.reload()

    expect(site.page.get_by_role("heading", name="Tasks", exact=True)).to_be_visible()
    assert site.page.evaluate("JSON.stringify(localStorage)").count("sk_") == 0
    assert not any(secret in url for url in site.asked)


def test_who_signs_out_is_forgotten(site: Site, secret_of: Callable[..., str]) -> None:
    site.sign_in(secret_of())

    site.page.get_by_role("button", name="More").click()
    site.page.get_by_role("menuitem", name="Sign out").click()

    expect(site.page.get_by_text("The key is forgotten")).to_be_visible()
    assert site.page.evaluate("sessionStorage.length") == 0


def test_a_key_that_is_revoked_meanwhile_leads_back_to_the_door(site: Site, secret_of: Callable[..., str]) -> None:
    secret = secret_of()
    site.sign_in(secret)
    expect(site.page.get_by_role("heading", name="No tasks yet")).to_be_visible()

    key = key_by_secret(secret)
    assert key
    revoke(key)

    expect(site.page.get_by_text("no longer accepted")).to_be_visible()


@pytest.mark.parametrize(
    ("scope", "may_submit", "may_administer"), [(Scope.READ, False, False), (Scope.SUBMIT, True, False)]
)
def test_nobody_sees_buttons_that_they_can_not_use(
    site: Site, seed: Seed, secret_of: Callable[..., str], scope: Scope, may_submit: bool, may_administer: bool
) -> None:
    task = seed.task(status=Status.FAILED)
    site.sign_in(secret_of(scope), f"#/tasks/{task.id}")
    expect(site.page.get_by_role("heading", name="film.mp4")).to_be_visible()

    assert site.page.get_by_role("button", name="Restart").count() == int(may_submit)
    assert site.page.get_by_role("link", name="New task").count() == int(may_submit)
    assert site.page.get_by_role("link", name="Keys").count() == int(may_administer)


def test_the_page_lets_nothing_in_from_elsewhere(site: Site) -> None:
    policy = site.page.goto(f"{site.address}/console/")
    assert policy
    rules = policy.headers["content-security-policy"]

    assert "script-src 'self';" in rules and "style-src 'self';" in rules and "default-src 'none'" in rules
    assert "unsafe" not in rules and "*" not in rules
    assert policy.headers["x-content-type-options"] == "nosniff" and policy.headers["referrer-policy"] == "no-referrer"


def test_what_is_loaded_first_is_small_and_kept(site: Site, secret_of: Callable[..., str]) -> None:
    sizes: dict[str, int] = {}
    site.page.on(
        "response", lambda response: sizes.update({response.url: int(response.headers.get("content-length", 0))})
    )
    site.sign_in(secret_of())
    expect(site.page.get_by_role("heading", name="No tasks yet")).to_be_visible()

    own = {url: size for url, size in sizes.items() if "/console/" in url}

    assert sum(own.values()) < 300_000
    assert not any("hls.js" in url or "uppy.js" in url for url in own)
