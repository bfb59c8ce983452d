import json
import re
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from openapi_spec_validator import validate

from sluice.dialects import DIALECTS, dialect_of, native
from sluice.dialects.native import route_modules
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


def test_every_route_of_every_module_is_described_and_no_other() -> None:
    described = {(m.upper(), path) for path, ways in document()["paths"].items() for m in ways if m != "parameters"}

    assert {(method, shape(path)) for method, path in described} == {(m, shape(path)) for path, m in routes()}


def shape(path: str) -> str:
    """A path without the names of its parameters; the rest of a path is one of them."""
    return re.sub(r"<\w+>|\{\w+\}|\.\+", "*", path)


def routes() -> set[tuple[str, str]]:
    # a route's key is (path, method, …); the methods are a set, or a tuple of them
    keys = [key for module in route_modules() for key in module.router._routes]
    return {(key[0], method) for key in keys for method in key[1]}


def test_every_operation_has_a_name_of_its_own() -> None:
    names = [
        way["operationId"] for ways in document()["paths"].values() for m, way in ways.items() if m != "parameters"
    ]

    assert len(names) == len(set(names))


def test_every_model_that_is_referred_to_is_there() -> None:
    referred = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(document())))

    assert referred <= set(document()["components"]["schemas"])


def test_every_parameter_of_the_list_is_described() -> None:
    parameters = document()["paths"]["/tasks"]["get"]["parameters"]

    assert {parameter["name"] for parameter in parameters if parameter["in"] == "query"} == set(ListQuery.model_fields)


def test_every_kind_is_described_with_its_options() -> None:
    schemas = document()["components"]["schemas"]

    assert {kind.options.__name__ for kind in KINDS.values()} <= set(schemas)


def test_the_example_request_is_one_by_the_document_and_by_the_model() -> None:
    body = json.loads(event("api_create_task")["body"])

    checked_by("NewTask", body)
    assert NewTask.model_validate(body).subtasks


@pytest.mark.parametrize("body", [{"kind": "video", "width": 640}, {"kind": "video", "options": {"width": 640}}])
def test_options_may_stand_beside_their_kind(body: dict[str, Any]) -> None:
    plain = {"url": "https://example.com/a.mp4", **body}

    checked_by("NewTask", plain)
    assert parsed(NewTask, plain).options == {"width": 640}


@pytest.mark.parametrize("body", [{"url": 7}, {"url": "https://example.com/a.mp4", "colour": "red"}, []])
def test_a_bad_request_is_bad_by_the_document_too(body: Any) -> None:
    with pytest.raises(InvalidRequest):
        parsed(NewTask, body)
    with pytest.raises(jsonschema.ValidationError):
        checked_by("NewTask", body)


@pytest.mark.parametrize(("method", "path"), [("GET", "/tasks"), ("POST", "/tasks"), ("GET", "/nothing")])
def test_what_no_other_dialect_claims_is_native(method: str, path: str) -> None:
    asked = event("api_get_task")
    asked["requestContext"]["http"]["method"], asked["rawPath"] = method, path

    assert dialect_of(APIGatewayProxyEventV2(asked)) is native.DIALECT


def test_the_native_dialect_is_asked_last() -> None:
    assert DIALECTS[-1] is native.DIALECT
