"""The OpenAPI document of the native API, put together from the models that check and answer its requests."""

from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from sluice import ENGINE_VERSION
from sluice.dialects.native.models import (
    ErrorView,
    ListQuery,
    MessageView,
    NewPreset,
    NewTask,
    NewWorkflow,
    PresetView,
    TaskView,
    WorkflowView,
)
from sluice.kinds import KINDS

_REF = "#/components/schemas/{model}"


@cache
def document() -> dict[str, Any]:
    """OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.0), whose schemas are JSON Schema as pydantic writes it."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Sluice",
            "version": ENGINE_VERSION,
            "description": "Media processing that a team owns: a source becomes a task, a task becomes outputs.",
        },
        "security": [{"bearer": []}],
        "paths": _paths(),
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
            "schemas": _schemas(),
        },
    }


def _paths() -> dict[str, Any]:
    return {
        "/tasks": {
            "get": {
                "operationId": "listTasks",
                "summary": "List tasks, newest first",
                "parameters": _query_parameters(ListQuery),
                "responses": {"200": _list_of_tasks(), **_errors(400, 401)},
            },
            "post": {
                "operationId": "createTask",
                "summary": "Create a task",
                "requestBody": _body("NewTask"),
                "responses": {"201": _answer("The task", "TaskView"), **_errors(400, 401, 403)},
            },
        },
        "/tasks/{task_id}": {
            "parameters": [_path_parameter("task_id")],
            "get": {
                "operationId": "getTask",
                "summary": "A task with its subtasks and signed URLs",
                "responses": {"200": _answer("The task", "TaskView"), **_errors(401, 404)},
            },
        },
        "/kinds": {
            "get": {
                "operationId": "listKinds",
                "summary": "The kinds of work, with the JSON Schema of their options",
                "responses": {"200": _many({"type": "object"}), **_errors(401)},
            }
        },
        **_named("workflow", "NewWorkflow", "WorkflowView"),
        **_named("preset", "NewPreset", "PresetView"),
        "/openapi.json": {
            "get": {
                "operationId": "getOpenapi",
                "summary": "This document",
                "security": [],
                "responses": {"200": {"description": "OpenAPI", "content": {"application/json": {}}}},
            }
        },
    }


def _named(what: str, incoming: str, outgoing: str) -> dict[str, Any]:
    """The routes of something that is kept under a name."""
    title = what.capitalize()
    return {
        f"/{what}s": {
            "get": {
                "operationId": f"list{title}s",
                "summary": f"All {what}s",
                "responses": {"200": _many({"$ref": _REF.format(model=outgoing)}), **_errors(401)},
            }
        },
        f"/{what}s/{{name}}": {
            "parameters": [_path_parameter("name")],
            "get": {
                "operationId": f"get{title}",
                "summary": f"One {what}",
                "responses": {"200": _answer(f"The {what}", outgoing), **_errors(401, 404)},
            },
            "put": {
                "operationId": f"put{title}",
                "summary": f"Make a {what}, or put another in its place",
                "requestBody": _body(incoming),
                "responses": {"200": _answer(f"The {what}", outgoing), **_errors(400, 401, 403)},
            },
            "delete": {
                "operationId": f"delete{title}",
                "summary": f"Delete a {what}",
                "responses": {"200": _answer("Done", "MessageView"), **_errors(401, 403, 404)},
            },
        },
    }


def _schemas() -> dict[str, Any]:
    options = [kind.options for kind in KINDS.values()]
    incoming: list[type[BaseModel]] = [NewTask, NewWorkflow, NewPreset, *options]
    outgoing: list[type[BaseModel]] = [TaskView, WorkflowView, PresetView, MessageView, ErrorView]
    _, definitions = models_json_schema(
        [(model, "validation") for model in incoming] + [(model, "serialization") for model in outgoing],
        ref_template=_REF,
    )
    return dict(definitions["$defs"])


def _query_parameters(model: type[BaseModel]) -> list[dict[str, Any]]:
    schema = model.model_json_schema(ref_template=_REF)
    definitions = schema.get("$defs", {})
    return [
        {
            "name": name,
            "in": "query",
            "required": False,
            "description": member.get("description", ""),
            "schema": _not_null(member, definitions),
        }
        for name, member in schema["properties"].items()
    ]


def _not_null(member: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """A query parameter is there or isn't: null is no value of it."""
    chosen = next((m for m in member.get("anyOf", ()) if m.get("type") != "null"), member)
    reference = chosen.get("$ref", "").rpartition("/")[2]
    schema = dict(definitions.get(reference, chosen))
    return {k: v for k, v in schema.items() if k not in {"title", "description"}}


def _path_parameter(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _body(model: str) -> dict[str, Any]:
    return {"required": True, "content": _json(model)}


def _many(items: dict[str, Any]) -> dict[str, Any]:
    return {
        "description": "All of them",
        "content": {"application/json": {"schema": {"type": "array", "items": items}}},
    }


def _list_of_tasks() -> dict[str, Any]:
    text = {"schema": {"type": "string"}}
    return {
        "description": "A page of tasks, without their subtasks",
        "headers": {"Has-More": text, "Scroll-Token": text, "Link": text, "Limit": text},
        "content": {
            "application/json": {"schema": {"type": "array", "items": {"$ref": _REF.format(model="TaskView")}}}
        },
    }


def _answer(description: str, model: str) -> dict[str, Any]:
    return {"description": description, "content": _json(model)}


def _json(model: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": _REF.format(model=model)}}}


def _errors(*statuses: int) -> dict[str, Any]:
    return {str(status): _answer("An error: its `kind` is stable", "ErrorView") for status in statuses}
