"""The native API through its Lambda, called with API Gateway's own events."""

import json
from typing import Any
from urllib.parse import urlencode

import jsonschema  # type: ignore[import-untyped]

from sluice.dialects.native.openapi import document
from tests.conftest import Handler
from tests.template import event


class Answer:
    """What a client gets."""

    def __init__(self, plain: dict[str, Any]):
        self.status: int = plain["statusCode"]
        self.headers: dict[str, str] = plain["headers"]
        self.json: Any = json.loads(plain["body"]) if plain["body"] else None

    @property
    def error(self) -> tuple[int, str]:
        return self.status, self.json["kind"]


class Client:
    """Calls the function as API Gateway does."""

    def __init__(self, handler: Handler, secret: str | None):
        self.handler, self.secret = handler, secret

    def get(self, path: str, **query: object) -> Answer:
        return self.send(request("api_list_tasks", "GET", path, query=query))

    def post(self, body: Any, path: str = "/tasks") -> Answer:
        text = body if isinstance(body, str) else json.dumps(body)
        return self.send({**request("api_create_task", "POST", path), "body": text})

    def post_to(self, path: str, body: Any, **query: object) -> Answer:
        return self.send({**request("api_create_task", "POST", path, query=query), "body": json.dumps(body)})

    def put(self, path: str, body: Any) -> Answer:
        return self.send({**request("api_create_task", "PUT", path), "body": json.dumps(body)})

    def delete(self, path: str) -> Answer:
        return self.send(request("api_get_task", "DELETE", path))

    def send(self, event: dict[str, Any]) -> Answer:
        event["headers"].pop("authorization", None)
        if self.secret is not None:
            event["headers"]["authorization"] = f"Bearer {self.secret}"
        return Answer(self.handler(event))


def request(name: str, method: str, path: str, *, query: dict[str, object] | None = None) -> dict[str, Any]:
    """One of the events, asked another way."""
    plain = event(name)
    asked = {key: str(value) for key, value in (query or {}).items()}
    plain |= {"rawPath": path, "rawQueryString": urlencode(asked), "queryStringParameters": asked}
    plain["requestContext"]["http"] |= {"method": method, "path": path}
    return plain


def conforms(model: str, value: Any) -> None:
    """What is answered is as the OpenAPI document says."""
    jsonschema.validate(value, {"$ref": f"#/components/schemas/{model}", "components": document()["components"]})
