"""Other functions of the stack."""

import json
from collections.abc import Mapping
from typing import Any

from sluice.aws.clients import lambdas


def call_later(name: str, event: Mapping[str, Any]) -> None:
    """Have a function called, without waiting for it."""
    lambdas().invoke(FunctionName=name, InvocationType="Event", Payload=json.dumps(event).encode())
