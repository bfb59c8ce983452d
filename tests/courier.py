"""A receiver of webhooks, and what AWS would do between the record and it: stream, queue, retries."""

from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any, NamedTuple

from sluice.aws import clients
from sluice.settings import settings
from tests.conftest import TABLE, Handler
from tests.server import Server
from tests.streams import Stream, let_through


class Received(NamedTuple):
    path: str
    headers: dict[str, str]
    body: bytes


class Receiver:
    """Keeps what comes; `answers` are the statuses that it gives one after the other, the last one ever after."""

    def __init__(self, server: Server):
        self.server, self.received = server, list[Received]()
        self.answers: list[int] = [200]

    def url(self, path: str = "/hook") -> str:
        self.server.answers[path] = self._take
        return self.server.url(path)

    def _take(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length", 0)))
        self.received.append(Received(request.path, {k.lower(): v for k, v in request.headers.items()}, body))
        status = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        request.send_response(status)
        request.send_header("Content-Length", "0")
        request.end_headers()


class Courier:
    """Runs the functions announce and deliver on what has come since."""

    def __init__(self, function: Callable[[str], Handler]):
        self.stream = Stream(TABLE)
        self._announce, self._deliver = function("announce"), function("deliver")

    def announce(self) -> dict[str, Any]:
        records = let_through("AnnounceFunction", "Changed", self.stream.new())
        return self._announce({"Records": records}) if records else {"batchItemFailures": []}

    def deliver(self) -> int:
        """Run what lies in the queue and is due; returns how many messages came to be run and are done with."""
        found = clients.sqs().receive_message(QueueUrl=settings().delivery_queue, MaxNumberOfMessages=10)
        messages = found.get("Messages", [])
        return sum(self.run(message["Body"], message["ReceiptHandle"]) for message in messages)

    def run(self, body: str, handle: str | None = None) -> bool:
        """Run one message; False when it is to come again."""
        answer = self._deliver({"Records": [{"messageId": "1", "body": body}]})
        done = not answer["batchItemFailures"]
        if done and handle:
            clients.sqs().delete_message(QueueUrl=settings().delivery_queue, ReceiptHandle=handle)
        return done

    def run_all(self) -> None:
        self.announce()
        while self.deliver():
            pass


def waiting(queue: str, name: str = "ApproximateNumberOfMessages") -> int:
    """How many messages a queue holds: due ones, or `ApproximateNumberOfMessagesDelayed`."""
    found: Any = clients.sqs().get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])
    return int(found["Attributes"][name])
