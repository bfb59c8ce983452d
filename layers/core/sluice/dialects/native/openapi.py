"""The OpenAPI document of the native API, put together from what each module of routes says of its own."""

from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from sluice import ENGINE_VERSION
from sluice.dialects.native import route_modules
from sluice.dialects.native.describing import REF
from sluice.kinds import KINDS


@cache
def document() -> dict[str, Any]:
    """OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.0), whose schemas are JSON Schema as pydantic writes it."""
    fragments = [module.described() for module in route_modules()]
    options: list[type[BaseModel]] = [kind.options for kind in KINDS.values()]
    incoming = [*options, *(model for fragment in fragments for model in fragment.incoming)]
    outgoing = [model for fragment in fragments for model in fragment.outgoing]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Sluice",
            "version": ENGINE_VERSION,
            "description": "Media processing that a team owns: a source becomes a task, a task becomes outputs.",
        },
        "security": [{"bearer": []}],
        "paths": {path: ways for fragment in fragments for path, ways in fragment.paths.items()},
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
            "schemas": _schemas(incoming, outgoing),
        },
    }


def _schemas(incoming: list[type[BaseModel]], outgoing: list[type[BaseModel]]) -> dict[str, Any]:
    _, definitions = models_json_schema(
        [(model, "validation") for model in incoming] + [(model, "serialization") for model in outgoing],
        ref_template=REF,
    )
    return dict(definitions["$defs"])
