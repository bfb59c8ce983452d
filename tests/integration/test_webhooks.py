"""From a move in the record to a receiver on 127.0.0.1, on moto: signed, tried again, logged, sent again."""

import hashlib
import json
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from standardwebhooks import Webhook

from sluice import delivering, posting
from sluice.aws import clients
from sluice.aws.store import TaskStore
from sluice.aws.webhooks import DeliveryLog, EndpointStore
from sluice.clock import iso, now
from sluice.delivering import Busy
from sluice.ids import random_id
from sluice.intake import TaskRequest, submit_request
from sluice.keys import Scope
from sluice.notifying import sealed_notify
from sluice.settings import settings
from sluice.tasks import Notify, Source, Status, SubtaskRequest, Task
from sluice.webhooks import MOST_ENDPOINTS, RETRIES, Delivery, State
from tests.api import Client, conforms, request
from tests.builders import a_task
from tests.certificates import self_signed
from tests.conftest import MEDIA, TABLE, Change, Handler
from tests.courier import Courier, Receiver, waiting
from tests.server import Server, serving

pytestmark = pytest.mark.usefixtures("aws")


@pytest.fixture
def receiver(server: Server) -> Receiver:
    return Receiver(server)


@pytest.fixture
def courier(aws: None, server: Server, change_settings: Change, function: Callable[[str], Handler]) -> Courier:
    queues = {name: clients.sqs().create_queue(QueueName=name)["QueueUrl"] for name in ("deliveries", "dead")}
    change_settings(
        allowed_source_hosts=server.host, delivery_queue=queues["deliveries"], dead_delivery_queue=queues["dead"]
    )
    return Courier(function)


@pytest.fixture
def admin(client_of: Callable[..., Client], courier: Courier) -> Client:
    return client_of(Scope.ADMIN)


def recorded(**values: Any) -> Task:
    task = a_task(random_id(now()), created_at=now(), **values)
    TaskStore(TABLE).create(task)
    return task


def ended(task: Task, status: Status = Status.SUCCEEDED) -> Task:
    store = TaskStore(TABLE)
    store.move(task, Status.FINISHING)
    store.move(task, status, finished_at=iso(now()))
    return store.get(task.id, at=now())


def deliveries(admin: Client, path: str) -> list[dict[str, Any]]:
    answer = admin.get(path)
    assert answer.status == 200, answer.json
    for delivery in answer.json:
        conforms("DeliveryView", delivery)
    found: list[dict[str, Any]] = answer.json
    return found


def only_delivery(task: Task) -> Delivery:
    page = DeliveryLog(TABLE).page(task.tenant, task.id, limit=10, scroll_token=None)
    assert len(page.deliveries) == 1
    return page.deliveries[0]


def failed_once(courier: Courier, receiver: Receiver, status: int = 503) -> Task:
    """A task of whose end somebody was told, who answered so."""
    receiver.answers = [status, 200]
    task = ended(recorded(notify=Notify(url=receiver.url())))
    courier.run_all()
    return task


# ── what arrives ──────────────────────────────────────────────────────────────────────────────


def test_an_endpoint_gets_the_end_of_a_task_signed_with_the_secret_it_was_shown(
    admin: Client, courier: Courier, receiver: Receiver
) -> None:
    webhook = admin.post({"url": receiver.url()}, "/webhooks").json
    conforms("WebhookWithSecret", webhook)
    task = ended(recorded())

    courier.run_all()

    [received] = receiver.received
    said = Webhook(webhook["secret"]).verify(received.body, received.headers)
    assert (said["type"], said["data"]["id"], said["data"]["status"]) == ("task.succeeded", task.id, "succeeded")
    conforms("TaskView", said["data"])
    assert said["data"]["input"]["url"].startswith("https://")
    [delivery] = deliveries(admin, f"/webhooks/{webhook['id']}/deliveries")
    assert (delivery["state"], delivery["event_id"]) == ("delivered", received.headers["webhook-id"])
    assert delivery["requests"][0]["status_code"] == 200


def test_an_endpoint_hears_of_subtasks_when_it_asks(admin: Client, courier: Courier, receiver: Receiver) -> None:
    admin.post({"url": receiver.url(), "events": ["subtask.waiting"]}, "/webhooks")
    task = recorded()

    courier.run_all()

    said = [json.loads(received.body) for received in receiver.received]
    assert [(s["type"], s["data"]["task_id"], s["data"]["kind"]) for s in said] == [
        ("subtask.waiting", task.id, "video")
    ]


def test_who_a_task_names_is_told_of_every_change_in_its_words(courier: Courier, receiver: Receiver) -> None:
    ended(recorded(notify=Notify(url=receiver.url(), change=True)))

    courier.run_all()

    assert {json.loads(r.body)["type"] for r in receiver.received} == {
        "task.waiting",
        "task.finishing",
        "task.succeeded",
    }
    assert len({r.headers["webhook-id"] for r in receiver.received}) == 3


def test_a_secret_of_a_tasks_own_is_kept_sealed_and_signs(courier: Courier, receiver: Receiver) -> None:
    clients.s3().put_object(Bucket=MEDIA, Key="uploads/clip.mp4", Body=b"film")
    wanted = TaskRequest(
        source=Source(bucket=MEDIA, key="uploads/clip.mp4"),
        subtasks=(SubtaskRequest(kind="metadata"),),
        notify=Notify(url=receiver.url(), secret="whsec_aHVzaC1odXNoLWh1c2g="),
        once_key="once",
    )
    task = submit_request(wanted)
    assert submit_request(wanted).id == task.id

    ended(task)
    courier.run_all()

    assert task.notify and "hush" not in str(task.notify.secret)
    [received] = receiver.received
    assert Webhook("whsec_aHVzaC1odXNoLWh1c2g=").verify(received.body, received.headers)


def test_the_words_of_2025_08_20_are_the_task_alone(admin: Client, courier: Courier, receiver: Receiver) -> None:
    clients.s3().put_object(Bucket=MEDIA, Key="uploads/clip.mp4", Body=b"film")
    given = {"bucket": MEDIA, "key": "uploads/clip.mp4"}
    made = admin.post({"input": given, "kind": "metadata", "webhook_url": receiver.url()}).json
    task = ended(TaskStore(TABLE).get(made["id"], at=now()))

    courier.run_all()

    said = json.loads(receiver.received[0].body)
    assert (said["id"], said["object"], said["status"]) == (task.id, "task", "completed")


def test_tencent_is_told_with_its_sign(courier: Courier, receiver: Receiver) -> None:
    notify = sealed_notify(Notify(url=receiver.url(), dialect="tencent", secret="key"), "default")
    ended(recorded(notify=notify, dialect="tencent"))

    courier.run_all()

    said = json.loads(receiver.received[0].body)
    assert (said["EventType"], said["WorkflowTaskEvent"]["Status"]) == ("WorkflowTask", "FINISH")
    assert said["Sign"] == hashlib.md5(f"{said['Timestamp']}key".encode(), usedforsecurity=False).hexdigest()


def test_qencode_is_told_by_a_form(courier: Courier, receiver: Receiver) -> None:
    ended(recorded(notify=Notify(url=receiver.url(), dialect="qencode", change=True), dialect="qencode"))

    courier.run_all()

    [received] = receiver.received
    assert received.headers["content-type"] == "application/x-www-form-urlencoded"
    assert dict(parse_qsl(received.body.decode()))["event"] == "saved"


def test_another_tenants_endpoint_hears_nothing(
    client_of: Callable[..., Client], courier: Courier, receiver: Receiver
) -> None:
    client_of(Scope.ADMIN, tenant="other").post({"url": receiver.url()}, "/webhooks")
    ended(recorded())

    courier.run_all()

    assert receiver.received == []


# ── how it goes on ────────────────────────────────────────────────────────────────────────────


def test_a_failed_try_is_followed_by_another_with_the_same_id(courier: Courier, receiver: Receiver) -> None:
    task = failed_once(courier, receiver)
    delivery = only_delivery(task)
    assert (delivery.state, delivery.tries, delivery.queued) == (State.PENDING, 1, 2)
    assert waiting(settings().delivery_queue, "ApproximateNumberOfMessagesDelayed") == 1

    assert courier.run(delivery.errand(number=2).model_dump_json())

    first, second = receiver.received
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    done = only_delivery(task)
    assert (done.state, [t.status_code for t in done.requests]) == (State.DELIVERED, [503, 200])


def test_a_message_that_comes_again_after_its_delivery_is_told_once(courier: Courier, receiver: Receiver) -> None:
    task = ended(recorded(notify=Notify(url=receiver.url())))
    courier.run_all()

    for _ in range(3):
        assert courier.run(only_delivery(task).errand().model_dump_json())

    assert len(receiver.received) == 1
    assert len(only_delivery(task).requests) == 1


def test_a_stream_that_is_read_again_tells_nobody_twice(
    courier: Courier, receiver: Receiver, function: Callable[[str], Handler]
) -> None:
    ended(recorded(notify=Notify(url=receiver.url())))
    courier.run_all()

    Courier(function).run_all()

    assert len(receiver.received) == 1


def test_of_two_that_run_one_try_at_once_one_waits(courier: Courier, receiver: Receiver) -> None:
    task = failed_once(courier, receiver)
    delivery = only_delivery(task)
    moment = now()
    assert DeliveryLog(TABLE).begin(delivery.id, 2, at=moment, until=moment + timedelta(seconds=45))

    with pytest.raises(Busy):
        delivering.run(delivery.errand(number=2))

    assert not courier.run(delivery.errand(number=2).model_dump_json())
    assert len(receiver.received) == 1


def test_a_try_whose_function_died_is_taken_up_when_its_lease_is_over(courier: Courier, receiver: Receiver) -> None:
    task = failed_once(courier, receiver)
    delivery = only_delivery(task)
    DeliveryLog(TABLE).begin(delivery.id, 2, at=now(), until=now() - timedelta(seconds=1))

    delivering.run(delivery.errand(number=2))

    assert only_delivery(task).state is State.DELIVERED


def test_a_function_that_died_before_it_queued_the_next_try_is_made_good(courier: Courier, receiver: Receiver) -> None:
    task = failed_once(courier, receiver)
    delivery = only_delivery(task)
    clients.sqs().purge_queue(QueueUrl=settings().delivery_queue)
    clients.dynamodb().update_item(
        TableName=TABLE,
        Key={"pk": {"S": f"delivery#{delivery.id}"}, "sk": {"S": "delivery"}},
        UpdateExpression="SET queued = :one",
        ExpressionAttributeValues={":one": {"N": "1"}},
    )

    for _ in range(2):
        delivering.run(delivery.errand())

    assert waiting(settings().delivery_queue, "ApproximateNumberOfMessagesDelayed") == 1
    assert only_delivery(task).queued == 2


def test_a_try_that_isnt_due_goes_back_into_the_queue(courier: Courier, receiver: Receiver) -> None:
    task = failed_once(courier, receiver)
    clients.sqs().purge_queue(QueueUrl=settings().delivery_queue)
    later = only_delivery(task).errand(number=2, not_before=now().timestamp() + 8 * 3600)

    assert delivering.run(later) is None

    assert waiting(settings().delivery_queue, "ApproximateNumberOfMessagesDelayed") == 1
    assert len(receiver.received) == 1


def test_after_the_last_try_it_lies_with_the_dead(courier: Courier, receiver: Receiver) -> None:
    receiver.answers = [500]
    task = ended(recorded(notify=Notify(url=receiver.url())))
    courier.run_all()

    for number in range(2, len(RETRIES) + 2):
        assert courier.run(only_delivery(task).errand(number=number).model_dump_json())

    delivery = only_delivery(task)
    assert (delivery.state, len(delivery.requests), delivery.next_at) == (State.FAILED, len(RETRIES) + 1, None)
    assert waiting(settings().dead_delivery_queue) == 1


def test_410_turns_an_endpoint_off(admin: Client, courier: Courier, receiver: Receiver) -> None:
    receiver.answers = [410]
    webhook = admin.post({"url": receiver.url()}, "/webhooks").json
    ended(recorded())
    courier.run_all()
    ended(recorded())
    courier.run_all()

    assert len(receiver.received) == 1
    found = admin.get(f"/webhooks/{webhook['id']}").json
    assert (found["active"], found["disabled"]) == (False, "gone")


def test_a_redirect_is_not_followed(courier: Courier, server: Server) -> None:
    server.redirect("/hook", server.url("/elsewhere"), 307)
    task = ended(recorded(notify=Notify(url=server.url("/hook"))))

    courier.run_all()

    assert server.asked == ["/hook"]
    assert only_delivery(task).requests[0].status_code == 307


def test_a_private_address_is_refused_unless_it_is_allowed(courier: Courier, change_settings: Change) -> None:
    with serving() as inside:
        task = ended(recorded(notify=Notify(url=inside.url("/hook"))))
        courier.run_all()

        assert inside.asked == []
    delivery = only_delivery(task)
    assert (delivery.state, delivery.requests[0].error) == (State.FAILED, "url_forbidden")


def test_a_task_that_is_gone_is_told_of_no_more_and_raises_no_alarm(courier: Courier, receiver: Receiver) -> None:
    task = ended(recorded(notify=Notify(url=receiver.url())))
    courier.announce()
    TaskStore(TABLE).delete(task)

    courier.deliver()

    assert only_delivery(task).requests[0].error == "task_gone"
    assert (receiver.received, waiting(settings().dead_delivery_queue)) == ([], 0)


def test_a_message_that_is_no_errand_comes_again_and_holds_nobody_back(courier: Courier, receiver: Receiver) -> None:
    assert not courier.run("no errand")


# ── connections ───────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def dripping() -> Iterator[Server]:
    """It is never silent for long, and never done."""

    def drip(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\n")
        try:
            while True:
                request.wfile.write(b"X: y\r\n")
                stopped.wait(0.05)
        except OSError:
            request.close_connection = True

    stopped = threading.Event()
    with serving(drip) as server:
        yield server
        stopped.set()


def test_a_server_that_drips_its_answer_is_cut_off(dripping: Server) -> None:
    answer = posting.post(dripping.url("/"), b"{}", {}, allowed_hosts=[dripping.host], seconds=0.5)

    assert (answer.status, answer.error) == (None, "timeout")


def test_nobody_at_the_address_is_a_failed_connection() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{taken.getsockname()[1]}"

        answer = posting.post(f"http://{host}/", b"{}", {}, allowed_hosts=[host])

    assert (answer.status, answer.error) == (None, "connection_failed")


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    with serving(tls=self_signed("localhost", tmp_path).server) as server:
        host = f"localhost:{server.port}"
        answer = posting.post(f"https://{host}/", b"{}", {}, allowed_hosts=[host])

    assert (answer.status, answer.error) == (None, "tls_failed")


@pytest.mark.parametrize(
    "url", ["https://", "ftp://example.com/", "http://a b/", "http://[::1", "http://user:pw@example.com"]
)
def test_what_is_no_address_is_said_so(url: str) -> None:
    assert posting.post(url, b"{}", {}, allowed_hosts=[]).error == "url_invalid"


def test_a_path_of_any_letters_is_sent_encoded(receiver: Receiver) -> None:
    receiver.url("/h%C3%B6k")
    url = receiver.server.url("/hök?a=ü&b=%20")

    assert posting.post(url, b"{}", {}, allowed_hosts=[receiver.server.host]).status == 200
    assert receiver.received[0].path == "/h%C3%B6k?a=%C3%BC&b=%20"


# ── the API ───────────────────────────────────────────────────────────────────────────────────


def test_a_webhook_is_registered_shown_changed_and_deleted(admin: Client, receiver: Receiver) -> None:
    made = admin.post({"url": receiver.url(), "events": ["task.failed"], "description": "pager"}, "/webhooks")
    assert made.status == 201 and made.json["secret"].startswith("whsec_")
    path = made.headers["Location"]

    changed = admin.send({**request("api_create_task", "PATCH", path), "body": '{"active": false}'})

    assert (changed.json["active"], changed.json["events"]) == (False, ["task.failed"])
    conforms("WebhookView", changed.json)
    assert admin.get("/webhooks").json == [changed.json]
    assert "secret" not in changed.json and "whsec" not in str(EndpointStore(TABLE, "default").all())
    assert admin.delete(path).status == 200
    assert admin.get(path).error == (404, "webhook_not_found")


def test_a_changed_secret_signs_beside_the_one_before(admin: Client, courier: Courier, receiver: Receiver) -> None:
    first = admin.post({"url": receiver.url()}, "/webhooks").json
    second = admin.post({}, f"/webhooks/{first['id']}/secret").json
    ended(recorded())

    courier.run_all()

    [received] = receiver.received
    assert first["secret"] != second["secret"]
    for secret in (first["secret"], second["secret"]):
        assert Webhook(secret).verify(received.body, received.headers)


@pytest.mark.parametrize(
    ("body", "field", "kind"),
    [
        ({"url": "http://169.254.169.254/latest"}, "url", "url_forbidden"),
        ({"url": "ftp://example.com"}, "url", "url_invalid"),
        ({"url": "http://nowhere.invalid/"}, "url", "url_unreachable"),
        ({"url": "https://example.com", "events": ["task.done"]}, "events.0", "request_invalid"),
        ({"url": "https://example.com", "event": []}, "event", "request_invalid"),
        ({}, "url", "request_invalid"),
    ],
)
def test_what_cant_be_registered_is_refused_at_its_field(admin: Client, body: Any, field: str, kind: str) -> None:
    answer = admin.post(body, "/webhooks")

    assert answer.error == (400, kind)
    assert answer.json["field"] == field


def test_a_tenant_has_so_many_webhooks_and_no_more(admin: Client, receiver: Receiver) -> None:
    url = receiver.url()
    made = [admin.post({"url": url}, "/webhooks").status for _ in range(MOST_ENDPOINTS)]

    assert set(made) == {201}
    assert admin.post({"url": url}, "/webhooks").error == (409, "webhooks_full")


def test_only_an_administrator_registers_and_nobody_sees_another_tenants(
    admin: Client, client_of: Callable[..., Client], receiver: Receiver
) -> None:
    webhook = admin.post({"url": receiver.url()}, "/webhooks").json
    other = client_of(Scope.ADMIN, tenant="other")

    assert client_of(Scope.SUBMIT).post({"url": receiver.url()}, "/webhooks").status == 403
    assert other.get("/webhooks").json == []
    assert other.get(f"/webhooks/{webhook['id']}/deliveries").error == (404, "webhook_not_found")
    assert other.delete(f"/webhooks/{webhook['id']}").status == 404


def test_the_log_is_read_in_pages_newest_first(admin: Client, courier: Courier, receiver: Receiver) -> None:
    webhook = admin.post({"url": receiver.url()}, "/webhooks").json
    tasks = [ended(recorded()) for _ in range(3)]
    courier.run_all()
    path = f"/webhooks/{webhook['id']}/deliveries"

    first = admin.get(path, limit=2)
    second = admin.get(path, limit=2, scroll_token=first.headers["Scroll-Token"])

    assert (first.headers["Has-More"], second.headers["Has-More"]) == ("true", "false")
    found = [*first.json, *second.json]
    assert {delivery["task_id"] for delivery in found} == {task.id for task in tasks}
    created = [delivery["created_at"] for delivery in found]
    assert created == sorted(created, reverse=True)


def test_a_delivery_is_sent_again_under_the_same_webhook_id(
    admin: Client, courier: Courier, receiver: Receiver
) -> None:
    admin.post({"url": receiver.url()}, "/webhooks")
    task = ended(recorded())
    courier.run_all()
    [first] = deliveries(admin, f"/tasks/{task.id}/deliveries")

    again = admin.post({}, f"/webhooks/deliveries/{first['id']}/resend")
    courier.run_all()

    assert again.status == 202 and again.json["resend_of"] == first["id"]
    one, two = receiver.received
    assert one.headers["webhook-id"] == two.headers["webhook-id"]
    assert {d["state"] for d in deliveries(admin, f"/tasks/{task.id}/deliveries")} == {"delivered"}


def test_what_cant_be_sent_again_is_refused(
    admin: Client, client_of: Callable[..., Client], courier: Courier, receiver: Receiver
) -> None:
    receiver.answers = [410]
    admin.post({"url": receiver.url()}, "/webhooks")
    task = ended(recorded())
    courier.run_all()
    [delivery] = deliveries(admin, f"/tasks/{task.id}/deliveries")
    path = f"/webhooks/deliveries/{delivery['id']}/resend"

    assert admin.post({}, path).error == (409, "webhook_inactive")
    assert client_of(Scope.ADMIN, tenant="other").post({}, path).error == (404, "delivery_not_found")
    assert admin.post({}, "/webhooks/deliveries/dlv_1/resend").error == (404, "delivery_not_found")


# ── events ────────────────────────────────────────────────────────────────────────────────────


def test_every_move_of_a_task_comes_to_the_bus_in_its_order(courier: Courier) -> None:
    queue = listening()
    task = ended(recorded())

    courier.announce()

    said = heard(queue)
    assert {event["source"] for event in said} == {"sluice"}
    tasks = [e["detail"] for e in said if e["detail-type"] == "Sluice Task State Change"]
    assert [(d["task_id"], d["status"]) for d in tasks] == [
        (task.id, status) for status in ("waiting", "finishing", "succeeded")
    ]
    assert [d.get("previous_status") for d in tasks] == [None, "waiting", "finishing"]
    [subtask] = [e["detail"] for e in said if e["detail-type"] == "Sluice Subtask State Change"]
    assert (subtask["subtask"], subtask["kind"], subtask["status"]) == (1, "video", "waiting")


def test_a_bus_that_isnt_there_leaves_the_stream_where_it_was(courier: Courier, change_settings: Change) -> None:
    change_settings(delivery_queue=settings().delivery_queue + "-gone")
    recorded(notify=Notify(url="https://example.com", change=True))

    with pytest.raises(clients.sqs().exceptions.ClientError):
        courier.announce()


def listening() -> str:
    """A queue that gets whatever Sluice puts on the bus."""
    queue = clients.sqs().create_queue(QueueName="heard")["QueueUrl"]
    arn = clients.sqs().get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    clients.events().put_rule(Name="all", EventPattern=json.dumps({"source": ["sluice"]}))
    clients.events().put_targets(Rule="all", Targets=[{"Id": "queue", "Arn": arn}])
    return queue


def heard(queue: str) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = []
    while found := clients.sqs().receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
        messages += [json.loads(message["Body"]) for message in found]
    return messages
