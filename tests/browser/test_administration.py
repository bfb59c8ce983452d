"""Keys, workflows, presets, webhooks, usage."""

import json
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from sluice import control, endpoints
from sluice.access import key_by_secret
from sluice.aws import clients
from sluice.keys import Scope
from sluice.tasks import Status
from tests.browser.chromium import serious_issues
from tests.browser.seeding import Seed
from tests.browser.site import Site
from tests.conftest import Change, Handler
from tests.courier import Courier, Receiver
from tests.server import Server, serving


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as server:
        yield server


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


def test_a_delivery_that_failed_is_seen_and_sent_again(
    site: Site,
    seed: Seed,
    secret_of: Callable[..., str],
    server: Server,
    change_settings: Change,
    function: Callable[[str], Handler],
) -> None:
    queues = {name: clients.sqs().create_queue(QueueName=name)["QueueUrl"] for name in ("deliveries", "dead")}
    change_settings(
        allowed_source_hosts=server.host, delivery_queue=queues["deliveries"], dead_delivery_queue=queues["dead"]
    )
    courier, receiver = Courier(function), Receiver(server)
    receiver.answers = [503, 200]
    task = seed.task()
    endpoints.register("default", url=receiver.url(), description="", events=())
    control.end_task(task)
    courier.run_all()
    site.sign_in(secret_of(), "#/webhooks")
    site.page.get_by_text("Deliveries").click()
    expect(site.page.get_by_text("503 · Tries: 1")).to_be_visible()
    assert serious_issues(site.page) == []

    site.page.get_by_role("button", name="Send again: task.cancelled").click()
    expect(site.page.get_by_text("It is being sent again")).to_be_visible()
    courier.run_all()
    site.go(f"#/tasks/{task.id}")

    expect(site.page.get_by_text("Delivered")).to_be_visible()
    assert [json.loads(one.body)["data"]["id"] for one in receiver.received] == [task.id, task.id]


def test_usage_tells_of_the_last_days(site: Site, seed: Seed, secret_of: Callable[..., str]) -> None:
    seed.task(status=Status.SUCCEEDED)
    seed.task(status=Status.FAILED)
    site.sign_in(secret_of(), "#/usage")

    expect(site.page.get_by_text("50 % of tasks that ended")).to_be_visible()
    expect(site.page.get_by_role("img", name="Throughput")).to_be_visible()
