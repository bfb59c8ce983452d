import json
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from openapi_spec_validator import validate

from sluice.dialects import DIALECTS, dialect_of, native
from sluice.dialects.native.http import parsed
from sluice.dialects.native.models import ListQuery, NewTask
from sluice.dialects.native.openapi import document
from sluice.errors import InvalidRequest
from sluice.kinds import KINDS
from tests.template import event


def checked_by(model: str, value: Any) -> None:
    """Raises: jsonschema.ValidationError."""
    schemas = document()["components"]
    jsonschema.validate(value, {"$ref": f"#/components/schemas/{model}", "components": schemas})


def test_the_document_is_valid_openapi() -> None:
    validate(document())


def test_the_document_is_json() -> None:
    assert json.loads(json.dumps(document())) == document()


def test_every_route_of_the_router_is_described() -> None:
    described = {(m.upper(), path) for path, ways in document()["paths"].items() for m in ways if m != "parameters"}
    routed = {(method, path.replace("<", "{").replace(">", "}")) for path, method in routes()}

    assert described == routed - {("GET", "/")}


def routes() -> set[tuple[str, str]]:
    # a route's key is (path, method, …); the methods are a set, or a tuple of them
    keys = [key for router in native.DIALECT.routers for key in router._routes]
    return {(key[0], method) for key in keys for method in key[1]}


def test_every_parameter_of_the_list_is_described() -> None:
    parameters = document()["paths"]["/tasks"]["get"]["parameters"]

    assert {parameter["name"] for parameter in parameters} == set(ListQuery.model_fields)


def test_every_kind_is_described_with_its_options() -> None:
    schemas = document()["components"]["schemas"]

    assert {kind.options.__name__ for kind in KINDS.values()} <= set(schemas)


def test_the_example_request_is_one_by_the_document_and_by_the_model() -> None:
    body = json.loads(event("api_create_task")["body"])

    checked_by("NewTask", body)
    assert NewTask.model_validate(body).asked_for


@pytest.mark.parametrize("body", [{"url": 7}, {"url": "https://example.com/a.mp4", "colour": "red"}, []])
def test_a_bad_request_is_bad_by_the_document_too(body: Any) -> None:
    with pytest.raises(InvalidRequest):
        parsed(NewTask, body)
    with pytest.raises(jsonschema.ValidationError):
        checked_by("NewTask", body)


@pytest.mark.parametrize(("method", "path"), [("GET", "/tasks"), ("POST", "/tasks"), ("GET", "/nothing")])
def test_what_no_other_dialect_claims_is_native(method: str, path: str) -> None:
    assert dialect_of(method, path) is native.DIALECT


def test_the_native_dialect_is_asked_last() -> None:
    assert DIALECTS[-1] is native.DIALECT
