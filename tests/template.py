"""template.yaml and the state machine as plain values, so that tests read what is deployed and can't drift from it."""

import json
from functools import cache
from typing import Any

from tools.template import ROOT, load_template

__all__ = ["ROOT", "event", "resources", "state_machine", "table_request", "template", "variables"]


@cache
def template() -> dict[str, Any]:
    return load_template()


def resources(kind: str) -> dict[str, dict[str, Any]]:
    """The properties of all resources of one type, by logical name."""
    found = template()["Resources"].items()
    return {name: resource["Properties"] for name, resource in found if resource["Type"] == kind}


def variables() -> dict[str, Any]:
    """The one environment of all functions."""
    found: dict[str, Any] = template()["Globals"]["Function"]["Environment"]["Variables"]
    return found


def table_request(name: str) -> dict[str, Any]:
    """The template's table as an argument of CreateTable, which knows these of its properties."""
    table = resources("AWS::DynamoDB::Table")["Table"]
    known = ("AttributeDefinitions", "KeySchema", "BillingMode")
    stream = {"StreamEnabled": True, **table["StreamSpecification"]}
    return {"TableName": name, **{member: table[member] for member in known}, "StreamSpecification": stream}


def state_machine_text() -> str:
    return (ROOT / "statemachine" / "process_task.asl.json").read_text()


@cache
def state_machine() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(state_machine_text())
    return loaded


def event(name: str) -> dict[str, Any]:
    """A real payload of events/."""
    loaded: dict[str, Any] = json.loads((ROOT / "events" / f"{name}.json").read_text())
    return loaded
