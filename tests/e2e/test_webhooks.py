"""Who hears of a task on the deployed stack: a webhook, the address that the task names, and the event bus."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from standardwebhooks import Webhook

from tests.courier import Receiver
from tests.e2e.stack import PATIENCE_SECONDS, Stack, Task
from tests.server import serving


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with serving() as server:
        yield Receiver(server)


def until(said: Callable[[], Any]) -> Any:
    """The first answer that isn't nothing."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (found := said()):
        assert time.monotonic() < deadline, "it was never said"
        time.sleep(0.2)
    return found


@pytest.fixture
def webhook(stack: Stack, receiver: Receiver) -> Iterator[dict[str, Any]]:
    answer = stack.http.post("/webhooks", json={"url": receiver.url("/endpoint")})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    yield made
    stack.http.delete(f"/webhooks/{made['id']}")


def created(stack: Stack, second: bytes, **more: Any) -> Task:
    key = stack.upload(second, "incoming/default/told.mp4")
    subtasks = [{"kind": "metadata"}]
    return stack.create({"input": {"bucket": stack.env.sluice_bucket, "key": key}, "subtasks": subtasks, **more})


def test_a_receiver_gets_the_signed_end_of_a_task(
    stack: Stack, receiver: Receiver, webhook: dict[str, Any], second: bytes
) -> None:
    task = stack.ended(created(stack, second)["id"])

    received = until(lambda: next((r for r in receiver.received if task["id"].encode() in r.body), None))
    said = Webhook(webhook["secret"]).verify(received.body, received.headers)
    assert (said["type"], said["data"]["status"]) == ("task.succeeded", "succeeded")
    assert stack.fetch(said["data"]["outputs"][0]["url"])

    delivery = until(lambda: delivered(stack, f"/webhooks/{webhook['id']}/deliveries", task))
    again = stack.http.post(f"/webhooks/deliveries/{delivery['id']}/resend", json={})
    assert again.status_code == 202, again.text
    ids = until(lambda: [r.headers["webhook-id"] for r in receiver.received if task["id"].encode() in r.body][1:])
    assert ids == [delivery["event_id"]]


def test_an_address_that_a_task_names_is_told_again_when_it_was_away(
    stack: Stack, receiver: Receiver, second: bytes
) -> None:
    receiver.answers = [503, 200]
    task = stack.ended(created(stack, second, webhook={"url": receiver.url("/own")})["id"])

    delivery = until(lambda: delivered(stack, f"/tasks/{task['id']}/deliveries", task))

    assert [t["status_code"] for t in delivery["requests"]] == [503, 200]
    assert len({r.headers["webhook-id"] for r in receiver.received}) == 1


def test_a_rule_on_the_bus_sees_every_move_of_a_task(stack: Stack, second: bytes) -> None:
    sqs, events = stack.client("sqs"), stack.client("events")
    queue = sqs.create_queue(QueueName="heard")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(Name="heard", EventPattern=json.dumps({"source": ["sluice"]}))
    events.put_targets(Rule="heard", Targets=[{"Id": "queue", "Arn": arn}])
    heard: list[dict[str, Any]] = []

    def statuses(task_id: str, of: str) -> list[str]:
        for message in sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", []):
            heard.append(json.loads(message["Body"]))
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        details = [e["detail"] for e in heard if e["detail-type"] == f"Sluice {of} State Change"]
        return [detail["status"] for detail in details if detail["task_id"] == task_id]

    task = stack.ended(created(stack, second)["id"])

    until(lambda: "succeeded" in statuses(task["id"], "Task"))
    assert statuses(task["id"], "Task") == [
        "waiting",
        "validating",
        "queued",
        "processing",
        "finishing",
        "succeeded",
    ]
    assert statuses(task["id"], "Subtask") == ["waiting", "processing", "succeeded"]


def delivered(stack: Stack, path: str, task: Task) -> dict[str, Any] | None:
    found: list[dict[str, Any]] = stack.http.get(path).json()
    return next((d for d in found if d["task_id"] == task["id"] and d["state"] == "delivered"), None)
