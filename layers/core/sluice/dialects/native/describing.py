"""Pieces of the OpenAPI document. Each module of routes describes its own by `described()`; openapi.py joins them."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel

REF = "#/components/schemas/{model}"


class Fragment(NamedTuple):
    """Paths, and the models that they refer to by name: those that come in, those that go out."""

    paths: Mapping[str, Any]
    incoming: tuple[type[BaseModel], ...] = ()
    outgoing: tuple[type[BaseModel], ...] = ()


def operation(
    name: str,
    summary: str,
    responses: Mapping[str, Any],
    *,
    body: str | None = None,
    parameters: Iterable[Mapping[str, Any]] = (),
    public: bool = False,
) -> dict[str, Any]:
    """One method of a path. `body` names the model that it wants; a `public` one needs no key."""
    told: dict[str, Any] = {"operationId": name, "summary": summary, "responses": {**responses, **errors(405)}}
    if not public:
        told["responses"] |= errors(401, 403, 429, 503)
    if listed := list(parameters):
        told["parameters"] = listed
    if body:
        told["requestBody"] = {"required": True, "content": json_of({"$ref": REF.format(model=body)})}
        told["responses"] |= errors(400, 413)
    if public:
        told["security"] = []
    return told


def answers(status: int, model: str, description: str = "Done", headers: Iterable[str] = ()) -> dict[str, Any]:
    return _response(status, description, {"$ref": REF.format(model=model)}, headers)


def answers_many(status: int, items: Mapping[str, Any] | str, headers: Iterable[str] = ()) -> dict[str, Any]:
    """A bare array; `items` is a schema, or the name of a model."""
    schema = {"$ref": REF.format(model=items)} if isinstance(items, str) else items
    return _response(status, "All of them", {"type": "array", "items": schema}, headers)


def answers_other(status: int, description: str, media_type: str | None = None) -> dict[str, Any]:
    """Something that isn't JSON, or nothing at all."""
    return {str(status): {"description": description, **({"content": {media_type: {}}} if media_type else {})}}


def redirects(description: str = "The file, behind a signed URL that soon expires") -> dict[str, Any]:
    return {"302": {"description": description, "headers": _headers(["Location"])}}


def not_modified() -> dict[str, Any]:
    return {"304": {"description": "As `If-None-Match` knows it already"}}


def errors(*statuses: int) -> dict[str, Any]:
    told = {
        "description": "An error: its `kind` is stable",
        "content": json_of({"$ref": REF.format(model="ErrorView")}),
    }
    return {str(status): told for status in statuses}


def path_parameter(name: str, schema: Mapping[str, Any] | None = None) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": dict(schema or {"type": "string"})}


def header_parameter(name: str, description: str, schema: Mapping[str, Any] | None = None) -> dict[str, Any]:
    return {"name": name, "in": "header", "description": description, "schema": dict(schema or {"type": "string"})}


def query_parameters(model: type[BaseModel]) -> list[dict[str, Any]]:
    """A model's members as the parameters of a query; lists are separated by commas."""
    schema = model.model_json_schema(ref_template=REF)
    definitions = schema.get("$defs", {})
    return [
        {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", ()),
            "description": member.get("description", ""),
            "schema": _plain(member, definitions),
            **({"style": "form", "explode": False} if _plain(member, definitions).get("type") == "array" else {}),
        }
        for name, member in schema["properties"].items()
    ]


def json_of(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": dict(schema)}}


def _response(status: int, description: str, schema: Mapping[str, Any], headers: Iterable[str]) -> dict[str, Any]:
    named = _headers(headers)
    told = {"description": description, "content": json_of(schema), **({"headers": named} if named else {})}
    return {str(status): told}


def _headers(names: Iterable[str]) -> dict[str, Any]:
    return {name: {"schema": {"type": "string"}} for name in names}


def _plain(member: Mapping[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    """A query parameter is there or isn't: null is no value of it. What it refers to stands in it."""
    chosen = next((m for m in member.get("anyOf", ()) if m.get("type") != "null"), member)
    reference = chosen.get("$ref", "").rpartition("/")[2]
    schema = {k: v for k, v in definitions.get(reference, chosen).items() if k not in {"title", "description"}}
    if "items" in schema:
        schema["items"] = _plain(schema["items"], definitions)
    return schema
